//! The database: users, their sessions, and the sign-in.

use anyhow::Context;
use base64ct::{Base64UrlUnpadded, Encoding};
use getrandom::SysRng;
use getrandom::rand_core::TryRng;
use password_reset::adapters::argon2::Argon2Hasher;
use password_reset::hasher::PasswordHasher;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use std::path::Path;
use time::Duration;

/// The demo's accounts with their first passwords. Carol has none until a link sets one.
pub(crate) const ACCOUNTS: [(&str, Option<&str>); 4] = [
    ("alice@example.com", Some("Wonderland1")),
    ("bob@example.com", Some("Wonderland2")),
    ("carol@example.com", None),
    (ADMINISTRATOR, Some("Wonderland4")),
];

pub(crate) const ADMINISTRATOR: &str = "admin@example.com";

/// These statements join each reset: they keep the hashes of a user's last four passwords.
pub(crate) const REMEMBER: &str =
    "INSERT INTO past_passwords (user_id, hash) VALUES ({id}, {hash})";
pub(crate) const FORGET: &str = "DELETE FROM past_passwords WHERE user_id = {id} AND number NOT IN
    (SELECT number FROM past_passwords WHERE user_id = {id} ORDER BY number DESC LIMIT 4)";

/// The number of wrong present passwords after which a session ends.
const WRONG_PASSWORDS: i64 = 5;

pub(crate) const SESSION_LIFETIME: Duration = Duration::hours(12);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL,
        password_hash TEXT
    );
    CREATE UNIQUE INDEX IF NOT EXISTS users_by_login ON users (lower(email));
    CREATE TABLE IF NOT EXISTS sessions (
        digest BLOB NOT NULL PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        expires_at INTEGER NOT NULL,
        wrong_passwords INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
    CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
    CREATE TABLE IF NOT EXISTS past_passwords (
        number INTEGER PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        hash TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS past_passwords_by_user ON past_passwords (user_id);
    CREATE TABLE IF NOT EXISTS languages (
        user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        tag TEXT NOT NULL
    );
";

pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) password_hash: Option<String>,
}

/// The columns of a user.
type Row = (i64, String, Option<String>);

impl From<Row> for User {
    fn from((id, email, password_hash): Row) -> Self {
        Self { id, email, password_hash }
    }
}

impl User {
    pub(crate) fn is_administrator(&self) -> bool {
        self.email == ADMINISTRATOR
    }
}

#[derive(Clone)]
pub(crate) struct UserDatabase {
    pool: SqlitePool,
    pub(crate) hasher: Argon2Hasher,
}

/// Opens the database file, and creates it if it is missing.
pub(crate) async fn open_database(path: &Path) -> anyhow::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal);
    let open = async {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let pool = SqlitePool::connect_with(options).await?;
        sqlx::raw_sql(SCHEMA).execute(&pool).await?;
        anyhow::Ok(pool)
    };
    open.await.with_context(|| format!("cannot open the database {}", path.display()))
}

impl UserDatabase {
    pub(crate) fn new(pool: SqlitePool, hasher: Argon2Hasher) -> Self {
        Self { pool, hasher }
    }

    /// Adds the demo's accounts that are missing.
    pub(crate) async fn add_accounts(&self) -> anyhow::Result<()> {
        for (login, password) in ACCOUNTS {
            if self.find(login).await?.is_some() {
                continue;
            }
            let hash = match password {
                Some(password) => Some(self.hasher.hash(password).await?),
                None => None,
            };
            sqlx::query("INSERT INTO users (email, password_hash) VALUES (?, ?)")
                .bind(login)
                .bind(hash)
                .execute(&self.pool)
                .await?;
        }
        let remember =
            "INSERT INTO past_passwords (user_id, hash) SELECT id, password_hash FROM users
            WHERE password_hash IS NOT NULL AND id NOT IN (SELECT user_id FROM past_passwords)";
        sqlx::query(remember).execute(&self.pool).await?;
        Ok(())
    }

