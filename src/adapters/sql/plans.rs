//! No statement of a store scans a table, asked of the databases themselves.

#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres"))]
#[path = "../../../tests/support/url.rs"]
mod url;

use super::commit::{add, swap_arguments};
use super::value::Value;
use super::{AccountId, Dialect, SqlStore, values};
use crate::store::{Account, Change};
use crate::token::{Entropy, TokenIssuer};
use core::fmt::Display;
use sqlx::{Pool, Row};
use std::sync::Arc;
use time::UtcDateTime;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres"))]
use url::url;

const ROWS: u32 = 10_000;

/// How a database is asked for its plans.
trait Explain: Dialect {
    const EXPLAIN: &'static str;
    const ANALYZE: &'static str;
    const EMAIL: &'static str;
    const EMAIL_INDEX: &'static str;
    const LOGIN: &'static str;
    /// A login's condition that no index serves.
    const UNINDEXED_LOGIN: &'static str;

    fn bytes(number: u32) -> String;
    /// One step of a plan.
    fn step(row: &Self::Row) -> String;
    fn scans(step: &str) -> bool;
}

#[cfg(feature = "sqlx-sqlite")]
impl Explain for sqlx::Sqlite {
    const EXPLAIN: &'static str = "EXPLAIN QUERY PLAN";
    const ANALYZE: &'static str = "ANALYZE";
    const EMAIL: &'static str = "TEXT";
    const EMAIL_INDEX: &'static str = "lower(email)";
    const LOGIN: &'static str = "lower(address) = lower(?)";
    const UNINDEXED_LOGIN: &'static str = "address = ?";

    fn bytes(number: u32) -> String {
        format!("x'{number:024x}'")
    }

    fn step(row: &Self::Row) -> String {
        row.get("detail")
    }

    fn scans(step: &str) -> bool {
        step.starts_with("SCAN")
    }
}

#[cfg(feature = "sqlx-postgres")]
impl Explain for sqlx::Postgres {
    const EXPLAIN: &'static str = "EXPLAIN";
    const ANALYZE: &'static str = "ANALYZE";
    const EMAIL: &'static str = "TEXT";
    const EMAIL_INDEX: &'static str = "lower(email)";
    const LOGIN: &'static str = "lower(address) = lower($1)";
    const UNINDEXED_LOGIN: &'static str = "address = $1";

    fn bytes(number: u32) -> String {
        format!("'\\x{number:024x}'")
    }

    fn step(row: &Self::Row) -> String {
        row.get(0)
    }

    fn scans(step: &str) -> bool {
        step.contains("Seq Scan")
    }
}

#[cfg(feature = "sqlx-mysql")]
impl Explain for sqlx::MySql {
    const EXPLAIN: &'static str = "EXPLAIN";
    const ANALYZE: &'static str = "ANALYZE TABLE";
    const EMAIL: &'static str = "VARCHAR(255)";
    const EMAIL_INDEX: &'static str = "email";
    const LOGIN: &'static str = "address = ?";
    const UNINDEXED_LOGIN: &'static str = "lower(address) = lower(?)";

    fn bytes(number: u32) -> String {
        format!("x'{number:024x}'")
    }

    fn step(row: &Self::Row) -> String {
        let column = |name| row.get::<Option<String>, _>(name).unwrap_or_default();
        ["type", "table", "select_type", "key"].map(column).join(" ")
    }

    /// Through a table's rows or through all of an index.
    fn scans(step: &str) -> bool {
        step.starts_with("ALL ") || step.starts_with("index ")
    }
}

/// Tables of their own with many rows, and a store on them.
struct Host<DB: Dialect, Id> {
    store: SqlStore<DB, Id>,
    name: String,
}

impl<DB: Explain, Id: AccountId<DB> + Display> Host<DB, Id> {
    async fn open(pool: Pool<DB>, login: &str, id_of: fn(u32) -> Id) -> Self {
        let name = format!("plans_{:016x}", getrandom::u64().unwrap());
        let (id, email, email_index) = (Id::COLUMN_TYPE, DB::EMAIL, DB::EMAIL_INDEX);
        let hash = DB::placeholder(1);
        let condition = format!("id = {} AND hash = {}", DB::placeholder(2), DB::placeholder(3));
        let builder = SqlStore::<DB, Id>::builder(pool.clone())
            .accounts(format!(
                "SELECT id, email AS address, hash AS stamp FROM {name} WHERE hash <> ''"
            ))
            .login(login)
            .set_password(format!("UPDATE {name} SET hash = {hash} WHERE {condition}"))
            .end_sessions(format!("DELETE FROM {name}_s WHERE user_id = {hash}"))
            .table(format!("{name}_l"));
        let builder = builder.migrate().await.unwrap();
        let rows = |row: &dyn Fn(u32) -> String| (1..=ROWS).map(row).collect::<Vec<_>>().join(", ");
        let users = rows(&|n| format!("('{}', 'user{n}@example.com', 'hash{n}')", id_of(n)));
        let sessions = rows(&|n| format!("('{}')", id_of(n)));
        let ledgers = rows(&|n| {
            format!("('{}', {1}, 1, {1}, 'live', {n}, {n}, {n})", id_of(n), DB::bytes(n))
        });
        for statement in [
            format!(
                "CREATE TABLE {name} (id {id} NOT NULL PRIMARY KEY, email {email}, hash {email})"
            ),
            format!("CREATE INDEX {name}_email ON {name} ({email_index})"),
            format!("CREATE TABLE {name}_s (user_id {id} NOT NULL)"),
            format!("CREATE INDEX {name}_s_user ON {name}_s (user_id)"),
            format!("INSERT INTO {name} VALUES {users}"),
            format!("INSERT INTO {name}_s VALUES {sessions}"),
            format!("INSERT INTO {name}_l VALUES {ledgers}"),
            format!("{} {name}", DB::ANALYZE),
            format!("{} {name}_s", DB::ANALYZE),
            format!("{} {name}_l", DB::ANALYZE),
        ] {
            run(&pool, &statement).await;
        }
        Self { store: builder.open().await.unwrap(), name }
    }

