use password_reset::adapters::sql::{AccountId, SqliteStore};
use password_reset::conformance::{self, Fixture};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool};
use sqlx::types::Uuid;
use tempfile::TempDir;
use time::UtcDateTime;

struct OnSqlite<Id> {
    store: SqliteStore<Id>,
    pool: SqlitePool,
    new_id: fn() -> Id,
    _file: TempDir,
}

impl<Id: AccountId<Sqlite>> OnSqlite<Id> {
    /// A file with accounts whose addresses compare without case, as many hosts have them.
    async fn open(new_id: fn() -> Id) -> Self {
        let file = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(file.path().join("accounts.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        let id = Id::COLUMN_TYPE;
        for statement in [
            format!(
                "CREATE TABLE users (id {id} PRIMARY KEY, email TEXT NOT NULL UNIQUE COLLATE \
                 NOCASE, password_hash TEXT NOT NULL)"
            ),
            format!("CREATE TABLE sessions (user_id {id} NOT NULL)"),
            "CREATE INDEX sessions_of_users ON sessions (user_id)".to_owned(),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
        }
        let store = SqliteStore::<Id>::builder(pool.clone())
            .accounts("SELECT id, email AS address, password_hash AS stamp FROM users;")
            .login("address = ? -- without case, as the column is")
            .set_password("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
            .end_sessions("DELETE FROM sessions WHERE user_id = ?")
            .migrate()
            .await
            .unwrap()
            .open()
            .await
            .unwrap();
        Self { store, pool, new_id, _file: file }
    }

    async fn write(&self, sql: &'static str, text: Option<&str>, id: &Id) {
        let query = sqlx::query(sql);
        let query = text.into_iter().fold(query, |query, text| query.bind(text.to_owned()));
        let done = query.bind(id.clone()).execute(&self.pool).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }
}

impl<Id: AccountId<Sqlite>> Fixture for OnSqlite<Id> {
    type Store = SqliteStore<Id>;

    fn store(&self) -> &SqliteStore<Id> {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> Id {
        let id = (self.new_id)();
        sqlx::query("INSERT INTO users (id, email, password_hash) VALUES (?, ?, ?)")
            .bind(id.clone())
            .bind(address)
            .bind(password_hash)
            .execute(&self.pool)
            .await
            .unwrap();
        id
    }

    async fn delete_account(&self, id: &Id) {
        self.write("DELETE FROM users WHERE id = ?", None, id).await;
    }

    async fn set_address(&self, id: &Id, address: &str) {
        self.write("UPDATE users SET email = ? WHERE id = ?", Some(address), id).await;
    }

    async fn set_password_hash(&self, id: &Id, hash: &str) {
        self.write("UPDATE users SET password_hash = ? WHERE id = ?", Some(hash), id).await;
    }

    async fn password_hash(&self, id: &Id) -> String {
        let query = sqlx::query_scalar("SELECT password_hash FROM users WHERE id = ?");
        query.bind(id.clone()).fetch_one(&self.pool).await.unwrap()
    }

    async fn add_session(&self, id: &Id) {
        self.write("INSERT INTO sessions (user_id) VALUES (?)", None, id).await;
    }

    async fn sessions(&self, id: &Id) -> Option<usize> {
        let query = sqlx::query_scalar("SELECT count(*) FROM sessions WHERE user_id = ?");
        let count: i64 = query.bind(id.clone()).fetch_one(&self.pool).await.unwrap();
        Some(usize::try_from(count).unwrap())
    }

    async fn purge(&self, now: UtcDateTime) {
        self.store.purge(now).await.unwrap();
    }
}

fn random() -> u64 {
    getrandom::u64().unwrap()
}

#[tokio::test]
async fn the_sqlite_store_conforms_with_integer_ids() {
    conformance::run(&OnSqlite::open(|| (random() >> 1).cast_signed()).await).await;
}

#[tokio::test]
async fn the_sqlite_store_conforms_with_text_ids() {
    conformance::run(&OnSqlite::open(|| format!("user-{:x}", random())).await).await;
}

#[tokio::test]
async fn the_sqlite_store_conforms_with_uuids() {
    let new_id = || Uuid::from_u64_pair(random(), random());
    conformance::run(&OnSqlite::open(new_id).await).await;
}

#[tokio::test]
async fn the_sqlite_store_conforms_with_uuids_as_text() {
    let new_id = || Uuid::from_u64_pair(random(), random()).hyphenated();
    conformance::run(&OnSqlite::open(new_id).await).await;
}
