//! Passwords that contain a name or another word about the account.

use super::{lenient, missed, missed_by};
use crate::support::runner;
use password_reset::policy::{ContextWords, PasswordPolicy};
use proptest::prelude::*;
use std::cell::Cell;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn contained(own: &[&str]) -> PasswordPolicy {
    lenient().context_words(ContextWords::Contained(words(own))).build().unwrap()
}

fn whole(own: &[&str]) -> PasswordPolicy {
    lenient().context_words(ContextWords::Whole(words(own))).build().unwrap()
}

const FORBIDDEN: [&str; 1] = ["context_word"];
const PERMITTED: [&str; 0] = [];

#[test]
fn a_password_that_contains_the_services_name_is_rejected_with_a_plain_sentence() {
    let policy = contained(&["Acme"]);
    let violations = policy.check("my-ACME-password").unwrap_err();
    assert_eq!(
        violations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Use a password that is not made of your name or email address or our name."]
    );
    assert_eq!(missed(&policy, "my-acne-password"), PERMITTED);
}

#[test]
fn the_owners_words_count_beside_the_services_own() {
    let policy = contained(&[]);
    let alice = ["alice@wonderland.example", "Alice Liddell"];
    for password in [
        "alice2026",
        "xxLIDDELLxx",
        "inAliceLand7",
        "Alice@Wonderland.Example",
        "my alicewonderlandexample",
    ] {
        assert_eq!(missed_by(&policy, password, &alice), FORBIDDEN, "{password}");
        assert_eq!(missed(&policy, password), PERMITTED, "nobody's words: {password}");
    }
    assert_eq!(missed_by(&policy, "looking-glass", &alice), PERMITTED);
}

#[test]
fn of_an_address_what_names_its_owner_is_looked_for_and_nothing_else() {
    let policy = contained(&["Acme"]);
    for (address, password, expected) in [
        ("alice@example.com", "for-example-7", &PERMITTED[..]),
        ("alice@example.com", "alice-7-words", &FORBIDDEN),
        ("alice@example.com", "ALICEinside", &FORBIDDEN),
        ("info@example.com", "more information", &PERMITTED),
        ("INFO@EXAMPLE.COM", "Information", &PERMITTED),
        ("info@example.com", "info@example.com1", &FORBIDDEN),
        ("mail@mustermann.de", "email-of-the-day", &PERMITTED),
        ("mail@mustermann.de", "mustermann1990", &PERMITTED),
        ("post@web.de", "compost-and-webcam", &PERMITTED),
        ("team@mail.ru", "steam-engine-mail", &PERMITTED),
        ("someone.else@gmail.com", "my-gmail.com-secret", &PERMITTED),
        ("office@mail.shop.example.co.uk", "officer-of-the-shop", &PERMITTED),
        ("no-reply@example.com", "i-noreply-to-this", &PERMITTED),
        ("no-reply@example.com", "noreply", &FORBIDDEN),
        ("info@example.com", "INFO", &FORBIDDEN),
        ("support.berlin@example.com", "my support act", &PERMITTED),
        ("support.berlin@example.com", "ich-bin-ein-berliner", &FORBIDDEN),
        ("ann@example.com", "planning ahead", &PERMITTED),
        ("ann@example.com", "ann", &FORBIDDEN),
        ("me@example.com", "call me maybe", &PERMITTED),
        ("hans.muster@example.com", "hans2026", &FORBIDDEN),
        ("hans.muster@example.com", "xmusterx", &FORBIDDEN),
        ("hans.muster@example.com", "hans.muster.1", &FORBIDDEN),
        ("hans.muster@example.com", "schanzenhansel", &PERMITTED),
        ("jo.lee@example.com", "my-jo.lee-word", &FORBIDDEN),
        ("jo.lee@example.com", "xJoLeex", &FORBIDDEN),
        ("alice+newsletter@example.com", "a-newsletter-a-day", &PERMITTED),
        ("alice+newsletter@example.com", "newsletter", &FORBIDDEN),
        ("alice+newsletter@example.com", "alice-a-day", &FORBIDDEN),
        ("alice+test@example.com", "alice", &FORBIDDEN),
        ("mark@example.com", "the supermarket", &PERMITTED),
        ("mark@example.com", "market stall", &PERMITTED),
        ("mark@example.com", "mark1990", &FORBIDDEN),
        ("mark@example.com", "on your mark", &FORBIDDEN),
        ("mark@example.com", "ILoveMark1", &FORBIDDEN),
        ("mark@example.com", "MarkMark", &FORBIDDEN),
        ("vera@example.com", "several kettles", &PERMITTED),
        ("анна@example.com", "ванная комната", &PERMITTED),
        ("анна@example.com", "моя-Анна-1990", &FORBIDDEN),
        ("山田太郎@example.jp", "私は山田太郎です", &FORBIDDEN),
        ("\"john smith\"@example.com", "johnsmith", &FORBIDDEN),
        ("a@b@example.com", "ab", &FORBIDDEN),
        ("@alice", "alice2026", &FORBIDDEN),
        ("alice@", "alice2026", &FORBIDDEN),
        ("@", "anything", &PERMITTED),
        ("+@", "anything", &PERMITTED),
    ] {
        assert_eq!(missed_by(&policy, password, &[address]), expected, "{address}: {password}");
    }
}

