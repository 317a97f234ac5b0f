//! Hints for browsers and password managers, derived from the enforced policy.

use super::{lenient, missed};
use crate::support::runner;
use password_reset::PasswordPolicy;
use password_reset::policy::{ContextWords, PasswordPolicyBuilder};
use proptest::prelude::*;
use proptest::sample::Index;

/// Rules in Apple's syntax, read as a password manager reads them.
#[derive(Debug, Default, PartialEq)]
struct Rules {
    least: usize,
    most: usize,
    required: Vec<Vec<char>>,
    allowed: Vec<char>,
}

impl Rules {
    fn parse(text: &str) -> Self {
        let mut rules = Self::default();
        for rule in text.split(';').map(str::trim).filter(|rule| !rule.is_empty()) {
            let (name, value) = rule.split_once(": ").unwrap();
            match name {
                "minlength" => rules.least = value.parse().unwrap(),
                "maxlength" => rules.most = value.parse().unwrap(),
                "required" => rules.required.push(class(value)),
                "allowed" => rules.allowed.extend(class(value)),
                _ => panic!("{name} is no property of Apple's"),
            }
        }
        rules
    }

    /// One password: a character of each required class, the rest from what is allowed.
    fn generate(&self, length: Index, choices: &[Index]) -> String {
        let lengths: Vec<_> = (self.least..=self.most.min(self.least + 40)).collect();
        let mut choice = choices.iter().cycle();
        let mut next = |from: &[char]| *choice.next().unwrap().get(from);
        let mut password: Vec<_> = self.required.iter().map(|class| next(class)).collect();
        password.resize_with(*length.get(&lengths), || next(&self.allowed));
        let turn = choices[0].index(password.len());
        password.rotate_left(turn);
        password.into_iter().collect()
    }
}

fn class(name: &str) -> Vec<char> {
    match name {
        "lower" => ('a'..='z').collect(),
        "upper" => ('A'..='Z').collect(),
        "digit" => ('0'..='9').collect(),
        "ascii-printable" => (' '..='~').collect(),
        _ => panic!("{name} is no class of Apple's"),
    }
}

fn builders() -> impl Strategy<Value = PasswordPolicyBuilder> {
    let bytes = prop::option::of(30_usize..200);
    let switches = any::<[bool; 5]>();
    (8_usize..30, 30_usize..300, bytes, switches).prop_map(|(min, max, bytes, switches)| {
        let [digit, lowercase, uppercase, bcrypt, words] = switches;
        let builder = PasswordPolicy::builder().min_length(min).max_length(max).bcrypt(bcrypt);
        let builder = builder.digit(digit).lowercase(lowercase).uppercase(uppercase);
        let builder = match bytes {
            Some(bytes) => builder.max_bytes(bytes),
            None => builder,
        };
        let context = ContextWords::Contained(vec!["Acme Corporation".to_owned()]);
        if words { builder.context_words(context) } else { builder }
    })
}

fn with_more_features(builder: PasswordPolicyBuilder, on: bool) -> PasswordPolicyBuilder {
    #[cfg(feature = "common-passwords")]
    let builder = builder.common_passwords(password_reset::policy::CommonPasswords::IgnoringCase);
    #[cfg(feature = "nfc")]
    let builder = builder.nfc(on);
    #[cfg(feature = "zxcvbn")]
    let builder = if on { builder.min_score(4) } else { builder };
    let _ = on;
    builder
}

