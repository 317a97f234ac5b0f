//! Many tasks redeem one token, or type one code, over a pool of connections.

mod processes;

use crate::support::code_races::{
    a_wrong_code_is_counted_before_it_is_answered,
    five_wrong_codes_do_not_keep_a_link_from_its_password,
    wrong_codes_of_an_older_mail_do_not_count_for_the_next,
};
use crate::support::host::{Server, Tables, address};
use crate::support::url::url;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::SqlStore;
use password_reset::service::ResetError;
use password_reset::store::{Change, Store};
use password_reset::token::{Binding, Ledger, Refusal, ResetToken, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{Database, MySql, Pool, Postgres, Sqlite};
use std::sync::Arc;
use std::time::Duration;
use time::UtcDateTime;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const CONNECTIONS: u32 = 16;

/// How often each race is run, each time for another account's token.
const ROUNDS: i64 = 4;

type Resets<S> = PasswordReset<S, Outbox>;

fn pool<DB: Database>() -> PoolOptions<DB> {
    PoolOptions::new().max_connections(CONNECTIONS)
}

/// Of many who write one file, each waits its turn, however long.
async fn sqlite_pool(file: &str) -> Pool<Sqlite> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(300));
    pool().connect_with(options).await.unwrap()
}

fn service<S: Store>(store: S) -> Resets<S> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let builder = PasswordReset::builder(store, Outbox::new(), link);
    builder.clock(ManualClock::new(UtcDateTime::UNIX_EPOCH)).build().unwrap()
}

async fn link<S: Store>(resets: &Resets<S>, id: i64) -> String {
    let handled = resets.request(&address(id)).await;
    assert_eq!(handled.outcome_for_logs().code(), "sent");
    let mails = resets.mailer().take();
    mails[0].link().unwrap().expose_token().to_owned()
}

/// Redeems the token `racers` times at once, each with another hash, and returns the outcomes.
fn redeem_at_once<S: Store + 'static>(
    resets: &Resets<S>,
    token: &str,
    racers: usize,
    name: &str,
) -> JoinSet<Result<String, Refusal>> {
    let start = Arc::new(Barrier::new(racers));
    let mut race = JoinSet::new();
    for racer in 0..racers {
        let (resets, token) = (resets.clone(), token.to_owned());
        let (start, hash) = (start.clone(), format!("{name} {racer}"));
        race.spawn(async move {
            start.wait().await;
            let refusal =
                |error: ResetError<_>| error.refusal().unwrap_or_else(|| panic!("{error:?}"));
            let accepted = resets.accept(&token, "Abcdefg1").await.map_err(refusal)?;
            accepted.commit(&hash).await.map_err(refusal)?;
            Ok(hash)
        });
    }
    race
}

