//! Tokens: their text, their randomness, their purpose, and what they never show.
#![expect(clippy::similar_names, reason = "an issuer issues what is issued")]

use crate::support::{entropy, entropy_of, runner};
use password_reset::token::{
    Binding, Entropy, Issued, LifetimeError, Refusal, ResetToken, Throttle, ThrottleError,
    TokenIssuer, TokenIssuerBuilder,
};
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use std::time::Duration;
use time::UtcDateTime;

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const HOUR: Duration = Duration::from_secs(3600);

fn account() -> Binding {
    Binding::new("alice@example.com", b"hash")
}

fn issued(number: u64) -> Issued {
    TokenIssuer::default().issue(None, account(), NOW, entropy(number)).unwrap()
}

/// Text with letters, digits and both marks, so that each row below differs from it.
fn good_text() -> String {
    let mut bytes = [0; 36];
    for (byte, value) in bytes.iter_mut().zip(0..) {
        *byte = 0xFB_u8.wrapping_mul(value).wrapping_add(0xFB);
    }
    let issued = TokenIssuer::default().issue(None, account(), NOW, entropy_of(bytes)).unwrap();
    let text = issued.token.expose_text().to_owned();
    assert!(text.contains('-') && text.contains('_'), "{text} lacks a mark");
    text
}

#[test]
fn a_token_is_48_characters_of_url_safe_base64_of_selector_and_verifier() {
    let mut bytes = [0; 36];
    bytes[0] = 0xFB;
    bytes[1] = 0xFF;
    bytes[35] = 0x01;
    let issued = TokenIssuer::default().issue(None, account(), NOW, entropy_of(bytes)).unwrap();
    assert_eq!(issued.token.expose_text(), "-_8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB");
    assert_eq!(issued.token.selector().as_bytes(), &bytes[..12]);
    assert_eq!(issued.ledger.selector(), issued.token.selector());
}

#[test]
fn what_is_not_a_token_is_refused() {
    let good = good_text();
    let swap = |from: char, to: char| good.replacen(from, &to.to_string(), 1);
    let rows = [
        ("empty", String::new()),
        ("white space alone", " ".repeat(48)),
        ("one character short", good[..47].to_owned()),
        ("one character long", format!("{good}A")),
        ("four characters short", good[..44].to_owned()),
        ("four characters long", format!("{good}AAAA")),
        ("a plus", swap('-', '+')),
        ("a slash", swap('_', '/')),
        ("padding in place", format!("{}=", &good[..47])),
        ("double padding in place", format!("{}==", &good[..46])),
        ("padding behind", format!("{good}=")),
        ("a full stop behind", format!("{good}.")),
        ("a bracket behind", format!("{good}>")),
        ("a parenthesis behind", format!("{good})")),
        ("a full stop in place", format!("{}.", &good[..47])),
        ("an encoded equals sign", format!("{good}%3D")),
        ("an encoded equals sign in place", format!("{}%3D", &good[..45])),
        ("a homoglyph of the same length in bytes", format!("{}а", &good[..46])),
        ("a homoglyph", format!("{}а", &good[..47])),
        ("full-width letters", "Ａ".repeat(16)),
        ("NUL inside", format!("{}\0{}", &good[..24], &good[25..])),
        ("NUL behind", format!("{good}\0")),
        ("a space inside", format!("{} {}", &good[..24], &good[25..])),
        ("a newline inside", format!("{}\n{}", &good[..24], &good[24..])),
        ("no-break space around", format!("\u{a0}{good}\u{a0}")),
        ("a byte order mark", format!("\u{feff}{good}")),
        ("seventeen characters of white space", format!("{good}{}", "\n".repeat(17))),
        ("a megabyte", "A".repeat(1 << 20)),
        ("a megabyte of white space around it", format!("{good}{}", " ".repeat(1 << 20))),
    ];
    for (name, text) in rows {
        assert!(ResetToken::parse(&text).is_err(), "{name}: {text:.80}");
    }
}

#[test]
fn white_space_around_a_pasted_token_is_trimmed() {
    let good = good_text();
    for around in ["", " ", "\n", "\r\n", "\t", " \r\n\t "] {
        let pasted = format!("{around}{good}{around}");
        assert_eq!(ResetToken::parse(&pasted).unwrap().expose_text(), good, "{around:?}");
    }
    let sixteen = format!("{good}{}", " ".repeat(16));
    assert_eq!(ResetToken::parse(&sixteen).unwrap().expose_text(), good);
}

