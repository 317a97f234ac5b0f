#![allow(missing_docs, clippy::all, clippy::pedantic)]
use lettre::message::Mailbox;
use lettre::{AsyncTransport, Message as Mail};
use password_reset::mailer::{Mailer, Message};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::SqlitePool;

pub(crate) struct LettreMailer<T> {
    t: T,
    from: Mailbox,
}
impl<T> LettreMailer<T> {
    pub(crate) fn new(t: T, from: Mailbox) -> Self {
        Self { t, from }
    }
}
impl<T: AsyncTransport + Send + Sync> Mailer for LettreMailer<T>
where
    T::Error: std::error::Error + Send + Sync + 'static,
{
    type Error = T::Error;
    async fn send(&self, m: &Message<'_>) -> Result<(), T::Error> {
        let to: Mailbox = m.recipient().as_str().parse().unwrap();
        let b = Mail::builder().from(self.from.clone()).to(to);
        let mail = match m {
            Message::ResetLink { link, .. } => b
                .subject("Set a new password")
                .body(format!("Hello,\n\n{}\n\nBye\n", link.expose_url())),
            _ => b.subject("Your password was changed").body("It was.\n".to_owned()),
        }
        .unwrap();
        self.t.send(mail).await.map(|_| ())
    }
}
pub(crate) struct SqliteStore<I>(SqlitePool, std::marker::PhantomData<fn() -> I>);
pub(crate) struct B(SqlitePool);
impl SqliteStore<i64> {
    pub(crate) fn builder(p: SqlitePool) -> B {
        B(p)
    }
    pub(crate) async fn purge(&self, _n: time::UtcDateTime) -> Result<u64, sqlx::Error> {
        Ok(0)
    }
    async fn one(
        &self,
        sql: &'static str,
        arg: impl sqlx::Encode<'static, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + 'static,
    ) -> Result<Option<Account<i64>>, sqlx::Error> {
        let r: Option<(i64, String, String, Option<Vec<u8>>)> =
            sqlx::query_as(sql).bind(arg).fetch_optional(&self.0).await?;
        Ok(r.map(|(i, a, s, l)| Account::new(i, a, s.into_bytes(), l)))
    }
}
impl B {
    pub(crate) fn accounts(self, _: &str) -> Self {
        self
    }
    pub(crate) fn login(self, _: &str) -> Self {
        self
    }
    pub(crate) fn set_password(self, _: &str) -> Self {
        self
    }
    pub(crate) fn end_sessions(self, _: &str) -> Self {
        self
    }
    pub(crate) async fn migrate(self) -> Result<Self, sqlx::Error> {
        sqlx::raw_sql("CREATE TABLE IF NOT EXISTS seam (account_id INTEGER PRIMARY KEY, selector BLOB UNIQUE, revision INTEGER, ledger BLOB)").execute(&self.0).await?;
        Ok(self)
    }
    pub(crate) async fn open(self) -> Result<SqliteStore<i64>, sqlx::Error> {
        Ok(SqliteStore(self.0, std::marker::PhantomData))
    }
}
impl Store for SqliteStore<i64> {
    type AccountId = i64;
    type Error = sqlx::Error;
    async fn find_by_login(&self, l: &str) -> Result<Option<Account<i64>>, sqlx::Error> {
        self.one("SELECT id, email, password_hash, ledger FROM users LEFT JOIN seam ON account_id = id WHERE lower(email) = lower(?)", l.to_owned()).await
    }
    async fn find_by_selector(&self, s: &Selector) -> Result<Option<Account<i64>>, sqlx::Error> {
        self.one("SELECT id, email, password_hash, ledger FROM seam JOIN users ON account_id = id WHERE selector = ?", s.as_bytes().to_vec()).await
    }
    async fn commit(&self, c: &Change<'_, i64>) -> Result<Commit, sqlx::Error> {
        let mut tx = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let n = if c.expected_revision() == 0 {
            sqlx::query("INSERT OR IGNORE INTO seam VALUES (?, ?, ?, ?)")
                .bind(*c.account_id())
                .bind(c.selector().as_bytes().to_vec())
                .bind(c.ledger().revision())
                .bind(c.ledger().encode())
                .execute(&mut *tx)
                .await?
        } else {
            sqlx::query(
                "UPDATE seam SET revision = ?, ledger = ? WHERE account_id = ? AND revision = ?",
            )
            .bind(c.ledger().revision())
            .bind(c.ledger().encode())
            .bind(*c.account_id())
            .bind(c.expected_revision())
            .execute(&mut *tx)
            .await?
        }
        .rows_affected();
        if n != 1 {
            return Ok(Commit::Conflict);
        }
        if let Some(h) = c.password_hash() {
            let n = sqlx::query(
                "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
            )
            .bind(h.to_owned())
            .bind(*c.account_id())
            .bind(String::from_utf8(c.stamp().to_vec()).unwrap())
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if n != 1 {
                return Ok(Commit::Conflict);
            }
            sqlx::query("DELETE FROM sessions WHERE user_id = ?")
                .bind(*c.account_id())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Commit::Committed)
    }
}
