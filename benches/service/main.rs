//! Times the service in memory beside its parts; `benches/report` prints the ratios.

mod parts;
mod scale;
#[path = "../support/mod.rs"]
mod support;

use criterion::Criterion;
use parts::Host;
use password_reset::PasswordReset;
use password_reset::adapters::memory::{ManualClock, MemoryStore};
use std::time::Duration;
use support::{HASH, Mailbox, is_trial, link, ratio, run};
use time::UtcDateTime;

pub(crate) const LOGIN: &str = "alice@example.com";
pub(crate) const PASSWORD: &str = "Correct horse 7";
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

fn flows(criterion: &mut Criterion) {
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let mailbox = Mailbox::default();
    let store = MemoryStore::new();
    store.add_account(LOGIN, HASH).expect("it is a new account");
    let resets = PasswordReset::builder(store, mailbox.clone(), link());
    let resets = resets.clock(clock.clone()).build().expect("nothing is missing");
    // An hour later, the last link no longer throttles and has expired.
    let request = || {
        clock.advance(HOUR);
        run(resets.request(LOGIN))
    };
    let reset = || {
        request();
        run(async {
            let accepted = resets.accept(&mailbox.token(), PASSWORD).await.expect("it is good");
            accepted.commit(HASH).await.map(drop).expect("no other change came first");
        });
    };
    assert_eq!(request().outcome_for_logs().code(), "sent");
    reset();
    let parts = Host::new(clock.clone());

    ratio::compare(criterion, "service/request", request, ("parts", || parts.request()));
    let group = "service/request and reset";
    ratio::compare(criterion, group, reset, ("parts", || parts.reset()));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flows(&mut criterion);
    criterion.final_summary();
    scale::measure(if is_trial() { 1000 } else { 1_000_000 });
}
