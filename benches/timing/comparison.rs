//! Times the check of a token whose digest is wrong in its first byte, or in its last.

use crate::support::statistics::{Effect, print_head};
use password_reset::token::{Binding, Entropy, Ledger, Refusal, ResetToken, TokenIssuer};
use std::hint::black_box;
use time::UtcDateTime;

/// The place of the first issue's digest in a ledger's stored form.
const DIGEST: std::ops::Range<usize> = 22..54;

pub(crate) fn measure(samples: usize) {
    let issuer = TokenIssuer::default();
    let now = UtcDateTime::UNIX_EPOCH;
    let binding = Binding::new("alice@example.com", b"stamp");
    let entropy = Entropy::from_system().expect("the system has a generator");
    let issue = issuer.issue(None, binding, now, entropy).expect("a first link is not throttled");
    let bytes = issue.ledger.encode();
    let wrong_at = |byte: usize| {
        let mut bytes = bytes.clone();
        bytes[DIGEST.start + byte] ^= 1;
        Ledger::decode(&bytes).expect("a ledger with another digest is one")
    };
    let ledgers = [wrong_at(0), wrong_at(31)];
    let check = |ledger: &Ledger, token: &ResetToken| {
        let refusal = issuer.check(black_box(ledger), black_box(token), &binding, now);
        assert_eq!(refusal, Err(Refusal::Unknown));
    };

    print_head("Checking a token whose digest differs", "in byte 0", "in byte 31");
    let token = &issue.token;
    Effect::of(samples, |class| check(&ledgers[class], token)).print("`TokenIssuer::check`");
    Effect::of(samples, |_| check(&ledgers[0], token)).print("null control: byte 0 both times");
    let digest = bytes[DIGEST].to_vec();
    let stored = ledgers.each_ref().map(|ledger| ledger.encode()[DIGEST].to_vec());
    Effect::of(samples, |class| {
        check(&ledgers[0], token);
        assert!(!black_box(naively_equal(black_box(&digest), black_box(&stored[class]))));
    })
    .print("positive control: the same, and a naive comparison");
}

/// Stops at the first byte that differs.
#[inline(never)]
fn naively_equal(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(one, other)| black_box(one) == black_box(other))
}
