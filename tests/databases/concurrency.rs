//! Many tasks at once over one SQLite file, as hosts open it.

use crate::support::host::{Server, Tables};
use crate::support::races::{self, Fixture};
use crate::support::world::{ALICE, OLD_HASH};
use password_reset::adapters::sqlx::SqliteStore;
use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use std::sync::Arc;
use tempfile::TempDir;

#[derive(Clone)]
struct OnSqlite {
    store: Arc<SqliteStore<i64>>,
    pool: SqlitePool,
    tables: Tables,
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
        let tables = Tables::new();
        tables.create(&pool, 1).await;
        let alice = format!("email = '{ALICE}', password_hash = '{OLD_HASH}'");
        let update = format!("UPDATE {} SET {alice}", tables.users());
        assert_eq!(Sqlite::run(&pool, update).await.unwrap(), 1);
        tables.sign_in(&pool, 1).await.unwrap();
        let store = Arc::new(tables.store(&pool).await);
        Self { store, pool, tables, _file: Arc::new(file) }
    }

    fn store(&self) -> Arc<SqliteStore<i64>> {
        self.store.clone()
    }

    async fn alice(&self) -> (String, usize) {
        let hash = self.tables.password(&self.pool, 1).await.unwrap();
        (hash, self.tables.sessions(&self.pool).await.len())
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
