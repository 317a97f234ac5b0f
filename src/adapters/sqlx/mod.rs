//! Drivers over sqlx's pools, and the stores on them.
//!
//! The library picks no runtime: enable one of sqlx's `runtime-` features in your own dependency.
//!
//! Open transactions with [`begin`](sqlx::Pool::begin), not with a statement of your own: a
//! connection that goes back to the pool after a raw `BEGIN` still has its transaction, and what
//! the store writes on it next is lost with it.

mod driver;
mod lease;

use super::sql::SqlStore;
#[cfg(feature = "sqlx-mysql")]
use ::sqlx::MySql;
use ::sqlx::Pool;
#[cfg(feature = "sqlx-postgres")]
use ::sqlx::Postgres;
#[cfg(feature = "sqlx-sqlite")]
use ::sqlx::Sqlite;
use core::fmt;

/// A driver over a pool of sqlx's.
pub struct Sqlx<DB: ::sqlx::Database>(Pool<DB>);

impl<DB: ::sqlx::Database> From<Pool<DB>> for Sqlx<DB> {
    fn from(pool: Pool<DB>) -> Self {
        Self(pool)
    }
}

impl<DB: ::sqlx::Database> fmt::Debug for Sqlx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sqlx").field(&DB::NAME).finish()
    }
}

/// A store on SQLite. UUIDs are BLOBs, or as `uuid::fmt::Hyphenated` lower-case text.
///
/// Do not quote names with `"`: SQLite takes one that it does not know for a text.
#[cfg(feature = "sqlx-sqlite")]
pub type SqliteStore<Id> = SqlStore<Sqlx<Sqlite>, Id>;

/// A store on PostgreSQL.
#[cfg(feature = "sqlx-postgres")]
pub type PostgresStore<Id> = SqlStore<Sqlx<Postgres>, Id>;

/// A store on MariaDB or MySQL. The tables must be `InnoDB`'s.
#[cfg(feature = "sqlx-mysql")]
pub type MySqlStore<Id> = SqlStore<Sqlx<MySql>, Id>;
