//! A host on each database: its tables, some accounts, and a store beside them.

use password_reset::adapters::sql::{Driver, SqlStore, SqlStoreBuilder};
use password_reset::adapters::sqlx::Sqlx;
use sqlx::{AssertSqlSafe, Database, MySql, Pool, Postgres, Sqlite};

/// What the tests need to say of a database.
pub(crate) trait Server: Database {
    type Driver: Driver + From<Pool<Self>>;

    /// Runs a statement, without preparing it, and returns the number of rows that it changed.
    fn run(pool: &Pool<Self>, sql: String)
    -> impl Future<Output = Result<u64, sqlx::Error>> + Send;

    /// Rows of a number and a text.
    fn rows(
        pool: &Pool<Self>,
        sql: String,
    ) -> impl Future<Output = Result<Vec<(i64, String)>, sqlx::Error>> + Send;

    /// Rows of one text.
    fn texts(
        pool: &Pool<Self>,
        sql: String,
    ) -> impl Future<Output = Result<Vec<Option<String>>, sqlx::Error>> + Send;

    /// The only number of the only row.
    fn number(
        pool: &Pool<Self>,
        sql: String,
    ) -> impl Future<Output = Result<i64, sqlx::Error>> + Send;
}

macro_rules! server {
    ($database:ty) => {
        impl Server for $database {
            type Driver = Sqlx<Self>;

            async fn run(pool: &Pool<Self>, sql: String) -> Result<u64, sqlx::Error> {
                let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await?;
                Ok(done.rows_affected())
            }

            async fn rows(
                pool: &Pool<Self>,
                sql: String,
            ) -> Result<Vec<(i64, String)>, sqlx::Error> {
                sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await
            }

            async fn texts(
                pool: &Pool<Self>,
                sql: String,
            ) -> Result<Vec<Option<String>>, sqlx::Error> {
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await
            }

            async fn number(pool: &Pool<Self>, sql: String) -> Result<i64, sqlx::Error> {
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await
            }
        }
    };
}

server!(Sqlite);
server!(Postgres);
server!(MySql);

/// The tables of one host, told apart from others' by a prefix.
#[derive(Clone, Debug)]
pub(crate) struct Tables(String);

impl Tables {
    pub(crate) fn new() -> Self {
        Self(format!("t{:016x}", getrandom::u64().unwrap()))
    }

    pub(crate) fn with_prefix(prefix: &str) -> Self {
        Self(prefix.to_owned())
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.0
    }

    pub(crate) fn users(&self) -> String {
        format!("{}_users", self.0)
    }

    pub(crate) fn ledgers(&self) -> String {
        format!("{}_ledgers", self.0)
    }

    /// Creates them, with so many accounts, each with the password hash `first`.
    pub(crate) async fn create<DB: Server>(&self, pool: &Pool<DB>, accounts: i64) {
        let prefix = &self.0;
        let mut statements = vec![
            format!(
                "CREATE TABLE {prefix}_users (id BIGINT NOT NULL PRIMARY KEY, \
                 email VARCHAR(255) NOT NULL UNIQUE, password_hash VARCHAR(255) NOT NULL)"
            ),
            format!(
                "CREATE TABLE {prefix}_sessions (user_id BIGINT NOT NULL, \
                 password_hash VARCHAR(255) NOT NULL)"
            ),
            format!("CREATE INDEX {prefix}_user ON {prefix}_sessions (user_id)"),
        ];
        statements.extend((1..=accounts).map(|id| {
            format!("INSERT INTO {prefix}_users VALUES ({id}, '{}', 'first')", address(id))
        }));
        for statement in statements {
            DB::run(pool, statement).await.unwrap();
        }
        let _ = self.builder(pool).migrate().await.unwrap();
    }

    pub(crate) fn builder<DB: Server>(&self, pool: &Pool<DB>) -> SqlStoreBuilder<DB::Driver, i64> {
        let prefix = &self.0;
        SqlStore::<DB::Driver, i64>::builder(pool.clone())
            .accounts(format!(
                "SELECT id, email AS address, password_hash AS password FROM {prefix}_users"
            ))
            .login("address = {login}")
            .set_password(format!(
                "UPDATE {prefix}_users SET password_hash = {{hash}} \
                 WHERE id = {{id}} AND password_hash = {{stamp}}"
            ))
            .end_sessions(format!("DELETE FROM {prefix}_sessions WHERE user_id = {{id}}"))
            .table(format!("{prefix}_ledgers"))
    }

    pub(crate) async fn store<DB: Server>(&self, pool: &Pool<DB>) -> SqlStore<DB::Driver, i64> {
        self.builder(pool).open().await.unwrap()
    }

    /// Signs an account in: its session remembers the password hash of that moment.
    pub(crate) async fn sign_in<DB: Server>(
        &self,
        pool: &Pool<DB>,
        id: i64,
    ) -> Result<u64, sqlx::Error> {
        let prefix = &self.0;
        let insert = format!(
            "INSERT INTO {prefix}_sessions SELECT id, password_hash FROM {prefix}_users \
             WHERE id = {id}"
        );
        DB::run(pool, insert).await
    }

    /// Every account's password hash.
    pub(crate) async fn passwords<DB: Server>(&self, pool: &Pool<DB>) -> Vec<(i64, String)> {
        let select = format!("SELECT id, password_hash FROM {}_users ORDER BY id", self.0);
        DB::rows(pool, select).await.unwrap()
    }

    pub(crate) async fn password<DB: Server>(
        &self,
        pool: &Pool<DB>,
        id: i64,
    ) -> Result<String, sqlx::Error> {
        let select = format!("SELECT id, password_hash FROM {}_users WHERE id = {id}", self.0);
        let mut rows = DB::rows(pool, select).await?;
        Ok(rows.pop().ok_or(sqlx::Error::RowNotFound)?.1)
    }

    /// Every session's account, and its password hash at the time.
    pub(crate) async fn sessions<DB: Server>(&self, pool: &Pool<DB>) -> Vec<(i64, String)> {
        let select = format!("SELECT user_id, password_hash FROM {}_sessions", self.0);
        DB::rows(pool, select).await.unwrap()
    }

    pub(crate) async fn drop<DB: Server>(&self, pool: &Pool<DB>) {
        for of in ["users", "sessions", "ledgers"] {
            DB::run(pool, format!("DROP TABLE {}_{of}", self.0)).await.unwrap();
        }
    }
}

/// A store over tables of its own.
pub(crate) struct Host<DB: Server> {
    pub(crate) pool: Pool<DB>,
    pub(crate) store: SqlStore<DB::Driver, i64>,
    pub(crate) tables: Tables,
}

impl<DB: Server> Host<DB> {
    pub(crate) async fn open(pool: Pool<DB>, accounts: i64) -> Self {
        let tables = Tables::new();
        tables.create(&pool, accounts).await;
        let store = tables.store(&pool).await;
        Self { pool, store, tables }
    }

    pub(crate) async fn run(&self, sql: impl Into<String>) {
        DB::run(&self.pool, sql.into()).await.unwrap();
    }

    pub(crate) async fn number(&self, sql: impl Into<String>) -> i64 {
        DB::number(&self.pool, sql.into()).await.unwrap()
    }

    /// Drops the tables.
    pub(crate) async fn close(self) {
        self.tables.drop(&self.pool).await;
    }
}

/// The address of an account.
pub(crate) fn address(id: i64) -> String {
    format!("user-{id}@example.com")
}