#[test]
fn the_services_own_words_count_wherever_they_stand() {
    for (own, password, expected) in [
        ("Acme", "MyAcmePassword", &FORBIDDEN[..]),
        ("Acme", "pacmen", &FORBIDDEN),
        ("Mail", "email-of-the-day", &FORBIDDEN),
        ("Info", "more information", &FORBIDDEN),
        ("acme.info", "more information", &PERMITTED),
        ("acme.info", "acme information", &FORBIDDEN),
        ("Support Heroes", "my support act", &PERMITTED),
        ("Support Heroes", "heroes", &FORBIDDEN),
        ("Support Heroes", "supportheroes1", &FORBIDDEN),
        ("Acme+Sons", "parsons1", &FORBIDDEN),
        ("us@acme", "pacmen", &FORBIDDEN),
    ] {
        assert_eq!(missed(&contained(&[own]), password), expected, "{own}: {password}");
    }
}

#[test]
fn no_words_about_the_owner_are_looked_for_within_where_words_are_compared_whole() {
    let policy = whole(&[]);
    for whole in
        ["alice", "example", "com", "alice+shop@example.com", "aliceshopexamplecom", "info", "shop"]
    {
        let address = if whole == "info" { "info@example.com" } else { "alice+shop@example.com" };
        assert_eq!(missed_by(&policy, whole, &[address]), FORBIDDEN, "{whole}");
        assert_eq!(missed_by(&policy, &format!("{whole}1"), &[address]), PERMITTED, "{whole}1");
    }
}

#[test]
fn a_word_without_a_character_is_none() {
    for policy in [contained(&["", "--"]), whole(&["", "--"])] {
        assert_eq!(missed_by(&policy, "", &["", "…"]), ["too_short"]);
        assert_eq!(missed_by(&policy, "x", &["", "…"]), PERMITTED);
    }
}

#[test]
fn a_policy_without_context_words_asks_nothing_about_the_owner() {
    let policy = lenient().build().unwrap();
    assert_eq!(missed_by(&policy, "alice", &["alice"]), PERMITTED);
}

#[test]
fn parts_count_from_four_characters_on_and_shorter_words_whole() {
    let policy = contained(&["Bob", "Anna", "x-y", "日本語版"]);
    for (password, expected) in [
        ("bob", &FORBIDDEN[..]),
        ("bobby", &PERMITTED),
        ("xBOBx", &PERMITTED),
        ("hanna", &FORBIDDEN),
        ("ann", &PERMITTED),
        ("x-y", &FORBIDDEN),
        ("xy", &FORBIDDEN),
        ("x", &FORBIDDEN),
        ("xy-", &PERMITTED),
        ("私の日本語版です", &FORBIDDEN),
        ("日本語", &PERMITTED),
    ] {
        assert_eq!(missed(&policy, password), expected, "{password}");
    }
}

#[test]
fn a_word_counts_with_its_punctuation_without_it_and_in_parts() {
    let policy = contained(&["Jo Ann-Lee", "o'brien"]);
    for password in ["1jo ann-lee1", "1joannlee1", "1O'BRIEN1", "1obrien1", "1brien1"] {
        assert_eq!(missed(&policy, password), FORBIDDEN, "{password}");
    }
    assert_eq!(missed(&policy, "joann lee"), PERMITTED);
}

