use super::dialect::Dialect;
use core::ops::{Deref, DerefMut};
use sqlx::pool::PoolConnection;
use sqlx::{Error, Pool};

/// A connection that is closed instead of going back to the pool where the future that
/// used it was dropped midway.
///
/// Nobody knows then what the server was doing: a `BEGIN` without an answer would leave a
/// transaction open, and in it would vanish what the pool's next user writes.
pub(super) struct Lease<DB: Dialect> {
    connection: PoolConnection<DB>,
    ended: bool,
}

impl<DB: Dialect> Lease<DB> {
    pub(super) async fn from(pool: &Pool<DB>) -> Result<Self, Error> {
        Ok(Self { connection: pool.acquire().await?, ended: false })
    }

    /// Closes the connection at its end: it did not end its transaction as asked. SQLite
    /// ends one by itself where its disk is full, and sqlx then counts one too many.
    pub(super) fn give_up(&mut self) {
        self.connection.close_on_drop();
    }

    /// Gives the connection back, whatever it was answered.
    pub(super) fn end(mut self) {
        self.ended = true;
    }
}

impl<DB: Dialect> Drop for Lease<DB> {
    fn drop(&mut self) {
        if !self.ended && !DB::ENDS_WHAT_IS_DROPPED {
            self.connection.close_on_drop();
        }
    }
}

impl<DB: Dialect> Deref for Lease<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.connection
    }
}

impl<DB: Dialect> DerefMut for Lease<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }
}
