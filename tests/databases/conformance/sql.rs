//! The SQL stores, on the databases that the environment names.

use crate::conformance::behind_faults::assert_conforms_behind_faults;
use crate::conformance::interleavings::{Gates, assert_one_story};
use crate::conformance::side_by_side::run_a_pair;
use Logins::{Shared, Unique};
use getrandom::u64 as random;
use password_reset::adapters::sql::{AccountId, IdKind, SqlStore};
use password_reset::adapters::sqlx::Sqlx;
use password_reset::conformance::{self, Fixture};
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres, Sqlite};
use time::UtcDateTime;

/// A table for each run, so that runs do not meet.
pub(crate) struct Tables {
    pub(crate) users: String,
    pub(crate) sessions: String,
    pub(crate) ledgers: String,
}

impl Tables {
    fn new() -> Self {
        let run = random().unwrap();
        let name = |of| format!("conformance_{of}_{run:016x}");
        Self { users: name("users"), sessions: name("sessions"), ledgers: name("ledgers") }
    }
}

fn is_conflict(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|code| ["40001", "40P01"].contains(&&*code))
}

/// Whether two accounts can have one login.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Logins {
    Unique,
    Shared,
}

impl Logins {
    const fn index(self) -> &'static str {
        match self {
            Self::Unique => "UNIQUE INDEX",
            Self::Shared => "INDEX",
        }
    }
}

/// What the tests themselves bind and read.
pub(crate) trait Bind<DB: sqlx::Database>:
    for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB> + Unpin
{
}

impl<DB: sqlx::Database, T> Bind<DB> for T where
    T: for<'q> sqlx::Encode<'q, DB> + sqlx::Type<DB> + Unpin
{
}

/// The type of a column of ids on a database.
fn id_type<Id: AccountId>(database: &str) -> &'static str {
    match (database, Id::KIND) {
        ("Sqlite", IdKind::Integer) => "INTEGER",
        ("Sqlite", IdKind::Uuid) => "BLOB",
        ("Postgres", IdKind::Uuid) => "UUID",
        (_, IdKind::Integer) => "BIGINT",
        (_, IdKind::Uuid) => "BINARY(16)",
        _ => "VARCHAR(255)",
    }
}

