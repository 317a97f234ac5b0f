//! The policy as configuration.
use super::Without;
use password_reset::policy::{PasswordPolicy, PasswordPolicyBuilder};

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

#[test]
fn a_policy_with_requirements_of_the_host_is_not_silently_written_without_them() {
    let policy = PasswordPolicy::builder().requirement(Without("acme")).build().unwrap();
    let error = serde_json::to_string(&policy).unwrap_err().to_string();
    assert!(error.contains("the host's own requirements"), "{error}");
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
    assert!(error.contains("asks for a blocklist with at least 3000 passwords"), "{error}");

    let list: std::collections::BTreeSet<_> = (0..3000).map(|n| format!("{n:012}")).collect();
    let builder: PasswordPolicyBuilder = serde_json::from_str(json).unwrap();
    let policy = builder.blocklist(list).build().unwrap();
    let codes: Vec<_> = policy.requirements().map(|r| r.code().to_owned()).collect();
    assert_eq!(codes, ["too_short", "too_long", "nul_character", "common_password"]);
}

#[test]
fn every_field_is_read_and_written_back() {
    let mut fields = vec![
        r#""preset":"default""#,
        r#""min_length":12,"max_length":64,"max_bytes":60,"bcrypt":true"#,
        r#""digit":false,"lowercase":true,"uppercase":false"#,
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
    assert!(error.unwrap_err().contains("asks for normalization (3.1.1.2)"));
    assert!(read(r#"{"preset": "pci"}"#).unwrap_err().contains("pci"));
}
