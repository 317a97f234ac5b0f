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
    given_up: bool,
}

impl<DB: Database> Lease<DB> {
    pub(super) async fn from(pool: &Pool<DB>, closes: bool) -> Result<Self, Error> {
        Ok(Self { connection: pool.acquire().await?, closes, given_up: false })
    }

    /// Whether it is closed at its end, unless it was given up.
    pub(super) fn closes(&mut self, closes: bool) {
        self.closes = closes;
    }

    /// Closes it at its end, whatever is said later: it did not end its transaction as asked. SQLite
    /// ends one by itself where its disk is full, and sqlx then counts one too many.
    pub(super) fn give_up(&mut self) {
        self.given_up = true;
    }
}

impl<DB: Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        if self.closes || self.given_up {
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