    /// Every statement with arguments as it runs with.
    fn statements(&self, id: &Id) -> Vec<(Arc<str>, DB::Arguments)> {
        let stamp = Value::Text("hash7");
        let account = Account::new(id.clone(), "user7@example.com", stamp.to_stamp(), None);
        let issue = |ledger| {
            let entropy = Entropy::from_system().unwrap();
            let now = UtcDateTime::UNIX_EPOCH;
            TokenIssuer::default().issue(ledger, account.binding(), now, entropy).unwrap().ledger
        };
        let (first, sql) = (issue(None), &self.store.sql);
        let swap = |present| {
            swap_arguments::<DB, Id>(&Change::new(&account, present, &first, None), stamp).unwrap()
        };
        let selector = Value::Bytes(first.selector().as_bytes());
        let mut set_password = values::<DB>([Value::Text("new")]).unwrap();
        add(&mut set_password, id).unwrap();
        DB::bind(&mut set_password, stamp).unwrap();
        let mut end_sessions = DB::Arguments::default();
        add(&mut end_sessions, id).unwrap();
        let mut by_id = DB::Arguments::default();
        add(&mut by_id, id).unwrap();
        let login = values::<DB>([Value::Text("user7@example.com")]).unwrap();
        vec![
            (Arc::clone(&sql.find_by_login), login),
            (Arc::clone(&sql.find_by_id), by_id),
            (Arc::clone(&sql.find_by_selector), values::<DB>([selector]).unwrap()),
            (Arc::clone(&sql.insert), swap(None)),
            (Arc::clone(&sql.update), swap(Some(&first))),
            (Arc::clone(&sql.set_password), set_password),
            (sql.end_sessions.clone().unwrap(), end_sessions),
            (Arc::clone(&sql.purge), values::<DB>([Value::Integer(2000)]).unwrap()),
        ]
    }

    /// The steps that scan a table, each with its statement and all of its plan.
    async fn scans(self, id: &Id) -> Vec<String> {
        let mut scans = Vec::new();
        for (sql, arguments) in self.statements(id) {
            let explain = format!("{} {sql}", DB::EXPLAIN).into();
            let mut connection = self.store.pool.acquire().await.unwrap();
            let rows = DB::fetch(&mut connection, &explain, arguments).await.unwrap();
            let steps: Vec<_> = rows.iter().map(DB::step).collect();
            assert!(!steps.is_empty(), "no plan of {sql}");
            let found = steps.iter().filter(|step| DB::scans(step));
            scans.extend(found.map(|step| format!("{step} in {sql}: {steps:#?}")));
        }
        for table in ["", "_s", "_l"] {
            run(&self.store.pool, &format!("DROP TABLE {}{table}", self.name)).await;
        }
        scans
    }
}

async fn run<DB: Dialect>(pool: &Pool<DB>, sql: &str) {
    let mut connection = pool.acquire().await.unwrap();
    DB::execute(&mut connection, &sql.into(), DB::Arguments::default()).await.unwrap();
}

fn integer(number: u32) -> i64 {
    number.into()
}

fn text(number: u32) -> String {
    format!("user-{number}")
}

async fn assert_no_scan<DB: Explain>(pool: Pool<DB>)
where
    i64: AccountId<DB>,
    String: AccountId<DB>,
{
    let with_integers = Host::open(pool.clone(), DB::LOGIN, integer).await;
    let scans = with_integers.scans(&integer(7)).await;
    assert!(scans.is_empty(), "{}", scans.join("\n"));
    let with_text = Host::open(pool.clone(), DB::LOGIN, text).await;
    let scans = with_text.scans(&text(7)).await;
    assert!(scans.is_empty(), "{}", scans.join("\n"));

    let unindexed = Host::open(pool, DB::UNINDEXED_LOGIN, integer).await;
    assert_eq!(unindexed.scans(&integer(7)).await.len(), 1, "a scan would be noticed");
}

#[cfg(feature = "sqlx-sqlite")]
#[tokio::test]
async fn no_statement_scans_a_table_on_sqlite() {
    let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    assert_no_scan(one.connect("sqlite::memory:").await.unwrap()).await;
}

#[cfg(feature = "sqlx-postgres")]
#[tokio::test]
async fn no_statement_scans_a_table_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    assert_no_scan(Pool::<sqlx::Postgres>::connect(&url).await.unwrap()).await;
}

#[cfg(feature = "sqlx-mysql")]
#[tokio::test]
async fn no_statement_scans_a_table_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    assert_no_scan(Pool::<sqlx::MySql>::connect(&url).await.unwrap()).await;
}
