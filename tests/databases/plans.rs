//! No statement of a store scans a table: each database is asked for its plans.

use crate::support::host::Server;
use crate::support::url::url;
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{
    AccountId, Applied, Driver, Fault, IdKind, Row, SqlStore, Statement, Step, Value,
};
use password_reset::store::Store;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{Arguments, AssertSqlSafe, Database, MySql, Pool, Postgres, Row as _, Sqlite};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::UtcDateTime;
use uuid::Uuid;

const ROWS: u32 = 10_000;

/// Every statement that ran, with values that it ran with.
type Log = Arc<Mutex<BTreeMap<String, Vec<Value<'static>>>>>;

/// A driver that remembers what it runs.
struct Recorder<D>(D, Log);

impl<D> Recorder<D> {
    fn log(&self, statement: &Statement, values: &[Value<'_>]) {
        let values = values.iter().map(|value| match value {
            Value::Integer(integer) => Value::Integer(*integer),
            Value::Text(text) => Value::Text(text.clone().into_owned().into()),
            Value::Bytes(bytes) => Value::Bytes(bytes.clone().into_owned().into()),
        });
        self.1.lock().unwrap().insert(statement.sql().to_string(), values.collect());
    }
}

impl<D: Driver> Driver for Recorder<D> {
    type Error = D::Error;
    const DATABASE: password_reset::adapters::sql::Database = D::DATABASE;

    async fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, D::Error> {
        self.log(statement, values);
        self.0.query(statement, values).await
    }

    async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, D::Error> {
        for step in steps {
            self.log(step.statement(), step.values());
        }
        self.0.apply(begin, steps).await
    }

    fn fault(error: &D::Error) -> Fault<'_> {
        D::fault(error)
    }
}

/// How a database is asked for its plans.
trait Explain: Server {
    const EXPLAIN: &'static str;
    const ANALYZE: &'static str;
    const EMAIL: &'static str;
    const EMAIL_INDEX: &'static str;
    const LOGIN: &'static str;
    /// A login's condition that no index serves.
    const UNINDEXED_LOGIN: &'static str;

