//! Stores over the pools of sqlx 0.9.
//!
//! ```
//! # #[cfg(feature = "sqlx-sqlite")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use password_reset::adapters::sql::Users;
//! use password_reset::adapters::sqlx::SqliteStore;
//!
//! # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
//! # let pool = pool.connect("sqlite::memory:").await?;
//! # let tables = "CREATE TABLE users (id INTEGER, email TEXT, password_hash TEXT); \
//! #               CREATE TABLE sessions (user_id INTEGER)";
//! # sqlx::raw_sql(tables).execute(&pool).await?;
//! let store = SqliteStore::<i64>::builder(pool)
//!     .users(&Users::new("users"))
//!     .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
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
//! The library chooses no runtime. Enable one of sqlx's `runtime-` features in your own dependency.
//!
//! Open your own transactions with [`begin`](sqlx::Pool::begin), not with a statement. A connection
//! that returns to the pool after a raw `BEGIN` still has its transaction open. What the store
//! writes on it next is lost with that transaction.

mod driver;
mod lease;

/// The public dependency, whose pools the stores take.
pub use ::sqlx;

use super::sql::SqlStore;
#[cfg(feature = "sqlx-mysql")]
use ::sqlx::MySql;
use ::sqlx::Pool;
#[cfg(feature = "sqlx-postgres")]
use ::sqlx::Postgres;
#[cfg(feature = "sqlx-sqlite")]
use ::sqlx::Sqlite;
use core::fmt;

/// A [driver](super::sql::Driver) over a sqlx pool. It is made from the pool with `into()`.
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

/// A store on SQLite, over a sqlx pool.
///
/// Ids of the type `Uuid` are stored as a BLOB, and of the type `uuid::fmt::Hyphenated` as
/// lower-case text.
///
/// Do not quote names with `"`: if SQLite does not know a name in these quotes, it reads it as
/// text.
#[cfg(feature = "sqlx-sqlite")]
pub type SqliteStore<Id> = SqlStore<Sqlx<Sqlite>, Id>;

/// A store on PostgreSQL, over a sqlx pool.
#[cfg(feature = "sqlx-postgres")]
pub type PostgresStore<Id> = SqlStore<Sqlx<Postgres>, Id>;

/// A store on MariaDB or MySQL, over a sqlx pool. All tables must have the engine `InnoDB`.
#[cfg(feature = "sqlx-mysql")]
pub type MySqlStore<Id> = SqlStore<Sqlx<MySql>, Id>;
