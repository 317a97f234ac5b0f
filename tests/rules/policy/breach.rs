//! Passwords that have appeared in breaches.

use crate::support::runner;
use password_reset::PasswordPolicy;
use password_reset::policy::{Breach, BreachError, BreachRange, BreachService, CheckedPassword};
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

/// A policy that asks for nothing but a look.
fn looking(service: BreachService) -> PasswordPolicy {
    super::lenient().breach_service(service).build().unwrap()
}

fn checked(policy: &PasswordPolicy) -> CheckedPassword<'static> {
    policy.check("password").unwrap()
}

#[test]
fn a_breached_password_is_rejected_with_a_plain_sentence_whatever_the_policy_says() {
    let (breached, absent) = (format!("{SUFFIX}:3"), format!("{OTHER}:3"));
    let policies = [BreachService::FailOpen, BreachService::FailClosed].map(looking);
    for policy in policies.into_iter().chain([super::lenient().build().unwrap()]) {
        let error = policy.check_breach(checked(&policy), Some(&breached)).unwrap_err();
        let BreachError::Breached(violations) = error else { panic!("{error}") };
        let rows: Vec<_> = violations.iter().map(|v| (v.code(), v.to_string())).collect();
        let sentence = "Use a password that has not appeared in a data breach.".to_owned();
        assert_eq!(rows, [("breached_password", sentence)]);
        let (password, breach) = policy.check_breach(checked(&policy), Some(&absent)).unwrap();
        assert_eq!(breach, Breach::Absent);
        assert_eq!(password.accept().unwrap().expose_password(), "password");
    }
}

#[test]
fn an_unreachable_service_is_a_no_unless_the_host_says_otherwise() {
    for answer in [None, Some(""), Some("<html>")] {
        let judge = |policy: PasswordPolicy| policy.check_breach(checked(&policy), answer);
        for closed in [looking(BreachService::FailClosed), super::lenient().build().unwrap()] {
            let Err(BreachError::Unknown(reason)) = judge(closed) else { panic!("{answer:?}") };
            assert_eq!(reason.is_some(), answer.is_some());
        }
        let (password, breach) = judge(looking(BreachService::FailOpen)).unwrap();
        assert!(matches!(breach, Breach::Unknown(why) if why.is_some() == answer.is_some()));
        assert!(password.accept().is_ok(), "the host was told");
    }
}

#[test]
fn a_password_that_no_service_was_asked_about_is_not_accepted() {
    for service in [BreachService::FailOpen, BreachService::FailClosed] {
        let policy = looking(service);
        let error = checked(&policy).accept().unwrap_err();
        let sentence = "the policy requires a check against breached passwords, and none was made";
        assert_eq!(error.to_string(), sentence);
        let fine = checked(&policy).reject_if(false, "used_before", "No.").unwrap();
        assert!(fine.accept().is_err(), "the host's verdict is no look");
    }
}

#[test]
fn a_look_is_owed_until_it_was_taken_and_only_where_the_policy_asks() {
    let policy = looking(BreachService::FailClosed);
    let password = checked(&policy);
    assert_eq!(password.breach_range().unwrap().prefix(), range().prefix());
    let (password, _) = policy.check_breach(password, Some(&format!("{OTHER}:3"))).unwrap();
    assert!(password.breach_range().is_none());
    let verdict = password.reject_if(true, "used_before", "It is an old one.").unwrap_err();
    assert_eq!(verdict.codes().collect::<Vec<_>>(), ["used_before"]);
    let policy = super::lenient().build().unwrap();
    assert!(checked(&policy).breach_range().is_none());
    assert!(checked(&policy).accept().is_ok());
}

#[cfg(feature = "nfc")]
#[test]
fn the_range_is_that_of_the_normalized_password() {
    let policy = super::lenient().nfc(true).breach_service(BreachService::FailOpen).build();
    let policy = policy.unwrap();
    let prefix = |typed| policy.check(typed).unwrap().breach_range().unwrap().prefix().to_owned();
    assert_eq!(prefix("Cafe\u{301}-2026"), prefix("Caf\u{e9}-2026"));
}

#[test]
fn the_policy_lists_what_only_a_service_can_check_and_never_calls_it_met() {
    let policy = PasswordPolicy::builder().breach_service(BreachService::FailClosed);
    let policy = policy.build().unwrap();
    assert!(policy.requires_breach_check());
    let (requirement, met) = policy.checklist("Abcdefg1").last().unwrap();
    assert_eq!((requirement.code(), met), ("breached_password", false));
    assert!(policy.check("Abcdefg1").is_ok());
    let violations = policy.check("Abcdefg").unwrap_err();
    let (requirement, met) = policy.checklist_of(&violations).last().unwrap();
    assert_eq!((requirement.code(), met), ("breached_password", false));
    assert!(!PasswordPolicy::default().requires_breach_check());
}
