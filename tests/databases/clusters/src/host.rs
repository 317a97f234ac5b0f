//! A host on each database: its tables, with a record of every password that was ever set.

use password_reset::adapters::sql::{OpenError, SqlError};
use password_reset::adapters::sqlx::{MySqlStore, PostgresStore};
use password_reset::store::Store;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres};
use std::fmt::Debug;
use time::UtcDateTime;

/// A database as the tests need it.
pub trait Server: sqlx::Database {
    /// The store under test.
    type Store: Store<AccountId = i64, Error = SqlError> + Clone + Debug + 'static;
    /// A column that counts, as the primary key.
    const COUNTER: &'static str;
    /// A sign-in with a verified hash, which inserts a session if the account still has that hash.
    const SIGN_IN: &'static str;
    /// The ledgers' bytes as hexadecimal digits.
    const HEX: &'static str;
    /// The statements that make a trigger note each change of a password.
    const TRIGGER: &'static [&'static str];

    /// Creates the ledgers' table.
    fn migrate(
        pool: &Pool<Self>,
        tables: &Tables,
    ) -> impl Future<Output = Result<(), OpenError>> + Send;

    /// Opens the store.
    fn open(
        pool: &Pool<Self>,
        tables: &Tables,
    ) -> impl Future<Output = Result<Self::Store, OpenError>> + Send;

    /// Purges.
    fn purge(
        store: &Self::Store,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<u64, SqlError>> + Send;

    /// Runs statements, without preparing them, and gives the number of rows that they changed.
    fn run(pool: &Pool<Self>, sql: String)
    -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Rows of one text each.
    fn texts(
        pool: &Pool<Self>,
        sql: String,
    ) -> impl Future<Output = Result<Vec<String>, sqlx::Error>> + Send;
}

/// The one place that knows how a store is built.
macro_rules! builder {
    ($database:ty, $pool:ident, $tables:ident) => {{
        let (users, sessions) = ($tables.name("users"), $tables.name("sessions"));
        <$database as Server>::Store::builder($pool.clone())
            .accounts(format!(
                "SELECT id, email AS address, password_hash AS password FROM {users} \
                 WHERE NOT disabled"
            ))
            .login("address = {login}")
            .set_password(format!(
                "UPDATE {users} SET password_hash = {{hash}} \
                 WHERE id = {{id}} AND password_hash = {{stamp}}"
            ))
            .end_sessions(format!("DELETE FROM {sessions} WHERE user_id = {{id}}"))
            .table($tables.name("ledgers"))
    }};
}

macro_rules! server {
    ($database:ty, $store:ty, $counter:literal, $hex:literal, $sign_in:literal, $trigger:expr) => {
        impl Server for $database {
            type Store = $store;
            const COUNTER: &'static str = $counter;
            const SIGN_IN: &'static str = $sign_in;
            const HEX: &'static str = $hex;
            const TRIGGER: &'static [&'static str] = &$trigger;

            async fn migrate(pool: &Pool<Self>, tables: &Tables) -> Result<(), OpenError> {
                builder!(Self, pool, tables).migrate().await.map(drop)
            }

            async fn open(pool: &Pool<Self>, tables: &Tables) -> Result<$store, OpenError> {
                builder!(Self, pool, tables).open().await
            }

            async fn purge(store: &$store, now: UtcDateTime) -> Result<u64, SqlError> {
                store.purge(now).await
            }

            async fn run(pool: &Pool<Self>, sql: String) -> Result<u64, sqlx::Error> {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
                Ok(done.rows_affected())
            }

            async fn texts(pool: &Pool<Self>, sql: String) -> Result<Vec<String>, sqlx::Error> {
                sqlx::query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_all(pool).await
            }
        }
    };
}

server!(
    Postgres,
    PostgresStore<i64>,
    "BIGSERIAL PRIMARY KEY",
    "encode(ledger, 'hex')",
    "INSERT INTO {sessions} (user_id) SELECT id FROM {users} \
     WHERE id = {id} AND password_hash = {verified} FOR SHARE",
    [
        "CREATE FUNCTION {users}_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         INSERT INTO {record} (user_id, was, is_now) \
         VALUES (NEW.id, OLD.password_hash, NEW.password_hash); RETURN NEW; END $$",
        "CREATE TRIGGER {users}_record AFTER UPDATE OF password_hash ON {users} FOR EACH ROW \
         EXECUTE FUNCTION {users}_record()"
    ]
);
server!(
    MySql,
    MySqlStore<i64>,
    "BIGINT AUTO_INCREMENT PRIMARY KEY",
    "HEX(ledger)",
    // A shared lock is known to its own Galera node alone; a row that is written, to all.
    "BEGIN; \
     UPDATE {users} SET sign_ins = sign_ins + 1 WHERE id = {id} AND password_hash = {verified}; \
     INSERT INTO {sessions} (user_id) SELECT id FROM {users} \
     WHERE id = {id} AND password_hash = {verified}; \
     COMMIT",
    ["CREATE TRIGGER {users}_record AFTER UPDATE ON {users} FOR EACH ROW \
      INSERT INTO {record} (user_id, was, is_now) \
      VALUES (NEW.id, OLD.password_hash, NEW.password_hash)"]
);

/// The tables of one host, told apart from others' by a prefix.
#[derive(Clone, Debug)]
pub struct Tables(String);

impl Default for Tables {
    fn default() -> Self {
        Self(format!("t{:016x}", getrandom::u64().unwrap()))
    }
}

impl Tables {
    /// A table's whole name.
    #[must_use]
    pub fn name(&self, table: &str) -> String {
        format!("{}_{table}", self.0)
    }

    /// Creates them, with so many accounts, each with the password hash `first`.
    pub async fn create<DB: Server>(&self, pool: &Pool<DB>, accounts: i64) {
        let (users, record) = (self.name("users"), self.name("record"));
        let sessions = self.name("sessions");
        let mut statements = vec![
            format!(
                "CREATE TABLE {users} (id BIGINT PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, \
                 password_hash VARCHAR(255) NOT NULL, disabled BOOLEAN NOT NULL DEFAULT FALSE, \
                 sign_ins BIGINT NOT NULL DEFAULT 0)"
            ),
            format!("CREATE TABLE {sessions} (id {}, user_id BIGINT NOT NULL)", DB::COUNTER),
            format!("CREATE INDEX {sessions}_user ON {sessions} (user_id)"),
            format!(
                "CREATE TABLE {record} (id {}, user_id BIGINT NOT NULL, \
                 was VARCHAR(255) NOT NULL, is_now VARCHAR(255) NOT NULL)",
                DB::COUNTER
            ),
        ];
        statements.extend((1..=accounts).map(|id| {
            format!(
                "INSERT INTO {users} (id, email, password_hash) VALUES ({id}, '{}', 'first')",
                address(id)
            )
        }));
        statements.extend(
            DB::TRIGGER
                .iter()
                .map(|sql| sql.replace("{users}", &users).replace("{record}", &record)),
        );
        for statement in statements {
            DB::run(pool, statement).await.unwrap();
        }
        DB::migrate(pool, self).await.unwrap();
    }
}

/// An account's address.
#[must_use]
pub fn address(id: i64) -> String {
    format!("user-{id}@example.com")
}
