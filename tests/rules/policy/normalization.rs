//! A password is the same from every keyboard.

use super::{Without, lenient, missed, missed_by};
use crate::support::runner;
use password_reset::PasswordPolicy;
use password_reset::policy::ContextWords;
use proptest::prelude::*;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

const COMPOSED: &str = "\u{e9}t\u{e9} \u{1f82}";
const DECOMPOSED: &str = "e\u{301}te\u{301} \u{3b1}\u{313}\u{300}\u{345}";

fn normalizing() -> PasswordPolicy {
    lenient().nfc(true).build().unwrap()
}

#[test]
fn the_prepared_string_is_the_same_however_it_was_typed() {
    let policy = normalizing();
    for typed in [COMPOSED, DECOMPOSED] {
        assert_eq!(policy.prepare(typed).expose_password(), COMPOSED);
        assert_eq!(policy.check(typed).unwrap().accept().unwrap().expose_password(), COMPOSED);
    }
}

#[test]
fn without_it_not_a_byte_is_changed() {
    let policy = lenient().build().unwrap();
    for typed in [COMPOSED, DECOMPOSED, " \t\u{212a}\u{fb01}\r\n", "\u{f900}"] {
        assert_eq!(policy.prepare(typed).expose_password(), typed);
        assert_eq!(policy.check(typed).unwrap().accept().unwrap().expose_password(), typed);
    }
}

#[test]
fn nothing_but_composition_happens() {
    let policy = normalizing();
    for typed in [" two  spaces ", "\u{fb01}", "ﬁ²½Ⅷ", "ＡＢＣ", "\u{200b}\u{202e}", "ß", "İı"]
    {
        assert_eq!(policy.prepare(typed).expose_password(), typed);
    }
}

#[test]
fn the_prepared_string_is_what_is_measured() {
    let four = |policy: PasswordPolicy| missed(&policy, DECOMPOSED);
    assert!(four(lenient().min_length(5).max_length(5).nfc(true).build().unwrap()).is_empty());
    assert_eq!(
        four(lenient().min_length(6).max_length(6).nfc(true).build().unwrap()),
        ["too_short"]
    );
    let bytes = COMPOSED.len();
    assert!(four(lenient().max_bytes(bytes).nfc(true).build().unwrap()).is_empty());
    assert_eq!(four(lenient().max_bytes(bytes - 1).nfc(true).build().unwrap()), ["too_many_bytes"]);
}

#[test]
fn the_prepared_string_is_what_is_compared() {
    let list = BTreeSet::from([COMPOSED.to_owned()]);
    let policy = lenient().nfc(true).blocklist(list).requirement(Without(COMPOSED));
    let policy = policy.build().unwrap();
    assert_eq!(missed(&policy, DECOMPOSED), ["common_password", COMPOSED]);

    let words = ContextWords::Contained(vec!["Ame\u{301}lie".to_owned()]);
    let policy = lenient().nfc(true).context_words(words).build().unwrap();
    for typed in ["1am\u{e9}lie1", "1ame\u{301}lie1", "1jose\u{301}1"] {
        assert_eq!(missed_by(&policy, typed, &["jos\u{e9}"]), ["context_word"], "{typed}");
    }
}

#[test]
fn what_unicode_has_not_defined_has_no_stable_form() {
    let policy = normalizing();
    for unstable in ["\u{378}", "\u{e0080}", "\u{ffff}", "\u{10ffff}", "\u{fdd0}"] {
        assert_eq!(missed(&policy, &format!("a{unstable}")), ["unassigned_character"]);
        assert!(missed(&lenient().build().unwrap(), unstable).is_empty());
    }
    for stable in ["\u{e000}", "\u{f8ff}", "\u{f0000}", "\u{10fffd}", "\0", "\u{200b}", "😀"] {
        assert!(!missed(&policy, stable).contains(&"unassigned_character".to_owned()));
    }
    let sentence = policy.check("\u{378}").unwrap_err().iter().next().unwrap().to_string();
    assert_eq!(sentence, "Use only characters that Unicode has defined.");
}

#[test]
fn a_megabyte_is_refused_unread() {
    let policy = PasswordPolicy::builder().nfc(true).max_bytes(72).build().unwrap();
    assert_eq!(missed(&policy, &"e\u{301}".repeat(400_000)), ["too_long"]);
}

#[test]
fn a_lowered_maximum_does_not_prevent_a_sign_in() {
    let typed = "e\u{323}\u{302}".repeat(200);
    let before = lenient().nfc(true).max_length(256).build().unwrap();
    let stored = before.check(&typed).unwrap().accept().unwrap().expose_password().to_owned();
    let now = lenient().nfc(true).max_length(64).build().unwrap();
    assert_eq!(missed(&now, &typed), ["too_long"]);
    assert_eq!(now.prepare(&typed).expose_password(), stored);
}

#[test]
fn the_longest_password_is_read_however_it_was_typed() {
    let policy = lenient().nfc(true).max_length(16).build().unwrap();
    for character in "\u{1f82}é각a😀\u{1109a}\u{16126}".chars() {
        let longest = character.to_string().repeat(16);
        let decomposed: String = longest.nfd().collect();
        assert!(missed(&policy, &decomposed).is_empty(), "{longest}");
        assert_eq!(policy.prepare(&decomposed).expose_password(), longest);
        assert!(missed(&policy, &format!("{decomposed}a")).contains(&"too_long".to_owned()));
    }
}

#[test]
fn no_character_is_typed_in_more_bytes_or_units_than_the_limits_allow_for() {
    // The longest other spelling of each character that is one in itself.
    let mut longest = std::collections::HashMap::new();
    for character in '\0'..=char::MAX {
        let mut canonical = character.nfd();
        if let (Some(is), None) = (canonical.next(), canonical.next()) {
            let known = longest.entry(is).or_insert(character);
            if known.len_utf8() < character.len_utf8() {
                *known = character;
            }
        }
    }
    for character in ('\0'..=char::MAX).filter(|c| c.nfc().eq([*c])) {
        let typed: String = character.nfd().map(|part| longest[&part]).collect();
        assert!(typed.len() <= 12, "{character:?} takes more bytes than are read for it");
        assert!(typed.encode_utf16().count() <= 6, "{character:?} takes more units than hinted");
    }
}

#[test]
fn both_forms_of_any_string_are_one_password() {
    let policy = normalizing();
    let pieces = prop::sample::select(vec![
        "e\u{301}",
        "\u{1100}\u{1161}\u{11a8}",
        "\u{fb2c}",
        "\u{1d160}",
        "\u{323}\u{307}",
        "q",
        "\u{307}\u{323}",
        "\u{212b}",
        "\u{0344}",
        "\u{f900}",
        "\u{2f81a}",
        "\0",
        "A\u{30a}",
    ]);
    let strings = prop_oneof![
        3 => prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ];
    runner(3000)
        .run(&strings, |typed| {
            let prepared = policy.prepare(&typed).expose_password().to_owned();
            let other: String = typed.nfd().collect();
            let from_other = policy.prepare(&other).expose_password().to_owned();
            prop_assert_eq!(&prepared, &typed.nfc().collect::<String>());
            prop_assert_eq!(&prepared, &from_other);
            let again = policy.prepare(&prepared);
            prop_assert_eq!(again.expose_password(), &prepared);
            prop_assert_eq!(missed(&policy, &typed), missed(&policy, &other));
            Ok(())
        })
        .unwrap();
}
