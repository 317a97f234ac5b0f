//! A store on SQL databases, over any driver: the host's connections and the host's own statements.
//!
//! The ledger has a table of its own beside the host's, and the host says in SQL who its
//! accounts are and how a password is set. When the store opens, it asks the database about every
//! statement: a misspelt column, a type that does not fit or a missing privilege is an [`OpenError`]
//! then, and not a surprise at the first forgotten password.
//!
//! `SqlStore` composes the statements and knows SQLite, PostgreSQL, and MariaDB and MySQL. A
//! [`Driver`] runs them. Drivers over sqlx 0.9 are in [`adapters::sqlx`](super::sqlx), where the
//! example below comes from; for other libraries, the guide
//! [`bring_your_own_store`](crate::guide::bring_your_own_store) names one to copy.
//!
//! ```
//! # #[cfg(feature = "sqlx-sqlite")]
//! # async fn example(pool: sqlx::SqlitePool) -> Result<(), password_reset::adapters::sql::OpenError> {
//! use password_reset::adapters::sqlx::SqliteStore;
//!
//! let store = SqliteStore::<i64>::builder(pool)
//!     .accounts("SELECT id, email AS address, password_hash AS password FROM users WHERE NOT disabled")
//!     .login("lower(address) = lower({login})")
//!     .set_password(
//!         "UPDATE users SET password_hash = {hash} \
//!          WHERE id = {id} AND coalesce(password_hash, '') = {stamp}",
//!     )
//!     .end_sessions("DELETE FROM sessions WHERE user_id = {id}") // or `.without_sessions()`
//!     .migrate()
//!     .await?
//!     .open()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! A usual table of users needs no SQL: name it with [`Users`], and its statements follow.
//!
//! Each find is one statement, a change of the ledger is one, and a redemption is one transaction
//! that begins by writing the password. The host's tables want an index for the login's condition
//! (here on `lower(email)`), for the account's id, and for the sessions of an account. Open sessions
//! only for the password that was verified: the guide says how.
//!
//! Some mistakes show only when a statement runs: a wrong column, a trigger or a policy. Then nothing
//! is written, and the error names the statement. Call [`try_out`](SqlStore::try_out) in a test of
//! your own to see it before your visitors do.
//!
//! # When the database is sick
//!
//! Each [`SqlError`] says what to do, and when that is done the same store goes on. A connection
//! that cannot be used any more is closed, and the call is tried again on another if nothing was
//! written: a session that became read-only in a failover, a cluster's node without its group, a
//! plan that an `ALTER TABLE` made stale.
//!
//! How long a visitor waits is the host's choice, for the library measures no time:
//!
//! | what is slow | what bounds it |
//! | --- | --- |
//! | connecting, or waiting for a connection | the pool's time-out (sqlx's `acquire_timeout` is 30 s by default: choose 5 s) |
//! | a lock, or a statement | PostgreSQL's `statement_timeout`; `innodb_lock_wait_timeout` and MariaDB's `max_statement_time`; SQLite's `busy_timeout` |
//! | a server that took the statement and fell silent | a time-out of your runtime's around the call |
//!
//! Such a time-out may drop the call at any time. What it was doing then happened wholly or
//! not at all, and on PostgreSQL and MySQL its connection is closed.
//!
//! # The ledger table
//!
//! [`migrate`](SqlStoreBuilder::migrate) creates it. Hosts that run migrations of their own
//! take [`schema`](SqlStoreBuilder::schema). On SQLite with integer ids it is:
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
//! On PostgreSQL:
//!
//! ```sql
//! CREATE TABLE IF NOT EXISTS password_reset_ledgers (
//!     account_id BIGINT NOT NULL PRIMARY KEY,
//!     selector BYTEA NOT NULL UNIQUE,
//!     revision BIGINT NOT NULL,
//!     ledger BYTEA NOT NULL,
//!     state TEXT NOT NULL,
//!     issued_at BIGINT NOT NULL,
//!     expires_at BIGINT NOT NULL,
//!     forgettable_at BIGINT NOT NULL
//! );
//! CREATE INDEX IF NOT EXISTS password_reset_ledgers_forgettable_at
//!     ON password_reset_ledgers (forgettable_at);
//! ```
//!
//! On MariaDB and MySQL:
//!
//! ```sql
//! CREATE TABLE IF NOT EXISTS password_reset_ledgers (
//!     account_id BIGINT NOT NULL PRIMARY KEY,
//!     selector BINARY(12) NOT NULL UNIQUE,
//!     revision BIGINT NOT NULL,
//!     ledger BLOB NOT NULL,
//!     state TEXT NOT NULL,
//!     issued_at BIGINT NOT NULL,
//!     expires_at BIGINT NOT NULL,
//!     forgettable_at BIGINT NOT NULL,
//!     INDEX password_reset_ledgers_forgettable_at (forgettable_at)
//! ) ENGINE = InnoDB;
//! ```
//!
//! For other ids, `account_id` has another type:
//!
//! | ids | SQLite | PostgreSQL | MariaDB and MySQL |
//! | --- | --- | --- | --- |
//! | integers | `INTEGER` | `BIGINT` | `BIGINT` |
//! | `u64` | `INTEGER` | `NUMERIC(20)` | `BIGINT UNSIGNED` |
//! | `String` | `TEXT` | `TEXT` | `VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin` |
//! | `Uuid` | `BLOB` | `UUID` | `BINARY(16)` |
//!
//! `ledger` is what counts; `state`, `issued_at` and `expires_at` show its newest link to
//! an operator, in unix seconds.
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
//! | `live`, and `expires` is to come | the newest link is in time: hers is an older one, or an invitation is beside it, or the address or the password has changed since, or `accounts` leaves the account out |
//! | `live`, and `expires` is over | it has expired |
//! | `redeemed` | it was used: the password was set with it |
//! | `changed` | somebody who was signed in changed the password, which ended it |
//! | `told` | the account has no password, and was mailed how it signs in; a link from before may be good |
//! | `revoked` | it was cancelled |