    fn bytes(number: u32) -> String;
    fn scans(step: &str) -> bool;
    /// The steps of a plan.
    fn plan(
        pool: &Pool<Self>,
        sql: String,
        values: &[Value<'_>],
    ) -> impl Future<Output = Vec<String>>;
}

macro_rules! explain {
    ($step:expr) => {
        async fn plan(pool: &Pool<Self>, sql: String, values: &[Value<'_>]) -> Vec<String> {
            let mut arguments = <Self as Database>::Arguments::default();
            for value in values {
                match value {
                    Value::Integer(integer) => arguments.add(*integer),
                    Value::Text(text) => arguments.add(&**text),
                    Value::Bytes(bytes) => arguments.add(&**bytes),
                }
                .unwrap();
            }
            let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
            query.fetch_all(pool).await.unwrap().iter().map($step).collect()
        }
    };
}

impl Explain for Sqlite {
    const EXPLAIN: &'static str = "EXPLAIN QUERY PLAN";
    const ANALYZE: &'static str = "ANALYZE";
    const EMAIL: &'static str = "TEXT";
    const EMAIL_INDEX: &'static str = "lower(email)";
    const LOGIN: &'static str = "lower(address) = lower({login})";
    const UNINDEXED_LOGIN: &'static str = "address = {login}";

    fn bytes(number: u32) -> String {
        format!("x'{number:032x}'")
    }

    fn scans(step: &str) -> bool {
        step.starts_with("SCAN")
    }

    explain!(|row| row.get("detail"));
}

impl Explain for Postgres {
    const EXPLAIN: &'static str = "EXPLAIN";
    const ANALYZE: &'static str = "ANALYZE";
    const EMAIL: &'static str = "TEXT";
    const EMAIL_INDEX: &'static str = "lower(email)";
    const LOGIN: &'static str = "lower(address) = lower({login})";
    const UNINDEXED_LOGIN: &'static str = "address = {login}";

    fn bytes(number: u32) -> String {
        format!("'\\x{number:032x}'")
    }

    fn scans(step: &str) -> bool {
        step.contains("Seq Scan")
    }

    explain!(|row| row.get(0));
}

impl Explain for MySql {
    const EXPLAIN: &'static str = "EXPLAIN";
    const ANALYZE: &'static str = "ANALYZE TABLE";
    const EMAIL: &'static str = "VARCHAR(255)";
    const EMAIL_INDEX: &'static str = "email";
    const LOGIN: &'static str = "address = {login}";
    const UNINDEXED_LOGIN: &'static str = "lower(address) = lower({login})";

    fn bytes(number: u32) -> String {
        format!("x'{number:032x}'")
    }

    /// Through a table's rows or through all of an index.
    fn scans(step: &str) -> bool {
        step.starts_with("ALL ") || step.starts_with("index ")
    }

    explain!(|row| {
        let column = |name| row.get::<Option<String>, _>(name).unwrap_or_default();
        ["type", "table", "select_type", "key"].map(column).join(" ")
    });
}

/// The steps that scan a table in what a reset and a purge run, among many accounts whose ids are
/// kept in a column of this type, each with its statement and all of its plan.
async fn scans_of<DB: Explain, Id: AccountId>(
    pool: &Pool<DB>,
    (id, write): (&str, &str),
    login: &str,
    id_of: fn(u32) -> Id,
) -> Vec<String>
where
    Recorder<DB::Driver>: Driver,
{
    let name = format!("plans_{:016x}", getrandom::u64().unwrap());
    let log = Log::default();
    let driver = Recorder(DB::Driver::from(pool.clone()), log.clone());
    let builder = SqlStore::<Recorder<DB::Driver>, Id>::builder(driver)
        .accounts(format!(
            "SELECT id, email AS address, hash AS password FROM {name} WHERE hash <> ''"
        ))
        .login(login)
        .set_password(format!(
            "UPDATE {name} SET hash = {{hash}} WHERE id = {{id}} AND hash = {{stamp}}"
        ))
        .end_sessions(format!("DELETE FROM {name}_s WHERE user_id = {{id}}"))
        .table(format!("{name}_l"));
    let builder = builder.migrate().await.unwrap();
    let rows = |row: &dyn Fn(u32) -> String| (1..=ROWS).map(row).collect::<Vec<_>>().join(", ");
    let own = |n: u32| write.replace('@', &id_of(n).to_text());
    let users = rows(&|n| format!("({}, 'user{n}@example.com', 'hash{n}')", own(n)));
    let sessions = rows(&|n| format!("({})", own(n)));
    let ledger_id = |n: u32| match Id::KIND {
        IdKind::Uuid if DB::NAME != "PostgreSQL" => DB::bytes(n),
        _ => format!("'{}'", id_of(n).to_text()),
    };
    let selector = |n: u32| DB::bytes(n).replacen("00000000", "", 1);
    let ledgers =
        rows(&|n| format!("({}, {}, 1, {1}, 'live', {n}, {n}, {n})", ledger_id(n), selector(n)));
    for statement in [
        format!(
            "CREATE TABLE {name} (id {id} NOT NULL PRIMARY KEY, email {}, hash {0})",
            DB::EMAIL
        ),
        format!("CREATE INDEX {name}_email ON {name} ({})", DB::EMAIL_INDEX),
        format!("CREATE TABLE {name}_s (user_id {id} NOT NULL)"),
        format!("CREATE INDEX {name}_s_user ON {name}_s (user_id)"),
        format!("INSERT INTO {name} VALUES {users}"),
        format!("INSERT INTO {name}_s VALUES {sessions}"),
        format!("INSERT INTO {name}_l VALUES {ledgers}"),
        // The two who reset their passwords have no ledger yet.
        format!("DELETE FROM {name}_l WHERE forgettable_at IN (7, 8)"),
        format!("{} {name}", DB::ANALYZE),
        format!("{} {name}_s", DB::ANALYZE),
        format!("{} {name}_l", DB::ANALYZE),
    ] {
        DB::run(pool, statement).await.unwrap();
    }
    let store = builder.open().await.unwrap();
    log.lock().unwrap().clear();
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH + Duration::from_secs(1));
    let resets = PasswordReset::builder(store.clone(), Outbox::new(), link);
    let resets = resets.clock(clock.clone()).build().unwrap();
    for _ in 0..2 {
        clock.advance(Duration::from_secs(600));
        let handled = resets.request("user7@example.com").await;
        assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
    }
    let mails = resets.mailer().take();
    let token = mails.iter().rev().find_map(|mail| mail.link()).unwrap().expose_token();
    let accepted = resets.accept(token, "Abcdefg1").await.unwrap();
    assert_eq!(accepted.commit("new").await.unwrap().ended_sessions, Some(1));
    assert!(store.find_by_id(&id_of(9)).await.unwrap().is_some());
    assert_eq!(store.purge(UtcDateTime::UNIX_EPOCH + Duration::from_secs(20)).await.unwrap(), 18);

    let ran = log.lock().unwrap().clone();
    assert_eq!(
        ran.len(),
        9,
        "find by login, id and selector, insert, update, three of a redemption, purge"
    );
    let mut scans = Vec::new();
    for (sql, values) in ran {
        let steps = DB::plan(pool, format!("{} {sql}", DB::EXPLAIN), &values).await;
        assert!(!steps.is_empty(), "no plan of {sql}");
        let found = steps.iter().filter(|step| DB::scans(step));
        scans.extend(found.map(|step| format!("{step} in {sql}: {steps:#?}")));
    }
    for table in ["", "_s", "_l"] {
        DB::run(pool, format!("DROP TABLE {name}{table}")).await.unwrap();
    }
    scans
}

fn integer(number: u32) -> i64 {
    number.into()
}

fn unsigned(number: u32) -> u64 {
    number.into()
}

fn text(number: u32) -> String {
    format!("user-{number}")
}

fn uuid(number: u32) -> Uuid {
    Uuid::from_u128(number.into())
}

/// For each type of a column of ids, how an id is written, and the type of ids.
macro_rules! assert_no_scan {
    ($database:ty, $pool:expr, $($column:literal, $write:literal: $id:ident),* $(,)?) => {
        let pool: Pool<$database> = $pool;
        $(
            let scans = scans_of::<$database, _>(&pool, ($column, $write), <$database>::LOGIN, $id);
            let scans = scans.await;
            assert!(scans.is_empty(), "{}: {}", $column, scans.join("\n"));
        )*
        let login = <$database>::UNINDEXED_LOGIN;
        let unindexed = scans_of::<$database, _>(&pool, ("BIGINT", "@"), login, integer).await;
        assert_eq!(unindexed.len(), 1, "a scan would be noticed");
    };
}

#[tokio::test]
async fn no_statement_scans_a_table_on_sqlite() {
    let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
    assert_no_scan!(
        Sqlite, one.connect("sqlite::memory:").await.unwrap(),
        "INTEGER", "@": integer, "TEXT", "'@'": text, "BLOB", "unhex(replace('@', '-', ''))": uuid,
    );
}

#[tokio::test]
async fn no_statement_scans_a_table_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    assert_no_scan!(
        Postgres, Pool::connect(&url).await.unwrap(),
        "BIGINT", "@": integer, "INTEGER", "@": integer, "SMALLINT", "@": integer,
        "NUMERIC(20)", "@": unsigned, "NUMERIC", "@": integer, "BIGINT", "@": unsigned,
        "TEXT", "'@'": text, "VARCHAR(40)", "'@'": text, "CHAR(20)", "'@'": text,
        "UUID", "'@'": uuid, "TEXT", "'@'": uuid, "CHAR(36)", "'@'": uuid,
        "BYTEA", "decode(replace('@', '-', ''), 'hex')": uuid,
    );
}

#[tokio::test]
async fn no_statement_scans_a_table_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    assert_no_scan!(
        MySql, Pool::connect(&url).await.unwrap(),
        "BIGINT", "@": integer, "INT", "@": integer, "INT UNSIGNED", "@": integer,
        "BIGINT UNSIGNED", "@": integer, "BIGINT UNSIGNED", "@": unsigned,
        "SMALLINT UNSIGNED", "@": integer, "DECIMAL(20)", "@": unsigned,
        "VARCHAR(40)", "'@'": text, "VARCHAR(40) COLLATE utf8mb4_bin", "'@'": text,
        "VARCHAR(40) CHARACTER SET latin1", "'@'": text, "CHAR(20) CHARACTER SET ascii", "'@'": text,
        "UUID", "'@'": uuid, "CHAR(36)", "'@'": uuid, "BINARY(16)", "unhex(replace('@', '-', ''))": uuid,
    );
}
