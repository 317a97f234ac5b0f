//! What a link costs in memory beside its account, and what a second thread gains.

use crate::parts::run;
use crate::{HASH, HOUR, Mailbox, link};
use allocation_counter::measure as allocated;
use password_reset::PasswordReset;
use password_reset::adapters::memory::{ManualClock, MemoryStore};
use std::hint::black_box;
use std::time::Instant;
use time::UtcDateTime;

pub(crate) fn measure(accounts: u64) {
    let login = |account: u64| format!("user{account:07}@example.com");
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let store = MemoryStore::new();
    let own = allocated(|| {
        for account in 0..accounts {
            store.add_account(&login(account), HASH).expect("each is a new one");
        }
    });
    let resets = PasswordReset::builder(store, Mailbox::default(), link());
    let resets = resets.clock(clock.clone()).build().expect("nothing is missing");
    let links = allocated(|| {
        for account in 0..accounts {
            drop(run(resets.request(&login(account))));
        }
    });
    let each = |bytes: i64| bytes / i64::try_from(accounts).unwrap_or(i64::MAX);
    println!("\nMemory store of {accounts} accounts:");
    println!("  {} bytes of an account without a link", each(own.bytes_current));
    println!("  {} bytes more with one", each(links.bytes_current));

    clock.advance(HOUR);
    let per_thread = accounts / 2;
    let work = |first: u64| {
        for account in first..first + per_thread {
            drop(black_box(run(resets.request(&login(account)))));
        }
    };
    let start = Instant::now();
    work(0);
    let alone = start.elapsed();
    clock.advance(HOUR);
    let start = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| work(0));
        work(per_thread);
    });
    let gain = 2.0 * alone.as_secs_f64() / start.elapsed().as_secs_f64();
    println!("  two threads make {gain:.2} times as many requests as one");
}