mod builder;
mod commit;
mod database;
mod driver;
mod error;
mod form;
mod host_sql;
mod id;
mod open;
mod pooler;
mod statements;
mod users;

pub use builder::SqlStoreBuilder;
pub use database::Database;
pub use driver::{Applied, Driver, Fault, Kind, Row, Statement, Step, Value};
pub use error::{OpenError, SqlError, Trouble};
pub use id::{AccountId, IdKind};
pub use users::Users;

use crate::store::{Account, Change, Commit, Store};
use crate::token::Selector;
use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use statements::{Composed, PURGE_BATCH, Statements};
use time::UtcDateTime;

/// How often a read or a batch of a purge that met others at the same rows is tried again.
const RETRIES: u8 = 8;

/// How often a call is tried again on another connection, where one cannot be used any more and
/// nothing was written.
const RETRIES_ELSEWHERE: u8 = 3;

/// A store on a SQL database, over the host's driver. Its clones share the driver.
pub struct SqlStore<D, Id> {
    driver: Arc<D>,
    sql: Arc<Statements>,
    /// Whether the rows that the sessions' statements change are sessions.
    counts_sessions: bool,
    id: PhantomData<fn() -> Id>,
}

impl<D, Id> Clone for SqlStore<D, Id> {
    fn clone(&self) -> Self {
        let (driver, sql) = (Arc::clone(&self.driver), Arc::clone(&self.sql));
        Self { driver, sql, counts_sessions: self.counts_sessions, id: PhantomData }
    }
}

impl<D: Driver, Id> fmt::Debug for SqlStore<D, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = D::DATABASE.name();
        f.debug_struct("SqlStore").field("database", &database).finish_non_exhaustive()
    }
}