/// So that a link at the end of a line is whole: see above.
#[test]
fn a_token_that_ends_in_a_mark_is_no_token() {
    let good = good_text();
    let (head, last) = good.split_at(47);
    assert!(ResetToken::parse(&good).is_ok() && last.as_bytes()[0].is_ascii_alphabetic());
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (value, letter) in letters.chars().enumerate() {
        let parsed = ResetToken::parse(&format!("{head}{letter}"));
        assert_eq!(parsed.is_ok(), value < 32, "{letter}");
    }
}

#[test]
fn a_token_in_another_case_is_another_token() {
    let Issued { ledger, token, .. } = TokenIssuer::default()
        .issue(None, account(), NOW, entropy_of(*b"selector....verifier................"))
        .unwrap();
    let (selector, verifier) = token.expose_text().split_at(16);
    let (verifier, last) = verifier.split_at(31);
    for folded in [verifier.to_ascii_lowercase(), verifier.to_ascii_uppercase()] {
        assert_ne!(folded, verifier);
        let folded = ResetToken::parse(&format!("{selector}{folded}{last}")).unwrap();
        let told = TokenIssuer::default().check(&ledger, &folded, &account(), NOW);
        assert_eq!(told.unwrap_err(), Refusal::Unknown);
    }
}

#[test]
fn every_text_that_is_read_is_the_only_spelling_of_its_token() {
    let (mut read, mut refused) = (0, 0);
    let issuer = TokenIssuer::default();
    let Issued { ledger, token, .. } = issued(1);
    let good = token.expose_text().to_owned();
    // No character has bits to spare, so each change of one is refused or another token.
    for position in 0..good.len() {
        for byte in 0..=0x7F_u8 {
            let mut text = good.clone().into_bytes();
            if core::mem::replace(&mut text[position], byte) == byte {
                continue;
            }
            let text = String::from_utf8(text).unwrap();
            let Ok(other) = ResetToken::parse(&text) else {
                refused += 1;
                continue;
            };
            read += 1;
            assert_eq!(other.expose_text(), text);
            let told = issuer.check(&ledger, &other, &account(), NOW);
            assert_eq!(told.unwrap_err(), Refusal::Unknown, "{text} passed for {good}");
        }
    }
    // Of the last character half of the letters remain.
    assert_eq!((read, refused), (47 * 63 + 31, 47 * 64 + 96));
}

