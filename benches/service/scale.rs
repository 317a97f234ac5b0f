//! Prints the bytes of an account and of its link in memory, and the gain of a second thread.

use crate::support::{HASH, link, run};
use allocation_counter::measure as allocated;
use password_reset::PasswordReset;
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::{Mailer, Message};
use password_reset::token::{Throttle, TokenIssuer};
use std::convert::Infallible;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Throws its mails away, so the threads share only the store.
struct Bin;

impl<Id: Sync> Mailer<Id> for Bin {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        black_box(message);
        Ok(())
    }
}

/// Issues every account a link at once, and a few more.
fn eager() -> TokenIssuer {
    let throttle = Throttle::per_hour(14).and_then(|links| links.with_cooldown(Duration::ZERO));
    let issuer = TokenIssuer::builder().throttle(throttle.expect("it is a throttle"));
    issuer.build().expect("it is a lifetime")
}

pub(crate) fn measure(accounts: u64) {
    let login = |account: u64| format!("user{account:07}@example.com");
    let store = MemoryStore::new();
    let own = allocated(|| {
        for account in 0..accounts {
            store.add_account(&login(account), HASH).expect("each is a new one");
        }
    });
    let resets = PasswordReset::builder(store, Bin, link()).issuer(eager());
    let resets = resets.build().expect("nothing is missing");
    let work = |first: u64, count: u64| {
        for account in first..first + count {
            let handled = run(resets.request(&login(account)));
            assert_eq!(handled.outcome_for_logs().code(), "sent");
        }
    };
    let links = allocated(|| work(0, accounts));
    let each = |bytes: i64| bytes / i64::try_from(accounts).unwrap_or(i64::MAX);
    println!("\nMemory store of {accounts} accounts:");
    println!("  {} bytes of an account without a link", each(own.bytes_current));
    println!("  {} bytes more with one", each(links.bytes_current));

    let half = accounts / 2;
    let mut gains: Vec<_> = (0..5).map(|_| gain(&work, half)).collect();
    gains.sort_by(f64::total_cmp);
    println!("  two threads make {:.2} times as many requests as one", gains[2]);
    println!("  (the median of {gains:.2?})");
}

/// How many times as many requests two threads make in the same time, each for its own accounts.
fn gain(work: &(impl Fn(u64, u64) + Sync), half: u64) -> f64 {
    let start = Instant::now();
    work(0, half);
    let alone = start.elapsed();
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| work(0, half));
        work(half, half);
    });
    2.0 * alone.as_secs_f64() / start.elapsed().as_secs_f64()
}
