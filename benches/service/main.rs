//! A request and a reset over the memory store, against the same calls without the service; what
//! an account costs, and what two threads gain: `cargo bench --bench service`.

#[path = "../support/mailbox.rs"]
mod mailbox;
mod parts;
mod scale;

use criterion::{BenchmarkId, Criterion};
use mailbox::Mailbox;
use parts::{Host, run};
use password_reset::adapters::memory::{ManualClock, MemoryStore};
use password_reset::{LinkTemplate, PasswordReset};
use std::time::Duration;
use time::UtcDateTime;

pub(crate) const LOGIN: &str = "alice@example.com";
pub(crate) const PASSWORD: &str = "Correct horse 7";
/// As long as one of Argon2id's.
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$Zm9yZ290dGVuIHBhc3N3b3JkIGhhc2g";
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn link() -> LinkTemplate {
    LinkTemplate::new("https://app.example.com/reset?token={token}").expect("it is a template")
}

fn flows(criterion: &mut Criterion) {
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let mailbox = Mailbox::default();
    let store = MemoryStore::new();
    store.add_account(LOGIN, HASH).expect("it is a new account");
    let resets = PasswordReset::builder(store, mailbox.clone(), link());
    let resets = resets.clock(clock.clone()).build().expect("nothing is missing");
    // An hour later the last link neither throttles nor works.
    let request = || {
        clock.advance(HOUR);
        run(resets.request(LOGIN))
    };
    let reset = || {
        request();
        run(async {
            let accepted = resets.accept(&mailbox.token(), PASSWORD).await.expect("it is good");
            accepted.commit(HASH).await.map(drop).expect("nobody came between");
        });
    };
    assert_eq!(request().outcome_for_logs().code(), "sent");
    reset();
    let parts = Host::new(clock.clone());

    let mut group = criterion.benchmark_group("service/request");
    for name in ["crate", "crate again"] {
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(request));
    }
    group.bench_function(BenchmarkId::from_parameter("parts"), |b| b.iter(|| parts.request()));
    group.finish();

    let mut group = criterion.benchmark_group("service/request and reset");
    for name in ["crate", "crate again"] {
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(reset));
    }
    group.bench_function(BenchmarkId::from_parameter("parts"), |b| b.iter(|| parts.reset()));
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    flows(&mut criterion);
    criterion.final_summary();
    // `cargo test --benches` only asks whether it runs.
    let is_trial = !std::env::args().any(|argument| argument == "--bench");
    scale::measure(if is_trial { 1000 } else { 1_000_000 });
}
