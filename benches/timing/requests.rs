//! A request for a known login, an unknown one, and one that is throttled, without a database
//! and without mail: what is left is the crate's own share.

use crate::statistics::{Effect, print_head};
use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::{LinkTemplate, PasswordReset};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use time::UtcDateTime;

const KNOWN: &str = "alice@example.com";
const THROTTLED: &str = "bob@example.com";
const UNKNOWN: &str = "carol@example.com";

pub(crate) fn measure(samples: usize) {
    print_head("A request for a login that is", "unknown", "as said");
    for (what, login) in [
        ("null control: unknown both times", UNKNOWN),
        ("throttled", THROTTLED),
        ("known: a link is issued and handed over", KNOWN),
    ] {
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let (store, outbox) = (MemoryStore::new(), Outbox::new());
        for login in [KNOWN, THROTTLED] {
            store.add_account(login, "hash").expect("it is a new account");
        }
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}");
        let builder = PasswordReset::builder(store, outbox.clone(), link.expect("it is one"));
        let resets = builder.clock(clock.clone()).build().expect("nothing is missing");
        run(resets.request(THROTTLED));
        let prepare = |_| {
            // An hour later the last link does not throttle the known one.
            if login == KNOWN {
                clock.advance(Duration::from_secs(3600));
                drop(outbox.take());
            }
        };
        // Owned, so that both are read from memory alike.
        let logins = [UNKNOWN, login].map(String::from);
        let request = |class: usize, (): &()| {
            let handled = run(resets.request(black_box(&logins[class])));
            drop(black_box(handled));
        };
        Effect::after(samples, prepare, request).print(what);
    }
}

/// These ports are never waited for.
pub(crate) fn run<F: Future>(request: F) -> F::Output {
    match pin!(request).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(handled) => handled,
        Poll::Pending => unreachable!("memory keeps nobody waiting"),
    }
}
