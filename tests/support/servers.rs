//! Hosts on the database servers that the environment names, each with tables of its own.

use password_reset::adapters::sql::{Driver, SqlStore};
use password_reset::adapters::sqlx::Sqlx;
use sqlx::{AssertSqlSafe, Database, MySql, Pool, Postgres};

/// A database server under test.
pub(crate) trait Server: Database {
    type Driver: Driver + From<Pool<Self>>;

    fn run(pool: &Pool<Self>, sql: &str) -> impl Future<Output = ()> + Send;
    fn number(pool: &Pool<Self>, sql: &str) -> impl Future<Output = i64> + Send;
}

macro_rules! server {
    ($database:ty) => {
        impl Server for $database {
            type Driver = Sqlx<Self>;

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

server!(Postgres);
server!(MySql);

/// Users, sessions and ledgers: the tables `…`, `…_sessions` and `…_ledgers`.
pub(crate) struct Host<DB: Server> {
    pub(crate) pool: Pool<DB>,
    pub(crate) store: SqlStore<DB::Driver, i64>,
    pub(crate) users: String,
}

impl<DB: Server> Host<DB> {
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

    async fn store(pool: Pool<DB>, users: &str) -> SqlStore<DB::Driver, i64> {
        SqlStore::builder(pool)
            .accounts(format!(
                "SELECT id, email AS address, password_hash AS password FROM {users}"
            ))
            .login("address = {login}")
            .set_password(format!(
                "UPDATE {users} SET password_hash = {{hash}} \
                 WHERE id = {{id}} AND password_hash = {{stamp}}"
            ))
            .end_sessions(format!("DELETE FROM {users}_sessions WHERE user_id = {{id}}"))
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
