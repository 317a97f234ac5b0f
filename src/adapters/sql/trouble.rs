//! What kind of trouble a database has, and the sentence that says what to do about it.

/// What kind of trouble a database has, whatever its own code for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The server is down, does not respond, rejects the pool's user or has lost its cluster; or
    /// the connection broke; or every connection was in use for as long as the pool waits.
    NoConnection,
    /// The host closed the pool.
    PoolClosed,
    /// A lock or the statement took longer than the database is set to wait.
    Busy,
    /// Others changed the same rows at the same time, again and again.
    Conflict,
    /// The database, its file or the session is read-only.
    ReadOnly,
    /// The database has no space left.
    Full,
    /// A table or column that existed when the store opened does not exist any more.
    Missing,
    /// The database's user lacks a privilege.
    Privilege,
    /// A pooler hands prepared statements to connections that do not have them.
    Pooler,
    /// A connection has a plan or a transaction that cannot be used any more, and so does the next
    /// connection that the store tried.
    Stale,
    /// A column is too short for the value to write. Nothing was written.
    TooLong,
    /// A column cannot hold the value.
    Unfit,
    /// The value of a unique key is already taken.
    Duplicate,
    /// The login's condition matches more than one account, or `accounts` returns one twice.
    SeveralAccounts,
    /// `accounts` returned an id that is not of the store's type of ids.
    Id,
    /// `set_password` matches more than one row. None was changed.
    SeveralPasswords,
    /// `set_password` changed no row, although the account had not changed.
    NoPassword,
    /// After `set_password`, the account did not have the new hash, or was not found as before.
    /// Nothing was changed.
    OtherPassword,
    /// No account has the login.
    NoAccount,
    /// Any other error.
    Other,
}

impl Trouble {
    /// Returns whether another connection may be free of this trouble. A pooler's mix-up is not
    /// retried, since another statement than ours may have run.
    pub(super) const fn is_of_a_connection(self) -> bool {
        matches!(self, Self::NoConnection | Self::ReadOnly | Self::Stale)
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::NoConnection => {
                "no connection to the database: check that it runs, is in its cluster and admits \
                 this user, and that the pool has connections enough"
            }
            Self::PoolClosed => "the pool was closed: close it only when the program ends",
            Self::Busy => {
                "the database is busy: look for transactions that stay open, or let it wait longer"
            }
            Self::Conflict => "the database gave up, because others changed the same rows",
            Self::ReadOnly => {
                "the database is read-only: connect to the one that takes writes, or let it take \
                 them"
            }
            Self::Full => "the database is full: make room on its disk, or raise its limit",
            Self::Missing => {
                "a table or column is missing: call `migrate`, or apply the schema and your own"
            }
            Self::Privilege => {
                "the database's user lacks a privilege: grant it what your statements need, and \
                 SELECT, INSERT, UPDATE and DELETE on the ledger table"
            }
            Self::Pooler => {
                "a pooler between the program and the database mixes up prepared statements: use \
                 session pooling, or let it track prepared statements (PgBouncer from 1.21 on, with \
                 `max_prepared_statements` above 0)"
            }
            Self::Stale => {
                "the connection has a plan or a transaction that cannot be used any more: close \
                 the pool's idle connections"
            }
            Self::TooLong => {
                "a column is too short: the password hash needs all of its characters (255 is \
                 enough)"
            }
            Self::Unfit => "a column cannot hold the value",
            Self::Duplicate => "the value of a unique key is already taken",
            Self::SeveralAccounts => {
                "more than one account was found: let `login` match at most one account, and \
                 `accounts` return each account once"
            }
            Self::Id => {
                "`accounts` returned an id that is not of the store's type of ids (a UUID that is \
                 kept as text must be in lower case)"
            }
            Self::SeveralPasswords => "`set_password` matches more than one row; none was changed",
            Self::NoPassword => {
                "`set_password` changed no row, although the account had not changed: check that \
                 its condition holds for {id} and {stamp}, also if the password is NULL \
                 (`coalesce(password_hash, '') = {stamp}`), and that no policy or trigger keeps it \
                 from its row"
            }
            Self::OtherPassword => {
                "after `set_password` the account did not have the new hash, or was not found as \
                 before, so nothing was changed: check that it writes the column that `accounts` \
                 returns as `password`, and that neither the column nor a trigger changes or \
                 shortens the hash"
            }
            Self::NoAccount => "no account has this login",
            Self::Other => "the database failed",
        }
    }
}
