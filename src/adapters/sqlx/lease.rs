//! A connection that is closed unless its call ended well.

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database, Error, Pool};
use core::ops::{Deref, DerefMut};

/// A connection that is closed instead of returned to its pool, unless its call ended well.
///
/// If a future is dropped before it is ready, the state of the connection is unknown. A `BEGIN`
/// without a response may leave a transaction open, in which the writes of the pool's next user
/// would be lost.
pub(super) struct Lease<DB: Database> {
    connection: PoolConnection<DB>,
    closes: bool,
    given_up: bool,
}

impl<DB: Database> Lease<DB> {
    pub(super) async fn from(pool: &Pool<DB>, closes: bool) -> Result<Self, Error> {
        Ok(Self { connection: pool.acquire().await?, closes, given_up: false })
    }

    /// Sets whether the connection is closed when the lease is dropped.
    pub(super) fn closes(&mut self, closes: bool) {
        self.closes = closes;
    }

    /// Closes the connection when the lease is dropped, whatever [`closes`](Self::closes) sets: its
    /// transaction did not end as requested. If the disk is full, SQLite ends a transaction by
    /// itself, and sqlx then counts one too many.
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
