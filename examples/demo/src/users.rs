//! The users, their sessions, and signing in.

use crate::hashing::Hasher;
use anyhow::Context;
use base64ct::{Base64UrlUnpadded, Encoding};
use getrandom::SysRng;
use getrandom::rand_core::TryRng;
use sha2::{Digest, Sha256};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use std::path::Path;
use std::time::Duration;

pub(crate) const DEMO_LOGIN: &str = "alice@example.com";
pub(crate) const DEMO_PASSWORD: &str = "Wonderland1";

pub(crate) const SESSION_LIFETIME: Duration = Duration::from_hours(12);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS users (
        id INTEGER PRIMARY KEY,
        email TEXT NOT NULL,
        password_hash TEXT NOT NULL
    );
    CREATE UNIQUE INDEX IF NOT EXISTS users_by_login ON users (lower(email));
    CREATE TABLE IF NOT EXISTS sessions (
        digest BLOB NOT NULL PRIMARY KEY,
        user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        expires_at INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
    CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);
    CREATE TABLE IF NOT EXISTS languages (
        user_id INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
        tag TEXT NOT NULL
    );
";

#[derive(Clone)]
pub(crate) struct Users {
    pool: SqlitePool,
    hasher: Hasher,
}

/// Opens the database file, which is made if it is not there.
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

impl Users {
    pub(crate) fn new(pool: SqlitePool, hasher: Hasher) -> Self {
        Self { pool, hasher }
    }

    /// Adds the demo account if it is not there; gives whether its first password works.
    pub(crate) async fn add_demo_account(&self) -> anyhow::Result<bool> {
        let password = DEMO_PASSWORD.to_owned();
        if let Some((_, hash)) = self.find(DEMO_LOGIN).await? {
            return self.hasher.verify(password, Some(hash)).await;
        }
        let hash = self.hasher.hash(password).await?;
        sqlx::query("INSERT INTO users (email, password_hash) VALUES (?, ?)")
            .bind(DEMO_LOGIN)
            .bind(hash)
            .execute(&self.pool)
            .await?;
        Ok(true)
    }

    /// Starts a session and gives its secret, if login and password are right.
    pub(crate) async fn sign_in(
        &self,
        login: &str,
        password: String,
    ) -> anyhow::Result<Option<String>> {
        let user = self.find(login).await?;
        let hash = user.as_ref().map(|(_, hash)| hash.clone());
        let is_right = self.hasher.verify(password, hash).await?;
        match user {
            Some((id, hash)) if is_right => self.start_session(id, &hash).await,
            _ => Ok(None),
        }
    }

    /// Starts a session unless the password is no longer the one that was verified: one
    /// that a reset replaced meanwhile must start none.
    async fn start_session(&self, id: i64, verified: &str) -> anyhow::Result<Option<String>> {
        let mut secret = [0; 32];
        SysRng.try_fill_bytes(&mut secret)?;
        let secret = Base64UrlUnpadded::encode_string(&secret);
        let started = sqlx::query(
            "INSERT INTO sessions (digest, user_id, expires_at)
             SELECT ?, id, unixepoch() + ? FROM users WHERE id = ? AND password_hash = ?",
        )
        .bind(digest_of(&secret))
        .bind(i64::try_from(SESSION_LIFETIME.as_secs())?)
        .bind(id)
        .bind(verified)
        .execute(&self.pool)
        .await?;
        Ok((started.rows_affected() == 1).then_some(secret))
    }

    /// The address of whoever has this session.
    pub(crate) async fn signed_in(&self, secret: &str) -> anyhow::Result<Option<String>> {
        let email = sqlx::query_scalar(
            "SELECT email FROM sessions JOIN users ON users.id = user_id
             WHERE digest = ? AND expires_at > unixepoch()",
        )
        .bind(digest_of(secret))
        .fetch_optional(&self.pool)
        .await?;
        Ok(email)
    }

    /// Remembers the language that the owner of this session reads. A stranger's wish is never
    /// remembered: it would make the account's mails hard to read.
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

    /// The language that this user reads, as far as it is known.
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

    /// The id and password hash of the user who signs in with `login`.
    async fn find(&self, login: &str) -> anyhow::Result<Option<(i64, String)>> {
        let user =
            sqlx::query_as("SELECT id, password_hash FROM users WHERE lower(email) = lower(?)")
                .bind(login)
                .fetch_optional(&self.pool)
                .await?;
        Ok(user)
    }
}

/// What is stored of a session's secret: whoever reads the database gets no session.
fn digest_of(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::{DEMO_LOGIN, DEMO_PASSWORD, Users, open_database};
    use crate::hashing::Hasher;
    use tempfile::TempDir;

    async fn users() -> (Users, TempDir) {
        let folder = TempDir::new().unwrap();
        let pool = open_database(&folder.path().join("demo.sqlite")).await.unwrap();
        let users = Users::new(pool, Hasher::new(1).await.unwrap());
        assert!(users.add_demo_account().await.unwrap());
        (users, folder)
    }

    async fn run(users: &Users, statement: &'static str) {
        sqlx::query(statement).execute(&users.pool).await.unwrap();
    }

    #[tokio::test]
    async fn a_password_replaced_while_it_was_verified_starts_no_session() {
        let (users, _folder) = users().await;
        let (id, verified) = users.find(DEMO_LOGIN).await.unwrap().unwrap();
        run(&users, "UPDATE users SET password_hash = 'the hash of another'").await;
        assert_eq!(users.start_session(id, &verified).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_session_ends_when_its_time_is_over_and_is_purged() {
        let (users, _folder) = users().await;
        let session = users.sign_in(DEMO_LOGIN, DEMO_PASSWORD.to_owned()).await.unwrap().unwrap();
        users.purge_sessions().await.unwrap();
        assert!(users.signed_in(&session).await.unwrap().is_some());

        run(&users, "UPDATE sessions SET expires_at = unixepoch()").await;
        assert!(users.signed_in(&session).await.unwrap().is_none());
        users.purge_sessions().await.unwrap();
        let left = sqlx::query_scalar("SELECT count(*) FROM sessions");
        assert_eq!(left.fetch_one(&users.pool).await.ok(), Some(0_i64));
    }
}
