//! Stores on SQL databases, through sqlx: the host's pool and the host's own statements.
//!
//! The ledger has a table of its own beside the host's, and the host says in SQL who its
//! accounts are and how a password is set. Everything is prepared when the store opens:
//! a misspelt column, a wrong number of parameters or a type that does not fit is an
//! [`OpenError`] then, and not a surprise at the first forgotten password.
//!
//! ```
//! # #[cfg(feature = "sqlx-sqlite")]
//! # async fn example(pool: sqlx::SqlitePool) -> Result<(), password_reset::adapters::sql::OpenError> {
//! use password_reset::adapters::sql::SqliteStore;
//!
//! let store = SqliteStore::<i64>::builder(pool)
//!     .accounts("SELECT id, email AS address, password_hash AS stamp FROM users WHERE NOT disabled")
//!     .login("lower(address) = lower(?)")
//!     // The new hash, the account's id, the stamp that it replaces.
//!     .set_password("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
//!     .end_sessions("DELETE FROM sessions WHERE user_id = ?") // or `.without_sessions()`
//!     .migrate()
//!     .await?
//!     .open()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! Each find is one statement, a change of the ledger is one, and a redemption is one
//! transaction. The host's tables want an index for the login's condition (here on
//! `lower(email)`), for the account's id, and for the sessions of an account. The library
//! picks no runtime: enable one of sqlx's `runtime-` features in your own dependency.
//!
//! # When the database is sick
//!
//! Each [`SqlError`] says what to do, and when that is done the same store goes on. How long
//! a visitor waits for one is the host's choice, for the library measures no time:
//!
//! | what is slow | what bounds it |
//! | --- | --- |
//! | connecting, or waiting for a connection | the pool's `acquire_timeout` (30 s by default: choose 5 s) |
//! | a lock, or a statement | PostgreSQL's `statement_timeout`; `innodb_lock_wait_timeout` and MariaDB's `max_statement_time`; SQLite's `busy_timeout` |
//! | a server that took the statement and fell silent | a timeout of your runtime's around the call |
//!
//! Such a timeout may drop the call at any time. What it was doing then happened wholly or
//! not at all, and on PostgreSQL and MySQL its connection is closed.
//!
//! # The ledger table
//!
//! [`migrate`](SqlStoreBuilder::migrate) creates it. Hosts that run migrations of their own
//! take [`schema`](SqlStoreBuilder::schema), which on SQLite with integer ids is:
//!
//! ```sql
//! CREATE TABLE IF NOT EXISTS password_reset_ledgers (
//!     account_id INTEGER NOT NULL PRIMARY KEY,
//!     selector BLOB NOT NULL UNIQUE,
//!     revision INTEGER NOT NULL,
//!     ledger BLOB NOT NULL,
//!     state TEXT NOT NULL,
//!     issued_at INTEGER NOT NULL,
//!     expires_at INTEGER NOT NULL,
//!     forgettable_at INTEGER NOT NULL
//! );
//! CREATE INDEX IF NOT EXISTS password_reset_ledgers_forgettable_at
//!     ON password_reset_ledgers (forgettable_at);
//! ```
//!
//! `ledger` is what counts; `state`, `issued_at` and `expires_at` show its newest link to
//! an operator, in unix seconds. `account_id` must have the type of the host's ids: without
//! one, SQLite would scan the table at each request.
//!
//! The ledger of a deleted account stays until a purge. Where ids are given out again, as
//! SQLite does without `AUTOINCREMENT`, the next account with that id has it, and with the
//! same address and stamp its links as well: delete it with the account, by a trigger or by
//! a foreign key `ON DELETE CASCADE` in a migration of your own.
//!
//! # Why does her link not work?
//!
//! One look answers it, here as PostgreSQL writes it (on MariaDB and MySQL
//! `from_unixtime(…)`, on SQLite `datetime(…, 'unixepoch')`):
//!
//! ```sql
//! SELECT u.id, l.state, to_timestamp(l.issued_at) AS asked, to_timestamp(l.expires_at) AS expires
//! FROM users AS u LEFT JOIN password_reset_ledgers AS l ON l.account_id = u.id
//! WHERE u.email = 'alice@example.com';
//! ```
//!
//! | what it gives | why |
//! | --- | --- |
//! | no row | there is no such account |
//! | `state` is NULL | no link was issued, or it expired more than a week ago |
//! | `live`, and `expires` is to come | the newest link is in time: hers is an older one, or the address or the password has changed since, or `accounts` leaves the account out |
//! | `live`, and `expires` is over | it has expired |
//! | `redeemed` | it was used: the password was set with it |
//! | `revoked` | it was cancelled |

mod builder;
mod commit;
mod dialect;
mod error;
mod lease;
#[cfg(feature = "sqlx-mysql")]
mod mysql;
#[cfg(test)]
#[cfg(feature = "getrandom")]
mod plans;
#[cfg(feature = "sqlx-postgres")]
mod postgres;
#[cfg(feature = "sqlx-sqlite")]
mod sqlite;
mod statements;
mod trouble;
mod value;

pub use builder::SqlStoreBuilder;
pub use dialect::Dialect;
pub use error::{OpenError, SqlError};
#[cfg(feature = "sqlx-mysql")]
pub use mysql::MySqlStore;
#[cfg(feature = "sqlx-postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlx-sqlite")]
pub use sqlite::SqliteStore;

