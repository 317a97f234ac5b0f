//! A purge of many ledgers lets requests and redemptions through.
//!
//! `PURGE_ROWS` sets how many ledgers there are (20,000 by default).

use crate::support::codes::{with_codes, wrong};
use crate::support::host::{Host, Server, Tables, address};
use crate::support::url::url;
use password_reset::adapters::memory::{Mail, ManualClock, Outbox};
use password_reset::adapters::sql::SqlStore;
use password_reset::store::Store;
use password_reset::token::{Ledger, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres, Row as _};
use std::fmt::Write as _;
use std::time::{Duration, Instant};
use time::{SignedDuration, UtcDateTime};

/// Forgettable from here on; every live ledger is younger.
const LONG_AGO: i64 = 1000;

fn rows() -> u32 {
    std::env::var("PURGE_ROWS").map_or(20_000, |rows| rows.parse().unwrap())
}

fn now() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_795_435_200).unwrap()
}

/// A host with forgettable ledgers.
async fn host<DB: Server>(pool: Pool<DB>, bytes: fn(u32) -> String) -> Host<DB> {
    let host = Host::open(pool, 4).await;
    let numbers: Vec<_> = (0..rows()).collect();
    for chunk in numbers.chunks(10_000) {
        let mut sql = format!("INSERT INTO {} VALUES ", host.tables.ledgers());
        for (position, number) in chunk.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            let (id, bytes) = (1_000_000 + number, bytes(*number));
            write!(sql, "{comma}({id}, {bytes}, 1, {bytes}, 'live', 0, 0, {LONG_AGO})").unwrap();
        }
        host.run(sql).await;
    }
    host
}

fn postgres_bytes(number: u32) -> String {
    format!("'\\x{number:024x}'")
}

fn mysql_bytes(number: u32) -> String {
    format!("x'{number:024x}'")
}

/// Resets the password of one account again and again.
struct Visitor<S: Store> {
    resets: PasswordReset<S, Outbox>,
    outbox: Outbox,
    clock: ManualClock,
    login: String,
}

impl<S: Store> Visitor<S> {
    fn new(store: S, id: i64) -> Self {
        let (outbox, link) = (Outbox::new(), LinkTemplate::new("https://app.example.com/#{token}"));
        let clock = ManualClock::new(now());
        let resets = PasswordReset::builder(store, outbox.clone(), link.unwrap())
            .issuer(with_codes(TokenIssuer::builder()))
            .clock(clock.clone())
            .build()
            .unwrap();
        Self { resets, outbox, clock, login: address(id) }
    }

    /// An hour later, so that the throttle does not end it.
    async fn reset(&self, hash: &str) {
        self.clock.advance(Duration::from_secs(3600));
        let handled = self.resets.request(&self.login).await;
        assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
        let mails = self.outbox.take();
        let link = mails.iter().find_map(Mail::link).unwrap();
        self.resets
            .accept(link.expose_token(), "Abcdefg1")
            .await
            .unwrap()
            .commit(hash)
            .await
            .unwrap();
    }

    /// Gives how many resets ended before `work` did, and what the work gave.
    async fn reset_during<T>(&self, work: impl Future<Output = T>) -> (u32, T) {
        let mut work = std::pin::pin!(work);
        for done in 0.. {
            let hash = format!("hash {done}");
            let mut reset = std::pin::pin!(self.reset(&hash));
            tokio::select! {
                biased;
                result = &mut work => {
                    reset.await;
                    return (done, result);
                }
                () = &mut reset => {}
            }
        }
        unreachable!("the work ends first")
    }
}

/// With one connection for all, a purge would have everything to itself if it kept it.
async fn a_purge_lets_others_in<DB: Server>(
    options: PoolOptions<DB>,
    url: &str,
    bytes: fn(u32) -> String,
) {
    let pool = options.max_connections(1).connect(url).await.unwrap();
    let host = host(pool, bytes).await;
    let visitor = Visitor::new(&host.store, 1);
    let start = Instant::now();
    let (resets, purged) = visitor.reset_during(host.store.purge(now())).await;
    println!("{resets} resets during a purge of {} ledgers, {:?}", rows(), start.elapsed());
    assert_eq!(purged.unwrap(), u64::from(rows()));
    assert!(resets > 0, "nobody was let in between the batches");
    assert_eq!(host.store.purge(now()).await.unwrap(), 0);
    host.close().await;
}

