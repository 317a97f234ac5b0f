//! The accounts around the store, in a new schema for each run.

use super::{BEGIN, Mistake, TwoTables, gave_up};
use password_reset::conformance::{self, Fixture};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{
    AssertSqlSafe, Connection as _, Decode, PgConnection, Postgres, Type, query, query_scalar,
};
use std::time::Duration;
use time::UtcDateTime;

const SCHEMA: [&str; 3] = [
    "CREATE TABLE users (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email TEXT NOT NULL, \
     password_hash TEXT NOT NULL, disabled BOOLEAN NOT NULL DEFAULT FALSE)",
    "CREATE TABLE ledgers (account_id BIGINT PRIMARY KEY, selector BYTEA NOT NULL UNIQUE, \
     revision BIGINT NOT NULL, ledger BYTEA NOT NULL, forgettable_at BIGINT NOT NULL)",
    "CREATE TABLE sessions (user_id BIGINT NOT NULL)",
];

/// The rule for sign-ins.
const SIGN_IN: &str = "INSERT INTO sessions (user_id) \
                       SELECT id FROM users WHERE id = $1 AND password_hash = $2 FOR SHARE";

/// Whether another transaction waits for this one.
const AWAITED: &str = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity \
                       WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))";

const LEVELS: [&str; 3] = ["read committed", "repeatable read", "serializable"];

impl TwoTables {
    /// Runs a statement, and again where the database gave up; gives the number of rows.
    async fn run(&self, sql: &'static str, id: i64, text: &str) -> u64 {
        loop {
            match query(sql).bind(id).bind(text).execute(&self.pool).await {
                Err(error) if gave_up(&error) => {}
                done => return done.unwrap().rows_affected(),
            }
        }
    }

    async fn read<T>(&self, sql: &'static str, id: i64) -> T
    where
        T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
    {
        loop {
            match query_scalar(sql).bind(id).fetch_one(&self.pool).await {
                Err(error) if gave_up(&error) => {}
                value => return value.unwrap(),
            }
        }
    }

    async fn write(&self, sql: &'static str, id: i64, text: &str) {
        assert_eq!(self.run(sql, id, text).await, 1);
    }

    /// Commits a sign-in once another transaction waits for the account's row, or 20 ms later.
    async fn sign_in_slowly(&self, id: i64, verified: &str) -> bool {
        let mut sign_in = self.pool.begin_with(BEGIN).await.unwrap();
        let rows = query(SIGN_IN).bind(id).bind(verified).execute(&mut *sign_in).await;
        let is_open = rows.unwrap().rows_affected() == 1;
        for _ in 0..if is_open { 20 } else { 0 } {
            let is_waited_for: bool = query_scalar(AWAITED).fetch_one(&mut *sign_in).await.unwrap();
            if is_waited_for {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        sign_in.commit().await.unwrap();
        is_open
    }
}

impl Fixture for TwoTables {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let sql = "INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id";
        loop {
            let insert = query_scalar(sql).bind(address).bind(password_hash);
            match insert.fetch_one(&self.pool).await {
                Err(error) if gave_up(&error) => {}
                id => return id.unwrap(),
            }
        }
    }

    async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
        self.add_account(address, password_hash).await;
        true
    }

    async fn delete_account(&self, id: &i64) {
        self.write("DELETE FROM users WHERE id = $1 AND $2 = ''", *id, "").await;
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        let sql = "UPDATE users SET disabled = $2 = 'disabled' WHERE id = $1";
        self.write(sql, *id, if disabled { "disabled" } else { "" }).await;
        true
    }

    async fn set_address(&self, id: &i64, address: &str) {
        self.write("UPDATE users SET email = $2 WHERE id = $1", *id, address).await;
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        self.write("UPDATE users SET password_hash = $2 WHERE id = $1", *id, password_hash).await;
    }

    async fn password_hash(&self, id: &i64) -> String {
        self.read("SELECT password_hash FROM users WHERE id = $1", *id).await
    }

    async fn sign_in(&self, id: &i64, verified: &str) -> bool {
        if self.holds_sign_ins {
            return self.sign_in_slowly(*id, verified).await;
        }
        self.run(SIGN_IN, *id, verified).await == 1
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let count: i64 = self.read("SELECT count(*) FROM sessions WHERE user_id = $1", *id).await;
        Some(usize::try_from(count).unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        let sql = "DELETE FROM ledgers WHERE forgettable_at <= $1 AND $2 = ''";
        self.run(sql, now.unix_timestamp(), "").await;
    }
}

/// Runs something in a schema of its own, on connections with this isolation level by default.
pub(super) async fn with_tables<T>(
    level: &str,
    mistake: Mistake,
    run: impl AsyncFnOnce(&mut TwoTables) -> T,
) -> Option<T> {
    let url = crate::support::url::url("TEST_POSTGRES_URL")?;
    let schema = format!("conformance_{:016x}", getrandom::u64().unwrap());
    let options: PgConnectOptions = url.parse().unwrap();
    let options = options.options([("search_path", &*schema)]);
    let options = options.options([("default_transaction_isolation", level)]);
    // What a mistake leaves open holds others up for so long.
    let options = options.options([("idle_in_transaction_session_timeout", "5s")]);
    let pool = PgPool::connect_with(options.clone()).await.unwrap();
    let create = format!("CREATE SCHEMA {schema}");
    for statement in [create.as_str()].into_iter().chain(SCHEMA) {
        query(AssertSqlSafe(statement.to_owned())).execute(&pool).await.unwrap();
    }
    let mut tables = TwoTables { pool, mistake, holds_sign_ins: false };
    let output = run(&mut tables).await;
    // Ends the transactions that a mistake has left open.
    tables.pool.close().await;
    let drop = AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"));
    let mut connection = PgConnection::connect_with(&options).await.unwrap();
    query(drop).execute(&mut connection).await.unwrap();
    Some(output)
}

#[tokio::test]
async fn the_transaction_of_the_guide_conforms_whatever_the_isolation_level() {
    for level in LEVELS {
        with_tables(level, Mistake::None, async |tables| {
            conformance::run(tables).await;
            tables.holds_sign_ins = true;
            conformance::no_sign_in_with_the_old_password_outlives_a_redemption(tables).await;
        })
        .await;
    }
}