    /// Whether each account still has its first password, or none if it began without.
    pub(crate) async fn are_passwords_the_first(&self) -> anyhow::Result<[bool; ACCOUNTS.len()]> {
        let mut are_first = [false; ACCOUNTS.len()];
        for ((login, password), is_first) in ACCOUNTS.iter().zip(&mut are_first) {
            let hash = self.find(login).await?.and_then(|user| user.password_hash);
            *is_first = match password {
                Some(password) => self.hasher.verify(password, hash.as_deref()).await?,
                None => hash.is_none(),
            };
        }
        Ok(are_first)
    }

    /// Starts a session and returns its secret, if login and password are right.
    pub(crate) async fn sign_in(
        &self,
        login: &str,
        password: &str,
    ) -> anyhow::Result<Option<String>> {
        let user = self.find(login).await?;
        let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
        let is_right = self.hasher.verify(password, hash).await?;
        match (&user, hash) {
            (Some(user), Some(hash)) if is_right => self.start_session(user.id, hash).await,
            _ => Ok(None),
        }
    }

    /// Starts a session if the account still has the hash that was verified. A reset may have
    /// replaced it since, and a replaced password must not start a session.
    pub(crate) async fn start_session(
        &self,
        id: i64,
        verified: &str,
    ) -> anyhow::Result<Option<String>> {
        let mut secret = [0; 32];
        SysRng.try_fill_bytes(&mut secret)?;
        let secret = Base64UrlUnpadded::encode_string(&secret);
        let started = sqlx::query(
            "INSERT INTO sessions (digest, user_id, expires_at)
             SELECT ?, id, unixepoch() + ? FROM users WHERE id = ? AND password_hash = ?",
        )
        .bind(digest_of(&secret))
        .bind(SESSION_LIFETIME.whole_seconds())
        .bind(id)
        .bind(verified)
        .execute(&self.pool)
        .await?;
        Ok((started.rows_affected() == 1).then_some(secret))
    }