#[test]
fn case_is_nothing_in_any_script() {
    for (word, password) in [
        ("straße", "MYSTRASSE1"),
        ("STRASSE", "meinestraße"),
        ("Αλέξης", "ΑΛΈΞΗΣ99"),
        ("Пароль", "мойпароль"),
        ("kelvin", "\u{212a}elvin00"),
        ("mİke", "MI\u{307}KE"),
        ("sabc", "ßabc"),
    ] {
        assert_eq!(missed(&contained(&[word]), password), FORBIDDEN, "{word} in {password}");
    }
}

#[cfg(feature = "nfc")]
#[test]
fn case_is_nothing_for_characters_that_compose_either() {
    let policy = |word: &str| {
        let words = ContextWords::Contained(words(&[word]));
        lenient().nfc(true).context_words(words).build().unwrap()
    };
    for (word, password) in [
        ("Ali U\u{308}nl\u{fc}", "2026U\u{308}NLU\u{308}"),
        ("Ali \u{dc}nl\u{fc}", "2026\u{fc}nlu\u{308}"),
        ("Μαΐου", "1ΜΑΪ́ΟΥ1"),
        ("ǰohn", "xJ\u{30c}OHNx"),
        ("jose\u{301}", "JOSÉ1"),
    ] {
        assert_eq!(missed(&policy(word), password), FORBIDDEN, "{word} in {password}");
    }
}

#[test]
fn whole_words_are_compared_with_the_entire_password_alone() {
    let policy = whole(&["Acme Corporation"]);
    for password in ["acme corporation", "AcmeCorporation", "ACME", "corporation"] {
        assert_eq!(missed(&policy, password), FORBIDDEN, "{password}");
    }
    for password in ["acme1", "acme-corporation", "my acme corporation", ""] {
        assert!(!missed(&policy, password).contains(&FORBIDDEN[0].to_owned()), "{password}");
    }
}

#[test]
fn words_without_letters_forbid_nothing_but_themselves() {
    let policy = contained(&["", " ", "@", "----"]);
    assert_eq!(missed(&policy, "Abcdefg1"), PERMITTED);
    assert_eq!(missed(&policy, "@"), FORBIDDEN);
    assert_eq!(missed(&policy, "a----b"), FORBIDDEN);
}

#[test]
fn of_a_megabyte_of_words_the_first_characters_count() {
    let many = "abcdefg ".repeat(200_000);
    for password in
        ["xxabcdefgxx".to_owned(), "é".repeat(200) + "abcdefg", "abce".repeat(40) + "abcdefg"]
    {
        assert_eq!(missed(&contained(&[&many]), &password), FORBIDDEN);
        assert_eq!(missed_by(&contained(&[]), &password, &[&many]), FORBIDDEN);
        assert_eq!(
            missed(&contained(&[&many]), &password.replace("abcdefg", "abcdéfg")),
            PERMITTED
        );
    }
    let within = format!("{}abcd", "-".repeat(1020));
    assert_eq!(missed(&contained(&[&within]), "xxabcdxx"), FORBIDDEN);
    let beyond = format!("{}abcd", "-".repeat(1021));
    assert_eq!(missed(&contained(&[&beyond]), "xxabcdxx"), PERMITTED);
}

#[test]
fn the_verdict_agrees_with_lower_case_strings_that_are_searched_naively() {
    let word = "[abAB]{1,6}";
    let cases = (prop::collection::vec(word, 1..4), "[abcABC]{0,9}|[abAB]{4,12}");
    let found = Cell::new([0_u32; 2]);
    runner(3000)
        .run(&cases, |(parts, password)| {
            let word = parts.join(".");
            let lower = password.to_lowercase();
            let mut candidates: Vec<_> = parts.iter().map(|part| part.to_lowercase()).collect();
            candidates.push(parts.concat().to_lowercase());
            let is_made_of = |candidate: &String| {
                lower == *candidate || (candidate.len() >= 4 && lower.contains(candidate))
            };
            let expected = candidates.iter().any(is_made_of);
            let policy = contained(&[&word]);
            let forbidden = missed(&policy, &password).contains(&"context_word".to_owned());
            prop_assert_eq!(forbidden, expected, "{} in {}", word, password);
            let mut counts = found.get();
            counts[usize::from(expected)] += 1;
            found.set(counts);
            Ok(())
        })
        .unwrap();
    assert!(found.get().iter().all(|count| *count > 100), "{:?}", found.get());
}
