//! Passwords that have appeared in breaches.

use super::support::runner;
use password_reset::PasswordPolicy;
use password_reset::policy::{Breach, BreachError, BreachRange, BreachService};
use proptest::prelude::*;

/// SHA-1 of `password`: 5BAA6 1E4C9B93F3F0682250B6CF8331B7EE68FD8.
const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
const OTHER: &str = "003D68EB55068C33ACE09247EE4C639306B";

fn range() -> BreachRange {
    BreachRange::of(&PasswordPolicy::default().prepare("password"))
}

/// `None` where the answer cannot be read.
fn times(answer: &str) -> Option<u64> {
    range().times_in(answer).ok()
}

#[test]
fn five_digits_are_asked_for_and_no_more() {
    assert_eq!(range().prefix(), "5BAA6");
    assert_eq!(format!("{:?}", range()), "BreachRange([redacted])");
}

#[test]
fn the_rest_of_the_hash_is_found_in_the_answer() {
    assert_eq!(times(&format!("{OTHER}:3\r\n{SUFFIX}:9545824\r\n")), Some(9_545_824));
    assert_eq!(times(&format!("{OTHER}:3\n{SUFFIX}:7")), Some(7));
    assert_eq!(times(&format!("{}:7", SUFFIX.to_lowercase())), Some(7));
    assert_eq!(times(&format!("{OTHER}:3")), Some(0));
    assert_eq!(times(&format!("{SUFFIX}:7\r\n\r\n ")), Some(7));
}

#[test]
fn padding_rows_count_as_absent() {
    assert_eq!(times(&format!("{SUFFIX}:0\r\n{OTHER}:0\r\n")), Some(0));
    assert_eq!(times(&format!("{SUFFIX}:0\r\n{SUFFIX}:2\r\n")), Some(2));
}

#[test]
fn what_is_no_range_is_never_taken_for_absence() {
    let row = format!("{OTHER}:3");
    for answer in [
        "",
        " \r\n\r\n",
        "<html><body>Sign in to this network</body></html>",
        "Too many requests",
        &row[..20],
        &row[..36],
        &format!("{row}\r\n\r\n{row}"),
        &format!("{row}\r\n{}", &row[..30]),
        &format!("{row}\r\n{OTHER}"),
        &format!("{OTHER}:"),
        &format!("{OTHER}:-1"),
        &format!("{OTHER}:+1"),
        &format!("{OTHER}:many"),
        &format!("{OTHER}:1:1"),
        &format!("{OTHER}: 1"),
        &format!("0{OTHER}:1"),
        &format!("{}Z:1", &OTHER[1..]),
        &format!("5BAA6{OTHER}:1"),
        &format!("{OTHER}:99999999999999999999999"),
        &format!("\u{feff}{row}"),
        "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ:1",
    ] {
        assert_eq!(times(answer), None, "{answer:?}");
    }
}

#[test]
fn no_answer_is_a_panic() {
    let rows = prop::collection::vec("([0-9A-Fa-f]{33,37}|\\PC{0,40}):?[0-9]{0,22}(\r?\n)?", 0..6);
    runner(2000)
        .run(&rows, |rows| {
            let _ = times(&rows.concat());
            Ok(())
        })
        .unwrap();
}

fn policy(service: BreachService) -> PasswordPolicy {
    PasswordPolicy::builder().breach_service(service).build().unwrap()
}

#[test]
fn a_breached_password_is_rejected_with_a_plain_sentence_whatever_the_policy_says() {
    let answer = format!("{SUFFIX}:3");
    let checks = [BreachService::FailOpen, BreachService::FailClosed].map(policy);
    for policy in checks.into_iter().chain([PasswordPolicy::default()]) {
        let error = policy.judge_breach(&range(), Some(&answer)).unwrap_err();
        let BreachError::Breached(violations) = error else { panic!("{error}") };
        let rows: Vec<_> = violations.iter().map(|v| (v.code(), v.to_string())).collect();
        let sentence = "Use a password that has not appeared in a data breach.".to_owned();
        assert_eq!(rows, [("breached_password", sentence)]);
        let absent = policy.judge_breach(&range(), Some(&format!("{OTHER}:3"))).unwrap();
        assert_eq!(absent, Breach::Absent);
    }
}

#[test]
fn an_unreachable_service_is_a_no_unless_the_host_says_otherwise() {
    for answer in [None, Some(""), Some("<html>")] {
        let judge = |policy: PasswordPolicy| policy.judge_breach(&range(), answer);
        for closed in [policy(BreachService::FailClosed), PasswordPolicy::default()] {
            let Err(BreachError::Unknown(reason)) = judge(closed) else { panic!("{answer:?}") };
            assert_eq!(reason.is_some(), answer.is_some());
        }
        let open = judge(policy(BreachService::FailOpen)).unwrap();
        assert!(matches!(open, Breach::Unknown(why) if why.is_some() == answer.is_some()));
    }
}

#[test]
fn the_policy_lists_what_only_a_service_can_judge_and_calls_it_never_met() {
    let policy = policy(BreachService::FailClosed);
    assert!(policy.asks_breach_service());
    let (requirement, met) = policy.checklist("Abcdefg1").last().unwrap();
    assert_eq!((requirement.code(), met), ("breached_password", false));
    assert!(policy.check("Abcdefg1").is_ok());
    let violations = policy.check("Abcdefg").unwrap_err();
    let (requirement, met) = policy.checklist_of(&violations).last().unwrap();
    assert_eq!((requirement.code(), met), ("breached_password", false));
    assert!(!PasswordPolicy::default().asks_breach_service());
}
