//! The rules of codes.
#![expect(clippy::similar_names, reason = "an issuer issues what is issued")]

mod counts;
mod digits;
mod keys;
mod moments;
mod standards;
mod texts;
mod tokens;

use crate::support::codes::mistyped;
use crate::support::invariants::read_after;
use crate::support::{entropy, entropy_of};
use password_reset::token::{
    Binding, Code, CodeKey, Codes, Exchange, ExchangeError, Issued, Ledger, ResetToken, TokenIssuer,
};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const NANOSECOND: SignedDuration = SignedDuration::NANOSECOND;
const SECOND: SignedDuration = SignedDuration::SECOND;
const MINUTE: SignedDuration = SignedDuration::MINUTE;
const HOUR: SignedDuration = SignedDuration::HOUR;

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const OTHER_KEY: &[u8] = b"fedcba9876543210fedcba9876543210";

/// What the exchanged token's entropy is made of.
const EXCHANGED: u64 = 1000;

fn account() -> Binding {
    Binding::new("alice@example.com", b"old")
}

fn key(bytes: &[u8]) -> CodeKey {
    CodeKey::new(bytes).unwrap()
}

fn with(codes: Codes) -> TokenIssuer {
    TokenIssuer::builder().codes(codes).build().unwrap()
}

fn issuer() -> TokenIssuer {
    with(Codes::new(key(KEY)))
}

fn inviter() -> TokenIssuer {
    issuer().invitations(Duration::from_secs(7 * 24 * 3600)).unwrap()
}

/// A link of the host's, which no throttle keeps back, and its code.
fn issue(ledger: Option<&Ledger>, number: u64, now: UtcDateTime) -> Issued {
    let issued = issuer().issue_unthrottled(ledger, account(), now, entropy(number)).unwrap();
    read_after(ledger, &issued.ledger.encode());
    issued
}

/// The account's first link.
fn first() -> Issued {
    issue(None, 1, NOW)
}

fn digits(issued: &Issued) -> String {
    issued.code.as_ref().map(Code::expose_digits).expect("a code").to_owned()
}

/// What comes of a typed text, and is sound.
fn exchange(
    issuer: &TokenIssuer,
    ledger: &Ledger,
    typed: &str,
    now: UtcDateTime,
) -> Result<Option<Exchange>, ExchangeError> {
    let exchanged = issuer.exchange(ledger, typed, &account(), now, entropy(EXCHANGED));
    if let Ok(Some(exchange)) = &exchanged {
        assert_eq!(exchange.ledger.revision(), ledger.revision() + 1);
        read_after(Some(ledger), &exchange.ledger.encode());
    }
    exchanged
}

fn typed(ledger: &Ledger, typed: &str) -> Option<Exchange> {
    exchange(&issuer(), ledger, typed, NOW).unwrap()
}

/// The ledger and the token of a right code.
fn right(ledger: &Ledger, digits: &str) -> (Ledger, ResetToken) {
    let exchange = typed(ledger, digits).expect("a code that is good");
    (exchange.ledger, exchange.token.expect("a right code"))
}

/// The ledger after so many wrong codes.
fn wrong(ledger: &Ledger, digits: &str, times: u8) -> Ledger {
    (0..times).fold(ledger.clone(), |ledger, _| {
        let exchange = typed(&ledger, &mistyped(digits)).expect("a code that is good");
        assert!(exchange.token.is_none(), "a wrong code");
        assert_eq!(exchange.ledger.wrong_codes(), ledger.wrong_codes() + 1);
        exchange.ledger
    })
}

/// The ledger after twenty wrong codes for four links, and the last link's token.
fn used_up() -> (Ledger, ResetToken) {
    let mut ledger = None;
    for number in 0..3 {
        let issued = issue(ledger.as_ref(), number, NOW);
        ledger = Some(wrong(&issued.ledger, &digits(&issued), 5));
    }
    let last = issue(ledger.as_ref(), 3, NOW);
    (wrong(&last.ledger, &digits(&last), 5), last.token)
}
