//! Your own store on PostgreSQL: the ledger in columns of the users table, and a redemption in one
//! statement.
//! `DATABASE_URL=postgres://… cargo run --example users_table`

use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::error::{DatabaseError, Error};
use sqlx::{PgPool, Row as _};

/// Each session names the epoch in which it was opened, and ends when that epoch is over.
pub(crate) const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS demo_accounts (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        disabled BOOLEAN NOT NULL DEFAULT FALSE,
        session_epoch BIGINT NOT NULL DEFAULT 0,
        selector BYTEA UNIQUE,
        revision BIGINT NOT NULL DEFAULT 0,
        ledger BYTEA,
        forgettable_at BIGINT
    );
    CREATE TABLE IF NOT EXISTS demo_account_sessions (
        user_id BIGINT NOT NULL,
        epoch BIGINT NOT NULL
    )";

/// The session keeps the epoch that was read with the verified hash. A redemption ends it even if
/// both commit at the same time, so the sign-in needs no lock.
const SIGN_IN: &str = "INSERT INTO demo_account_sessions (user_id, epoch) \
    SELECT id, session_epoch FROM demo_accounts WHERE id = $1 AND password_hash = $2";

const BY_LOGIN: &str = "SELECT id, email, password_hash, ledger FROM demo_accounts \
    WHERE email = $1 AND NOT disabled";

const BY_ID: &str = "SELECT id, email, password_hash, ledger FROM demo_accounts \
    WHERE id = $1 AND NOT disabled";

const BY_SELECTOR: &str = "SELECT id, email, password_hash, ledger FROM demo_accounts \
    WHERE selector = $1 AND NOT disabled";

/// The condition holds everything that the change expects, so the database compares and swaps in
/// one step.
const COMMIT: &str = "UPDATE demo_accounts SET selector = $1, revision = $2, ledger = $3, \
    forgettable_at = $4, password_hash = coalesce($5, password_hash), \
    session_epoch = session_epoch + CASE WHEN $5 IS NULL THEN 0 ELSE 1 END \
    WHERE id = $6 AND revision = $7 AND coalesce(selector, $1) = $1 \
    AND email = $8 AND convert_to(password_hash, 'UTF8') = $9 AND NOT disabled";

pub(crate) struct UsersTable(pub(crate) PgPool);

impl UsersTable {
    async fn find<'q, T>(&self, sql: &'static str, key: T) -> Result<Option<Account<i64>>, Error>
    where
        T: sqlx::Encode<'q, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + 'q,
    {
        let Some(row) = sqlx::query(sql).bind(key).fetch_optional(&self.0).await? else {
            return Ok(None);
        };
        let (address, stamp): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Some(Account::new(row.try_get(0)?, address, stamp, row.try_get(3)?)))
    }

    /// Opens a session if the account still has the hash that was verified, and returns whether
    /// it does.
    pub(crate) async fn sign_in(&self, id: i64, verified: &str) -> Result<bool, Error> {
        let insert = sqlx::query(SIGN_IN).bind(id).bind(verified);
        Ok(insert.execute(&self.0).await?.rows_affected() == 1)
    }
}

impl Store for UsersTable {
    type AccountId = i64;
    type Error = Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, Error> {
        self.find(BY_LOGIN, login).await
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, Error> {
        self.find(BY_ID, *id).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<i64>>, Error> {
        self.find(BY_SELECTOR, selector.as_bytes().as_slice()).await
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, Error> {
        let update = sqlx::query(COMMIT)
            .bind(change.selector().as_bytes().as_slice())
            .bind(change.ledger().revision())
            .bind(change.ledger().encode())
            .bind(change.ledger().forgettable_second())
            .bind(change.password_hash())
            .bind(change.account_id())
            .bind(change.expected_revision())
            .bind(change.address())
            .bind(change.stamp());
        match update.execute(&self.0).await {
            Ok(done) => Ok(Commit::from(done.rows_affected() == 1)),
            Err(error) if is_conflict(&error) => Ok(Commit::Conflict),
            Err(error) => Err(error),
        }
    }
}

/// Returns whether another account has the selector, or others changed the row at the same time (a
/// serialization failure, a deadlock).
fn is_conflict(error: &Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| ["23505", "40001", "40P01"].contains(&&*code))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    let store = UsersTable(PgPool::connect(&url).await?);
    sqlx::raw_sql(SCHEMA).execute(&store.0).await?;
    println!("Found: {:?}", store.find_by_login("nobody@example.com").await?);
    println!("Signed in: {}", store.sign_in(0, "nobody's hash").await?);
    Ok(())
}
