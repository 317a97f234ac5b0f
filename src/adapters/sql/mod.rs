//! A store on SQLite, PostgreSQL, MariaDB and MySQL, over any driver.
//!
//! You say in SQL who your accounts are and how a password is set. The ledgers have a table of
//! their own beside yours. When the store opens, it checks every statement with the database: a
//! misspelt column, a type that does not fit or a missing privilege is an [`OpenError`] then, and
//! not a surprise at the first forgotten password.
//!
//! [`SqlStore`] composes the statements, and a [`Driver`] runs them. Drivers over sqlx 0.9 are in
//! `adapters::sqlx`, which the example below uses. For other libraries, the guide
//! [`bring_your_own_store`](crate::guide::bring_your_own_store) names a driver to copy.
//!
//! ```
//! # #[cfg(feature = "sqlx-sqlite")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use password_reset::adapters::sqlx::SqliteStore;
//!
//! # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
//! # let pool = pool.connect("sqlite::memory:").await?;
//! # let tables = "CREATE TABLE users (id INTEGER, email TEXT, password_hash TEXT, disabled INTEGER); \
//! #               CREATE TABLE sessions (user_id INTEGER)";
//! # sqlx::raw_sql(tables).execute(&pool).await?;
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
//! # #[cfg(not(feature = "sqlx-sqlite"))]
//! # fn main() {}
//! ```
//!
//! A usual table of users needs no SQL: name its columns with [`Users`].
//!
//! Your tables need an index for the login's condition (here on `lower(email)`), for the account's
//! id, and for the sessions of an account. Open sessions only for the password that was verified:
//! the guide says how.
//!
//! Some mistakes show only when a statement runs: a wrong column, a trigger or a policy. In that
//! case nothing is written, and the error names the statement. To find such a mistake before your
//! visitors do, call [`try_out`](SqlStore::try_out) in one of your tests.
//!
//! # What it runs
//!
//! - Each find is one statement.
//! - Each change of the ledger alone is one statement.
//! - A redemption is one transaction (in the source: `redemption.rs`). Its first statement is
//!   `set_password`, which locks the account's row. Its last one writes the ledger, if the account
//!   that is now locked is still as expected.
//!
//! # When the database is sick
//!
//! Each [`SqlError`] says what to do. Once that is done, the same store works again.
//!
//! Some errors mean that a connection cannot be used any more: a session that became read-only in a
//! failover, a cluster's node outside its group, a plan that an `ALTER TABLE` made stale. Such a
//! connection is closed. If nothing was written, the call is tried again on another one.
//!
//! The library measures no time, so you choose how long a visitor waits:
//!
//! | what is slow | what limits it |
//! | --- | --- |
//! | connecting, or waiting for a connection | the pool's time-out (sqlx's `acquire_timeout` is 30 s by default: choose 5 s) |
//! | a lock, or a statement | PostgreSQL's `statement_timeout`; `innodb_lock_wait_timeout` and MariaDB's `max_statement_time`; SQLite's `busy_timeout` |
//! | a server that took the statement and fell silent | your runtime's time-out around the call |
//!
//! Such a time-out may drop the call at any time. Its change then happened as a whole or not at
//! all. On PostgreSQL and MySQL, its connection is closed.
//!
//! # The ledger table
//!
//! [`migrate`](SqlStoreBuilder::migrate) creates it. If you run your own migrations, take the
//! statements from [`schema`](SqlStoreBuilder::schema). On SQLite with integer ids they are:
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
//! The store reads only `account_id`, `selector`, `revision`, `ledger` and `forgettable_at`. The
//! columns `state`, `issued_at` and `expires_at` show the newest link to an operator, with times in
//! unix seconds.
//!
//! The ledger of a deleted account stays until a purge. If the database gives an id to another
//! account later, as SQLite does without `AUTOINCREMENT`, that account gets this ledger, and with
//! the same address and stamp its links as well. To prevent this, delete the ledger with the
//! account: in a trigger, or with a foreign key `ON DELETE CASCADE` in your own migration.
//!
//! # Why does her link not work?
//!
//! One `SELECT` shows why. This is how PostgreSQL writes it. Replace `to_timestamp(…)` with
//! `from_unixtime(…)` on MariaDB and MySQL, and with `datetime(…, 'unixepoch')` on SQLite:
//!
//! ```sql
//! SELECT u.id, l.state, to_timestamp(l.issued_at) AS asked, to_timestamp(l.expires_at) AS expires
//! FROM users AS u LEFT JOIN password_reset_ledgers AS l ON l.account_id = u.id
//! WHERE u.email = 'alice@example.com';
//! ```
//!
//! | result | reason |
//! | --- | --- |
//! | no row | no account has this address |
//! | `state` is NULL | no link was issued, or it expired more than a week ago |
//! | `live`, and `expires` is in the future | the newest link is in time. Either the link that does not work is an older one, or the account also has an invitation, or the address or the password has changed since, or `accounts` leaves the account out |
//! | `live`, and `expires` is in the past | the link has expired |
//! | `redeemed` | the link was used: the password was set with it |
//! | `changed` | the password was changed by somebody who was signed in, which ended the link |
//! | `explained` | the account has no password, and its holder was mailed how to sign in; an older link may still be good |
//! | `revoked` | the link was cancelled |

mod builder;
mod codes;
mod columns;
mod commit;
mod database;
mod driver;
mod engines;
mod error;
mod form;
mod host_sql;
mod id;
mod ledger_table;
mod name;
mod open;
mod pooler;
mod probe;
mod redemption;
mod scanner;
mod settings;
mod statements;
mod store;
mod trouble;
mod try_out;
mod users;
mod values;

pub use builder::SqlStoreBuilder;
pub use database::Database;
pub use driver::{Applied, Driver, Fault, Kind, Row, Statement, Step, Value};
pub use error::{OpenError, SqlError};
pub use id::{AccountId, IdKind};
pub use store::SqlStore;
pub use trouble::Trouble;
pub use users::Users;