impl<D: Driver, Id> SqlStore<D, Id> {
    /// A builder over the host's driver, or over the pool that one is made from.
    // The bound stands here so that the compiler says what a type of ids lacks.
    pub fn builder(driver: impl Into<D>) -> SqlStoreBuilder<D, Id>
    where
        Id: AccountId,
    {
        SqlStoreBuilder::new(driver.into())
    }
}

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    /// Forgets the ledgers that nobody can ask about any more, and returns their number. Run it
    /// hourly, on one instance or on all of them.
    ///
    /// It deletes a thousand at a time, each batch on its own and with a connection of its
    /// own from the pool, so that others get theirs in between.
    ///
    /// # Errors
    /// The database's; what was deleted so far stays deleted.
    pub async fn purge(&self, now: UtcDateTime) -> Result<u64, SqlError> {
        let now = Value::Integer(now.unix_timestamp());
        let values = |purge: &Composed| purge.names.iter().map(|_| now.clone()).collect();
        let purge = &self.sql.purge;
        let (mut purged, mut retries) = (0, RETRIES);
        loop {
            let step = Step { statement: &purge.statement, values: values(purge), rows: None };
            match self.apply(None, &[step]).await {
                Ok(applied) => {
                    let batch = match applied {
                        Applied::All(rows) => rows.iter().sum(),
                        Applied::Not { .. } => 0,
                    };
                    purged += batch;
                    if batch < PURGE_BATCH {
                        return Ok(purged);
                    }
                    retries = RETRIES;
                }
                Err(error) if error.trouble() == Trouble::Conflict && retries > 0 => retries -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs the steps, and again on another connection where one is of no use any more and the
    /// database said so before it wrote anything.
    async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, SqlError> {
        let mut retries = RETRIES_ELSEWHERE;
        loop {
            let error = match self.driver.apply(begin, steps).await {
                Ok(applied) => return Ok(applied),
                Err(error) => SqlError::of::<D>(error),
            };
            if !error.can_write_elsewhere(D::DATABASE) || retries == 0 {
                return Err(error);
            }
            retries -= 1;
        }
    }

    /// Reads, and again where the connection is of no use any more or others were at the rows.
    async fn find(
        &self,
        find: &Composed,
        value: Value<'_>,
    ) -> Result<Option<Account<Id>>, SqlError> {
        let values: Vec<_> = find.names.iter().map(|_| value.clone()).collect();
        let (mut retries, mut elsewhere) = (RETRIES, RETRIES_ELSEWHERE);
        let rows = loop {
            let error = match self.driver.query(&find.statement, &values).await {
                Ok(rows) => break rows,
                Err(error) => SqlError::of::<D>(error),
            };
            match error.trouble() {
                Trouble::Unfit => return Ok(None),
                Trouble::Conflict if retries > 0 => retries -= 1,
                _ if error.can_read_elsewhere() && elsewhere > 0 => elsewhere -= 1,
                _ => return Err(error),
            }
        };
        let mut rows = rows.into_iter();
        match (rows.next(), rows.next()) {
            (None, _) => Ok(None),
            (Some(row), None) => read_account(row),
            (Some(_), Some(_)) => Err(Trouble::SeveralAccounts.into()),
        }
    }
}

/// An account without an address cannot be mailed a link, so it is none.
fn read_account<Id: AccountId>(row: Row) -> Result<Option<Account<Id>>, SqlError> {
    let mut row = row.into_iter();
    let mut next = || row.next().flatten();
    let text = |value| if let Some(Value::Text(text)) = value { Some(text) } else { None };
    let (id, address, stamp) = (text(next()), text(next()), text(next()));
    let mut is_set = || !matches!(next(), Some(Value::Integer(0)));
    let (has_password, needs_second_factor) = (is_set(), is_set());
    let ledger = next().and_then(|value| match value {
        Value::Bytes(bytes) => Some(bytes.into_owned()),
        _ => None,
    });
    let id = id.and_then(|text| Id::from_text(&text)).ok_or(Trouble::Id)?;
    let stamp = stamp.map(Cow::into_owned).unwrap_or_default();
    Ok(address.map(|address| {
        let mut account = Account::new(id, address, stamp, ledger);
        account.has_password = has_password;
        account.needs_second_factor = needs_second_factor;
        account
    }))
}

impl<D: Driver, Id: AccountId> Store for SqlStore<D, Id> {
    type AccountId = Id;
    type Error = SqlError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<Id>>, SqlError> {
        self.find(&self.sql.find_by_login, Value::from(login)).await
    }

    async fn find_by_id(&self, id: &Id) -> Result<Option<Account<Id>>, SqlError> {
        self.find(&self.sql.find_by_id, Value::Text(id.to_text().into())).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<Id>>, SqlError> {
        let selector = Value::Bytes(Cow::Borrowed(selector.as_bytes()));
        self.find(&self.sql.find_by_selector, selector).await
    }

    async fn commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        match self.try_commit(change).await {
            Err(error) if error.trouble() == Trouble::Conflict => Ok(Commit::Conflict),
            result => result,
        }
    }
}
