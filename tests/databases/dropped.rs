//! A future that is dropped at any await leaves no open transaction and no half change.

use crate::support::codes::{with_codes, wrong};
use crate::support::host::{Server, Tables, address};
use crate::support::url::url;
use password_reset::adapters::memory::{Mail, ManualClock, Outbox};
use password_reset::adapters::sql::SqlStore;
use password_reset::store::Store;
use password_reset::token::{Ledger, Refusal, ResetToken, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{MySql, Pool, Postgres, Sqlite};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use time::UtcDateTime;

const GOOD: &str = "Abcdefg1";

/// As long as the throttle's longest cooldown; a link lives four times as long.
const BETWEEN_LINKS: Duration = Duration::from_secs(3600);

/// Polls a future at most so many times, each time that it asks to be, and drops it;
/// `None` where it was not done by then.
async fn poll_and_drop<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    std::future::poll_fn(|context| {
        if left > 0
            && let Poll::Ready(output) = future.as_mut().poll(context)
        {
            return Poll::Ready(Some(output));
        }
        left = left.saturating_sub(1);
        if left == 0 { Poll::Ready(None) } else { Poll::Pending }
    })
    .await
}

/// How often to poll a future: several times for each, since an answer that is there
/// already takes no poll of its own; and at last to its end.
fn polls() -> impl Iterator<Item = usize> {
    (0..60).map(|round| round % 20).chain([usize::MAX])
}

/// A service with one account, on a pool that has one connection only.
struct World<DB: Server> {
    tables: Tables,
    others: Pool<DB>,
    resets: PasswordReset<SqlStore<DB::Driver, i64>, Outbox>,
    /// The same on other connections, which see what was committed only.
    theirs: PasswordReset<SqlStore<DB::Driver, i64>, Outbox>,
    clock: ManualClock,
}

impl<DB: Server> World<DB> {
    async fn new(one: Pool<DB>, others: Pool<DB>) -> Self {
        let tables = Tables::new();
        tables.create(&others, 1).await;
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let resets = service(tables.store(&one).await, &clock);
        let theirs = service(tables.store(&others).await, &clock);
        Self { tables, others, resets, theirs, clock }
    }

    async fn mail(&self) -> Mail {
        self.clock.advance(BETWEEN_LINKS);
        let handled = self.resets.request(&address(1)).await;
        assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
        self.resets.mailer().take().remove(0)
    }

    async fn link(&self) -> String {
        self.mail().await.link().unwrap().expose_token().to_owned()
    }

    /// What others are told who type a code.
    async fn others_type(&self, code: &str) -> &'static str {
        self.theirs.exchange(&address(1), code).await.1.outcome_for_logs().code()
    }

    /// The wrong codes that others see counted.
    async fn counted(&self) -> u8 {
        let account = self.theirs.store().find_by_login(&address(1)).await.unwrap().unwrap();
        Ledger::decode(&account.ledger.unwrap()).unwrap().wrong_codes()
    }

    /// The account's password hash and number of sessions, as others see them.
    async fn state(&self) -> (String, usize) {
        let passwords = self.tables.passwords(&self.others).await;
        (passwords[0].1.clone(), self.tables.sessions(&self.others).await.len())
    }

    async fn as_others_see(&self, token: &str) -> Option<Refusal> {
        self.theirs.check(token).await.err().map(|error| error.refusal().unwrap())
    }
}

fn service<S: Store>(store: S, clock: &ManualClock) -> PasswordReset<S, Outbox> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let issuer = with_codes(TokenIssuer::builder().lifetime(4 * BETWEEN_LINKS));
    let builder = PasswordReset::builder(store, Outbox::new(), link).issuer(issuer);
    builder.clock(clock.clone()).build().unwrap()
}

async fn redemptions_are_dropped_at_every_await<DB: Server>(one: Pool<DB>, others: Pool<DB>) {
    let world = World::new(one, others).await;
    let mut nothing = 0;
    for times in polls() {
        let token = world.link().await;
        world.tables.sign_in(&world.others, 1).await.unwrap();
        let old = world.state().await;
        let new = (format!("hash {times}"), 0);
        let accepted = world.resets.accept(&token, GOOD).await.unwrap();
        let done = poll_and_drop(accepted.commit(new.0.as_str()), times).await;
        drop(world.resets.mailer().take());

        // Its commit is after whatever became of the one that was dropped.
        let later = world.link().await;
        assert_eq!(world.as_others_see(&later).await, None, "after {times} polls");
        let state = world.state().await;
        match world.as_others_see(&token).await {
            Some(Refusal::Used) => assert_eq!(state, new, "after {times} polls"),
            Some(Refusal::Superseded) => {
                assert_eq!(state, old, "after {times} polls");
                nothing += 1;
            }
            other => panic!("{other:?} after {times} polls"),
        }
        let accepted = world.resets.accept(&later, GOOD).await.unwrap();
        accepted.commit(format!("hash after {times}")).await.unwrap();
        assert_eq!(world.state().await, (format!("hash after {times}"), 0));
        drop(world.resets.mailer().take());
        done.map(Result::unwrap);
    }
    assert!(nothing > 4, "{nothing} were dropped midway");
    world.tables.drop(&world.others).await;
}

