//! The host of the recipes: its tables, a service over them, and what a visitor does.

use crate::support::host::{self, Server as _};
use crate::support::url::url;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{SqlStore, SqlStoreBuilder, Users};
use password_reset::mailer::Mailer;
use password_reset::service::{Completed, PasswordResetBuilder};
use password_reset::store::Store;
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres, Sqlite};
use time::UtcDateTime;

pub(crate) const ALICE: i64 = 1;
pub(crate) const ALICES: &str = "alice@example.com";
pub(crate) const BOB: i64 = 2;
pub(crate) const BOBS: &str = "bob@example.com";
pub(crate) const OLD: &str = "Abcdefg1";
pub(crate) const NEW: &str = "Correct horse 7";

pub(crate) const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id = {id}";

const TABLES: [&str; 6] = [
    "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, tenant BIGINT NOT NULL DEFAULT 1, \
     email VARCHAR(255), password_hash VARCHAR(255), deleted_at BIGINT, \
     verified BOOLEAN NOT NULL DEFAULT FALSE, must_reset BOOLEAN NOT NULL DEFAULT FALSE, \
     failed_sign_ins INTEGER NOT NULL DEFAULT 0, locked_until BIGINT, \
     totp_secret VARCHAR(64), has_factor BOOLEAN NOT NULL DEFAULT FALSE, \
     credentials BIGINT NOT NULL DEFAULT 0, UNIQUE (tenant, email))",
    "CREATE TABLE sessions (user_id BIGINT NOT NULL)",
    "CREATE TABLE addresses (user_id BIGINT NOT NULL, email VARCHAR(255) NOT NULL)",
    "CREATE TABLE factors_passed (link VARCHAR(64) NOT NULL PRIMARY KEY, \
     user_id BIGINT NOT NULL, passed_at BIGINT NOT NULL)",
    "INSERT INTO users (id, email, password_hash) VALUES \
     (1, 'alice@example.com', 'hash of Abcdefg1'), (2, 'bob@example.com', NULL)",
    "INSERT INTO sessions VALUES (1), (1), (2)",
];

type SqlOf<DB> = SqlStore<<DB as host::Server>::Driver, i64>;
pub(crate) type Builder<DB> = SqlStoreBuilder<<DB as host::Server>::Driver, i64>;
pub(crate) type Resets<DB> = PasswordReset<SqlOf<DB>, Outbox>;

/// What the recipes need to say of a database.
pub(crate) trait Server: host::Server {
    /// A number that each new row of the history has.
    const NUMBER: &'static str;
    /// A value as text, in the place of `@`.
    const TEXT: &'static str;
}

macro_rules! server {
    ($database:ty, $number:literal, $text:literal) => {
        impl Server for $database {
            const NUMBER: &'static str = $number;
            const TEXT: &'static str = $text;
        }
    };
}

