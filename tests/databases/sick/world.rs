//! A service over a pool of one connection, and a healthy pool beside it.

use crate::sick::proxy::Proxy;
use crate::support::host::{Server, Tables, address};
use crate::support::url::url;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{SqlError, SqlStore};
use password_reset::service::{Fault, Handled, Outcome, ResetError};
use password_reset::token::TokenIssuer;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::mysql::MySqlConnectOptions;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, MySql, Pool, Postgres, Sqlite};
use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;
use tempfile::TempDir;
use time::UtcDateTime;

const GOOD: &str = "Abcdefg1";

/// As long as the throttle's longest cooldown; a link lives four times as long.
const BETWEEN_LINKS: Duration = Duration::from_secs(3600);

pub(crate) type Options<DB> = <<DB as sqlx::Database>::Connection as Connection>::Options;

pub(crate) struct World<DB: Server> {
    pub(crate) tables: Tables,
    /// The service's.
    pub(crate) pool: Pool<DB>,
    /// For the test itself.
    pub(crate) healthy: Pool<DB>,
    resets: PasswordReset<SqlStore<DB::Driver, i64>, Outbox>,
    clock: ManualClock,
    /// A link that was mailed while all was well.
    token: String,
    directory: Option<TempDir>,
}

impl<DB: Server> World<DB> {
    /// `sick` are the options of the service's pool.
    pub(crate) async fn new(healthy: Options<DB>, sick: Options<DB>) -> Self {
        let healthy = Pool::connect_with(healthy).await.unwrap();
        let patience = Duration::from_secs(2);
        let pool = PoolOptions::new().max_connections(1).acquire_timeout(patience);
        let pool = pool.connect_with(sick).await.unwrap();
        let tables = Tables::new();
        tables.create(&healthy, 2).await;
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
        let issuer = TokenIssuer::builder().lifetime(4 * BETWEEN_LINKS).build().unwrap();
        let resets = PasswordReset::builder(tables.store(&pool).await, Outbox::new(), link)
            .issuer(issuer)
            .clock(clock.clone())
            .build()
            .unwrap();
        let mut world =
            Self { tables, pool, healthy, resets, clock, token: String::new(), directory: None };
        world.token = world.link().await;
        world
    }

    async fn request(&self, login: &str) -> Handled<SqlError, Infallible> {
        self.clock.advance(BETWEEN_LINKS);
        self.resets.request(login).await
    }

    async fn link(&self) -> String {
        let handled = self.request(&address(1)).await;
        assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
        let mails = self.resets.mailer().take();
        mails[0].link().unwrap().expose_token().to_owned()
    }

    /// Every login gets the same answer; the operator's outcome, for a login that exists, is this
    /// error.
    pub(crate) async fn assert_request_fails(&self, is: fn(&SqlError) -> bool, says: &str) {
        let known = self.request(&address(1)).await;
        let unknown = self.request("nobody@example.com").await;
        assert_eq!(format!("{known:?}"), format!("{unknown:?}"), "outwardly the same");
        match known.outcome_for_logs() {
            Outcome::Failed(Fault::Store(error)) => assert_says(error, is, says),
            other => panic!("{other:?}"),
        }
        assert!(self.resets.mailer().take().is_empty(), "nothing is mailed without a commit");
        // The link of before is still timely.
        self.clock.set(UtcDateTime::UNIX_EPOCH + BETWEEN_LINKS);
    }

    pub(crate) async fn assert_redemption_fails(&self, is: fn(&SqlError) -> bool, says: &str) {
        self.assert_redemption_fails_with(is, says, "second").await;
    }

    pub(crate) async fn assert_redemption_fails_with(
        &self,
        is: fn(&SqlError) -> bool,
        says: &str,
        hash: &str,
    ) {
        match self.redeem(&self.token, hash).await {
            Err(ResetError::Fault(Fault::Store(error))) => assert_says(&error, is, says),
            other => panic!("{other:?}"),
        }
        assert!(self.resets.mailer().take().is_empty(), "no notice without a change");
    }

    /// What the store itself says of a redemption, without the service that asks it again.
    pub(crate) async fn tried_out(&self, hash: &str) -> Result<(), SqlError> {
        self.resets.store().try_out(&address(1), hash).await
    }

    async fn redeem(&self, token: &str, hash: &str) -> Result<(), ResetError<SqlError>> {
        let accepted = self.resets.accept(token, GOOD).await?;
        accepted.commit(hash).await.map(drop)
    }

    /// Nothing had changed, and the same service over the same pool goes on.
    pub(crate) async fn assert_recovers(self) {
        self.resets.check(&self.token).await.unwrap();
        assert_eq!(self.tables.password(&self.healthy, 1).await.unwrap(), "first");
        let token = self.link().await;
        self.redeem(&token, "second").await.unwrap();
        assert_eq!(self.tables.password(&self.healthy, 1).await.unwrap(), "second");
        self.end().await;
    }

    pub(crate) async fn end(self) {
        self.pool.close().await;
        let _until_here = self.directory;
        self.tables.drop(&self.healthy).await;
    }

    /// Runs a statement in the session of the service.
    pub(crate) async fn in_its_session(&self, statement: &str) {
        DB::run(&self.pool, statement.to_owned()).await.unwrap();
    }

    pub(crate) async fn run(&self, statement: String) {
        DB::run(&self.healthy, statement).await.unwrap();
    }
}

fn assert_says(error: &SqlError, is: fn(&SqlError) -> bool, says: &str) {
    assert!(is(error), "{error:?}");
    assert!(error.to_string().contains(says), "{error}");
    assert!(error.source().is_some(), "what the database said is kept");
}

pub(crate) async fn sqlite() -> Option<World<Sqlite>> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accounts.sqlite");
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut world = World::new(options.clone(), options).await;
    world.directory = Some(directory);
    Some(world)
}

pub(crate) async fn postgres() -> Option<World<Postgres>> {
    let options: PgConnectOptions = url("TEST_POSTGRES_URL")?.parse().unwrap();
    Some(World::new(options.clone(), options).await)
}

pub(crate) async fn mysql() -> Option<World<MySql>> {
    let options: MySqlConnectOptions = url("TEST_MYSQL_URL")?.parse().unwrap();
    Some(World::new(options.clone(), options).await)
}

pub(crate) async fn proxied_postgres() -> Option<(World<Postgres>, Proxy)> {
    let options: PgConnectOptions = url("TEST_POSTGRES_URL")?.parse().unwrap();
    let proxy = Proxy::to(options.get_host(), options.get_port()).await;
    let proxied = options.clone().host("127.0.0.1").port(proxy.port());
    Some((World::new(options, proxied).await, proxy))
}

pub(crate) async fn proxied_mysql() -> Option<(World<MySql>, Proxy)> {
    let options: MySqlConnectOptions = url("TEST_MYSQL_URL")?.parse().unwrap();
    let proxy = Proxy::to(options.get_host(), options.get_port()).await;
    let proxied = options.clone().host("127.0.0.1").port(proxy.port());
    Some((World::new(options, proxied).await, proxy))
}