    /// Returns the user of a session.
    pub(crate) async fn signed_in(&self, secret: &str) -> anyhow::Result<Option<User>> {
        let user: Option<Row> = sqlx::query_as(
            "SELECT id, email, password_hash FROM sessions JOIN users ON users.id = user_id
             WHERE digest = ? AND expires_at > unixepoch()",
        )
        .bind(digest_of(secret))
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(User::from))
    }

    /// Whether the password is one of the user's last four.
    pub(crate) async fn is_recent(&self, id: i64, password: &str) -> anyhow::Result<bool> {
        let past = sqlx::query_scalar("SELECT hash FROM past_passwords WHERE user_id = ?");
        let past: Vec<String> = past.bind(id).fetch_all(&self.pool).await?;
        for hash in &past {
            if self.hasher.verify(password, Some(hash)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Counts a wrong present password. The session ends after five, so that somebody at an
    /// unlocked computer cannot go on guessing.
    pub(crate) async fn count_wrong_password(&self, secret: &str) -> anyhow::Result<()> {
        let digest = digest_of(secret);
        sqlx::query("UPDATE sessions SET wrong_passwords = wrong_passwords + 1 WHERE digest = ?")
            .bind(&digest)
            .execute(&self.pool)
            .await?;
        sqlx::query("DELETE FROM sessions WHERE digest = ? AND wrong_passwords >= ?")
            .bind(&digest)
            .bind(WRONG_PASSWORDS)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn all(&self) -> anyhow::Result<Vec<User>> {
        let users = sqlx::query_as("SELECT id, email, password_hash FROM users ORDER BY id");
        let users: Vec<Row> = users.fetch_all(&self.pool).await?;
        Ok(users.into_iter().map(User::from).collect())
    }

    /// Returns the id of the user with this address. Adds the user, without a password, if there is
    /// none.
    pub(crate) async fn find_or_add(&self, email: &str) -> anyhow::Result<i64> {
        sqlx::query("INSERT INTO users (email) VALUES (?) ON CONFLICT DO NOTHING")
            .bind(email)
            .execute(&self.pool)
            .await?;
        let user = self.find(email).await?;
        Ok(user.context("a user that was added a moment ago is gone")?.id)
    }

    /// Remembers the language of the user of this session. It takes a session, so that no stranger
    /// can change the language of an account's mails.
    pub(crate) async fn remember_language(&self, secret: &str, tag: &str) -> anyhow::Result<()> {
        sqlx::query(
            "INSERT INTO languages (user_id, tag) SELECT user_id, ? FROM sessions WHERE digest = ?
             ON CONFLICT (user_id) DO UPDATE SET tag = excluded.tag",
        )
        .bind(tag)
        .bind(digest_of(secret))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Returns the user's language, if it is known.
    pub(crate) async fn language(&self, id: i64) -> Result<Option<String>, sqlx::Error> {
        sqlx::query_scalar("SELECT tag FROM languages WHERE user_id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
    }

    pub(crate) async fn sign_out(&self, secret: &str) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE digest = ?")
            .bind(digest_of(secret))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn purge_sessions(&self) -> anyhow::Result<()> {
        sqlx::query("DELETE FROM sessions WHERE expires_at <= unixepoch()")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Returns the user who signs in with `login`.
    pub(crate) async fn find(&self, login: &str) -> anyhow::Result<Option<User>> {
        let user: Option<Row> = sqlx::query_as(
            "SELECT id, email, password_hash FROM users WHERE lower(email) = lower(?)",
        )
        .bind(login)
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(User::from))
    }
}

/// The digest of a session's secret. The database has nothing else, so reading it opens no session.
fn digest_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNTS, UserDatabase, open_database};
    use password_reset::adapters::argon2::Argon2Hasher;
    use tempfile::TempDir;

    async fn users() -> (UserDatabase, TempDir) {
        let folder = TempDir::new().unwrap();
        let pool = open_database(&folder.path().join("demo.sqlite")).await.unwrap();
        let users = UserDatabase::new(pool, Argon2Hasher::default());
        users.add_accounts().await.unwrap();
        (users, folder)
    }

    async fn run(users: &UserDatabase, statement: &'static str) {
        sqlx::query(statement).execute(&users.pool).await.unwrap();
    }

    #[tokio::test]
    async fn each_account_has_its_first_password_until_it_is_changed() {
        let (users, _folder) = users().await;
        users.add_accounts().await.unwrap();
        assert_eq!(users.are_passwords_the_first().await.unwrap(), [true; 4]);
        run(&users, "UPDATE users SET password_hash = NULL WHERE email LIKE 'bob%'").await;
        assert_eq!(users.are_passwords_the_first().await.unwrap(), [true, false, true, true]);
    }

    #[tokio::test]
    async fn nobody_signs_in_without_a_password() {
        let (users, _folder) = users().await;
        for (login, _) in ACCOUNTS {
            assert_eq!(users.sign_in(login, "").await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn a_password_replaced_while_it_was_verified_starts_no_session() {
        let (users, _folder) = users().await;
        let user = users.find(ACCOUNTS[0].0).await.unwrap().unwrap();
        run(&users, "UPDATE users SET password_hash = 'the hash of another'").await;
        let verified = user.password_hash.unwrap();
        assert_eq!(users.start_session(user.id, &verified).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_session_ends_when_its_time_is_over_and_is_purged() {
        let (users, _folder) = users().await;
        let (login, password) = ACCOUNTS[0];
        let session = users.sign_in(login, password.unwrap()).await.unwrap().unwrap();
        users.purge_sessions().await.unwrap();
        assert!(users.signed_in(&session).await.unwrap().is_some());

        run(&users, "UPDATE sessions SET expires_at = unixepoch()").await;
        assert!(users.signed_in(&session).await.unwrap().is_none());
        users.purge_sessions().await.unwrap();
        let left = sqlx::query_scalar("SELECT count(*) FROM sessions");
        assert_eq!(left.fetch_one(&users.pool).await.ok(), Some(0_i64));
    }
}