/// As where every instance has a timer of its own.
async fn purges_at_once_share_the_work<DB: Server>(pool: Pool<DB>, bytes: fn(u32) -> String)
where
    SqlStore<DB::Driver, i64>: Store,
{
    let host = host(pool, bytes).await;
    let visitor = Visitor::new(&host.store, 1);
    let purge = || host.store.purge(now());
    let all = Box::pin(async { tokio::join!(purge(), purge(), purge(), purge()) });
    let (_, (first, second, third, fourth)) = visitor.reset_during(all).await;
    let purged = [first, second, third, fourth].map(Result::unwrap);
    println!("each purged: {purged:?}");
    assert_eq!(purged.iter().sum::<u64>(), u64::from(rows()));
    // Where one passed over rows that another had locked, it may have ended early.
    let left =
        format!("SELECT count(*) FROM {} WHERE forgettable_at = {LONG_AGO}", host.tables.ledgers());
    assert_eq!(host.number(left).await, 0);
    host.close().await;
}

#[tokio::test]
async fn a_purge_lets_others_in_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    a_purge_lets_others_in(PoolOptions::<Postgres>::new(), &url, postgres_bytes).await;
}

#[tokio::test]
async fn a_purge_lets_others_in_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    a_purge_lets_others_in(PoolOptions::<MySql>::new(), &url, mysql_bytes).await;
}

#[tokio::test]
async fn purges_at_once_share_the_work_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let pool = Pool::<Postgres>::connect(&url).await.unwrap();
    purges_at_once_share_the_work(pool, postgres_bytes).await;
}

#[tokio::test]
async fn purges_at_once_share_the_work_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let pool = Pool::<MySql>::connect(&url).await.unwrap();
    purges_at_once_share_the_work(pool, mysql_bytes).await;
}

/// Two ask for a link, and one of them is typed a wrong code.
async fn a_purge_forgives_no_wrong_code_for_30_days<DB: Server>(pool: Pool<DB>)
where
    SqlStore<DB::Driver, i64>: Store,
{
    let host = Host::open(pool, 2).await;
    let [typed, other] = [1, 2].map(|id| Visitor::new(&host.store, id));
    for visitor in [&typed, &other] {
        let handled = visitor.resets.request(&visitor.login).await;
        assert_eq!(handled.outcome_for_logs().code(), "sent");
    }
    let mails = typed.outbox.take();
    let code = wrong(mails[0].code().unwrap().expose_digits(), 1);
    let (_, handled) = typed.resets.exchange(&typed.login, &code).await;
    assert_eq!(handled.outcome_for_logs().code(), "wrong_code");

    let second = SignedDuration::SECOND;
    let link_is_over = SignedDuration::days(7) + SignedDuration::HOUR;
    let code_is_over = SignedDuration::days(30);
    let purge = async |age| host.store.purge(now() + age).await.unwrap();
    let counted = async |visitor: &Visitor<_>| {
        let account = host.store.find_by_login(&visitor.login).await.unwrap().unwrap();
        account.ledger.map(|bytes| Ledger::decode(&bytes).unwrap().wrong_codes())
    };
    assert_eq!(purge(link_is_over - second).await, 0);
    assert_eq!(purge(link_is_over).await, 1);
    assert_eq!(purge(code_is_over - second).await, 0);
    assert_eq!((counted(&typed).await, counted(&other).await), (Some(1), None));
    assert_eq!(purge(code_is_over).await, 1);
    assert_eq!(counted(&typed).await, None);
    host.close().await;
}

