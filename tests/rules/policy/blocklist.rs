//! Common passwords.

use super::{lenient, missed, missed_by};
use password_reset::policy::{Blocklist, PasswordPolicy};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn set(passwords: &[&str]) -> BTreeSet<String> {
    passwords.iter().map(|password| (*password).to_owned()).collect()
}

#[test]
fn a_listed_password_is_rejected_with_a_plain_sentence() {
    let policy = PasswordPolicy::builder().blocklist(set(&["Password1"])).build().unwrap();
    let violations = policy.check("Password1").unwrap_err();
    let sentences: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert_eq!(sentences, ["Use a password that is not among the most common ones."]);
    assert!(missed(&policy, "Password2").is_empty());
}

#[test]
fn the_entire_password_is_compared_and_no_part_of_it() {
    let policy = lenient().blocklist(set(&["Password1", ""])).build().unwrap();
    for password in ["Password1 ", " Password1", "Password11", "assword1", "password1", "Password"]
    {
        assert!(missed(&policy, password).is_empty(), "{password:?}");
    }
    assert_eq!(missed(&policy, ""), ["too_short", "common_password"]);
}

#[test]
fn every_list_counts_and_is_reported_once() {
    let policy = lenient().blocklist(set(&["one"])).blocklist(set(&["two", "one"]));
    let policy = policy.build().unwrap();
    assert_eq!(missed(&policy, "one"), ["common_password"]);
    assert_eq!(missed(&policy, "two"), ["common_password"]);
    assert!(missed(&policy, "three").is_empty());
    assert_eq!(policy.requirements().filter(|r| r.code() == "common_password").count(), 1);
}

#[test]
fn a_set_counts_its_passwords_by_characters() {
    let passwords = set(&["öö", "ööö", "four"]);
    assert_eq!([0, 2, 3, 4, 5].map(|least| passwords.count(least..=9)), [3, 3, 2, 1, 0]);
    assert_eq!([1, 2, 3].map(|most| passwords.count(0..=most)), [0, 1, 2]);
}

/// A list of the host's that notes how often it is asked.
struct Asked(Arc<AtomicUsize>);

impl Blocklist for Asked {
    fn contains(&self, _: &str) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        false
    }

    fn count(&self, _: RangeInclusive<usize>) -> usize {
        usize::MAX
    }
}

#[test]
fn a_list_is_asked_once_and_not_about_what_was_refused_unread() {
    let asked = Arc::new(AtomicUsize::new(0));
    let policy = PasswordPolicy::builder().blocklist(Asked(asked.clone())).build().unwrap();
    missed(&policy, &"a".repeat(1 << 20));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    missed_by(&policy, "Abcdefg1", &["a", "b"]);
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn one_list_is_shared_between_policies() {
    let shared: Arc<dyn Blocklist> = Arc::new(set(&["Acme 2026"]));
    for list in [shared.clone(), shared] {
        assert_eq!([0, 9, 10].map(|least| list.count(least..=20)), [1, 1, 0]);
        let list: Box<dyn Blocklist> = Box::new(list);
        assert_eq!([0, 9, 10].map(|least| list.count(least..=20)), [1, 1, 0]);
        let policy = lenient().blocklist(list).build().unwrap();
        assert_eq!(missed(&policy, "Acme 2026"), ["common_password"]);
    }
}

#[test]
fn a_list_of_breached_passwords_says_that_they_are_breached() {
    let policy = lenient().breached_passwords(set(&["Acme 2026"])).build().unwrap();
    let violations = policy.check("Acme 2026").unwrap_err();
    let rows: Vec<_> = violations.iter().map(|v| (v.code(), v.to_string())).collect();
    let sentence = "Use a password that has not appeared in a data breach.";
    assert_eq!(rows, [("breached_password", sentence.to_owned())]);
    assert!(policy.checklist("Acme 2027").all(|(_, met)| met), "a list can tell");
    let policy = lenient().min_length(9).breached_passwords(set(&["Acme 2026"])).build().unwrap();
    let violations = policy.check("Acme").unwrap_err();
    let missing = policy.checklist_of(&violations).filter(|(_, met)| !met);
    assert_eq!(missing.map(|(r, _)| r.code().to_owned()).collect::<Vec<_>>(), ["too_short"]);
}

#[cfg(feature = "common-passwords")]
mod embedded {
    use super::{lenient, missed};
    use password_reset::PasswordPolicy;
    use password_reset::policy::{CommonPasswords, PasswordPolicyBuilder, PolicyError};

    #[test]
    fn a_mixed_case_policy_finds_the_common_ones_when_case_is_ignored() {
        let builder = PasswordPolicy::builder;
        let ignoring = builder().common_passwords(CommonPasswords::IgnoringCase).build().unwrap();
        assert_eq!(missed(&ignoring, "Password1"), ["common_password"]);
        assert_eq!(missed(&ignoring, "pAssWord1"), ["common_password"]);
        assert!(missed(&ignoring, "Password1!").is_empty());
        let exact = lenient().common_passwords(CommonPasswords::Exact).build().unwrap();
        assert!(missed(&exact, "Password1").is_empty());
        let exactly = |b: PasswordPolicyBuilder| b.common_passwords(CommonPasswords::Exact).build();
        let in_vain = exactly(lenient().uppercase(true)).map(drop);
        assert_eq!(in_vain, Err(PolicyError::ListNeverMatches));
        assert!(exactly(lenient().digit(true).lowercase(true)).is_ok());
    }

    #[test]
    fn the_list_has_short_common_passwords_for_policies_that_permit_them() {
        let policy = lenient().common_passwords(CommonPasswords::Exact).build().unwrap();
        for password in ["123456", "qwerty", "letmein", "0"] {
            let expected: &[&str] = if password == "0" { &[] } else { &["common_password"] };
            assert_eq!(missed(&policy, password), expected, "{password}");
        }
    }

    #[test]
    fn it_stands_beside_a_list_of_the_hosts() {
        let policy = lenient().common_passwords(CommonPasswords::Exact);
        let policy = policy.blocklist(super::set(&["Acme 2026"])).build().unwrap();
        assert_eq!(missed(&policy, "Acme 2026"), ["common_password"]);
        assert_eq!(missed(&policy, "123456"), ["common_password"]);
    }
}