async fn exactly_one_wins<DB: Server>(pool: &Pool<DB>) {
    let tables = Tables::new();
    tables.create(pool, 2 * ROUNDS).await;
    let resets: Resets<SqlStore<DB::Driver, i64>> = service(tables.store(pool).await);
    for id in 1..=2 * ROUNDS {
        let racers = if id <= ROUNDS { 16 } else { 64 };
        tables.sign_in(pool, id).await.unwrap();
        let token = link(&resets, id).await;
        let told = redeem_at_once(&resets, &token, racers, "racer").join_all().await;
        let (won, lost): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
        assert!(lost.iter().all(|told| *told == Err(Refusal::Used)), "{lost:?}");
        assert_eq!((won.len(), lost.len()), (1, racers - 1));
        let passwords = tables.passwords(pool).await;
        assert!(passwords.contains(&(id, won[0].clone().unwrap())), "{passwords:?}, {won:?}");
        assert_eq!(resets.mailer().take().len(), 1, "one notice");
        assert!(tables.sessions(pool).await.is_empty());
    }
    tables.drop(pool).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_redemptions_of_one_token_exactly_one_wins_on_sqlite() {
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("accounts.sqlite");
    let pool = sqlite_pool(file.to_str().unwrap()).await;
    exactly_one_wins(&pool).await;
    the_losers_conflict(&pool).await;
}

/// Asks the store itself for the same change many times at once, each with a hash of its own.
async fn the_losers_conflict<DB: Server>(pool: &Pool<DB>) {
    let tables = Tables::new();
    tables.create(pool, ROUNDS).await;
    let resets: Resets<SqlStore<DB::Driver, i64>> = service(tables.store(pool).await);
    for id in 1..=ROUNDS {
        let token = ResetToken::parse(&link(&resets, id).await).unwrap();
        let account = resets.store().find_by_login(&address(id)).await.unwrap().unwrap();
        let ledger = Ledger::decode(account.ledger.as_ref().unwrap()).unwrap();
        let start = Arc::new(Barrier::new(16));
        let mut race = JoinSet::new();
        for racer in 0..16 {
            let hash = format!("racer {racer}");
            let (binding, successor) =
                (account.binding(), Binding::new(&account.address, hash.as_bytes()));
            let now = UtcDateTime::UNIX_EPOCH;
            let issuer = TokenIssuer::default();
            let next = issuer.redeem(&ledger, &token, &binding, now, successor).unwrap();
            let (resets, start) = (resets.clone(), start.clone());
            let (account, ledger) = (account.clone(), ledger.clone());
            race.spawn(async move {
                let change = Change::new(&account, Some(&ledger), &next, Some(&hash));
                start.wait().await;
                resets.store().commit(&change).await.unwrap()
            });
        }
        let answers = race.join_all().await;
        let committed = answers.iter().filter(|answer| answer.is_committed()).count();
        assert_eq!(committed, 1, "and the others conflicted: {answers:?}");
    }
    tables.drop(pool).await;
}

/// On one account each, so that each race is about one row.
async fn codes_keep_their_promises<DB: Server>(pool: &Pool<DB>) {
    let tables = Tables::new();
    tables.create(pool, 3).await;
    let store = tables.store(pool).await;
    a_wrong_code_is_counted_before_it_is_answered(store.clone(), &address(1)).await;
    five_wrong_codes_do_not_keep_a_link_from_its_password(store.clone(), &address(2)).await;
    wrong_codes_of_an_older_mail_do_not_count_for_the_next(store, &address(3)).await;
    tables.drop(pool).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_that_are_typed_at_once_keep_their_promises_on_sqlite() {
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("accounts.sqlite");
    codes_keep_their_promises(&sqlite_pool(file.to_str().unwrap()).await).await;
}

/// Tests on a server, whatever the isolation level that it is set up with.
macro_rules! at_each_level {
    ($database:ty, $url:literal, $set:literal, $($test:ident: $($property:ident)*;)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $test() {
            let Some(url) = url($url) else { return };
            for set in [
                concat!($set, " READ COMMITTED"),
                concat!($set, " REPEATABLE READ"),
                concat!($set, " SERIALIZABLE"),
            ] {
                let pool = pool::<$database>().after_connect(move |connection, _| {
                    Box::pin(async move { sqlx::query(set).execute(connection).await.map(drop) })
                });
                let pool = pool.connect(&url).await.unwrap();
                $($property(&pool).await;)*
            }
        })*
    };
}

at_each_level! {
    Postgres, "TEST_POSTGRES_URL", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL",
    of_many_redemptions_of_one_token_exactly_one_wins_on_postgres:
        exactly_one_wins the_losers_conflict;
    codes_that_are_typed_at_once_keep_their_promises_on_postgres: codes_keep_their_promises;
}

at_each_level! {
    MySql, "TEST_MYSQL_URL", "SET SESSION TRANSACTION ISOLATION LEVEL",
    of_many_redemptions_of_one_token_exactly_one_wins_on_mysql:
        exactly_one_wins the_losers_conflict;
    codes_that_are_typed_at_once_keep_their_promises_on_mysql: codes_keep_their_promises;
}
