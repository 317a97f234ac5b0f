//! The promised policy, row by row.

use super::{Without, lenient, missed as missed_under};
use password_reset::policy::{
    ContextWords, CustomRequirement, PasswordPolicy, PolicyError, Requirement,
};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The codes of what `password` misses under the default policy.
fn missed(password: &str) -> Vec<String> {
    missed_under(&PasswordPolicy::default(), password)
}

const NO_CASE: [&str; 2] = ["missing_lowercase", "missing_uppercase"];

#[test]
fn one_character_of_a_class_counts_at_either_end_of_every_length() {
    for length in 8..=70 {
        for (character, missing) in [
            ('7', ["missing_lowercase", "missing_uppercase"]),
            ('b', ["missing_digit", "missing_uppercase"]),
            ('B', ["missing_digit", "missing_lowercase"]),
            ('٣', ["missing_lowercase", "missing_uppercase"]),
            ('ж', ["missing_digit", "missing_uppercase"]),
        ] {
            let rest = "-".repeat(length - 1);
            assert_eq!(missed(&format!("{rest}{character}")), missing, "{length}");
            assert_eq!(missed(&format!("{character}{rest}")), missing, "{length}");
        }
        let with_nul = format!("aA1{}\0", "-".repeat(length - 4));
        assert_eq!(missed(&with_nul), ["nul_character"]);
    }
}

#[test]
fn a_password_that_was_accepted_cannot_be_printed() {
    let policy = PasswordPolicy::default();
    let checked = policy.check("Abcdefg1").unwrap();
    assert!(!format!("{checked:?}").contains("Abcdefg1"), "{checked:?}");
    let accepted = checked.accept().unwrap();
    assert_eq!(format!("{accepted:?}"), "AcceptedPassword(PreparedPassword([redacted]))");
    assert_eq!(format!("{:?}", policy.prepare("Abcdefg1")), "PreparedPassword([redacted])");
    assert_eq!(accepted.expose_password(), "Abcdefg1");
}

#[test]
fn the_default_policy_is_the_promised_one() {
    assert!(missed("Abcdefg1").is_empty());
    assert_eq!(missed("Abcdef1"), ["too_short"]);
    assert_eq!(missed("abcdefgh"), ["missing_digit", "missing_uppercase"]);
    assert_eq!(missed("ABCDEFGH"), ["missing_digit", "missing_lowercase"]);
    assert_eq!(missed("12345678"), NO_CASE);
}

#[test]
fn the_empty_password_misses_four_things_in_the_same_order() {
    let four = ["too_short", "missing_digit", "missing_lowercase", "missing_uppercase"];
    for _ in 0..100 {
        assert_eq!(missed(""), four);
    }
}

#[test]
fn every_row_of_odd_passwords_is_checked_as_documented() {
    let all_classes = ["missing_digit", "missing_lowercase", "missing_uppercase"];
    let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦";
    let rows: [(&str, &str, &[&str]); 38] = [
        ("spaces only", "        ", &all_classes),
        ("seven spaces", "       ", &["too_short", all_classes[0], all_classes[1], all_classes[2]]),
        ("leading spaces count", "  Abcde1", &[]),
        ("trailing spaces count", "Abcde1  ", &[]),
        ("a space short", " Abcde1", &["too_short"]),
        ("eight emoji are eight", "😀😀😀😀😀😀😀😀", &all_classes),
        ("seven emoji are short", "😀😀😀😀😀A1a", &[]),
        ("an emoji is one", "😀😀😀😀A1a", &["too_short"]),
        ("a family is seven", &format!("{family}A"), &["missing_digit", "missing_lowercase"]),
        ("a family alone is short", family, &["too_short", all_classes[0], NO_CASE[0], NO_CASE[1]]),
        ("combining marks count", "A1a\u{301}\u{301}\u{301}\u{301}\u{301}", &[]),
        ("a composed letter is one", "Á1áááá", &["too_short"]),
        ("right-to-left override", "\u{202e}Abcde1f", &[]),
        ("NUL", "Abcdefg1\0", &["nul_character"]),
        ("NUL counts as a character", "Abcdef1\0", &["nul_character"]),
        ("titlecase has neither case", "ǅǅǅǅǅǅǅ1", &NO_CASE),
        ("titlecase beside upper case", "ǅǅǅǅǅǅA1", &["missing_lowercase"]),
        ("the ordinal ª is lower case", "ABCDEF1ª", &[]),
        ("superscript two is no number", "Abcdefg²", &["missing_digit"]),
        ("one half is no number", "Abcdefg½", &["missing_digit"]),
        ("a Roman numeral is no number", "abcdefgⅧ", &["missing_digit"]),
        ("a Chinese three is no number", "Abcdefg三", &["missing_digit"]),
        ("a circled number is no number", "Abcdefg①", &["missing_digit"]),
        ("Arabic-Indic digits are numbers", "Abcdefg٣", &[]),
        ("full-width digits are numbers", "Abcdefg３", &[]),
        ("mathematical digits are numbers", "Abcdefg𝟛", &[]),
        ("Devanagari digits are numbers", "Abcdefg९", &[]),
        ("Cyrillic", "Пароль12", &[]),
        ("Cyrillic without upper case", "пароль12", &["missing_uppercase"]),
        ("Greek", "Κωδικός1", &[]),
        ("Chinese has no case", "密码密码密码密码1", &NO_CASE),
        ("Arabic has no case", "كلمةالسر١٢", &NO_CASE),
        ("sharp s is lower case", "ABCDEFß1", &[]),
        ("dotless i is lower case", "ABCDEFı1", &[]),
        ("dotted I is upper case", "abcdefİ1", &[]),
        ("unassigned code points", "Abcdef1\u{0378}", &[]),
        ("noncharacters", "Abcdef1\u{10ffff}", &[]),
        ("zero-width spaces count", "Abcde1\u{200b}\u{200b}", &[]),
    ];
    for (name, password, codes) in rows {
        assert_eq!(missed(password), codes, "{name}: {password:?}");
    }
}

