//! How hard a password is to guess.

use super::{lenient, missed, missed_by};
use crate::support::runner;
use password_reset::policy::{PasswordPolicy, PolicyError, Requirement};
use std::cell::Cell;

fn scored(score: u8) -> PasswordPolicy {
    lenient().min_score(score).build().unwrap()
}

#[test]
fn what_is_easy_to_guess_is_rejected_with_advice() {
    let violations = scored(3).check("qwertyuiop").unwrap_err();
    let rows: Vec<_> = violations
        .iter()
        .map(|violation| (violation.code(), violation.is_advice(), violation.to_string()))
        .collect();
    let row = |code, is_advice, sentence: &str| (code, is_advice, sentence.to_owned());
    assert_eq!(
        rows,
        [
            row("too_guessable", false, "Use a password that is hard to guess."),
            row("guessable_top_100", true, "It is among the hundred most common passwords."),
            row("try_another_word", true, "Add a word or two, the rarer the better."),
        ]
    );
    for violation in &violations {
        assert!(matches!(violation.requirement(), Some(Requirement::MinScore { score: 3 })));
        let parameters: &[_] = if violation.is_advice() { &[] } else { &[("min", 3)] };
        assert_eq!(violation.parameters(), parameters);
    }
    assert_eq!(violations.to_string(), "use a password that is hard to guess");
}

#[test]
fn what_is_hard_to_guess_passes_every_score() {
    for score in 1..=4 {
        assert!(missed(&scored(score), "mossy kettle orbit fjord").is_empty());
    }
}

#[test]
fn a_higher_score_asks_for_more() {
    let passed = |password| (1..=4).filter(|s| missed(&scored(*s), password).is_empty()).count();
    assert_eq!(["a", "letmein9", "kettle orbit", "kettle orbit fjord"].map(passed), [0, 1, 3, 4]);
}

#[test]
fn what_is_known_of_the_owner_is_easy_to_guess() {
    let policy = scored(3);
    assert!(missed(&policy, "zbrzeznykowalska").is_empty());
    for words in [
        &["zbrzezny", "kowalska"][..],
        &["Zbrzezny Kowalska"],
        &["zbrzezny@kowalska.example"],
        &["ZbrzeznyKowalska"],
    ] {
        let codes = missed_by(&policy, "zbrzeznykowalska", words);
        assert_eq!(codes.first().map(String::as_str), Some("too_guessable"), "{words:?}");
    }
}

#[cfg(feature = "nfc")]
#[test]
fn what_is_known_of_the_owner_is_normalized_too() {
    let policy = lenient().min_score(3).nfc(true).build().unwrap();
    assert!(missed(&policy, "zbrz\u{e9}znykowalska").is_empty());
    let codes = missed_by(&policy, "zbrz\u{e9}znykowalska", &["zbrze\u{301}zny", "kowalska"]);
    assert_eq!(codes[0], "too_guessable");
}

/// Patterns without end take the estimate's arithmetic and its time to their limits.
#[test]
fn no_password_is_too_much_for_the_estimate() {
    let policy = scored(4);
    for piece in
        ["2026", "4@8({[<3691!|70$5+7%2", "1qaz", "password", "19.11.1999", "zxcvbgt5", "a"]
    {
        for length in 0..=100 {
            let password: String = piece.chars().cycle().take(length).collect();
            missed(&policy, &password);
        }
    }
    runner(300)
        .run(&("[0-9]{1,6}|[!-~]{1,5}|[a@4l1|$5]{2,9}", 1..100_usize), |(piece, length)| {
            missed(&policy, &piece.chars().cycle().take(length).collect::<String>());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_password_that_was_refused_unread_is_not_estimated() {
    assert_eq!(missed(&scored(4), &"a".repeat(1 << 20)), ["too_long"]);
}

#[test]
fn no_password_is_shorter_than_its_score_permits() {
    let shortest = [(1, 4), (2, 7), (3, 9), (4, 11)];
    for (score, needed) in shortest {
        let short = lenient().max_length(needed - 1).min_score(score).build().map(drop);
        let error = PolicyError::TooShortForScore { max: needed - 1, score, needed };
        assert_eq!(short, Err(error));
        let enough = lenient().max_length(needed).min_score(score).build().unwrap();
        assert_eq!(enough.requirements().nth(1).map(|r| r.code().to_owned()).unwrap(), "too_long");
    }
    let reached = Cell::new([0_u32; 5]);
    runner(2000)
        .run(&"[ -~]{1,12}", |password| {
            for (score, needed) in shortest {
                let passed = missed(&scored(score), &password).is_empty();
                proptest::prop_assert!(!passed || password.len() >= needed, "{password}");
                if passed && password.len() == needed {
                    let mut counts = reached.get();
                    counts[usize::from(score)] += 1;
                    reached.set(counts);
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(reached.get()[1..].iter().all(|count| *count > 20), "{:?}", reached.get());
}

#[test]
fn scores_that_mean_nothing_build_no_policy() {
    for score in [0, 5, 255] {
        let built = lenient().min_score(score).build().map(drop);
        assert_eq!(built, Err(PolicyError::ScoreOutOfRange { score }));
    }
    let limited = lenient().max_bytes(10).min_score(4).build().map(drop);
    assert_eq!(limited, Err(PolicyError::TooShortForScore { max: 10, score: 4, needed: 11 }));
}
