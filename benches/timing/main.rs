//! Measures whether time tells a secret; the README's "What time tells" says how to read it.

#[cfg(feature = "codes")]
mod codes;
mod comparison;
mod requests;
#[path = "../support/mod.rs"]
mod support;

use password_reset::PasswordReset;
use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::token::TokenIssuer;
use support::{is_trial, link};
use time::UtcDateTime;

/// `SAMPLES` is the number of samples of each class.
fn main() {
    let samples = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok());
    let samples = samples.unwrap_or(if is_trial() { 100 } else { 200_000 });
    comparison::measure(samples);
    requests::measure((samples / 10).max(100));
    #[cfg(feature = "codes")]
    codes::measure((samples / 10).max(100));
    // Few, since each lasts until the moment of its response.
    #[cfg(all(feature = "codes", feature = "web"))]
    codes::measure_pages((samples / 1000).max(5));
}

/// A service in memory with these accounts, and its clock.
fn service(
    logins: &[&str],
    issuer: TokenIssuer,
) -> (PasswordReset<MemoryStore, Outbox>, ManualClock) {
    let (store, clock) = (MemoryStore::new(), ManualClock::new(UtcDateTime::UNIX_EPOCH));
    for login in logins {
        store.add_account(login, "hash").expect("it is a new account");
    }
    let builder = PasswordReset::builder(store, Outbox::new(), link());
    let resets = builder.issuer(issuer).clock(clock.clone()).build();
    (resets.expect("nothing is missing"), clock)
}