#[tokio::test]
async fn a_purge_forgives_no_wrong_code_for_30_days_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let pool = Pool::<Postgres>::connect(&url).await.unwrap();
    a_purge_forgives_no_wrong_code_for_30_days(pool).await;
}

#[tokio::test]
async fn a_purge_forgives_no_wrong_code_for_30_days_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let pool = Pool::<MySql>::connect(&url).await.unwrap();
    a_purge_forgives_no_wrong_code_for_30_days(pool).await;
}

/// The statement of people who ask for links just as their ledgers are to be forgotten,
/// the first of all being 0.
fn renew(tables: &Tables, people: std::ops::Range<u32>) -> AssertSqlSafe<String> {
    let (first, last) = (1_000_000 + people.start, 999_999 + people.end);
    AssertSqlSafe(format!(
        "UPDATE {} SET forgettable_at = 4000000000 \
         WHERE account_id BETWEEN {first} AND {last}",
        tables.ledgers()
    ))
}

async fn assert_only_the_renewed_are_left<DB: Server>(host: Host<DB>, renewed: i64) {
    let left = format!("SELECT count(*) FROM {}", host.tables.ledgers());
    assert_eq!(host.number(left).await, renewed);
    host.close().await;
}

#[tokio::test]
async fn a_purge_neither_waits_for_nor_forgets_a_ledger_under_renewal_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let host = host(Pool::<Postgres>::connect(&url).await.unwrap(), postgres_bytes).await;
    let mut renewal = host.pool.begin().await.unwrap();
    sqlx::raw_sql(renew(&host.tables, 0..1)).execute(&mut *renewal).await.unwrap();
    assert_eq!(host.store.purge(now()).await.unwrap(), u64::from(rows()) - 1);
    renewal.commit().await.unwrap();
    assert_only_the_renewed_are_left(host, 1).await;
}

#[tokio::test]
async fn a_purge_does_not_forget_a_ledger_under_renewal_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let host = host(Pool::<MySql>::connect(&url).await.unwrap(), mysql_bytes).await;
    let mut renewal = host.pool.begin().await.unwrap();
    sqlx::raw_sql(renew(&host.tables, 0..1)).execute(&mut *renewal).await.unwrap();
    let renewed_once_the_purge_waits = async {
        until_a_purge_waits(&host).await;
        renewal.commit().await.unwrap();
    };
    let (purged, ()) = tokio::join!(host.store.purge(now()), renewed_once_the_purge_waits);
    assert_eq!(purged.unwrap(), u64::from(rows()) - 1);
    assert_only_the_renewed_are_left(host, 1).await;
}

/// The purge has less to undo, so it is the one that MariaDB gives up.
#[tokio::test]
async fn a_purge_in_a_deadlock_is_tried_again_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let host = host(Pool::<MySql>::connect(&url).await.unwrap(), mysql_bytes).await;
    let mut renewal = host.pool.begin().await.unwrap();
    sqlx::raw_sql(renew(&host.tables, 1..500)).execute(&mut *renewal).await.unwrap();
    let renewed_across_the_purge = async {
        until_a_purge_waits(&host).await;
        sqlx::raw_sql(renew(&host.tables, 0..1)).execute(&mut *renewal).await.unwrap();
        renewal.commit().await.unwrap();
    };
    let (purged, ()) = tokio::join!(host.store.purge(now()), renewed_across_the_purge);
    assert_eq!(purged.unwrap(), u64::from(rows()) - 500);
    assert_only_the_renewed_are_left(host, 500).await;
}

/// Reads the status, since `information_schema.innodb_trx` repeats its first answer if it is asked
/// again and again.
async fn until_a_purge_waits(host: &Host<MySql>) {
    let purge = format!("DELETE FROM {}", host.tables.ledgers());
    loop {
        let status = sqlx::raw_sql("SHOW ENGINE INNODB STATUS").fetch_one(&host.pool).await;
        let status: String = status.unwrap().get("Status");
        let mut transactions = status.split("---TRANSACTION");
        if transactions.any(|one| one.contains("LOCK WAIT") && one.contains(&purge)) {
            return;
        }
    }
}
