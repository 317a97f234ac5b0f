//! The steps from a typed password to one that may be hashed, and the host's own verdicts.

use super::{Without, lenient};
use password_reset::PasswordPolicy;
use password_reset::policy::{CheckedPassword, Requirement};

fn checked() -> CheckedPassword<'static> {
    PasswordPolicy::default().check("Abcdefg1").unwrap()
}

#[test]
fn a_password_that_nothing_rejects_is_accepted_as_it_was_checked() {
    let fine = checked().reject_if(false, "used_before", "It is an old one.").unwrap();
    assert_eq!(fine.accept().unwrap().expose_password(), "Abcdefg1");
}

#[test]
fn a_verdict_of_the_hosts_is_one_violation_with_its_code_and_sentence() {
    let sentence = "This is one of your last four passwords.";
    for violations in [
        checked().reject_if(true, "used_before", sentence).unwrap_err(),
        checked().reject_if(true, "used_before", sentence.to_owned()).unwrap_err(),
    ] {
        let violation = violations.iter().next().unwrap();
        assert_eq!(violations.iter().count(), 1);
        assert_eq!(violations.codes().collect::<Vec<_>>(), ["used_before"]);
        assert_eq!((violation.code(), violation.to_string()), ("used_before", sentence.to_owned()));
        assert!(violation.parameters().is_empty() && !violation.is_advice());
        assert!(violation.requirement().is_none());
        assert_eq!(violations.to_string(), sentence, "a sentence among phrases stays one");
    }
}

#[test]
fn the_checklist_of_a_verdict_has_every_requirement_met() {
    let policy = PasswordPolicy::default();
    let violations = checked().reject_if(true, "used_before", "It is an old one.").unwrap_err();
    assert!(policy.checklist_of(&violations).all(|(_, met)| met));
    assert_eq!(policy.checklist_of(&violations).count(), policy.requirements().count());
}

#[test]
fn a_verdict_with_the_code_of_the_hosts_requirement_shows_there() {
    let policy = lenient().requirement(Without("used_before")).build().unwrap();
    let checked = policy.check("Abcdefg1").unwrap();
    let violations = checked.reject_if(true, "used_before", "It is an old one.").unwrap_err();
    let missing = policy.checklist_of(&violations).filter(|(_, met)| !met);
    assert_eq!(missing.map(|(r, _)| r.code().to_owned()).collect::<Vec<_>>(), ["used_before"]);
}

#[test]
fn requirements_that_need_not_be_shown_first_say_so() {
    let policy = PasswordPolicy::builder().visible(true).bcrypt(true).requirement(Without("acme"));
    let shown = |policy: PasswordPolicy| {
        let shown = policy.requirements().filter(Requirement::is_worth_showing);
        shown.map(|requirement| requirement.code().to_owned()).collect::<Vec<_>>()
    };
    let kinds = ["too_short", "missing_digit", "missing_lowercase", "missing_uppercase"];
    assert_eq!(shown(policy.build().unwrap()), [&kinds[..], &["acme"]].concat());
    let tight = lenient().max_length(63).max_bytes(63).build().unwrap();
    assert_eq!(shown(tight), ["too_short", "too_long", "too_many_bytes"]);
    assert_eq!(shown(lenient().max_length(64).max_bytes(64).build().unwrap()), ["too_short"]);
    #[cfg(feature = "nfc")]
    assert_eq!(shown(lenient().nfc(true).build().unwrap()), ["too_short"]);
}

#[test]
fn a_setting_whose_feature_is_off_builds_no_policy_and_names_the_feature() {
    use password_reset::policy::{BreachService, CommonPasswords, PolicyError};
    for (builder, feature, is_on) in [
        (lenient().nfc(true), "nfc", cfg!(feature = "nfc")),
        (
            lenient().common_passwords(CommonPasswords::Exact),
            "common-passwords",
            cfg!(feature = "common-passwords"),
        ),
        (lenient().min_score(1), "zxcvbn", cfg!(feature = "zxcvbn")),
        (lenient().breach_service(BreachService::FailOpen), "hibp", cfg!(feature = "hibp")),
    ] {
        match builder.build() {
            Ok(_) => assert!(is_on, "{feature}"),
            Err(PolicyError::FeatureOff { feature: named, .. }) => {
                assert_eq!((named, is_on), (feature, false));
            }
            Err(other) => panic!("{other}"),
        }
    }
}
