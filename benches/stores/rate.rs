//! Counts requests and resets per second through a pool, without mail, and the log's bytes.

use crate::accounts::{Accounts, Database, now};
use crate::host::address;
use crate::operations::new_hash;
use crate::support::{Mailbox, link};
use password_reset::PasswordReset;
use password_reset::adapters::memory::ManualClock;
use password_reset::adapters::sql::SqlStore;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Twice as many as there are connections, so no connection waits for work.
const TASKS: usize = 16;

/// The accounts have no sessions.
pub(crate) async fn measure<DB: Database>(accounts: &Arc<Accounts<DB>>, time: Duration) {
    for (what, with_reset) in [("requests", false), ("requests, each with its reset", true)] {
        let mut visitors = Vec::new();
        for _ in 0..TASKS {
            visitors.push(Visitor::new(accounts).await);
        }
        accounts.checkpoint().await;
        let (start, before) = (Instant::now(), accounts.written().await);
        let until = start + time;
        let tasks = visitors.into_iter().map(|visitor| visitor.work(until, with_reset));
        let counts = tasks.collect::<JoinSet<_>>().join_all().await.into_iter();
        let (done, failed) = counts.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        print!("{:.0} {what}, a second", f64::from(done) / start.elapsed().as_secs_f64());
        if let (Some(before), Some(after)) = (before, accounts.written().await) {
            print!("; {} bytes of log each", (after - before) / i64::from(done.max(1)));
        }
        // Some fail because two tasks use the same account.
        println!("; {failed} failed");
    }
}

struct Visitor<DB: Database> {
    accounts: Arc<Accounts<DB>>,
    resets: PasswordReset<SqlStore<DB::Driver, i64>, Mailbox>,
    mailbox: Mailbox,
    clock: ManualClock,
}

impl<DB: Database> Visitor<DB> {
    async fn new(accounts: &Arc<Accounts<DB>>) -> Self {
        let store = accounts.tables.store(&accounts.pool).await;
        let (mailbox, clock) = (Mailbox::default(), ManualClock::new(now()));
        let resets = PasswordReset::builder(store, mailbox.clone(), link());
        let resets = resets.clock(clock.clone()).build().expect("nothing is missing");
        Self { accounts: Arc::clone(accounts), resets, mailbox, clock }
    }

    /// Returns how many succeeded until then, and how many failed.
    async fn work(self, until: Instant, with_reset: bool) -> (u32, u32) {
        let (mut done, mut failed) = (0, 0);
        while Instant::now() < until {
            // Two hours later, no earlier link throttles.
            self.clock.advance(Duration::from_secs(7200));
            let handled = self.resets.request(&address(self.accounts.any())).await;
            let mut is_done = handled.outcome_for_logs().code() == "sent";
            if is_done && with_reset {
                is_done = self.reset().await.is_ok();
            }
            if is_done { done += 1 } else { failed += 1 }
        }
        (done, failed)
    }

    async fn reset(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let accepted = self.resets.accept(&self.mailbox.token(), "Correct horse 7").await?;
        accepted.commit(new_hash()).await?;
        Ok(())
    }
}
