//! Times requests for unknown, throttled and known logins, in memory: the crate's own share.

use crate::service;
use crate::support::run;
use crate::support::statistics::{Effect, print_head};
use password_reset::token::TokenIssuer;
use std::hint::black_box;
use std::time::Duration;

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
        let (resets, clock) = service(&[KNOWN, THROTTLED], TokenIssuer::default());
        run(resets.request(THROTTLED));
        let prepare = |_| {
            // An hour later, the last link no longer throttles the known login.
            if login == KNOWN {
                clock.advance(Duration::from_secs(3600));
                drop(resets.mailer().take());
            }
        };
        // Owned, so both are read from memory in the same way.
        let logins = [UNKNOWN, login].map(String::from);
        let request = |class: usize, (): &()| {
            let handled = run(resets.request(black_box(&logins[class])));
            drop(black_box(handled));
        };
        Effect::after(samples, prepare, request).print(what);
    }
}
