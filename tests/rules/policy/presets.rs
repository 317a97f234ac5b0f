//! Policies that follow a standard, and what the standard's clauses say.

use super::{lenient, missed};
use crate::support::runner;
use password_reset::PasswordPolicy;
use password_reset::policy::{ContextWords, Demand, PasswordPolicyBuilder, PolicyError, Preset};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static LIST: LazyLock<BTreeSet<String>> = LazyLock::new(|| list(3000));

/// A list of `count` passwords of 20 characters, and two that tests try.
fn list(count: usize) -> BTreeSet<String> {
    let numbered = (2..count).map(|number| format!("password{number:012}"));
    numbered.chain(["listed-password".into(), "listed-password-of-many".into()]).collect()
}

fn breached() -> BTreeSet<String> {
    BTreeSet::from(["breached-password".to_owned()])
}

fn words() -> ContextWords {
    ContextWords::Whole(vec!["acme corporation".into()])
}

/// The preset with everything that it demands.
fn complete(preset: Preset) -> PasswordPolicyBuilder {
    let builder = PasswordPolicy::preset(preset).blocklist(LIST.clone());
    match preset {
        Preset::AsvsLevel2 => builder.context_words(words()).breached_passwords(breached()),
        _ => builder,
    }
}

const ASVS: [Preset; 2] = [Preset::AsvsLevel1, Preset::AsvsLevel2];
const NIST: [Preset; 2] = [Preset::NistSingleFactor, Preset::NistMultiFactor];