#[test]
fn length_counts_characters_up_to_256_of_them() {
    for filler in ["b", "é", "密", "😀"] {
        let password = |length: usize| format!("Aa1{}", filler.repeat(length - 3));
        assert_eq!(missed(&password(7)), ["too_short"]);
        for length in [8, 64, 255, 256] {
            assert!(missed(&password(length)).is_empty(), "{length} × {filler}");
        }
        for length in [257, 1024, 1 << 18] {
            assert_eq!(missed(&password(length))[0], "too_long", "{length} × {filler}");
        }
    }
}

#[test]
fn nothing_is_truncated_a_number_at_the_very_end_counts() {
    let password = |end: &str| format!("Aa{}{end}", "😀".repeat(253));
    assert!(missed(&password("1")).is_empty());
    assert_eq!(missed(&password("x")), ["missing_digit"]);
    assert_eq!(missed(&format!("{}\0", "Aa1".repeat(80))), ["nul_character"]);
}

/// Counts how often it is asked.
#[derive(Debug, Default)]
struct Nosy(std::sync::Arc<AtomicUsize>);

impl CustomRequirement for Nosy {
    fn code(&self) -> &'static str {
        "nosy"
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing")
    }

    fn parameters(&self) -> Vec<(&str, usize)> {
        vec![("asked", self.0.load(Ordering::Relaxed))]
    }

    fn is_met_by(&self, _: &str) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

