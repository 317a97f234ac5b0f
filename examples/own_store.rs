//! A store of one's own: the ledger on the users table, in SQLite through rusqlite.

use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, ToSql};
use std::sync::Mutex;

pub(crate) const SCHEMA: &str =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL, disabled BOOLEAN NOT NULL DEFAULT FALSE,
    session_epoch INTEGER NOT NULL DEFAULT 0, selector BLOB UNIQUE,
    revision INTEGER NOT NULL DEFAULT 0, ledger BLOB, forgettable_at INTEGER);
    CREATE TABLE sessions (user_id INTEGER NOT NULL, epoch INTEGER NOT NULL)";

pub(crate) struct OwnStore(pub(crate) Mutex<Connection>);

impl OwnStore {
    fn find(&self, condition: &str, value: impl ToSql) -> Result<Option<Account<i64>>> {
        let sql = format!(
            "SELECT id, email, password_hash, ledger FROM users WHERE NOT disabled AND {condition}"
        );
        let account = |row: &Row<'_>| -> Result<_> {
            let (address, stamp): (String, String) = (row.get(1)?, row.get(2)?);
            Ok(Account::new(row.get(0)?, address, stamp, row.get(3)?))
        };
        self.0.lock().unwrap().query_row(&sql, [value], account).optional()
    }

    /// Opens a session if the account still has the hash that was verified, and returns whether
    /// it does. The session keeps the epoch that was read with that hash, so a redemption ends it.
    pub(crate) fn sign_in(&self, id: i64, verified: &str) -> Result<bool> {
        let sql = "INSERT INTO sessions (user_id, epoch)
            SELECT id, session_epoch FROM users WHERE id = ? AND password_hash = ?";
        Ok(self.0.lock().unwrap().execute(sql, (id, verified))? == 1)
    }
}

impl Store for OwnStore {
    type AccountId = i64;
    type Error = rusqlite::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>> {
        self.find("email = ?", login)
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>> {
        self.find("id = ?", id)
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<i64>>> {
        self.find("selector = ?", selector.as_bytes())
    }

    // One statement. Sessions end because each names the epoch in which it was opened.
    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit> {
        let sql = "UPDATE OR IGNORE users SET selector = ?1, revision = ?2, ledger = ?3,
            forgettable_at = ?4, password_hash = ifnull(?5, password_hash),
            session_epoch = session_epoch + (?5 IS NOT NULL) WHERE id = ?6 AND revision = ?7
            AND ifnull(selector, ?1) = ?1 AND email = ?8 AND CAST(password_hash AS BLOB) = ?9
            AND NOT disabled";
        let (ledger, revision) = (&change.ledger().encode(), &change.ledger().revision());
        let forgettable_at = &change.ledger().forgettable_second();
        let (selector, hash) = (change.selector().as_bytes(), &change.password_hash());
        let written: &[&dyn ToSql] = &[selector, revision, ledger, forgettable_at, hash];
        let (id, expected) = (change.account_id(), &change.expected_revision());
        let expected: &[&dyn ToSql] = &[id, expected, &change.address(), &change.stamp()];
        let rows = self.0.lock().unwrap().execute(sql, &*[written, expected].concat())?;
        Ok(Commit::from(rows == 1))
    }
}

fn main() -> Result<()> {
    let store = OwnStore(Mutex::new(Connection::open_in_memory()?));
    store.0.lock().unwrap().execute_batch(SCHEMA)?;
    println!("{:?}", store.find("email = ?", "nobody@example.com")?);
    store.sign_in(1, "nobody's hash").map(|signed_in| println!("{signed_in}"))
}
