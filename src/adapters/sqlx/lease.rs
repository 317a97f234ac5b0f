//! A connection of a pool, and what becomes of it.

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database, Error, Pool};
use core::ops::{Deref, DerefMut};

/// A connection that is closed instead of going back to its pool, unless it was told that all went
/// well.
///
/// Where a future was dropped midway, nobody knows what the server was doing: a `BEGIN` without an
/// answer would leave a transaction open, and in it would vanish what the pool's next user writes.
pub(super) struct Lease<DB: Database> {
    connection: PoolConnection<DB>,
    closes: bool,
}

impl<DB: Database> Lease<DB> {
    pub(super) async fn from(pool: &Pool<DB>, closes: bool) -> Result<Self, Error> {
        Ok(Self { connection: pool.acquire().await?, closes })
    }

    /// Whether it is closed at its end.
    pub(super) fn closes(&mut self, closes: bool) {
        self.closes = closes;
    }
}

impl<DB: Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        if self.closes {
            self.connection.close_on_drop();
        }
    }
}

impl<DB: Database> Deref for Lease<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.connection
    }
}

impl<DB: Database> DerefMut for Lease<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }
}
