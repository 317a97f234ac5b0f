//! The policy as configuration.
#![cfg(feature = "serde")]

use password_reset::policy::{CustomRequirement, PasswordPolicy};
use std::fmt;

fn read(json: &str) -> Result<PasswordPolicy, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn phrases(policy: &PasswordPolicy) -> Vec<String> {
    policy.requirements().map(|requirement| requirement.to_string()).collect()
}

#[test]
fn an_empty_configuration_is_the_default_policy() {
    assert_eq!(phrases(&read("{}").unwrap()), phrases(&PasswordPolicy::default()));
}

#[test]
fn fields_that_are_left_out_keep_their_defaults() {
    let policy = read(r#"{"min_length": 12, "uppercase": false, "max_bytes": 72}"#).unwrap();
    let same = PasswordPolicy::builder().min_length(12).uppercase(false).max_bytes(72);
    assert_eq!(phrases(&policy), phrases(&same.build().unwrap()));
    let codes: Vec<_> = policy.requirements().map(|r| r.code().to_owned()).collect();
    assert_eq!(codes[..3], ["too_short", "missing_digit", "missing_lowercase"]);
}

#[test]
fn a_configuration_is_read_back_as_it_was_written() {
    let policies = [
        PasswordPolicy::builder(),
        PasswordPolicy::builder().min_length(15).max_length(64).max_bytes(72),
        PasswordPolicy::builder().digit(false).lowercase(false).uppercase(false),
        PasswordPolicy::builder().max_length(usize::MAX),
    ];
    for policy in policies.map(|builder| builder.build().unwrap()) {
        let json = serde_json::to_string(&policy).unwrap();
        assert_eq!(phrases(&read(&json).unwrap()), phrases(&policy), "{json}");
    }
    let json = serde_json::to_string(&PasswordPolicy::default()).unwrap();
    let default = "{\"preset\":\"default\",\"min_length\":8,\"max_length\":256,\
                   \"digit\":true,\"lowercase\":true,\"uppercase\":true}";
    assert_eq!(json, default);
}

#[test]
fn unknown_fields_and_wrong_types_are_errors() {
    assert!(read(r#"{"min_lenght": 12}"#).unwrap_err().contains("min_lenght"));
    let rows = [r#"{"min_length": -1}"#, r#"{"digit": 1}"#, r#"{"max_length": "9"}"#, "null", "7"];
    for json in rows {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn bounds_that_contradict_each_other_are_errors_when_read() {
    let rows = [
        (r#"{"min_length": 0}"#, "the minimum length must be at least 1 character"),
        (r#"{"min_length": 300}"#, "above the maximum of 256"),
        (r#"{"min_length": 1, "max_length": 2}"#, "no room for 3 required kinds"),
        (r#"{"max_bytes": 7}"#, "below the 8"),
    ];
    for (json, sentence) in rows {
        let error = read(json).unwrap_err();
        assert!(error.contains(sentence), "{json}: {error}");
    }
}

#[derive(Debug)]
struct OfTheHost;

impl CustomRequirement for OfTheHost {
    fn code(&self) -> &'static str {
        "of_the_host"
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn parameters(&self) -> Vec<(&str, usize)> {
        Vec::new()
    }

    fn is_met_by(&self, _: &str) -> bool {
        true
    }
}

#[test]
fn a_policy_with_requirements_of_the_host_is_not_silently_written_without_them() {
    let policy = PasswordPolicy::builder().requirement(OfTheHost).build().unwrap();
    let error = serde_json::to_string(&policy).unwrap_err().to_string();
    assert!(error.contains("the host's own requirements"), "{error}");
}
