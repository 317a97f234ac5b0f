//! The suite on the example `own_store`.

use crate::conformance::interleavings::{Gates, assert_one_story};
use example::{OwnStore, SCHEMA};
use password_reset::conformance::{self, Fixture};
use rusqlite::Connection;
use std::sync::Mutex;
use time::UtcDateTime;

#[path = "../../../examples/own_store.rs"]
#[expect(dead_code, reason = "the example's `main` is not run here")]
mod example;

struct Own {
    store: OwnStore,
}

impl Own {
    fn open() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        Self { store: OwnStore(Mutex::new(connection)) }
    }

    fn write(&self, sql: &str, values: impl rusqlite::Params) {
        assert_eq!(self.store.0.lock().unwrap().execute(sql, values).unwrap(), 1);
    }

    fn read<T: rusqlite::types::FromSql>(&self, sql: &str, id: i64) -> T {
        let connection = self.store.0.lock().unwrap();
        connection.query_row(sql, [id], |row| row.get(0)).unwrap()
    }
}

impl Fixture for Own {
    type Store = OwnStore;

    fn store(&self) -> &OwnStore {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let values = (address, password_hash);
        self.write("INSERT INTO users (email, password_hash) VALUES (?, ?)", values);
        self.store.0.lock().unwrap().last_insert_rowid()
    }

    async fn add_namesake(&self, _: &str, _: &str) -> bool {
        false // The column is UNIQUE.
    }

    async fn delete_account(&self, id: &i64) {
        // SQLite may give the id to the next account.
        let connection = self.store.0.lock().unwrap();
        connection.execute("DELETE FROM sessions WHERE user_id = ?", [id]).unwrap();
        assert_eq!(connection.execute("DELETE FROM users WHERE id = ?", [id]).unwrap(), 1);
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        self.write("UPDATE users SET disabled = ? WHERE id = ?", (disabled, id));
        true
    }

    async fn set_address(&self, id: &i64, address: &str) {
        self.write("UPDATE users SET email = ? WHERE id = ?", (address, id));
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        self.write("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, id));
    }

    async fn password_hash(&self, id: &i64) -> String {
        self.read("SELECT password_hash FROM users WHERE id = ?", *id)
    }

    async fn sign_in(&self, id: &i64, verified: &str) -> bool {
        self.store.sign_in(*id, verified).unwrap()
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let of_this_epoch = "SELECT count(*) FROM sessions JOIN users ON id = user_id \
                             WHERE epoch = session_epoch AND id = ?";
        Some(self.read::<u32>(of_this_epoch, *id) as usize)
    }

    async fn purge(&self, now: UtcDateTime) {
        let purge = "UPDATE users SET selector = NULL, revision = 0, ledger = NULL \
                     WHERE forgettable_at <= ?";
        self.store.0.lock().unwrap().execute(purge, [now.unix_timestamp()]).unwrap();
    }
}

#[tokio::test]
async fn the_example_own_store_conforms() {
    conformance::run(&Own::open()).await;
}

#[tokio::test]
async fn every_interleaving_on_the_example_own_store_is_serializable() {
    assert_one_story(&Own::open(), Gates::Before).await;
}
