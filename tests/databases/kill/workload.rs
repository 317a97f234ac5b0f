//! Many requests, exchanges and redemptions at once, without end.

use crate::journal::{Journal, Unread};
use crate::support::codes::{with_codes, wrong};
use crate::support::host::{Server, Tables, address};
use password_reset::adapters::sql::SqlStore;
use password_reset::clock::Clock;
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::token::{Throttle, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::Pool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use time::UtcDateTime;
use tokio::sync::RwLock;
use tokio::task::JoinSet;

pub(crate) const ACCOUNTS: i64 = 8;

/// Tasks that ask for links for whomever.
const ASKERS: i64 = 3;

pub(crate) type Resets<DB> = PasswordReset<SqlStore<<DB as Server>::Driver, i64>, Arc<Journal>>;

/// Goes with the system's, from where it was set.
#[derive(Clone)]
pub(crate) struct RunningClock(Arc<Mutex<(UtcDateTime, Instant)>>);

impl RunningClock {
    pub(crate) fn new(start: UtcDateTime) -> Self {
        Self(Arc::new(Mutex::new((start, Instant::now()))))
    }

    pub(crate) fn set(&self, now: UtcDateTime) {
        *self.0.lock().unwrap() = (now, Instant::now());
    }
}

impl Clock for RunningClock {
    fn now(&self) -> UtcDateTime {
        let (start, since) = *self.0.lock().unwrap();
        start + since.elapsed()
    }
}

/// A service whose cooldown is over after so long.
pub(crate) async fn resets<DB: Server>(
    pool: &Pool<DB>,
    tables: &Tables,
    journal: Arc<Journal>,
    clock: impl Clock + 'static,
    cooldown: Duration,
) -> Resets<DB> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    // A window no longer than the cooldown, so that the cooldown does not double.
    let window = cooldown.max(Duration::from_nanos(1));
    let throttle = Throttle::per_window(14, window).unwrap().with_cooldown(cooldown).unwrap();
    let issuer = with_codes(TokenIssuer::builder().throttle(throttle));
    let builder = PasswordReset::builder(tables.store(pool).await, journal, link);
    builder.issuer(issuer).clock(clock).build().unwrap()
}

pub(crate) struct Workload<DB: Server> {
    pub(crate) pool: Pool<DB>,
    pub(crate) tables: Tables,
    pub(crate) resets: Resets<DB>,
    /// Nothing is under way while it is held for writing.
    pub(crate) gate: RwLock<()>,
    /// How often the database failed; `None` where it may not.
    pub(crate) failures: Option<AtomicUsize>,
}

impl<DB: Server> Workload<DB> {
    /// Tasks that run until they are dropped.
    pub(crate) fn start(self: &Arc<Self>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for id in 1..=ACCOUNTS {
            let workload = Arc::clone(self);
            tasks.spawn(async move { workload.own(id).await });
        }
        for first in 0..ASKERS {
            let workload = Arc::clone(self);
            tasks.spawn(async move { workload.ask(first).await });
        }
        tasks
    }

    /// Only its owner changes an account's password.
    async fn own(&self, id: i64) {
        loop {
            let _under_way = self.gate.read().await;
            self.request(id).await;
            if let Some(mail) = self.resets.mailer().latest_mail(id) {
                self.sign_in(id).await;
                let exchanged = self.type_codes(id, &mail).await;
                self.redeem(id, &mail.token, exchanged.as_ref().unwrap_or(&mail.token)).await;
            }
        }
    }

    async fn ask(&self, first: i64) {
        for turn in first.. {
            let _under_way = self.gate.read().await;
            self.request(1 + turn * 5 % ACCOUNTS).await;
        }
    }

    fn failed(&self, error: &dyn std::error::Error) {
        let failures = self.failures.as_ref().unwrap_or_else(|| panic!("{error:?}"));
        failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Signs the account in, and notes it if that was answered.
    async fn sign_in(&self, id: i64) {
        let signed_in = async {
            self.tables.sign_in(&self.pool, id).await?;
            self.tables.password(&self.pool, id).await
        };
        match signed_in.await {
            Ok(hash) => self.resets.mailer().signed_in(id, &hash),
            Err(error) => self.failed(&error),
        }
    }

    async fn request(&self, id: i64) {
        let handled = self.resets.request(&address(id)).await;
        match handled.outcome_for_logs() {
            Outcome::Sent | Outcome::Throttled | Outcome::Failed(Fault::Contended) => {}
            Outcome::Failed(Fault::Store(error)) => self.failed(&error),
            other => panic!("{other:?}"),
        }
    }

    /// Types a wrong code and the right one, and gives the token that was answered. By then a newer
    /// mail may be on its way.
    async fn type_codes(&self, id: i64, mail: &Unread) -> Option<String> {
        let code = mail.code.as_ref()?;
        let journal = self.resets.mailer();
        for typed in [wrong(code, 1), code.clone()] {
            let (token, handled) = self.resets.exchange(&address(id), &typed).await;
            match handled.outcome_for_logs() {
                Outcome::WrongCode => journal.wrong_code(id),
                Outcome::Exchanged => {
                    let token = token.unwrap().expose_text().to_owned();
                    journal.exchanged(id, &mail.token, &token);
                    return Some(token);
                }
                Outcome::NoCode | Outcome::Failed(Fault::Contended) => {}
                Outcome::Failed(Fault::Store(error)) => self.failed(error),
                other => panic!("{other:?}"),
            }
        }
        None
    }

    /// The hash that is set is the link's token, whichever `token` is used, so that it tells by
    /// which link it was.
    async fn redeem(&self, id: i64, link: &str, token: &str) {
        let redeemed = async {
            let accepted = self.resets.accept(token, "Abcdefg1").await?;
            accepted.commit(link).await
        };
        match redeemed.await {
            Ok(_) => self.resets.mailer().redeemed(id, link),
            Err(ResetError::Refused(_) | ResetError::Fault(Fault::Contended)) => {}
            Err(ResetError::Fault(Fault::Store(error))) => self.failed(&error),
            Err(other) => panic!("{other:?}"),
        }
    }
}