use crate::store::{Account, Change, Commit, Store};
use crate::token::Selector;
use core::fmt;
use core::marker::PhantomData;
use lease::Lease;
use sqlx::{Decode, Encode, Pool, Type};
use statements::{PURGE_BATCH, Statements};
use std::sync::Arc;
use time::UtcDateTime;
use value::Value;

/// How often a purge that met others at the same rows is tried again.
const PURGE_RETRIES: u8 = 3;

/// The host's type of account ids in one database.
///
/// It is there for `i64`, `i32` and `String`, and for `Uuid` with the feature `uuid`.
///
/// # Contract
/// `COLUMN_TYPE` is the SQL type of a column that holds such ids, in which the database
/// compares them to the host's by an index.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of account ids on `{DB}`",
    note = "account ids are `i64`, `i32` or `String`, and with password-reset's feature `uuid` a `Uuid`"
)]
pub trait AccountId<DB: Dialect>:
    for<'q> Encode<'q, DB>
    + for<'r> Decode<'r, DB>
    + Type<DB>
    + Clone
    + fmt::Debug
    + Send
    + Sync
    + Unpin
    + 'static
{
    /// The SQL type of the ledger table's `account_id`.
    const COLUMN_TYPE: &'static str;

    /// Whether ids can be read from a column of this type, and compared with it.
    #[must_use]
    fn fits(column: &DB::TypeInfo) -> bool {
        Self::compatible(column)
    }
}

/// A store on a SQL database. Its clones share the pool.
pub struct SqlStore<DB: Dialect, Id> {
    pool: Pool<DB>,
    sql: Arc<Statements>,
    id: PhantomData<fn() -> Id>,
}

impl<DB: Dialect, Id> Clone for SqlStore<DB, Id> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), sql: Arc::clone(&self.sql), id: PhantomData }
    }
}

impl<DB: Dialect, Id> fmt::Debug for SqlStore<DB, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore").field("database", &DB::NAME).finish_non_exhaustive()
    }
}

impl<DB: Dialect, Id> SqlStore<DB, Id> {
    /// A builder over the host's pool.
    // The bound stands here so that the compiler says what a type of ids lacks.
    pub fn builder(pool: Pool<DB>) -> SqlStoreBuilder<DB, Id>
    where
        Id: AccountId<DB>,
    {
        SqlStoreBuilder::new(pool)
    }
}

impl<DB: Dialect, Id: AccountId<DB>> SqlStore<DB, Id> {
    /// Forgets the ledgers that nobody can ask about any more, and says how many. Run it
    /// hourly, on one instance or on all of them.
    ///
    /// It deletes a thousand at a time, each batch on its own and with a connection of its
    /// own from the pool, so that others get theirs in between.
    ///
    /// # Errors
    /// The database's; what was deleted so far stays deleted.
    pub async fn purge(&self, now: UtcDateTime) -> Result<u64, SqlError> {
        self.try_purge(now).await.map_err(SqlError::named::<DB>)
    }

    async fn try_purge(&self, now: UtcDateTime) -> Result<u64, SqlError> {
        let now = now.unix_timestamp();
        let (mut purged, mut retries) = (0, PURGE_RETRIES);
        loop {
            let arguments = values::<DB>([Value::Integer(now)])?;
            let mut connection = Lease::from(&self.pool).await?;
            let batch = DB::execute(&mut connection, &self.sql.purge, arguments).await;
            connection.end();
            match batch {
                Ok(batch) => {
                    purged += batch;
                    if batch < PURGE_BATCH.unsigned_abs() {
                        return Ok(purged);
                    }
                }
                Err(error) if DB::is_conflict(&error) && retries > 0 => retries -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn find(
        &self,
        sql: &Arc<str>,
        arguments: DB::Arguments,
    ) -> Result<Option<Account<Id>>, SqlError> {
        let mut connection = Lease::from(&self.pool).await?;
        let rows = DB::fetch(&mut connection, sql, arguments).await;
        connection.end();
        match rows?.as_slice() {
            [] => Ok(None),
            [row] => DB::read_account(row).map(Some),
            _ => Err(SqlError::SeveralAccounts),
        }
    }
}

impl<DB: Dialect, Id: AccountId<DB>> Store for SqlStore<DB, Id> {
    type AccountId = Id;
    type Error = SqlError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<Id>>, SqlError> {
        let found = self.find(&self.sql.find_by_login, values::<DB>([Value::Text(login)])?).await;
        found.map_err(SqlError::named::<DB>)
    }

    async fn find_by_id(&self, id: &Id) -> Result<Option<Account<Id>>, SqlError> {
        let mut arguments = DB::Arguments::default();
        commit::add(&mut arguments, id)?;
        let found = self.find(&self.sql.find_by_id, arguments).await;
        found.map_err(SqlError::named::<DB>)
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<Id>>, SqlError> {
        let selector = values::<DB>([Value::Bytes(selector.as_bytes())])?;
        let found = self.find(&self.sql.find_by_selector, selector).await;
        found.map_err(SqlError::named::<DB>)
    }

    async fn commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        match self.try_commit(change).await {
            Err(SqlError::Database(error)) if DB::is_conflict(&error) => Ok(Commit::Conflict),
            result => result.map_err(SqlError::named::<DB>),
        }
    }
}

fn values<'a, DB: Dialect>(
    values: impl IntoIterator<Item = Value<'a>>,
) -> Result<DB::Arguments, SqlError> {
    let mut arguments = DB::Arguments::default();
    for value in values {
        DB::bind(&mut arguments, value).map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
