//! How many requests and resets a second go through a pool, the mail left out, and how much the
//! database writes for each.

use crate::accounts::{Accounts, Database, HASH, now};
use crate::host::address;
use password_reset::adapters::memory::ManualClock;
use password_reset::adapters::sql::AccountId;
use password_reset::mailer::{Mailer, Message};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Twice as many as there are connections, so that none of these waits for work.
const TASKS: usize = 16;

/// Keeps the newest link of one task.
#[derive(Default)]
struct Mailbox(Mutex<String>);

impl Mailer for Mailbox {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_>) -> Result<(), Infallible> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_url().clone_into(&mut self.0.lock().expect("nobody panicked"));
        }
        Ok(())
    }
}

pub(crate) async fn measure<DB: Database>(accounts: &Arc<Accounts<DB>>, time: Duration)
where
    i64: AccountId<DB>,
{
    for (what, resets) in [("requests", false), ("requests, each with its reset", true)] {
        let (start, before) = (Instant::now(), accounts.written().await);
        let tasks = (0..TASKS).map(|_| work(Arc::clone(accounts), start + time, resets));
        let done: u32 = tasks.collect::<JoinSet<_>>().join_all().await.iter().sum();
        let rate = f64::from(done) / start.elapsed().as_secs_f64();
        print!("{rate:.0} {what}, a second");
        if let (Some(before), Some(after)) = (before, accounts.written().await) {
            print!("; {} bytes of log each", (after - before) / i64::from(done.max(1)));
        }
        println!();
    }
}

/// One visitor after another until then; gives how many.
async fn work<DB: Database>(accounts: Arc<Accounts<DB>>, until: Instant, resets: bool) -> u32
where
    i64: AccountId<DB>,
{
    let store = accounts.tables.store(&accounts.pool).await;
    let link = LinkTemplate::new("https://app.example.com/#{token}").expect("it is a template");
    let (mailbox, clock) = (Arc::new(Mailbox::default()), ManualClock::new(now()));
    let service = PasswordReset::builder(store, Arc::clone(&mailbox), link).clock(clock.clone());
    let service = service.build().expect("nothing is missing");
    let mut done = 0;
    while Instant::now() < until {
        // Two hours later no earlier link throttles.
        clock.advance(Duration::from_secs(7200));
        let handled = service.request(&address(accounts.any())).await;
        let outcome = handled.outcome_for_logs();
        // Where another task asked for the same account at that hour.
        if outcome.code() != "sent" {
            assert_eq!(outcome.code(), "throttled", "{outcome:?}");
            continue;
        }
        if resets {
            let url = mailbox.0.lock().expect("nobody panicked").clone();
            let token = url.rsplit('#').next().expect("it is a link");
            match service.accept(token, "Correct horse 7").await {
                Ok(accepted) => match accepted.commit(HASH).await {
                    Ok(_) => {}
                    // Another task asked for the same account meanwhile.
                    Err(error) => assert!(error.refusal().is_some(), "{error:?}"),
                },
                Err(error) => assert!(error.refusal().is_some(), "{error:?}"),
            }
        }
        done += 1;
    }
    done
}
