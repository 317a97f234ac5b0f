//! The policy as configuration.
use super::Without;
use password_reset::policy::{PasswordPolicy, PasswordPolicyBuilder};
use proptest::prelude::*;

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
    assert_eq!(json, r#"{"preset":"default"}"#);
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

#[test]
fn a_policy_with_requirements_of_the_host_is_not_silently_written_without_them() {
    let policy = PasswordPolicy::builder().requirement(Without("acme")).build().unwrap();
    let error = serde_json::to_string(&policy).unwrap_err().to_string();
    assert!(error.contains("your own requirements"), "{error}");
}

#[test]
fn a_policy_with_a_blocklist_of_the_host_is_not_silently_written_without_it() {
    let own = || std::collections::BTreeSet::from(["acme".to_owned()]);
    for builder in [
        PasswordPolicy::builder().blocklist(own()),
        PasswordPolicy::builder().breached_passwords(own()),
        PasswordPolicy::builder().blocklist(own()).breached_passwords(own()),
    ] {
        let error = serde_json::to_string(&builder.build().unwrap()).unwrap_err().to_string();
        assert!(error.contains("blocklists"), "{error}");
    }
}

#[test]
fn what_no_file_can_hold_is_added_between_reading_and_building() {
    let json = r#"{"preset": "asvs_level1", "min_length": 12}"#;
    let error = read(json).unwrap_err();
    assert!(error.contains("requires a blocklist with 3000 or more passwords"), "{error}");

    let list: std::collections::BTreeSet<_> = (0..3000).map(|n| format!("{n:012}")).collect();
    let builder: PasswordPolicyBuilder = serde_json::from_str(json).unwrap();
    let policy = builder.blocklist(list).build().unwrap();
    let codes: Vec<_> = policy.requirements().map(|r| r.code().to_owned()).collect();
    let codes: Vec<_> = codes.iter().map(String::as_str).collect();
    let expected = ["too_short", "blank_password", "too_long", "nul_character", "common_password"];
    assert_eq!(codes, expected);
}

#[test]
fn every_field_that_differs_from_the_preset_is_written_and_read_back() {
    let mut fields = vec![
        r#""preset":"default""#,
        r#""min_length":12,"max_length":64,"max_bytes":60,"bcrypt":true"#,
        r#""digit":false,"lowercase":false,"uppercase":false,"visible":true"#,
    ];
    if cfg!(feature = "nfc") {
        fields.push(r#""nfc":true"#);
    }
    if cfg!(feature = "common-passwords") {
        fields.push(r#""common_passwords":"ignoring_case""#);
    }
    fields.push(r#""context_words":{"contained":["Acme","acme.example.com"]}"#);
    if cfg!(feature = "zxcvbn") {
        fields.push(r#""min_score":3"#);
    }
    if cfg!(feature = "hibp") {
        fields.push(r#""breach_service":"fail_closed""#);
    }
    let json = format!("{{{}}}", fields.join(","));
    assert_eq!(serde_json::to_string(&read(&json).unwrap()).unwrap(), json);
}

#[test]
fn a_setting_of_a_preset_that_is_switched_off_stays_off() {
    let list = std::collections::BTreeSet::from(["listed".to_owned()]);
    for json in [r#"{"digit":false}"#, r#"{"visible":true}"#, r#"{"preset":"default"}"#] {
        let again = read(&serde_json::to_string(&read(json).unwrap()).unwrap()).unwrap();
        assert_eq!(phrases(&again), phrases(&read(json).unwrap()), "{json}");
    }
    let builder = r#"{"preset":"asvs_level1","visible":false}"#;
    let builder: PasswordPolicyBuilder = serde_json::from_str(builder).unwrap();
    assert!(builder.clone().blocklist(list).build().is_err(), "3,000 are required");
    let longer = (0..3000).map(|n| format!("{n:012}")).collect::<std::collections::BTreeSet<_>>();
    let policy = builder.blocklist(longer).build().unwrap();
    assert!(policy.requirements().all(|requirement| requirement.code() != "blank_password"));
}

#[test]
fn fields_are_read_by_their_names_and_never_by_their_places() {
    for json in [
        "[]",
        r#"["default"]"#,
        r#"["default", 8]"#,
        r#"["default", 8, 256, null, false, true, true, true]"#,
        r#"{"context_words": ["contained", ["Acme"]]}"#,
        r#"{"context_words": ["Acme"]}"#,
        r#"{"preset": ["default"]}"#,
        r#"{"preset": 0}"#,
        r#"{"common_passwords": 0}"#,
        r#"{"breach_service": ["fail_open"]}"#,
        r#"{"context_words": {"0": ["Acme"]}}"#,
    ] {
        assert!(read(json).is_err(), "{json}");
        assert!(serde_json::from_str::<PasswordPolicyBuilder>(json).is_err(), "{json}");
    }
    let error = read(r#"["default", 8]"#).unwrap_err();
    assert!(error.contains("the settings of a password policy by name"), "{error}");
}

#[test]
fn a_field_whose_feature_is_off_is_an_error_that_names_the_feature() {
    for (json, setting, feature, is_on) in [
        (r#"{"nfc": true}"#, "nfc", "nfc", cfg!(feature = "nfc")),
        (
            r#"{"common_passwords": "ignoring_case"}"#,
            "common_passwords",
            "common-passwords",
            cfg!(feature = "common-passwords"),
        ),
        (r#"{"min_score": 3}"#, "min_score", "zxcvbn", cfg!(feature = "zxcvbn")),
        (r#"{"breach_service": "fail_open"}"#, "breach_service", "hibp", cfg!(feature = "hibp")),
    ] {
        let sentence =
            format!("the setting `{setting}` requires the feature `{feature}`, which is off");
        match read(json) {
            Ok(_) => assert!(is_on, "{json}"),
            Err(error) => assert!(!is_on && error.contains(&sentence), "{error}"),
        }
    }
    assert!(read(r#"{"nfc": false, "min_score": null}"#).is_ok(), "neither asks for anything");
}

#[test]
fn a_configuration_that_is_written_is_read_back_the_same() {
    let numbers = (1_usize..20, 60_usize..300, prop::option::of(60_usize..300));
    let kinds = prop::array::uniform5(prop::option::of(any::<bool>()));
    crate::support::runner(1000)
        .run(&(numbers, kinds, any::<bool>()), |((min, max, bytes), kinds, words)| {
            let [digit, lowercase, uppercase, bcrypt, visible] = kinds;
            let words = words.then(|| serde_json::json!({"whole": ["acme"]}));
            let json = serde_json::json!({
                "min_length": min, "max_length": max, "max_bytes": bytes, "digit": digit,
                "lowercase": lowercase, "uppercase": uppercase, "bcrypt": bcrypt,
                "visible": visible, "context_words": words,
            });
            let policy = read(&json.to_string()).unwrap();
            let written = serde_json::to_string(&policy).unwrap();
            let again = read(&written).unwrap();
            prop_assert_eq!(phrases(&again), phrases(&policy));
            prop_assert_eq!(serde_json::to_string(&again).unwrap(), written);
            Ok(())
        })
        .unwrap();
}

#[cfg(all(feature = "nfc", feature = "common-passwords"))]
#[test]
fn every_preset_is_read_and_written_back() {
    for (preset, more) in [
        ("default", ""),
        ("nist_single_factor", ""),
        ("nist_multi_factor", ""),
        ("asvs_level1", ""),
        #[cfg(feature = "hibp")]
        (
            "asvs_level2",
            r#", "context_words": {"whole": ["acme"]}, "breach_service": "fail_closed""#,
        ),
    ] {
        let json =
            format!(r#"{{"preset": "{preset}", "common_passwords": "ignoring_case"{more}}}"#);
        let policy = read(&json).unwrap();
        let again = read(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(phrases(&again), phrases(&policy), "{preset}");
        assert_eq!(serde_json::to_value(&policy).unwrap()["preset"], preset);
    }
    let error =
        read(r#"{"preset": "nist_single_factor", "nfc": false, "common_passwords": "exact"}"#);
    assert!(error.unwrap_err().contains("requires normalization (3.1.1.2)"));
    assert!(read(r#"{"preset": "pci"}"#).unwrap_err().contains("pci"));
}
