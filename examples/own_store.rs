//! Your own store: the ledger on the users table, in SQLite through rusqlite.

use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, ToSql, named_params};
use std::sync::Mutex;

/// Each session names the epoch in which it was opened, and ends when that epoch is over.
pub(crate) const SCHEMA: &str = "
    CREATE TABLE users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        disabled BOOLEAN NOT NULL DEFAULT FALSE,
        session_epoch INTEGER NOT NULL DEFAULT 0,
        selector BLOB UNIQUE,
        revision INTEGER NOT NULL DEFAULT 0,
        ledger BLOB,
        forgettable_at INTEGER
    );
    CREATE TABLE sessions (user_id INTEGER NOT NULL, epoch INTEGER NOT NULL)";

/// The session keeps the epoch that was read with the verified hash, so a redemption ends it.
const SIGN_IN: &str = "
    INSERT INTO sessions (user_id, epoch)
    SELECT id, session_epoch FROM users WHERE id = ? AND password_hash = ?";

/// Compares and swaps in one statement. With `OR IGNORE`, it changes no row if another account
/// already has the selector.
const COMMIT: &str = "
    UPDATE OR IGNORE users SET
        selector = :selector,
        revision = :revision,
        ledger = :ledger,
        forgettable_at = :forgettable_at,
        password_hash = ifnull(:password_hash, password_hash),
        session_epoch = session_epoch + (:password_hash IS NOT NULL)
    WHERE id = :id
        AND NOT disabled
        AND email = :address
        AND CAST(password_hash AS BLOB) = :stamp
        AND revision = :expected_revision
        AND ifnull(selector, :selector) = :selector";

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

    /// Opens a session if the account still has the hash that was verified, and returns whether it
    /// does.
    pub(crate) fn sign_in(&self, id: i64, verified: &str) -> Result<bool> {
        Ok(self.0.lock().unwrap().execute(SIGN_IN, (id, verified))? == 1)
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

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit> {
        let rows = self.0.lock().unwrap().execute(
            COMMIT,
            named_params! {
                ":selector": change.selector().as_bytes(),
                ":revision": change.ledger().revision(),
                ":ledger": change.ledger().encode(),
                ":forgettable_at": change.ledger().forgettable_second(),
                ":password_hash": change.password_hash(),
                ":id": change.account_id(),
                ":address": change.address(),
                ":stamp": change.stamp(),
                ":expected_revision": change.expected_revision(),
            },
        )?;
        Ok(Commit::from(rows == 1))
    }
}

fn main() -> Result<()> {
    let store = OwnStore(Mutex::new(Connection::open_in_memory()?));
    store.0.lock().unwrap().execute_batch(SCHEMA)?;
    let user = "INSERT INTO users (email, password_hash) VALUES ('alice@example.com', 'hash')";
    store.0.lock().unwrap().execute(user, [])?;
    println!("Found: {:?}", store.find("email = ?", "alice@example.com")?);
    println!("Signed in: {}", store.sign_in(1, "hash")?);
    Ok(())
}