#[test]
fn a_megabyte_is_refused_without_being_read_through() {
    let nosy = Nosy::default();
    let asked = nosy.0.clone();
    let policy = PasswordPolicy::builder().requirement(nosy).build().unwrap();
    for filler in ["a", "\0", "😀"] {
        let megabyte = filler.repeat((1 << 20) / filler.len());
        assert_eq!(missed_under(&policy, &megabyte), ["too_long"], "{filler:?}");
        let met: Vec<_> = policy.checklist(&megabyte).filter(|(_, met)| *met).collect();
        assert_eq!(met.len(), 1, "what was not looked at is not called met: {met:?}");
        assert_eq!(met[0].0.code(), "too_short");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(policy.check("Abcdefg1").is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn the_last_password_that_is_read_takes_four_bytes_for_each_character() {
    let at_the_bound = "😀".repeat(256);
    assert_eq!(missed(&at_the_bound).len(), 3, "it was read");
    assert_eq!(missed(&format!("{at_the_bound}a")), ["too_long"]);
    assert_eq!(
        missed(&"\0".repeat(1024)).len(),
        5,
        "it was read: {:?}",
        missed(&"\0".repeat(1024))
    );
}

#[test]
fn a_byte_limit_counts_bytes() {
    let policy = PasswordPolicy::builder().max_bytes(72).build().unwrap();
    assert!(missed_under(&policy, &format!("Aa1{}", "b".repeat(69))).is_empty());
    assert_eq!(missed_under(&policy, &format!("Aa1{}", "b".repeat(70))), ["too_many_bytes"]);
    assert_eq!(missed_under(&policy, &format!("Aa1{}", "😀".repeat(18))), ["too_many_bytes"]);
    assert!(missed_under(&policy, &format!("Aa1b{}", "😀".repeat(17))).is_empty());
    let unread = missed_under(&policy, &"a".repeat(1 << 20));
    assert_eq!(unread, ["too_long"]);
}

#[test]
fn each_class_can_be_switched_off_alone() {
    let builder = PasswordPolicy::builder;
    let rows = [
        (builder().digit(false), "missing_digit"),
        (builder().lowercase(false), "missing_lowercase"),
        (builder().uppercase(false), "missing_uppercase"),
    ];
    for (builder, off) in rows {
        let mut expected = missed("");
        expected.retain(|code| code != off);
        assert_eq!(missed_under(&builder.build().unwrap(), ""), expected);
    }
    let none = builder().digit(false).lowercase(false).uppercase(false).min_length(15);
    assert!(missed_under(&none.build().unwrap(), "               ").is_empty());
}

#[test]
fn requirements_say_codes_parameters_and_phrases() {
    let policy = PasswordPolicy::builder().max_bytes(72).build().unwrap();
    let listed: Vec<_> = policy
        .requirements()
        .map(|r| (r.code().to_owned(), format!("{:?}", r.parameters()), r.to_string()))
        .collect();
    let row = |code: &str, parameters: &str, phrase: &str| {
        (code.to_owned(), parameters.to_owned(), phrase.to_owned())
    };
    assert_eq!(
        listed,
        [
            row("too_short", r#"[("min", 8)]"#, "at least 8 characters"),
            row("missing_digit", "[]", "at least one number"),
            row("missing_lowercase", "[]", "at least one lower-case letter"),
            row("missing_uppercase", "[]", "at least one upper-case letter"),
            row("too_long", r#"[("max", 256)]"#, "at most 256 characters"),
            row(
                "too_many_bytes",
                r#"[("max", 72)]"#,
                "at most 72 bytes (accented letters and symbols take several each)"
            ),
            row("nul_character", "[]", "no NUL character"),
        ]
    );
    let violations = policy.check("abcdefg").unwrap_err();
    let sentences: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert_eq!(sentences[0], "Use at least 8 characters.");
    let first = violations.iter().next().unwrap();
    assert_eq!(first.parameters(), [("min", 8)]);
    assert!(matches!(first.requirement(), Some(Requirement::MinLength { characters: 8 })));
    assert_eq!(
        violations.to_string(),
        "use at least 8 characters, at least one number, at least one upper-case letter"
    );
    let one = lenient().max_length(1).build().unwrap();
    let phrases: Vec<_> = one.requirements().map(|r| r.to_string()).collect();
    assert_eq!(phrases[..2], ["at least 1 character", "at most 1 character"]);
}

#[test]
fn bounds_that_contradict_each_other_build_no_policy() {
    let build = |min, max, bytes: Option<usize>, classes: [bool; 3]| {
        let [digit, lowercase, uppercase] = classes;
        let builder = PasswordPolicy::builder().min_length(min).max_length(max);
        let builder = builder.digit(digit).lowercase(lowercase).uppercase(uppercase);
        match bytes {
            Some(bytes) => builder.max_bytes(bytes),
            None => builder,
        }
        .build()
        .map(drop)
    };
    let (all, two, none) = ([true; 3], [true, true, false], [false; 3]);
    assert_eq!(build(0, 256, None, all), Err(PolicyError::MinLengthZero));
    assert_eq!(build(0, 0, None, none), Err(PolicyError::MinLengthZero));
    assert_eq!(build(9, 8, None, all), Err(PolicyError::MinAboveMax { min: 9, max: 8 }));
    assert_eq!(build(8, 8, None, all), Ok(()));
    assert_eq!(build(1, 2, None, all), Err(PolicyError::TooShortForClasses { max: 2, classes: 3 }));
    assert_eq!(build(1, 1, None, two), Err(PolicyError::TooShortForClasses { max: 1, classes: 2 }));
    assert_eq!(build(1, 2, None, two), Ok(()));
    assert_eq!(build(1, 3, None, all), Ok(()));
    assert_eq!(build(1, 1, None, none), Ok(()));
    let too_small = |bytes, needed| Err(PolicyError::ByteLimitTooSmall { bytes, needed });
    assert_eq!(build(8, 256, Some(7), all), too_small(7, 8));
    assert_eq!(build(1, 256, Some(2), all), too_small(2, 3));
    assert_eq!(build(8, 256, Some(0), none), too_small(0, 8));
    assert_eq!(build(8, 256, Some(8), all), Ok(()));
    assert_eq!(build(1, usize::MAX, Some(usize::MAX), all), Ok(()));
}

#[test]
fn the_hosts_requirements_come_last_in_the_order_they_were_added() {
    let builder = PasswordPolicy::builder().requirement(Without("zebra"));
    let policy = builder.requirement(Without("acme")).requirement(Without("mole")).build().unwrap();
    assert_eq!(missed_under(&policy, "Acmemole1acmezebra"), ["zebra", "acme", "mole"]);
    assert_eq!(missed_under(&policy, "Abcdefg1 mole"), ["mole"]);
    assert_eq!(missed_under(&policy, "acme\0")[4..], ["acme"]);
    let last = policy.requirements().last().unwrap();
    assert_eq!((last.to_string(), last.parameters()), ("no mole".into(), vec![("most", 0)]));
}

#[test]
fn the_checklist_names_every_requirement_in_the_same_order() {
    let policy = PasswordPolicy::builder().max_bytes(72).requirement(Without("acme"));
    let policy = policy.build().unwrap();
    let asked: Vec<_> = policy.requirements().map(|r| r.code().to_owned()).collect();
    for password in ["", "Abcdefg1", &"a".repeat(5000)] {
        let listed: Vec<_> = policy.checklist(password).map(|(r, _)| r.code().to_owned()).collect();
        assert_eq!(listed, asked);
    }
    let is_met = |password: &str| policy.checklist(password).all(|(_, met)| met);
    assert!(is_met("Abcdefg1") && !is_met("Abcdefg"));
    assert!(matches!(policy.requirements().next(), Some(Requirement::MinLength { .. })));
}

#[test]
fn every_code_is_documented_in_the_order_of_a_report() {
    let own = std::collections::BTreeSet::from(["x".to_owned()]);
    let words = ContextWords::Whole(Vec::new());
    let builder = PasswordPolicy::builder().visible(true).max_bytes(80).bcrypt(true).blocklist(own);
    let builder = builder.context_words(words);
    #[cfg(feature = "nfc")]
    let builder = builder.nfc(true);
    #[cfg(feature = "zxcvbn")]
    let builder = builder.min_score(1);
    #[cfg(feature = "hibp")]
    let builder = builder.breach_service(password_reset::policy::BreachService::FailClosed);
    let policy = builder.build().unwrap();
    let codes: Vec<_> = policy.requirements().map(|r| r.code().to_owned()).collect();
    let of_features = [
        ("unassigned_character", cfg!(feature = "nfc")),
        ("too_guessable", cfg!(feature = "zxcvbn")),
        ("breached_password", cfg!(feature = "hibp")),
    ];
    let is_on = |code: &&&str| of_features.iter().all(|(name, on)| *on || name != *code);
    let expected = Requirement::CODES.iter().filter(is_on);
    assert_eq!(codes, expected.copied().collect::<Vec<_>>());
}

#[test]
fn the_limit_of_bcrypt_says_so_in_words() {
    let policy = lenient().bcrypt(true).build().unwrap();
    assert!(missed_under(&policy, &"é".repeat(36)).is_empty());
    let violations = policy.check(&"é".repeat(37)).unwrap_err();
    let rows: Vec<_> = violations
        .iter()
        .map(|violation| (violation.code(), violation.parameters(), violation.to_string()))
        .collect();
    let sentence = "Use at most 72 bytes, since bcrypt reads no more of a password \
                    (accented letters and symbols take several each).";
    assert_eq!(rows, [("too_many_bytes_for_bcrypt", vec![("max", 72)], sentence.to_owned())]);
    let too_small = lenient().min_length(73).bcrypt(true).build().map(drop);
    assert_eq!(too_small, Err(PolicyError::ByteLimitTooSmall { bytes: 72, needed: 73 }));
    assert!(lenient().min_length(72).bcrypt(true).build().is_ok());
}

#[test]
fn a_policy_is_shown_by_what_it_asks_and_not_by_its_lists() {
    let own = std::collections::BTreeSet::from(["Listed2026".to_owned()]);
    let policy = PasswordPolicy::builder().blocklist(own).requirement(Without("acme"));
    let shown = format!("{:?}", policy.build().unwrap());
    assert!(shown.contains("preset: Default") && shown.contains("[MinLength {"), "{shown}");
    assert!(shown.contains("NotCommon") && shown.contains("acme"), "{shown}");
    assert!(!shown.contains("Listed2026"), "{shown}");
}
