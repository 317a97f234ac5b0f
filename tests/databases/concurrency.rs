//! Many tasks at once over one SQLite file, as hosts open it.

use crate::support::races::{self, Fixture};
use crate::support::world::{ALICE, OLD_HASH};
use password_reset::adapters::sqlx::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use std::sync::Arc;
use tempfile::TempDir;

#[derive(Clone)]
struct OnSqlite {
    store: Arc<SqliteStore<i64>>,
    pool: SqlitePool,
    _file: Arc<TempDir>,
}

impl Fixture for OnSqlite {
    type Store = SqliteStore<i64>;

    async fn new() -> Self {
        let file = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(file.path().join("accounts.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        for statement in [
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, \
             password_hash TEXT NOT NULL)",
            "CREATE TABLE sessions (user_id INTEGER NOT NULL)",
            "INSERT INTO sessions (user_id) VALUES (1)",
        ] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        let alice = sqlx::query("INSERT INTO users (id, email, password_hash) VALUES (1, ?, ?)");
        alice.bind(ALICE).bind(OLD_HASH).execute(&pool).await.unwrap();
        let store = SqliteStore::builder(pool.clone())
            .accounts("SELECT id, email AS address, password_hash AS password FROM users")
            .login("address = {login}")
            .set_password(
                "UPDATE users SET password_hash = {hash} WHERE id = {id} AND password_hash = {stamp}",
            )
            .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
            .migrate()
            .await
            .unwrap()
            .open()
            .await
            .unwrap();
        Self { store: Arc::new(store), pool, _file: Arc::new(file) }
    }

    fn store(&self) -> Arc<SqliteStore<i64>> {
        self.store.clone()
    }

    async fn alice(&self) -> (String, usize) {
        let (hash, sessions): (String, i64) = sqlx::query_as(
            "SELECT password_hash, (SELECT count(*) FROM sessions) FROM users WHERE id = 1",
        )
        .fetch_one(&self.pool)
        .await
        .unwrap();
        (hash, sessions.try_into().unwrap())
    }
}

macro_rules! twice {
    ($($property:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $property() {
            for _ in 0..2 {
                races::$property(OnSqlite::new().await).await;
            }
        })*
    };
}

twice! {
    after_32_requests_at_once_exactly_one_mailed_link_lives
    of_32_requests_at_once_the_throttle_lets_one_pass
    issuing_against_redeeming_leaves_one_story
}