/// The host around a store: its tables, and what it does past the store.
macro_rules! host {
    ($host:ident, $database:ty, $parameters:expr, $address:literal, $share:literal) => {
        pub(crate) struct $host<Id> {
            pub(crate) store: SqlStore<Sqlx<$database>, Id>,
            pub(crate) pool: Pool<$database>,
            pub(crate) tables: Tables,
            new_id: fn() -> Id,
            logins: Logins,
        }

        impl<Id: AccountId + Bind<$database>> $host<Id> {
            pub(crate) async fn open(
                pool: Pool<$database>,
                new_id: fn() -> Id,
                logins: Logins,
            ) -> Self {
                let tables = Tables::new();
                let (users, sessions) = (&tables.users, &tables.sessions);
                let id = id_type::<Id>(stringify!($database));
                for statement in [
                    format!(
                        "CREATE TABLE {users} (id {id} NOT NULL PRIMARY KEY, \
                         email {} NOT NULL, password_hash VARCHAR(255) NOT NULL, \
                         disabled BOOLEAN NOT NULL DEFAULT FALSE)",
                        $address
                    ),
                    format!("CREATE {} {users}_email ON {users} (email)", logins.index()),
                    format!("CREATE TABLE {sessions} (user_id {id} NOT NULL)"),
                    format!("CREATE INDEX {sessions}_user ON {sessions} (user_id)"),
                ] {
                    sqlx::query(AssertSqlSafe(statement)).execute(&pool).await.unwrap();
                }
                let accounts = format!(
                    "SELECT id, email AS address, password_hash AS password FROM {users} \
                     WHERE NOT disabled;"
                );
                let store = SqlStore::<Sqlx<$database>, Id>::builder(pool.clone())
                    .accounts(accounts)
                    .login("address = {login} -- as the column compares")
                    .set_password(format!(
                        "UPDATE {users} SET password_hash = {{hash}} \
                         WHERE id = {{id}} AND password_hash = {{stamp}}"
                    ))
                    .end_sessions(format!("DELETE FROM {sessions} WHERE user_id = {{id}}"))
                    .table(tables.ledgers.clone())
                    .migrate()
                    .await
                    .unwrap()
                    .migrate()
                    .await
                    .unwrap()
                    .open()
                    .await
                    .unwrap();
                Self { store, pool, tables, new_id, logins }
            }

            /// Drops the tables.
            pub(crate) async fn close(self) {
                let Tables { users, sessions, ledgers } = &self.tables;
                for table in [users, sessions, ledgers] {
                    let drop = AssertSqlSafe(format!("DROP TABLE {table}"));
                    sqlx::query(drop).execute(&self.pool).await.unwrap();
                }
            }

            /// Writes a row, and again where the database gave up because of others.
            async fn write(&self, sql: String, text: Option<&str>, id: &Id) {
                assert_eq!(self.change(sql, text, id).await, 1);
            }

            /// Gives the number of rows.
            async fn change(&self, sql: String, text: Option<&str>, id: &Id) -> u64 {
                loop {
                    let query = sqlx::query(AssertSqlSafe(sql.clone()));
                    let query = text.into_iter().fold(query, |query, text| query.bind(text));
                    match query.bind(id.clone()).execute(&self.pool).await {
                        Err(sqlx::Error::Database(error)) if is_conflict(&*error) => {}
                        done => return done.unwrap().rows_affected(),
                    }
                }
            }
        }

        impl<Id: AccountId + Bind<$database>> Fixture for $host<Id> {
            type Store = SqlStore<Sqlx<$database>, Id>;

            fn store(&self) -> &Self::Store {
                &self.store
            }

            async fn add_account(&self, address: &str, password_hash: &str) -> Id {
                let (id, users, [first, second, third]) =
                    ((self.new_id)(), &self.tables.users, $parameters);
                let insert = format!(
                    "INSERT INTO {users} (email, password_hash, id) \
                     VALUES ({first}, {second}, {third})"
                );
                let query = sqlx::query(AssertSqlSafe(insert)).bind(address).bind(password_hash);
                query.bind(id.clone()).execute(&self.pool).await.unwrap();
                id
            }

            async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
                let may_share = self.logins == Logins::Shared;
                if may_share {
                    self.add_account(address, password_hash).await;
                }
                may_share
            }

            async fn delete_account(&self, id: &Id) {
                let (users, [first, ..]) = (&self.tables.users, $parameters);
                self.write(format!("DELETE FROM {users} WHERE id = {first}"), None, id).await;
            }

            async fn set_disabled(&self, id: &Id, disabled: bool) -> bool {
                let (users, [first, ..]) = (&self.tables.users, $parameters);
                let update = format!("UPDATE {users} SET disabled = {disabled} WHERE id = {first}");
                self.write(update, None, id).await;
                true
            }

            async fn set_address(&self, id: &Id, address: &str) {
                let (users, [first, second, _]) = (&self.tables.users, $parameters);
                let update = format!("UPDATE {users} SET email = {first} WHERE id = {second}");
                self.write(update, Some(address), id).await;
            }

            async fn set_password_hash(&self, id: &Id, hash: &str) {
                let (users, [first, second, _]) = (&self.tables.users, $parameters);
                let update =
                    format!("UPDATE {users} SET password_hash = {first} WHERE id = {second}");
                self.write(update, Some(hash), id).await;
            }

            async fn password_hash(&self, id: &Id) -> String {
                let (users, [first, ..]) = (&self.tables.users, $parameters);
                let select = format!("SELECT password_hash FROM {users} WHERE id = {first}");
                let query = sqlx::query_scalar(AssertSqlSafe(select)).bind(id.clone());
                query.fetch_one(&self.pool).await.unwrap()
            }

            async fn sign_in(&self, id: &Id, verified: &str) -> bool {
                let (Tables { users, sessions, .. }, [first, second, _]) =
                    (&self.tables, $parameters);
                let insert = format!(
                    "INSERT INTO {sessions} (user_id) SELECT id FROM {users} \
                     WHERE password_hash = {first} AND id = {second}{}",
                    $share
                );
                self.change(insert, Some(verified), id).await == 1
            }

            async fn sessions(&self, id: &Id) -> Option<usize> {
                let (sessions, [first, ..]) = (&self.tables.sessions, $parameters);
                let count = format!("SELECT count(*) FROM {sessions} WHERE user_id = {first}");
                let query = sqlx::query_scalar(AssertSqlSafe(count)).bind(id.clone());
                let count: i64 = query.fetch_one(&self.pool).await.unwrap();
                Some(usize::try_from(count).unwrap())
            }

            async fn purge(&self, now: UtcDateTime) {
                self.store.purge(now).await.unwrap();
            }
        }
    };
}

