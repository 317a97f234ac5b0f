//! The host around a driver's store: its tables, and its own statements beside the store.
#![allow(dead_code, reason = "on SQLite there is no server whose URL is needed")]

use password_reset::adapters::sql::{Database, Driver, Fault, SqlStore};
use password_reset::conformance::Fixture;
use std::io::Write as _;
use time::UtcDateTime;

/// How a host runs its own statements, on the pool that the driver uses too.
pub trait Host: Sync {
    type Driver: Driver;

    /// Returns a driver over the host's pool.
    fn driver(&self) -> Self::Driver;

    /// Runs a statement and returns the number of rows that it changed.
    async fn execute(&self, sql: String) -> Result<u64, <Self::Driver as Driver>::Error>;

    /// Reads one text.
    async fn text(&self, sql: String) -> String;
}

/// The tables of one run. Each run has its own.
pub struct Tables<H: Host> {
    host: H,
    store: SqlStore<H::Driver, i64>,
    run: u64,
}

impl<H: Host> Tables<H> {
    pub async fn new(host: H) -> Self {
        let run = getrandom::u64().unwrap();
        for table in [
            format!(
                "CREATE TABLE users_{run:x} (id BIGINT NOT NULL PRIMARY KEY, \
                 email VARCHAR(255) NOT NULL, password_hash VARCHAR(255) NOT NULL, \
                 disabled BOOLEAN NOT NULL DEFAULT FALSE)"
            ),
            format!("CREATE INDEX users_{run:x}_email ON users_{run:x} (email)"),
            format!("CREATE TABLE sessions_{run:x} (user_id BIGINT NOT NULL)"),
            format!("CREATE INDEX sessions_{run:x}_user ON sessions_{run:x} (user_id)"),
        ] {
            host.execute(table).await.unwrap();
        }
        let store = SqlStore::<H::Driver, i64>::builder(host.driver())
            .accounts(format!(
                "SELECT id, email AS address, password_hash AS password FROM users_{run:x} \
                 WHERE NOT disabled"
            ))
            .login("address = {login}")
            .set_password(format!(
                "UPDATE users_{run:x} SET password_hash = {{hash}} \
                 WHERE id = {{id}} AND password_hash = {{stamp}}"
            ))
            .end_sessions(format!("DELETE FROM sessions_{run:x} WHERE user_id = {{id}}"))
            .table(format!("ledgers_{run:x}"))
            .migrate()
            .await
            .unwrap();
        Self { store: store.open().await.unwrap(), host, run }
    }

    /// Tries out a redemption on a pool of one connection that has become read-only. It succeeds
    /// only if that connection is closed and a new one is opened. The password stays the same, so
    /// it also shows that rows are counted which do not change.
    pub async fn assert_heals(&self) {
        self.add_account("alice@example.com", "hash").await;
        let sick = match H::Driver::DATABASE {
            Database::Postgres => "SET default_transaction_read_only = on",
            Database::MySql => "SET SESSION TRANSACTION READ ONLY",
            Database::Sqlite => "PRAGMA query_only = on",
        };
        self.host.execute(sick.into()).await.unwrap();
        self.store.try_out("alice@example.com", "hash").await.unwrap();
    }

    pub fn store(&self) -> &SqlStore<H::Driver, i64> {
        &self.store
    }

    /// Drops the tables.
    pub async fn drop(self) {
        for table in ["users", "sessions", "ledgers"] {
            self.host.execute(format!("DROP TABLE {table}_{:x}", self.run)).await.unwrap();
        }
    }

    /// Writes, and retries if the database gave up because of others. Returns the number of rows.
    async fn write(&self, sql: &str) -> u64 {
        loop {
            match self.host.execute(sql.replace('#', &format!("{:x}", self.run))).await {
                Err(error) if is_conflict::<H::Driver>(&error) => {}
                done => return done.unwrap(),
            }
        }
    }

    async fn write_one(&self, sql: &str) {
        assert_eq!(self.write(sql).await, 1);
    }

    async fn read(&self, sql: &str) -> String {
        self.host.text(sql.replace('#', &format!("{:x}", self.run))).await
    }
}

fn is_conflict<D: Driver>(error: &D::Error) -> bool {
    let conflicts = ["40001", "40P01", "1213", "1020", "5", "517"];
    matches!(D::fault(error), Fault::Database { code, .. } if conflicts.contains(&&*code))
}

/// Returns a text as the database writes it, whatever its characters.
fn literal<D: Driver>(text: &str) -> String {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    match D::DATABASE {
        Database::Postgres => format!("convert_from(decode('{hex}', 'hex'), 'UTF8')"),
        Database::MySql => format!("CONVERT(X'{hex}' USING utf8mb4)"),
        Database::Sqlite => format!("CAST(X'{hex}' AS TEXT)"),
    }
}

impl<H: Host> Fixture for Tables<H> {
    type Store = SqlStore<H::Driver, i64>;

    fn store(&self) -> &Self::Store {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let id = (getrandom::u64().unwrap() >> 1).cast_signed();
        let [address, hash] = [address, password_hash].map(literal::<H::Driver>);
        let columns = "INSERT INTO users_# (id, email, password_hash)";
        self.write_one(&format!("{columns} VALUES ({id}, {address}, {hash})")).await;
        id
    }

    async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
        self.add_account(address, password_hash).await;
        true
    }

    async fn delete_account(&self, id: &i64) {
        self.write_one(&format!("DELETE FROM users_# WHERE id = {id}")).await;
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        self.write_one(&format!("UPDATE users_# SET disabled = {disabled} WHERE id = {id}")).await;
        true
    }

    async fn set_address(&self, id: &i64, address: &str) {
        let address = literal::<H::Driver>(address);
        self.write_one(&format!("UPDATE users_# SET email = {address} WHERE id = {id}")).await;
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        let hash = literal::<H::Driver>(password_hash);
        self.write_one(&format!("UPDATE users_# SET password_hash = {hash} WHERE id = {id}")).await;
    }

    async fn password_hash(&self, id: &i64) -> String {
        self.read(&format!("SELECT password_hash FROM users_# WHERE id = {id}")).await
    }

    async fn sign_in(&self, id: &i64, verified: &str) -> bool {
        let verified = literal::<H::Driver>(verified);
        let lock = match H::Driver::DATABASE {
            Database::Postgres => "FOR SHARE",
            Database::MySql => "LOCK IN SHARE MODE",
            Database::Sqlite => "",
        };
        let insert = format!(
            "INSERT INTO sessions_# (user_id) SELECT id FROM users_# \
             WHERE password_hash = {verified} AND id = {id} {lock}"
        );
        self.write(&insert).await == 1
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let count = match H::Driver::DATABASE {
            Database::MySql => "CAST(count(*) AS CHAR)",
            _ => "CAST(count(*) AS TEXT)",
        };
        let count = format!("SELECT {count} FROM sessions_# WHERE user_id = {id}");
        Some(self.read(&count).await.parse().unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        self.store.purge(now).await.unwrap();
    }
}

/// Returns the URL in an environment variable. If it is not set, prints, also past the test runner,
/// that this test is skipped.
pub fn url(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {variable} is not set");
    }
    url
}