fn unmet(builder: PasswordPolicyBuilder) -> (Demand, &'static str) {
    match builder.build() {
        Err(
            PolicyError::Unmet { demand, clause, .. }
            | PolicyError::BlocklistTooShort { demand, clause, .. },
        ) => (demand, clause),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_default_preset_is_the_default_policy_and_demands_nothing() {
    let phrases = |policy: &PasswordPolicy| policy.requirements().map(|r| r.to_string()).collect();
    let preset = PasswordPolicy::preset(Preset::Default).build().unwrap();
    let (preset, default): (Vec<_>, Vec<_>) =
        (phrases(&preset), phrases(&PasswordPolicy::default()));
    assert_eq!(preset, default);
    assert_eq!(Preset::default(), Preset::Default);
    assert!(lenient().max_length(1).build().is_ok());
}

#[test]
fn level_1_of_asvs_demands_what_its_clauses_say() {
    for preset in ASVS {
        assert!(complete(preset).build().is_ok());
        let bare = PasswordPolicy::preset(preset);
        assert_eq!(unmet(bare.clone()), (Demand::Blocklist(3000), "6.2.4"));
        assert_eq!(unmet(bare.clone().blocklist(list(2999))), (Demand::Blocklist(3000), "6.2.4"));
        assert_eq!(unmet(complete(preset).min_length(7)), (Demand::MinLength(8), "6.2.1"));
        for builder in [
            complete(preset).digit(true),
            complete(preset).lowercase(true),
            complete(preset).uppercase(true),
        ] {
            assert_eq!(unmet(builder), (Demand::AnyComposition, "6.2.5"));
        }
        #[cfg(feature = "nfc")]
        assert_eq!(unmet(complete(preset).nfc(true)), (Demand::AsTyped, "6.2.8"));
    }
    assert!(complete(Preset::AsvsLevel1).max_length(63).build().is_ok(), "6.2.9 is level 2's");
}

#[test]
fn level_2_of_asvs_demands_context_words_breaches_and_room() {
    let level_2 = || complete(Preset::AsvsLevel2);
    assert_eq!(unmet(level_2().max_length(63)), (Demand::Permits(64), "6.2.9"));
    assert_eq!(unmet(level_2().max_bytes(63)), (Demand::Permits(64), "6.2.9"));
    assert!(level_2().max_length(64).bcrypt(true).build().is_ok());
    let bare = || PasswordPolicy::preset(Preset::AsvsLevel2).blocklist(list(3000));
    let without_words = bare().breached_passwords(breached());
    assert_eq!(unmet(without_words.clone()), (Demand::ContextWords, "6.2.11"));
    let empty = ContextWords::Contained(vec![" ".into(), String::new()]);
    assert_eq!(unmet(without_words.context_words(empty)), (Demand::ContextWords, "6.2.11"));
    let without_look = bare().context_words(words());
    assert_eq!(unmet(without_look.clone()), (Demand::BreachedPasswords, "6.2.12"));
    #[cfg(feature = "hibp")]
    {
        use password_reset::policy::BreachService;
        assert!(without_look.breach_service(BreachService::FailOpen).build().is_ok());
    }
}

#[test]
fn a_list_counts_by_what_the_policys_length_lets_through() {
    let builder = complete(Preset::AsvsLevel1);
    assert!(builder.clone().min_length(15).build().is_ok());
    assert_eq!(unmet(builder.clone().min_length(21)), (Demand::Blocklist(3000), "6.2.4"));
    assert_eq!(unmet(builder.max_length(19)), (Demand::Blocklist(3000), "6.2.4"));
    let two_halves = PasswordPolicy::preset(Preset::AsvsLevel1);
    let two_halves = two_halves.blocklist(list(2000)).blocklist(list(2000));
    assert_eq!(unmet(two_halves), (Demand::Blocklist(3000), "6.2.4"));
}

#[cfg(feature = "nfc")]
#[test]
fn nist_demands_what_its_clauses_say() {
    for (preset, length) in NIST.into_iter().zip([15, 8]) {
        let one = BTreeSet::from(["x".repeat(length)]);
        let complete = || PasswordPolicy::preset(preset).blocklist(one.clone());
        assert!(complete().build().is_ok());
        let short = BTreeSet::from(["x".repeat(length - 1)]);
        assert_eq!(
            unmet(PasswordPolicy::preset(preset).blocklist(short)),
            (Demand::Blocklist(1), "3.1.1.2")
        );
        let (minimum, clause) = unmet(complete().min_length(length - 1));
        assert_eq!((minimum, clause), (Demand::MinLength(length), "3.1.1.2 (1)"));
        assert_eq!(unmet(complete().max_length(63)), (Demand::Permits(64), "3.1.1.2 (2)"));
        assert_eq!(unmet(complete().digit(true)), (Demand::AnyComposition, "3.1.1.2 (5)"));
        assert_eq!(unmet(complete().nfc(false)), (Demand::Normalized, "3.1.1.2"));
        let parts = ContextWords::Contained(vec!["acme".into()]);
        assert_eq!(unmet(complete().context_words(parts)), (Demand::WholeComparison, "3.1.1.2"));
        assert!(complete().context_words(words()).build().is_ok());
    }
}

#[cfg(not(feature = "nfc"))]
#[test]
fn nist_without_the_feature_that_normalizes_is_an_error_that_names_it() {
    for preset in NIST {
        let error = complete(preset).build().unwrap_err().to_string();
        assert_eq!(error, "the setting `nfc` requires the feature `nfc`, which is off");
    }
}

#[test]
fn presets_of_a_standard_reject_a_password_of_invisible_characters() {
    let presets = if cfg!(feature = "nfc") { [NIST, ASVS].concat() } else { ASVS.to_vec() };
    for policy in presets.into_iter().map(|preset| complete(preset).build().unwrap()) {
        for blank in [
            ' ',
            '\t',
            '\n',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{34f}',
            '\u{115f}',
            '\u{180e}',
            '\u{2003}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2028}',
            '\u{2060}',
            '\u{2800}',
            '\u{3000}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1d159}',
            '\u{e0020}',
            '\u{e01ef}',
        ] {
            let blanks = blank.to_string().repeat(15);
            assert_eq!(missed(&policy, &blanks), ["blank_password"], "{blank:?} under {policy:?}");
            assert_eq!(missed(&policy, &format!(" {blanks}\t")), ["blank_password"], "{blank:?}");
            assert!(missed(&policy, &format!("{blanks}x")).is_empty(), "{blank:?}");
        }
        assert!(missed(&policy, &"\0".repeat(15)).contains(&"blank_password".to_owned()));
        let violations = policy.check("               ").unwrap_err();
        let sentences: Vec<_> = violations.iter().map(ToString::to_string).collect();
        assert_eq!(sentences, ["Use at least one visible character."]);
    }
    let off = complete(Preset::AsvsLevel1).visible(false).build().unwrap();
    assert!(missed(&off, "        ").is_empty(), "no clause of the standards says so");
}

#[test]
fn a_policy_says_how_many_listed_passwords_could_ever_match() {
    let matchable = |builder: PasswordPolicyBuilder| builder.build().unwrap().matchable_passwords();
    assert_eq!(matchable(lenient()), 0);
    assert_eq!(matchable(lenient().breached_passwords(breached())), 0);
    assert_eq!(matchable(complete(Preset::AsvsLevel1)), 3000);
    assert_eq!(matchable(complete(Preset::AsvsLevel1).blocklist(list(3500))), 3500, "the longest");
    assert_eq!(matchable(lenient().blocklist(list(3000)).min_length(16)), 2999);
    #[cfg(all(feature = "nfc", feature = "common-passwords"))]
    for (preset, documented) in NIST.into_iter().zip([31, 11_611]) {
        let common = password_reset::policy::CommonPasswords::IgnoringCase;
        let policy = PasswordPolicy::preset(preset).common_passwords(common);
        assert_eq!(matchable(policy), documented, "{preset}");
    }
}

#[cfg(feature = "common-passwords")]
#[test]
fn the_embedded_list_is_enough_for_every_preset() {
    use password_reset::policy::{Blocklist, CommonPasswords};
    let common = CommonPasswords::IgnoringCase;
    assert!(PasswordPolicy::preset(Preset::AsvsLevel1).common_passwords(common).build().is_ok());
    assert!(common.count(15..=256) >= 1);
    #[cfg(feature = "nfc")]
    for preset in NIST {
        assert!(PasswordPolicy::preset(preset).common_passwords(common).build().is_ok());
    }
}

#[test]
fn every_error_is_a_sentence_with_the_standard_and_its_clause() {
    let rows = [
        (
            PasswordPolicy::preset(Preset::AsvsLevel1),
            "OWASP ASVS 5.0 level 1 requires a blocklist with 3000 or more passwords of a \
             permitted length, and the longest has 0 (6.2.4)",
        ),
        (
            complete(Preset::AsvsLevel1).blocklist(list(2000)).min_length(16),
            "OWASP ASVS 5.0 level 1 requires a blocklist with 3000 or more passwords of a \
             permitted length, and the longest has 2999 (6.2.4)",
        ),
        (
            complete(Preset::AsvsLevel2).min_length(7),
            "OWASP ASVS 5.0 level 2 requires a minimum length of at least 8 characters (6.2.1)",
        ),
        (
            complete(Preset::AsvsLevel2).max_length(63),
            "OWASP ASVS 5.0 level 2 requires at least 64 permitted characters and bytes (6.2.9)",
        ),
        (
            complete(Preset::AsvsLevel2).uppercase(true),
            "OWASP ASVS 5.0 level 2 requires passwords of any composition (6.2.5)",
        ),
    ];
    for (builder, sentence) in rows {
        assert_eq!(builder.build().unwrap_err().to_string(), sentence);
    }
}

#[test]
fn every_preset_and_every_demand_has_a_phrase_of_its_own() {
    let presets = [Preset::Default].into_iter().chain(NIST).chain(ASVS).map(|p| p.to_string());
    let demands = [
        Demand::MinLength(8),
        Demand::Permits(64),
        Demand::AnyComposition,
        Demand::Blocklist(1),
        Demand::Blocklist(3000),
        Demand::WholeComparison,
        Demand::Normalized,
        Demand::AsTyped,
        Demand::ContextWords,
        Demand::BreachedPasswords,
    ];
    let phrases: Vec<_> = presets.chain(demands.map(|demand| demand.to_string())).collect();
    assert!(phrases.iter().all(|phrase| phrase.len() > 10), "{phrases:?}");
    assert_eq!(BTreeSet::from_iter(&phrases).len(), phrases.len(), "{phrases:?}");
}

/// What the clauses ask of a password, as they are worded. `code` names the clause's
/// violation; each says whether a password complies.
type Clause = (&'static str, fn(&str) -> bool);

/// "[…] passwords that are used as a single-factor authentication mechanism to be a minimum
/// of 15 characters in length", each code point a character.
#[cfg(feature = "nfc")]
const SINGLE_FACTOR: Clause = ("too_short", |password| password.chars().count() >= 15);
/// "[…] to be a minimum of eight characters in length"; ASVS: "at least 8 characters".
const EIGHT: Clause = ("too_short", |password| password.chars().count() >= 8);
/// "[…] compare the prospective secret against a blocklist"; "the entire password".
const NOT_LISTED: Clause = ("common_password", |password| !LIST.contains(password));
/// "[…] the documented list of context specific words is used".
const NO_CONTEXT_WORD: Clause =
    ("context_word", |password| !["acme corporation", "acme", "corporation"].contains(&password));
/// "[…] checked against a set of breached passwords".
const NOT_BREACHED: Clause = ("breached_password", |password| password != "breached-password");

/// Passwords around the bounds, on the list and beside it, of words and of anything.
fn passwords() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec!["a", "é", "Z", "7", " ", "😀", "密", "~"]);
    let listed = prop::sample::select(vec![
        "listed-password",
        "listed-password-of-many",
        "password000000000007",
        "acme corporation",
        "corporation",
        "breached-password",
    ]);
    let edit = prop::sample::select(vec!["", "", "", "x", " "]);
    prop_oneof![
        3 => prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        2 => (listed, edit).prop_map(|(listed, edit)| format!("{listed}{edit}")),
        1 => "\\PC{0,30}",
    ]
}

fn agrees_with_its_clauses(preset: Preset, clauses: &[Clause]) {
    let policy = complete(preset).build().unwrap();
    let reached = RefCell::new(BTreeMap::<&str, [u32; 2]>::new());
    runner(4000)
        .run(&passwords(), |password| {
            let codes = missed(&policy, &password);
            // The clauses speak of the password that is kept, which NIST has normalized.
            let kept = policy.prepare(&password);
            let mut reached = reached.borrow_mut();
            for (code, complies) in clauses {
                let complies = complies(kept.expose_password());
                prop_assert_eq!(!codes.iter().any(|c| c == code), complies, "{}", password);
                reached.entry(code).or_default()[usize::from(complies)] += 1;
            }
            let all: Vec<_> = clauses.iter().map(|(code, _)| *code).collect();
            // What no clause asks for stops no password of at most 64 characters, but for code
            // points that have no stable form, and passwords in which nothing can be seen.
            let others = codes
                .iter()
                .filter(|code| !["unassigned_character", "blank_password"].contains(&&***code));
            prop_assert!(others.into_iter().all(|code| all.contains(&&**code)), "{:?}", codes);
            Ok(())
        })
        .unwrap();
    for (code, counts) in reached.into_inner() {
        assert!(counts.iter().all(|count| *count >= 100), "{code} missed and met: {counts:?}");
    }
}

#[test]
fn the_verdicts_of_asvs_are_those_of_its_clauses() {
    agrees_with_its_clauses(Preset::AsvsLevel1, &[EIGHT, NOT_LISTED]);
    agrees_with_its_clauses(
        Preset::AsvsLevel2,
        &[EIGHT, NOT_LISTED, NO_CONTEXT_WORD, NOT_BREACHED],
    );
}

#[cfg(feature = "nfc")]
#[test]
fn the_verdicts_of_nist_are_those_of_its_clauses() {
    agrees_with_its_clauses(Preset::NistSingleFactor, &[SINGLE_FACTOR, NOT_LISTED]);
    agrees_with_its_clauses(Preset::NistMultiFactor, &[EIGHT, NOT_LISTED]);
}

#[test]
fn any_64_characters_are_permitted_by_every_preset() {
    for preset in ASVS {
        let policy = complete(preset).build().unwrap();
        for filler in ["a", "é", "密", "😀", "~", "\u{301}", "\u{e000}"] {
            assert!(missed(&policy, &filler.repeat(64)).is_empty(), "{filler}");
        }
        for character in (' '..='~').map(String::from) {
            assert!(missed(&policy, &format!("{}.", character.repeat(63))).is_empty());
        }
    }
}
