//! Requirements, violations and hints as JSON, for a single-page application.

use super::Without;
use password_reset::PasswordPolicy;
use password_reset::policy::Requirement;
use serde_json::{json, to_value};

#[test]
fn requirements_are_objects_of_code_parameters_and_phrase() {
    let policy = PasswordPolicy::builder().bcrypt(true).requirement(Without("acme"));
    let requirements: Vec<Requirement> = policy.build().unwrap().requirements().collect();
    assert_eq!(
        to_value(&requirements).unwrap(),
        json!([
            {"code": "too_short", "parameters": {"min": 8}, "phrase": "at least 8 characters",
             "worth_showing": true},
            {"code": "missing_digit", "parameters": {}, "phrase": "at least one number",
             "worth_showing": true},
            {"code": "missing_lowercase", "parameters": {},
             "phrase": "at least one lower-case letter", "worth_showing": true},
            {"code": "missing_uppercase", "parameters": {},
             "phrase": "at least one upper-case letter", "worth_showing": true},
            {"code": "too_long", "parameters": {"max": 256}, "phrase": "at most 256 characters",
             "worth_showing": false},
            {"code": "too_many_bytes_for_bcrypt", "parameters": {"max": 72},
             "phrase": "at most 72 bytes, since bcrypt reads no more of a password \
                        (accented letters and symbols take several each)",
             "worth_showing": false},
            {"code": "nul_character", "parameters": {}, "phrase": "no NUL character",
             "worth_showing": false},
            {"code": "acme", "parameters": {"most": 0}, "phrase": "no acme",
             "worth_showing": true},
        ])
    );
}

#[test]
fn violations_are_objects_of_code_parameters_and_sentence_in_order() {
    let violations = PasswordPolicy::default().check("abcdefg").unwrap_err();
    assert_eq!(
        to_value(&violations).unwrap(),
        json!([
            {"code": "too_short", "parameters": {"min": 8}, "sentence": "Use at least 8 characters."},
            {"code": "missing_digit", "parameters": {}, "sentence": "Use at least one number."},
            {"code": "missing_uppercase", "parameters": {},
             "sentence": "Use at least one upper-case letter."},
        ])
    );
}

#[test]
fn a_verdict_of_the_hosts_is_an_object_like_any_other() {
    let checked = PasswordPolicy::default().check("Abcdefg1").unwrap();
    let sentence = "This is one of your last four passwords.";
    let violations = checked.reject_if(true, "used_before", sentence).unwrap_err();
    assert_eq!(
        to_value(&violations).unwrap(),
        json!([{"code": "used_before", "parameters": {}, "sentence": sentence}])
    );
}

#[test]
fn hints_are_named_as_the_attributes_are() {
    assert_eq!(
        to_value(PasswordPolicy::default().hints()).unwrap(),
        json!({
            "minlength": 8,
            "maxlength": 514,
            "passwordrules": "minlength: 8; maxlength: 256; required: lower; required: upper; \
                              required: digit; allowed: ascii-printable;",
        })
    );
}
