//! A store for the conformance suite, over the servers behind a pool.

use crate::host::{Server, Tables};
use password_reset::conformance::Fixture;
use sqlx::Pool;
use time::UtcDateTime;

/// A host whose store the conformance suite can run.
#[derive(Debug)]
pub struct Conforming<DB: Server> {
    store: DB::Store,
    pool: Pool<DB>,
    tables: Tables,
}

impl<DB: Server> Conforming<DB> {
    /// Creates tables over one pool, and a store over another.
    pub async fn open(direct: &Pool<DB>, pool: Pool<DB>) -> Self {
        let tables = Tables::default();
        tables.create(direct, 0).await;
        let store = DB::open(&pool, &tables).await.unwrap();
        Self { store, pool: direct.clone(), tables }
    }

    fn users(&self) -> String {
        self.tables.name("users")
    }

    async fn write(&self, sql: String) {
        assert_eq!(self.change(sql).await, 1);
    }

    /// Gives the number of rows that it changed, in the end: the database may give up because of
    /// others.
    async fn change(&self, sql: String) -> u64 {
        loop {
            match DB::run(&self.pool, sql.clone()).await {
                Ok(rows) => return rows,
                Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("40001") => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn text(&self, sql: String) -> String {
        DB::texts(&self.pool, sql).await.unwrap().pop().unwrap()
    }
}

/// Nothing of the suite's needs more.
fn literal(text: &str) -> String {
    assert!(!text.contains('\\'), "no escape is written here");
    format!("'{}'", text.replace('\'', "''"))
}

impl<DB: Server> Fixture for Conforming<DB> {
    type Store = DB::Store;

    fn store(&self) -> &DB::Store {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> i64 {
        let id = i64::try_from(getrandom::u64().unwrap() >> 1).unwrap();
        let (users, address, hash) = (self.users(), literal(address), literal(password_hash));
        self.write(format!(
            "INSERT INTO {users} (id, email, password_hash) VALUES ({id}, {address}, {hash})"
        ))
        .await;
        id
    }

    async fn add_namesake(&self, _: &str, _: &str) -> bool {
        false // The column is UNIQUE.
    }

    async fn delete_account(&self, id: &i64) {
        self.write(format!("DELETE FROM {} WHERE id = {id}", self.users())).await;
    }

    async fn set_disabled(&self, id: &i64, disabled: bool) -> bool {
        let users = self.users();
        self.write(format!("UPDATE {users} SET disabled = {disabled} WHERE id = {id}")).await;
        true
    }

    async fn set_address(&self, id: &i64, address: &str) {
        let (users, address) = (self.users(), literal(address));
        self.write(format!("UPDATE {users} SET email = {address} WHERE id = {id}")).await;
    }

    async fn set_password_hash(&self, id: &i64, password_hash: &str) {
        let (users, hash) = (self.users(), literal(password_hash));
        self.write(format!("UPDATE {users} SET password_hash = {hash} WHERE id = {id}")).await;
    }

    async fn password_hash(&self, id: &i64) -> String {
        self.text(format!("SELECT password_hash FROM {} WHERE id = {id}", self.users())).await
    }

    async fn sign_in(&self, id: &i64, verified: &str) -> bool {
        let (users, sessions) = (self.users(), self.tables.name("sessions"));
        let sql = DB::SIGN_IN.replace("{users}", &users).replace("{sessions}", &sessions);
        let sql = sql.replace("{id}", &id.to_string()).replace("{verified}", &literal(verified));
        self.change(sql).await > 0
    }

    async fn sessions(&self, id: &i64) -> Option<usize> {
        let sessions = self.tables.name("sessions");
        let count = format!("SELECT CONCAT(count(*), '') FROM {sessions} WHERE user_id = {id}");
        Some(self.text(count).await.parse().unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        while DB::purge(&self.store, now).await.is_err() {}
    }
}