#[test]
fn every_token_is_read_back_as_it_was_written() {
    runner(2000)
        .run(&any::<[[u8; 18]; 2]>(), |halves| {
            let bytes: [u8; 36] = halves.concat().try_into().unwrap();
            let issuer = TokenIssuer::default();
            let Issued { ledger, token, .. } =
                issuer.issue(None, account(), NOW, entropy_of(bytes)).unwrap();
            let text = token.expose_text();
            prop_assert_eq!(text.len(), 48);
            let read = ResetToken::parse(text).unwrap();
            prop_assert_eq!(read.expose_text(), text);
            prop_assert_eq!(read.selector().as_bytes(), &bytes[..12]);
            prop_assert!(issuer.check(&ledger, &read, &account(), NOW).is_ok());
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_right_selector_with_a_wrong_verifier_is_unknown() {
    let Issued { ledger, token, .. } = issued(1);
    let other = issued(2).token;
    let forged = format!("{}{}", &token.expose_text()[..16], &other.expose_text()[16..]);
    let forged = ResetToken::parse(&forged).unwrap();
    assert_eq!(forged.selector(), token.selector());
    let told = TokenIssuer::default().check(&ledger, &forged, &account(), NOW);
    assert_eq!(told.unwrap_err(), Refusal::Unknown);
}

#[test]
fn a_right_verifier_with_a_wrong_selector_is_unknown() {
    let Issued { ledger, token, .. } = issued(1);
    let other = issued(2).token;
    let forged = format!("{}{}", &other.expose_text()[..16], &token.expose_text()[16..]);
    let forged = ResetToken::parse(&forged).unwrap();
    let told = TokenIssuer::default().check(&ledger, &forged, &account(), NOW);
    assert_eq!(told.unwrap_err(), Refusal::Unknown);
}

#[test]
fn another_accounts_token_is_unknown() {
    let (first, second) = (issued(1), issued(2));
    let told = TokenIssuer::default().check(&first.ledger, &second.token, &account(), NOW);
    assert_eq!(told.unwrap_err(), Refusal::Unknown);
}

#[test]
fn a_token_of_another_purpose_is_unknown() {
    let purposes = ["password-reset", "password-reset ", "Password-reset", "", "tenant 2"];
    let issuers = purposes.map(|purpose| TokenIssuer::builder().purpose(purpose).build().unwrap());
    for (issuing, issuer) in issuers.iter().enumerate() {
        let Issued { ledger, token, .. } = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
        for (judging, judge) in issuers.iter().enumerate() {
            let expected = if issuing == judging { Ok(()) } else { Err(Refusal::Unknown) };
            assert_eq!(judge.check(&ledger, &token, &account(), NOW).map(drop), expected);
        }
    }
    let ledger = issuers[0].issue(None, account(), NOW, entropy(1)).unwrap().ledger;
    let unchanged = TokenIssuer::builder().lifetime(HOUR * 2).build().unwrap();
    for default in [TokenIssuer::default(), unchanged] {
        assert_eq!(default.purpose(), "password-reset", "unless it is changed");
        assert!(default.check(&ledger, &issued(1).token, &account(), NOW).is_ok());
    }
}

#[test]
fn a_binding_does_not_confuse_where_the_address_ends() {
    assert_eq!(Binding::new("a@b", b"c"), Binding::new("a@b", b"c"));
    for (address, stamp) in [("a@", &b"bc"[..]), ("a@bc", b""), ("", b"a@bc"), ("A@b", b"c")] {
        assert_ne!(Binding::new("a@b", b"c"), Binding::new(address, stamp), "{address}");
    }
}

struct Broken;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("no entropy")]
struct NoEntropy;

impl TryRng for Broken {
    type Error = NoEntropy;

    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        Err(NoEntropy)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), NoEntropy> {
        dst[0] = 1;
        Err(NoEntropy)
    }
}

impl TryCryptoRng for Broken {}

#[test]
fn a_failing_generator_makes_no_entropy() {
    assert_eq!(Entropy::from_rng(&mut Broken).unwrap_err(), NoEntropy);
}

#[cfg(feature = "getrandom")]
mod from_the_system {
    use super::{NOW, account, issued};
    use password_reset::token::{Entropy, TokenIssuer};
    use std::collections::HashSet;

    #[test]
    fn a_hundred_thousand_tokens_for_one_account_at_one_instant_are_distinct() {
        const COUNT: usize = 100_000;
        let issuer = TokenIssuer::default();
        let first = issued(1);
        let ledger = first.ledger;
        let mut verifiers = HashSet::with_capacity(COUNT);
        for _ in 0..COUNT {
            let entropy = Entropy::from_system().unwrap();
            let issued = issuer.issue_unthrottled(Some(&ledger), account(), NOW, entropy);
            let token = issued.unwrap().token;
            assert_eq!(token.selector(), first.token.selector(), "it stays the account's");
            assert!(verifiers.insert(token.expose_text()[16..].to_owned()));
        }
    }

    /// Mail programs do not count a mark at the end of a link as a part of it.
    #[test]
    fn the_last_character_of_a_million_tokens_is_a_letter() {
        let (issuer, mut last) = (TokenIssuer::default(), HashSet::new());
        for _ in 0..1_000_000 {
            let entropy = Entropy::from_system().unwrap();
            let token = issuer.issue(None, account(), NOW, entropy).unwrap().token;
            last.insert(token.expose_text().as_bytes()[47]);
        }
        assert!(last.iter().all(u8::is_ascii_alphabetic), "{last:?}");
        assert_eq!(last.len(), 32, "five of its six bits are random: 191 of all");
    }

    #[test]
    fn each_account_gets_a_selector_of_its_own() {
        let mut selectors = HashSet::new();
        for _ in 0..10_000 {
            let entropy = Entropy::from_system().unwrap();
            let issued = TokenIssuer::default().issue(None, account(), NOW, entropy).unwrap();
            assert!(selectors.insert(*issued.ledger.selector()));
        }
    }
}

#[test]
fn the_debug_of_tokens_entropy_and_issues_shows_no_secret() {
    let bytes = *b"SELECTOR____VERIFIERVERIFIERVERIFIER";
    let issued = TokenIssuer::default().issue(None, account(), NOW, entropy_of(bytes)).unwrap();
    let shown = format!("{:?} {:#?} {:?}", issued, issued.token, entropy_of(bytes)).to_lowercase();
    let verifier = &issued.token.expose_text().to_lowercase()[16..];
    assert!(!shown.contains(verifier) && !shown.contains("verifierverifier"), "{shown}");
    assert!(!shown.contains("86, 69, 82") && !shown.contains("564552"), "{shown}");
    assert_eq!(shown.matches("[redacted]").count(), 5, "{shown}");
    assert!(format!("{:?}", account()).contains("[digest]"));
    assert!(shown.contains("selector(53454c4543544f525f5f5f5f)"), "the selector is shown");
}

#[test]
fn a_lifetime_of_nothing_or_over_a_day_or_below_the_throttle_is_refused() {
    let build =
        |builder: TokenIssuerBuilder, lifetime| builder.lifetime(lifetime).build().map(drop);
    let new = |lifetime| build(TokenIssuer::builder(), lifetime);
    let nanosecond = Duration::from_nanos(1);
    assert_eq!(new(Duration::ZERO), Err(LifetimeError::Zero));
    assert_eq!(new(nanosecond), Err(LifetimeError::ShorterThanThrottle));
    assert_eq!(new(HOUR.checked_sub(nanosecond).unwrap()), Err(LifetimeError::ShorterThanThrottle));
    assert_eq!(new(HOUR), Ok(()));
    assert_eq!(new(HOUR * 24), Ok(()));
    assert_eq!(new(HOUR * 24 + nanosecond), Err(LifetimeError::TooLong { hours: 24 }));
    assert_eq!(new(Duration::MAX), Err(LifetimeError::TooLong { hours: 24 }));
    let slow = Throttle::per_hour(5).unwrap().with_cooldown(HOUR * 2).unwrap();
    let told = build(TokenIssuer::builder().throttle(slow), HOUR);
    assert_eq!(told, Err(LifetimeError::ShorterThanThrottle), "the cooldown counts too");

    let invitations = |lifetime| TokenIssuer::default().invitations(lifetime).map(drop);
    assert_eq!(invitations(HOUR * 24 * 30), Ok(()), "an invitation lives for days");
    let told = invitations(HOUR * 24 * 30 + nanosecond);
    assert_eq!(told, Err(LifetimeError::TooLong { hours: 720 }));
    assert_eq!(invitations(Duration::ZERO), Err(LifetimeError::Zero));
    let told = invitations(HOUR / 2);
    assert_eq!(told, Err(LifetimeError::ShorterThanThrottle));
}

#[test]
fn a_throttle_that_limits_nothing_or_outlasts_a_day_is_refused() {
    let (none, nanosecond) = (Duration::ZERO, Duration::from_nanos(1));
    let new = |cooldown, count, window| {
        let throttle = Throttle::per_window(count, window)?;
        throttle.with_cooldown(cooldown).map(drop)
    };
    assert_eq!(new(none, 0, HOUR), Err(ThrottleError::Count { per_window: 0 }));
    assert_eq!(new(none, 15, HOUR), Err(ThrottleError::Count { per_window: 15 }));
    assert_eq!(new(none, 5, none), Err(ThrottleError::EmptyWindow));
    assert_eq!(new(HOUR * 24 + nanosecond, 5, HOUR), Err(ThrottleError::TooLong));
    assert_eq!(new(none, 5, HOUR * 24 + nanosecond), Err(ThrottleError::TooLong));
    assert_eq!(new(Duration::MAX, 5, Duration::MAX), Err(ThrottleError::TooLong));
    let short = HOUR.checked_div(1 << 14).unwrap();
    assert_eq!(new(short, 5, HOUR), Err(ThrottleError::CooldownTooShort), "rounded down");
    assert_eq!(new(short + nanosecond, 5, HOUR), Ok(()));
    let second = Duration::from_secs(1);
    assert_eq!(new(second, 5, second * (1 << 14)), Ok(()), "it grows just to the window");
    assert_eq!(new(none, 1, nanosecond), Ok(()));
    assert_eq!(new(HOUR * 24, 14, HOUR * 24), Ok(()));
}
