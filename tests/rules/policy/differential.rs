//! The default policy against a second statement of its rules.

use crate::support::runner;
use icu_properties::{CodePointMapData, props::GeneralCategory};
use password_reset::policy::{PasswordPolicy, Violations};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Passwords made to meet and miss each rule of the default policy, not at random
/// bytes, which would nearly always have the same faults.
fn passwords() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec!["a", "é", "ß", "ж"]),
        4 => prop::sample::select(vec!["A", "É", "Ж", "İ"]),
        4 => prop::sample::select(vec!["0", "9", "٣", "𝟛"]),
        4 => prop::sample::select(vec!["²", "ǅ", "密", " ", "😀", "\u{301}"]),
        1 => Just("\0"),
    ];
    let short = prop::collection::vec(piece.clone(), 0..14);
    let cut_of_one_kind = prop::sample::select(vec!["a", "A", "1", "😀"]);
    prop_oneof![
        6 => short.prop_map(|pieces| pieces.concat()),
        1 => (prop::collection::vec(piece, 0..6), cut_of_one_kind, 248_usize..262)
            .prop_map(|(pieces, filler, count)| pieces.concat() + &filler.repeat(count)),
        1 => any::<String>(),
    ]
}

/// Whether the password could be short enough.
fn is_read(password: &str) -> bool {
    password.len() <= 256 * 4
}

/// The four promised rules and the two bounds once more, as naively as can be.
fn naive(password: &str) -> Vec<&'static str> {
    if !is_read(password) {
        return vec!["too_long"];
    }
    let characters: Vec<char> = password.chars().collect();
    let category = CodePointMapData::<GeneralCategory>::new();
    let mut missed = Vec::new();
    if characters.len() < 8 {
        missed.push("too_short");
    }
    if !characters.iter().any(|c| category.get(*c) == GeneralCategory::DecimalNumber) {
        missed.push("missing_digit");
    }
    if !characters.iter().any(|c| c.is_lowercase()) {
        missed.push("missing_lowercase");
    }
    if !characters.iter().any(|c| c.is_uppercase()) {
        missed.push("missing_uppercase");
    }
    if characters.len() > 256 {
        missed.push("too_long");
    }
    if characters.contains(&'\0') {
        missed.push("nul_character");
    }
    missed
}

#[test]
fn check_agrees_with_the_rules_stated_naively_and_with_the_checklist() {
    let reached = RefCell::new(BTreeMap::<String, [u32; 2]>::new());
    let policy = PasswordPolicy::default();
    runner(4000)
        .run(&passwords(), |password| {
            let violations = policy.check(&password).err();
            let missed: Vec<_> =
                violations.iter().flat_map(Violations::codes).map(str::to_owned).collect();
            prop_assert_eq!(&missed, &naive(&password));
            let unmet: Vec<_> = policy
                .checklist(&password)
                .filter(|(_, met)| !met)
                .map(|(requirement, _)| requirement.code().to_owned())
                .collect();
            if is_read(&password) {
                prop_assert_eq!(&missed, &unmet);
            } else {
                prop_assert!(missed.iter().all(|code| unmet.contains(code)));
            }
            for requirement in policy.requirements() {
                let code = requirement.code().to_owned();
                let met = usize::from(!missed.contains(&code));
                reached.borrow_mut().entry(code).or_default()[met] += 1;
            }
            reached.borrow_mut().entry("all".into()).or_default()
                [usize::from(missed.is_empty())] += 1;
            reached.borrow_mut().entry("read".into()).or_default()
                [usize::from(is_read(&password))] += 1;
            Ok(())
        })
        .unwrap();
    let reached = reached.into_inner();
    assert_eq!(reached.len(), 8, "{reached:?}");
    for (code, counts) in &reached {
        assert!(counts.iter().all(|count| *count >= 40), "{code} missed and met: {counts:?}");
    }
}