#[test]
fn every_password_that_is_generated_by_the_exported_rules_is_accepted() {
    let choices = prop::collection::vec(any::<Index>(), 60);
    let cases = (builders(), any::<bool>(), any::<Index>(), choices);
    runner(600)
        .run(&cases, |(builder, on, length, choices)| {
            let policy = with_more_features(builder, on).build().unwrap();
            let rules = Rules::parse(&policy.hints().passwordrules);
            let password = rules.generate(length, &choices);
            prop_assert!((rules.least..=rules.most).contains(&password.len()));
            prop_assert_eq!(missed(&policy, &password), [""; 0], "{} by {:?}", password, rules);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_rules_say_what_the_policy_requires_and_no_more() {
    let rules = |builder: PasswordPolicyBuilder| {
        let hints = builder.build().unwrap().hints();
        (Rules::parse(&hints.passwordrules).required.len(), hints.passwordrules)
    };
    assert_eq!(rules(lenient()).1, "minlength: 1; maxlength: 256; allowed: ascii-printable;");
    assert_eq!(rules(PasswordPolicy::builder()).0, 3);
    assert_eq!(rules(PasswordPolicy::builder().digit(false)).0, 2);
    assert_eq!(
        rules(lenient().uppercase(true).bcrypt(true).min_length(15)).1,
        "minlength: 15; maxlength: 72; required: upper; allowed: ascii-printable;"
    );
    assert!(rules(lenient().max_bytes(50)).1.contains("maxlength: 50;"));
}

/// What a browser leaves of a password that is pasted into a field with this `maxlength`:
/// so many UTF-16 code units, half a pair being sent as U+FFFD.
fn cut(password: &str, units: usize) -> String {
    let units: Vec<_> = password.encode_utf16().take(units).collect();
    String::from_utf16_lossy(&units)
}

#[test]
fn no_browser_keeps_back_a_password_that_the_policy_accepts() {
    let policy = lenient().min_length(8).max_length(20).build().unwrap();
    let hints = policy.hints();
    for filler in ["a", "é", "密", "😀"] {
        for length in 8..=20 {
            let units = filler.repeat(length).encode_utf16().count();
            assert!(units >= hints.minlength && units <= hints.maxlength.unwrap());
        }
    }
}

#[test]
fn what_a_browser_cuts_off_unseen_is_still_too_long() {
    let pieces = vec!["a", "é", "😀", "e\u{301}", "\u{1611e}\u{1611e}\u{1611f}"];
    let pieces = prop_oneof![
        prop::collection::vec(prop::sample::select(pieces.clone()), 0..120),
        (prop::sample::select(pieces), 0_usize..80).prop_map(|(piece, count)| vec![piece; count]),
    ];
    let builders = [
        lenient().max_length(20),
        lenient().max_length(20).max_bytes(30),
        #[cfg(feature = "nfc")]
        lenient().max_length(20).nfc(true),
    ];
    for policy in builders.into_iter().map(|builder| builder.build().unwrap()) {
        let units = policy.hints().maxlength.unwrap();
        let cut_ones = std::cell::Cell::new(0);
        runner(2000)
            .run(&pieces, |pieces| {
                let pasted = pieces.concat();
                let arrived = cut(&pasted, units);
                if arrived != pasted {
                    cut_ones.set(cut_ones.get() + 1);
                    let codes = missed(&policy, &arrived);
                    prop_assert!(codes.contains(&"too_long".to_owned()), "{}", pasted);
                }
                Ok(())
            })
            .unwrap();
        assert!(cut_ones.get() > 200, "{} were cut", cut_ones.get());
    }
}

#[test]
fn a_maximum_that_no_browser_could_read_is_left_out() {
    let hints = lenient().max_length(usize::MAX).build().unwrap().hints();
    assert_eq!(hints.maxlength, None);
    assert_eq!(hints.passwordrules, "minlength: 1; allowed: ascii-printable;");
    let hints = lenient().max_length((1 << 30) - 2).build().unwrap().hints();
    assert_eq!(hints.maxlength, Some((1 << 31) - 2));
}

#[cfg(feature = "nfc")]
#[test]
fn the_hinted_minimum_is_the_policys_with_normalization_too() {
    assert_eq!(lenient().min_length(9).nfc(true).build().unwrap().hints().minlength, 9);
}

#[cfg(feature = "zxcvbn")]
#[test]
fn generated_passwords_are_long_where_strength_is_asked_for_and_fit() {
    let rules = |builder: PasswordPolicyBuilder| {
        let rules = Rules::parse(&builder.min_score(3).build().unwrap().hints().passwordrules);
        (rules.least, rules.most)
    };
    assert_eq!(rules(lenient()), (20, 256));
    assert_eq!(rules(lenient().min_length(30)), (30, 256));
    assert_eq!(rules(lenient().max_length(12)), (12, 12));
    assert_eq!(rules(lenient().max_bytes(16)), (16, 16));
}