// The addresses of many hosts compare without case.
host!(OnSqlite, Sqlite, ["?", "?", "?"], "TEXT COLLATE NOCASE", "");
host!(OnPostgres, Postgres, ["$1", "$2", "$3"], "TEXT", " FOR SHARE");
host!(OnMySql, MySql, ["?", "?", "?"], "VARCHAR(255)", " LOCK IN SHARE MODE");

/// Runs the suite with one type of ids after the other.
macro_rules! conform {
    ($host:ident, $pool:expr, $($new_id:expr => $logins:expr),* $(,)?) => {
        $(
            let host = $host::open($pool, $new_id, $logins).await;
            conformance::run(&host).await;
            host.close().await;
        )*
    };
}

pub(crate) fn integer() -> i64 {
    (random().unwrap() >> 1).cast_signed()
}

fn small_integer() -> i32 {
    (getrandom::u32().unwrap() >> 1).cast_signed()
}

fn text() -> String {
    format!("user-{:x}", random().unwrap())
}

fn uuid() -> Uuid {
    Uuid::from_u64_pair(random().unwrap(), random().unwrap())
}

/// The pool for the URL in an environment variable, or a word that it is not set.
macro_rules! pool {
    ($database:ty, $variable:literal) => {
        match crate::support::url::url($variable) {
            Some(url) => Pool::<$database>::connect(&url).await.unwrap(),
            None => return,
        }
    };
}

#[tokio::test]
async fn the_sqlite_store_conforms() {
    let file = tempfile::tempdir().unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file.path().join("accounts.sqlite"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let pool = Pool::<Sqlite>::connect_with(options).await.unwrap();
    let uuid_as_text = || uuid().hyphenated();
    conform!(
        OnSqlite, pool.clone(),
        integer => Unique, small_integer => Shared, text => Unique, uuid => Shared,
        uuid_as_text => Unique,
    );
}

#[tokio::test]
async fn the_postgres_store_conforms() {
    let pool = pool!(Postgres, "TEST_POSTGRES_URL");
    conform!(
        OnPostgres, pool.clone(),
        integer => Unique, small_integer => Shared, text => Unique, uuid => Shared,
    );
}

#[tokio::test]
async fn the_mysql_store_conforms() {
    let pool = pool!(MySql, "TEST_MYSQL_URL");
    conform!(
        OnMySql, pool.clone(),
        integer => Unique, small_integer => Shared, text => Unique, uuid => Shared,
    );
}

#[tokio::test]
async fn runs_at_once_on_the_postgres_store_do_not_disturb_each_other() {
    let host = OnPostgres::open(pool!(Postgres, "TEST_POSTGRES_URL"), integer, Shared).await;
    for _ in 0..3 {
        run_a_pair(&host).await;
    }
    host.close().await;
}

#[tokio::test]
async fn runs_at_once_on_the_mysql_store_do_not_disturb_each_other() {
    let host = OnMySql::open(pool!(MySql, "TEST_MYSQL_URL"), integer, Shared).await;
    for _ in 0..3 {
        run_a_pair(&host).await;
    }
    host.close().await;
}

#[tokio::test]
async fn the_postgres_store_conforms_behind_faults() {
    let host = OnPostgres::open(pool!(Postgres, "TEST_POSTGRES_URL"), integer, Unique).await;
    assert_conforms_behind_faults(&host, 0..2).await;
    host.close().await;
}

#[tokio::test]
async fn the_mysql_store_conforms_behind_faults() {
    let host = OnMySql::open(pool!(MySql, "TEST_MYSQL_URL"), integer, Unique).await;
    assert_conforms_behind_faults(&host, 0..2).await;
    host.close().await;
}

#[tokio::test]
async fn every_interleaving_on_the_postgres_store_is_serializable() {
    let host = OnPostgres::open(pool!(Postgres, "TEST_POSTGRES_URL"), integer, Unique).await;
    assert_one_story(&host, Gates::Before).await;
    host.close().await;
}

#[tokio::test]
async fn every_interleaving_on_the_mysql_store_is_serializable() {
    let host = OnMySql::open(pool!(MySql, "TEST_MYSQL_URL"), integer, Unique).await;
    assert_one_story(&host, Gates::Before).await;
    host.close().await;
}
