//! Hosts on the database servers that the environment names, each with tables of its own.
#![allow(dead_code, reason = "each test binary uses a part of it")]

#[path = "url.rs"]
mod url;

use password_reset::adapters::sql::{AccountId, Dialect, SqlStore};
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres};
pub(crate) use url::url;

/// A database server under test.
pub(crate) trait Server: Dialect {
    const PARAMETERS: [&'static str; 3];

    fn run(pool: &Pool<Self>, sql: &str) -> impl Future<Output = ()> + Send;
    fn number(pool: &Pool<Self>, sql: &str) -> impl Future<Output = i64> + Send;
}

macro_rules! server {
    ($database:ty, $parameters:expr) => {
        impl Server for $database {
            const PARAMETERS: [&'static str; 3] = $parameters;

            async fn run(pool: &Pool<Self>, sql: &str) {
                let sql = AssertSqlSafe(sql.to_owned());
                sqlx::raw_sql(sql).execute(pool).await.unwrap();
            }

            async fn number(pool: &Pool<Self>, sql: &str) -> i64 {
                let sql = AssertSqlSafe(sql.to_owned());
                sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
            }
        }
    };
}

server!(Postgres, ["$1", "$2", "$3"]);
server!(MySql, ["?", "?", "?"]);

/// Users, sessions and ledgers: the tables `…`, `…_sessions` and `…_ledgers`.
pub(crate) struct Host<DB: Server> {
    pub(crate) pool: Pool<DB>,
    pub(crate) store: SqlStore<DB, i64>,
    pub(crate) users: String,
}

impl<DB: Server> Host<DB>
where
    i64: AccountId<DB>,
{
    /// With the accounts `user1@example.com`, `user2@example.com`, …
    pub(crate) async fn open(pool: Pool<DB>, accounts: u32) -> Self {
        let users = format!("host_{:016x}", getrandom::u64().unwrap());
        for statement in [
            format!(
                "CREATE TABLE {users} (id BIGINT NOT NULL PRIMARY KEY, \
                 email VARCHAR(255) NOT NULL UNIQUE, password_hash VARCHAR(255) NOT NULL)"
            ),
            format!("CREATE TABLE {users}_sessions (user_id BIGINT NOT NULL)"),
            format!("CREATE INDEX {users}_sessions_user ON {users}_sessions (user_id)"),
        ] {
            DB::run(&pool, &statement).await;
        }
        for id in 1..=accounts {
            let values = format!("({id}, 'user{id}@example.com', 'the old one')");
            DB::run(&pool, &format!("INSERT INTO {users} VALUES {values}")).await;
        }
        let store = Self::store(pool.clone(), &users).await;
        Self { pool, store, users }
    }

    async fn store(pool: Pool<DB>, users: &str) -> SqlStore<DB, i64> {
        let [first, second, third] = DB::PARAMETERS;
        SqlStore::builder(pool)
            .accounts(format!("SELECT id, email AS address, password_hash AS stamp FROM {users}"))
            .login(format!("address = {first}"))
            .set_password(format!(
                "UPDATE {users} SET password_hash = {first} \
                 WHERE id = {second} AND password_hash = {third}"
            ))
            .end_sessions(format!("DELETE FROM {users}_sessions WHERE user_id = {first}"))
            .table(format!("{users}_ledgers"))
            .migrate()
            .await
            .unwrap()
            .open()
            .await
            .unwrap()
    }

    /// Drops the tables.
    pub(crate) async fn close(self) {
        for table in ["", "_sessions", "_ledgers"] {
            DB::run(&self.pool, &format!("DROP TABLE {}{table}", self.users)).await;
        }
    }
}