server!(Sqlite, "INTEGER PRIMARY KEY", "CAST(@ AS TEXT)");
server!(Postgres, "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "CAST(@ AS text)");
server!(MySql, "BIGINT AUTO_INCREMENT PRIMARY KEY", "CONVERT(@ USING utf8mb4)");

/// Alice, who has a password and two sessions, and Bob, who has no password and one session.
pub(crate) struct Host<DB: Server> {
    pool: Pool<DB>,
    pub(crate) clock: ManualClock,
    pub(crate) outbox: Outbox,
}

impl<DB: Server> Host<DB> {
    async fn new(pool: Pool<DB>) -> Self {
        for table in TABLES {
            DB::run(&pool, table.to_owned()).await.unwrap();
        }
        let history = format!(
            "CREATE TABLE password_history (number {}, user_id BIGINT NOT NULL, \
             hash VARCHAR(255) NOT NULL)",
            DB::NUMBER
        );
        DB::run(&pool, history).await.unwrap();
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH + time::SignedDuration::days(20_000));
        Self { pool, clock, outbox: Outbox::new() }
    }

    pub(crate) async fn run(&self, sql: &str) -> u64 {
        let done = DB::run(&self.pool, sql.to_owned()).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The number of rows, such as of `users WHERE verified`.
    pub(crate) async fn count(&self, rows: &str) -> usize {
        DB::texts(&self.pool, format!("SELECT '' FROM {rows}")).await.unwrap().len()
    }

    /// The column of these rows, as text.
    pub(crate) async fn texts(&self, column: &str, rows: &str) -> Vec<String> {
        let select = format!("SELECT {} FROM {rows}", DB::TEXT.replace('@', column));
        DB::texts(&self.pool, select)
            .await
            .unwrap()
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect()
    }

    /// The password hash of an account, empty where it has none.
    pub(crate) async fn hash(&self, id: i64) -> String {
        self.texts("password_hash", &format!("users WHERE id = {id}")).await.remove(0)
    }

    /// A store on the ledger table of this host, without the parts that tell of the users.
    pub(crate) fn bare(&self) -> Builder<DB> {
        SqlStore::builder(self.pool.clone()).end_sessions(END_SESSIONS)
    }

    pub(crate) fn users(&self) -> Builder<DB> {
        self.bare().users(&Users::new("users").deleted("deleted_at"))
    }

    /// What `users` says, in the host's own statements.
    pub(crate) fn by_hand(&self) -> Builder<DB> {
        self.bare()
            .accounts(
                "SELECT id, email AS address, password_hash AS password FROM users \
                 WHERE deleted_at IS NULL",
            )
            .login("address = {login}")
            .set_password(
                "UPDATE users SET password_hash = {hash} \
                 WHERE id = {id} AND coalesce(password_hash, '') = {stamp}",
            )
    }

    /// The same as `counted`, by the columns.
    pub(crate) fn users_counted(&self) -> Builder<DB> {
        let users = Users::new("users").second_factor("totp_secret").credentials("credentials");
        self.bare().users(&users)
    }

    /// With a counter of credentials as the stamp.
    pub(crate) fn counted(&self) -> Builder<DB> {
        self.bare()
            .accounts(
                "SELECT id, email AS address, password_hash AS password, credentials AS stamp, \
                 totp_secret AS second_factor FROM users",
            )
            .login("address = {login}")
            .set_password(
                "UPDATE users SET password_hash = {hash}, credentials = credentials + 1 \
                 WHERE id = {id} AND credentials = {stamp}",
            )
    }

    pub(crate) async fn resets(&self, builder: Builder<DB>) -> Resets<DB> {
        self.builder(builder, self.outbox.clone()).await.build().unwrap()
    }

    pub(crate) async fn builder<M: Mailer<i64>>(
        &self,
        builder: Builder<DB>,
        mailer: M,
    ) -> PasswordResetBuilder<SqlOf<DB>, M> {
        let store = builder.migrate().await.unwrap().open().await.unwrap();
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        PasswordReset::builder(store, mailer, link).clock(self.clock.clone())
    }

    /// The token in the only mail that was sent.
    pub(crate) fn mailed_token(&self) -> String {
        let mails = self.outbox.take();
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails[0].link().unwrap().expose_token().to_owned()
    }

    /// Opens a session if the password may be signed in with, and says whether it did. At other times
    /// than in a test, the statement locks the row: see the guide "Bring your own store".
    pub(crate) async fn signs_in(&self, id: i64, password: &str) -> bool {
        let now = password_reset::clock::Clock::now(&self.clock).unix_timestamp();
        let session = format!(
            "INSERT INTO sessions (user_id) SELECT id FROM users WHERE id = {id} \
             AND password_hash = '{}' AND NOT must_reset \
             AND (locked_until IS NULL OR locked_until <= {now})",
            hash_of(password)
        );
        self.run(&session).await == 1
    }

    pub(crate) async fn sessions(&self, id: i64) -> usize {
        self.count(&format!("sessions WHERE user_id = {id}")).await
    }
}

/// A hash without salt, for a test to compare.
pub(crate) fn hash_of(password: &str) -> String {
    format!("hash of {password}")
}

pub(crate) async fn asks<S: Store, M: Mailer<S::AccountId>>(
    resets: &PasswordReset<S, M>,
    login: &str,
) -> &'static str {
    resets.request(login).await.outcome_for_logs().code()
}

/// Sets a password with a link.
pub(crate) async fn sets<S: Store, M: Mailer<S::AccountId>>(
    resets: &PasswordReset<S, M>,
    token: &str,
    password: &str,
) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
    resets.accept(token, password).await?.commit(hash_of(password)).await
}

/// Why a link is not good; `None` where it is.
pub(crate) async fn refusal<S: Store, M: Mailer<S::AccountId>>(
    resets: &PasswordReset<S, M>,
    token: &str,
) -> Option<Refusal> {
    resets.check(token).await.err().map(|error| error.refusal().unwrap())
}

pub(crate) async fn on_sqlite(recipe: impl AsyncFnOnce(&Host<Sqlite>)) {
    let pool = PoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    Box::pin(recipe(&Host::new(pool).await)).await;
}

macro_rules! on_a_server {
    ($on:ident, $database:ty, $variable:literal, $create:literal, $enter:literal, $drop:literal) => {
        pub(crate) async fn $on(recipe: impl AsyncFnOnce(&Host<$database>)) {
            let Some(url) = url($variable) else { return };
            let name = format!("recipes_{:016x}", getrandom::u64().unwrap());
            let admin = PoolOptions::new().max_connections(1).connect(&url).await.unwrap();
            <$database>::run(&admin, $create.replace('@', &name)).await.unwrap();
            let enter = $enter.replace('@', &name);
            let pool = PoolOptions::new().max_connections(2).after_connect(move |connection, _| {
                let enter = enter.clone();
                Box::pin(async move {
                    sqlx::raw_sql(AssertSqlSafe(enter)).execute(connection).await.map(drop)
                })
            });
            let host = Host::new(pool.connect(&url).await.unwrap()).await;
            Box::pin(recipe(&host)).await;
            host.pool.close().await;
            <$database>::run(&admin, $drop.replace('@', &name)).await.unwrap();
        }
    };
}

on_a_server!(
    on_postgres,
    Postgres,
    "TEST_POSTGRES_URL",
    "CREATE SCHEMA @",
    "SET search_path = @",
    "DROP SCHEMA @ CASCADE"
);
on_a_server!(on_mysql, MySql, "TEST_MYSQL_URL", "CREATE DATABASE @", "USE @", "DROP DATABASE @");
