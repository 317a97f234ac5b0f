//! A known code is planted, typed and mistyped, and nothing shows it.

use super::{LOGIN, Seen, spy};
use crate::support::codes::mistyped;
use crate::support::world::token_in;
use crate::support::{entropy_of, run};
use password_reset::adapters::memory::ManualClock;
use password_reset::token::{
    Binding, CodeError, CodeKey, Codes, Entropy, ExchangeError, TokenIssuer,
};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::sync::atomic::{AtomicU8, Ordering};
use time::UtcDateTime;

const KEY: &[u8; 32] = b"a key of codes, a canary: 86420.";
const VERIFIER: &[u8; 23] = b"codes-canary-35791-of-m";

/// A canary in each verifier; the last byte differs.
fn canary(number: u8) -> Entropy {
    let mut bytes = [7; 36];
    bytes[12..35].copy_from_slice(VERIFIER);
    bytes[35] = number;
    entropy_of(bytes)
}

fn issuer(key: &[u8]) -> TokenIssuer {
    let codes = Codes::new(CodeKey::new(key).unwrap());
    TokenIssuer::builder().codes(codes).build().unwrap()
}

/// What must show nowhere.
struct Planted {
    digits: String,
    groups: String,
    tokens: [String; 2],
}

impl Planted {
    fn assert_hidden(&self, seen: &Seen) {
        let number: u64 = self.digits.parse().unwrap();
        seen.assert_without("code", self.digits.as_bytes());
        seen.assert_without("code in groups", self.groups.as_bytes());
        seen.assert_without("code as a number", &number.to_be_bytes());
        seen.assert_without("code as a number", &number.to_le_bytes());
        seen.assert_without("wrong code", mistyped(&self.digits).as_bytes());
        seen.assert_without("key", KEY);
        seen.assert_without("verifier", VERIFIER);
        for token in &self.tokens {
            seen.assert_without("token", token.as_bytes());
        }
    }
}

/// Each end that a typed code can have.
fn codes_are_typed(seen: &Seen) -> Planted {
    let spy = spy(seen);
    let service = |key: &[u8]| {
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let builder = PasswordReset::builder(&spy, &spy, link).issuer(issuer(key));
        let (number, clock) = (AtomicU8::new(0), ManualClock::new(UtcDateTime::UNIX_EPOCH));
        let entropy = move || Ok::<_, Infallible>(canary(number.fetch_add(1, Ordering::Relaxed)));
        builder.clock(clock).entropy(entropy).build().unwrap()
    };
    let resets = service(KEY);
    seen.debug("the service", &resets);
    run(resets.request(LOGIN));
    let mail = spy.outbox.take().pop().unwrap();
    seen.debug("a mail", &mail);
    let code = mail.code().unwrap();
    seen.debug("a code", code);
    let (digits, groups) = (code.expose_digits().to_owned(), code.expose_in_groups());
    let exchange = |place, service: &PasswordReset<_, _>, login: &str, typed: &str| {
        let (token, handled) = run(service.exchange(login, typed));
        seen.debug(place, &token);
        seen.debug(place, handled.outcome_for_logs());
        token.map(|token| token.expose_text().to_owned())
    };
    exchange("an unknown login's code", &resets, "Nobody@example.com", &digits);
    exchange("a wrong code", &resets, LOGIN, &mistyped(&digits));
    exchange("a text that is no code", &resets, LOGIN, &format!("code {digits}"));
    exchange("a code whose key is missing", &service(&KEY.repeat(2)), LOGIN, &groups);
    *spy.fails.lock().unwrap() = true;
    exchange("a code that meets a fault", &resets, LOGIN, &groups);
    *spy.fails.lock().unwrap() = false;
    let token = exchange("a right code", &resets, LOGIN, &groups).unwrap();
    exchange("a spent code", &resets, LOGIN, &digits);
    seen.debug("the token's link", &run(resets.check(&token)).unwrap());
    seen.debug("the store", &spy.memory);
    Planted { digits, groups, tokens: [token, token_in(&mail).unwrap()] }
}

/// The core on its own.
fn the_core_is_used(seen: &Seen) {
    let (account, now) = (Binding::new(LOGIN, b"stamp"), UtcDateTime::UNIX_EPOCH);
    let key = CodeKey::new(KEY).unwrap();
    seen.debug("a key", &key);
    let codes = Codes::new(key.clone()).with_other_key(key);
    seen.debug("codes", &codes);
    let issuer = issuer(KEY);
    seen.debug("an issuer", &issuer);
    seen.debug("a builder", &TokenIssuer::builder().codes(codes));
    let first = issuer.issue(None, account, now, canary(0)).unwrap();
    seen.debug("what was issued", &first);
    let digits = first.code.as_ref().unwrap().expose_digits();
    for typed in [digits.to_owned(), mistyped(digits)] {
        let exchange = issuer.exchange(&first.ledger, &typed, &account, now, canary(1)).unwrap();
        seen.debug("an exchange", &exchange);
        let ledger = exchange.unwrap().ledger;
        seen.debug("its ledger", &ledger);
        seen.bytes("its ledger's bytes", ledger.encode());
    }
    seen.error("a missing key", &ExchangeError::KeyMissing);
    seen.error("a bad key", &CodeKey::new(&KEY[1..]).unwrap_err());
    seen.error("too few digits", &CodeError::Digits { digits: 7 });
}

#[test]
fn nothing_that_is_shown_or_stored_holds_a_code_or_its_key() {
    let seen = Seen::new();
    let planted = codes_are_typed(&seen);
    the_core_is_used(&seen);
    planted.assert_hidden(&seen);
}

#[cfg(feature = "tracing")]
#[test]
fn one_event_tells_of_each_typed_code_and_none_holds_it_or_the_login() {
    use super::search::leaks;
    use crate::support::events::events_of;

    let seen = Seen::new();
    let (planted, events) = events_of(|| codes_are_typed(&seen));
    let Planted { digits, groups, tokens } = &planted;
    let wrong = mistyped(digits);
    let secrets = [LOGIN, "Nobody@example.com", digits, groups, &wrong, &tokens[0], &tokens[1]];
    for event in &events {
        for secret in secrets {
            assert!(leaks(event.as_bytes(), secret.as_bytes()).is_empty(), "{event}");
        }
        assert!(!event.contains("anary") && !event.contains("obody"), "{event}");
    }
    assert_eq!(
        events,
        [
            "INFO flow=request purpose=password-reset outcome=sent account=1",
            "INFO flow=exchange purpose=password-reset outcome=unknown_account",
            "INFO flow=exchange purpose=password-reset outcome=wrong_code account=1",
            "INFO flow=exchange purpose=password-reset outcome=no_code account=1",
            "ERROR flow=exchange purpose=password-reset outcome=failed account=1",
            "ERROR flow=exchange purpose=password-reset outcome=failed",
            "INFO flow=exchange purpose=password-reset outcome=exchanged account=1",
            "INFO flow=exchange purpose=password-reset outcome=no_code account=1",
            "INFO flow=check purpose=password-reset outcome=good account=1",
        ]
    );
}
