//! With the feature `zeroize`, what the policy copies is wiped.

use crate::support::remains::Search;
use password_reset::policy::{ContextWords, PasswordPolicy, PasswordPolicyBuilder};

/// Long enough that a string which grows leaves whole parts behind.
const TIMES: usize = 12;

/// A policy that requires one character and nothing else.
fn lenient() -> PasswordPolicyBuilder {
    PasswordPolicy::builder().min_length(1).digit(false).lowercase(false).uppercase(false)
}

#[test]
fn a_string_that_is_not_wiped_is_found() {
    let _alone = crate::ALONE.blocking_lock();
    let part = "ФЫВА-ПОЛЬКА-ЗЕБРА";
    let typed = part.repeat(TIMES);
    let mut search = Search::new();
    search.also_for(part.chars().flat_map(char::to_lowercase));
    assert_eq!(search.count(), 0);
    let folded = typed.to_lowercase();
    assert_eq!(search.count(), 1, "while it is there");
    drop(folded);
    assert_eq!(search.count(), 1, "and after it was freed");
}

#[test]
fn nothing_remains_of_folded_passwords_and_words() {
    let _alone = crate::ALONE.blocking_lock();
    let words = ContextWords::Contained(vec!["Ακμή".into()]);
    let policy = lenient().max_length(400).context_words(words).build().unwrap();
    let [password, word] = ["КЛЮЧ-ОТ-ДВЕРИ-БЕЗ-ЗАМКА", "ИМЯ-БЕЗ-ФАМИЛИИ"];
    let typed = [password, word].map(|part| part.repeat(TIMES));
    let mut search = Search::new();
    search.also_for(password.chars().flat_map(char::to_lowercase));
    search.also_for(word.chars().flat_map(char::to_lowercase));
    assert!(policy.check_for(&typed[0], &[&typed[1]]).is_ok());
    assert_eq!(search.count(), 0);
    assert!(policy.check_for(&typed[0], &[&typed[0]]).is_err());
    assert_eq!(search.count(), 0);
}

#[cfg(feature = "nfc")]
#[test]
fn nothing_remains_of_normalized_passwords_and_words() {
    use unicode_normalization::UnicodeNormalization;
    let _alone = crate::ALONE.blocking_lock();
    let words = ContextWords::Contained(vec!["Ακμή".into()]);
    let policy = lenient().max_length(400).nfc(true).context_words(words).build().unwrap();
    let part = "И\u{306}ОД-И\u{306}ОГА-МАИ\u{306}КА-";
    let typed = part.repeat(TIMES);
    let mut search = Search::new();
    search.also_for(part.nfc());
    search.also_for(part.nfc().flat_map(char::to_lowercase));
    let accepted = policy.check_for(&typed, &["ИМЯ"]).unwrap().accept().unwrap();
    assert_eq!(search.count(), 1, "the password is there while it is to be hashed");
    drop(accepted);
    assert_eq!(search.count(), 0);
    drop(policy.prepare(&typed));
    assert!(policy.check_for(&typed, &[&typed]).is_err());
    assert_eq!(search.count(), 0);
}
