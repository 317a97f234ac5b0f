use super::{Dialect, SqlError};
use sqlx::Error;

/// What the databases' many words for an error come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(hidden)]
pub enum Trouble {
    NoConnection,
    Busy,
    ReadOnly,
    Full,
    Missing,
}

impl SqlError {
    /// Says of a database's error what it comes to, where that is known.
    pub(super) fn named<DB: Dialect>(self) -> Self {
        let Self::Database(error) = self else { return self };
        let trouble = match &error {
            Error::PoolClosed => return Self::PoolClosed(error),
            // The pool tries again while nobody listens, so this is also a server that
            // is down.
            Error::PoolTimedOut | Error::Io(_) | Error::Tls(_) => Some(Trouble::NoConnection),
            Error::Database(error) => DB::trouble(&**error),
            _ => None,
        };
        match trouble {
            Some(Trouble::NoConnection) => Self::NoConnection(error),
            Some(Trouble::Busy) => Self::Busy(error),
            Some(Trouble::ReadOnly) => Self::ReadOnly(error),
            Some(Trouble::Full) => Self::Full(error),
            Some(Trouble::Missing) => Self::Missing(error),
            None => Self::Database(error),
        }
    }
}