async fn requests_are_dropped_at_every_await<DB: Server>(one: Pool<DB>, others: Pool<DB>) {
    let world = World::new(one, others).await;
    let mut midway = 0;
    for times in polls() {
        let token = world.link().await;
        world.clock.advance(BETWEEN_LINKS);
        let handled = poll_and_drop(world.resets.request(&address(1)), times).await;
        drop(world.resets.mailer().take());
        let later = world.link().await;
        assert_eq!(world.as_others_see(&later).await, None, "after {times} polls");
        assert_eq!(world.as_others_see(&token).await, Some(Refusal::Superseded));
        midway += usize::from(handled.is_none());
    }
    assert!(midway > 4, "{midway} were dropped midway");
    world.tables.drop(&world.others).await;
}

async fn exchanges_are_dropped_at_every_await<DB: Server>(one: Pool<DB>, others: Pool<DB>) {
    let world = World::new(one, others).await;
    let (mut uncounted, mut unspent) = (0, 0);
    for (round, times) in polls().enumerate() {
        let mail = world.mail().await;
        let link = mail.link().unwrap().expose_token();
        let code = mail.code().unwrap().expose_digits();
        let exchange = async |typed: &str| world.resets.exchange(&address(1), typed).await;
        let told = poll_and_drop(exchange(&wrong(code, 1)), times).await;
        // This one is counted after whatever became of the one that was dropped.
        assert_eq!(world.others_type(&wrong(code, 2)).await, "wrong_code");
        let counted = world.counted().await;
        assert!(counted == 2 || (counted == 1 && told.is_none()), "{counted} after {times} polls");
        uncounted += usize::from(counted == 1);

        let told = poll_and_drop(exchange(code), times).await;
        let token = told.map(|(token, _)| token.expect("the right code"));
        match world.others_type(&wrong(code, 3)).await {
            "no_code" => assert_eq!(world.counted().await, counted),
            "wrong_code" => {
                assert!(token.is_none(), "a token, and the code is as good as before");
                assert_eq!(world.others_type(code).await, "exchanged", "after {times} polls");
                unspent += 1;
            }
            other => panic!("{other} after {times} polls"),
        }
        let texts = [Some(link), token.as_ref().map(ResetToken::expose_text)];
        for text in texts.into_iter().flatten() {
            assert_eq!(world.as_others_see(text).await, None, "after {times} polls");
        }
        let accepted = world.resets.accept(link, GOOD).await.unwrap();
        accepted.commit(format!("hash {round}")).await.unwrap();
        drop(world.resets.mailer().take());
    }
    assert!(uncounted > 4 && unspent > 4, "{uncounted} and {unspent} were dropped midway");
    world.tables.drop(&world.others).await;
}

fn one<DB: sqlx::Database>() -> PoolOptions<DB> {
    PoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(10))
}

#[tokio::test]
async fn a_future_dropped_on_sqlite_leaves_everything_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = SqliteConnectOptions::new()
        .filename(directory.path().join("accounts.sqlite"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    for future in 0..3 {
        let one = one::<Sqlite>().connect_with(file.clone()).await.unwrap();
        let others = Pool::<Sqlite>::connect_with(file.clone()).await.unwrap();
        match future {
            0 => redemptions_are_dropped_at_every_await(one, others).await,
            1 => requests_are_dropped_at_every_await(one, others).await,
            _ => exchanges_are_dropped_at_every_await(one, others).await,
        }
    }
}

macro_rules! on_server {
    ($database:ty, $variable:literal) => {
        let Some(url) = url($variable) else { return };
        let pools = async || {
            let others = Pool::<$database>::connect(&url).await.unwrap();
            (one::<$database>().connect(&url).await.unwrap(), others)
        };
        let (one, others) = pools().await;
        redemptions_are_dropped_at_every_await(one, others).await;
        let (one, others) = pools().await;
        requests_are_dropped_at_every_await(one, others).await;
        let (one, others) = pools().await;
        exchanges_are_dropped_at_every_await(one, others).await;
    };
}

#[tokio::test]
async fn a_future_dropped_on_postgres_leaves_everything_whole() {
    on_server!(Postgres, "TEST_POSTGRES_URL");
}

#[tokio::test]
async fn a_future_dropped_on_mysql_leaves_everything_whole() {
    on_server!(MySql, "TEST_MYSQL_URL");
}
