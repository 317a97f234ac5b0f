//! Why a store did not open, and why it could not answer.

use super::{Database, Driver, Fault};
use alloc::boxed::Box;
use alloc::string::String;
use core::error::Error;
use core::fmt;

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A part of the builder was not given.
    #[error("`{part}` was not given to the store's builder")]
    Missing {
        /// The builder's method.
        part: &'static str,
    },
    /// The table's name is not one or two ASCII identifiers of at most 48 characters.
    #[error(
        "the ledger table's name must be an ASCII identifier of at most 48 characters, \
         with or without its schema before it"
    )]
    TableName,
    /// Two statements where one belongs.
    #[error("`{part}` must be one statement, without a semicolon inside")]
    Semicolon {
        /// The builder's method.
        part: &'static str,
    },
    /// A literal, a quoted identifier, a comment or a name does not end.
    #[error("`{part}` has a quote, a comment or a brace that is not closed")]
    Unclosed {
        /// The builder's method.
        part: &'static str,
    },
    /// A parameter is written as a position.
    #[error("`{part}` has the parameter {found}: write its name, such as {{login}} or {{id}}")]
    Position {
        /// The builder's method.
        part: &'static str,
        /// The parameter.
        found: String,
    },
    /// A name that does not belong here.
    #[error("`{part}` has no value {{{found}}}")]
    UnknownName {
        /// The builder's method.
        part: &'static str,
        /// The name.
        found: String,
    },
    /// A name that the statement needs.
    #[error("`{part}` must contain {{{name}}}")]
    NoName {
        /// The builder's method.
        part: &'static str,
        /// The name.
        name: &'static str,
    },
    /// The ledger table does not exist, or lacks a column or a key.
    #[error(
        "the ledger table is missing or of another shape: call `migrate`, or apply the schema, and \
         drop or rename one of another shape first"
    )]
    LedgerTable(#[source] SqlError),
    /// The database refuses a statement of the host's, or the store's own over `accounts`.
    #[error("the database refuses `{part}`: {says}")]
    Refused {
        /// The builder's method.
        part: &'static str,
        /// What the database says, and what to change.
        says: String,
        /// The database's error.
        source: SqlError,
    },
    /// A statement that is to write reads instead.
    #[error("`{part}` must be an `UPDATE`")]
    Reads {
        /// The builder's method.
        part: &'static str,
    },
    /// Two columns of `accounts` have one name, so that the database might take either.
    #[error("`accounts` has more than one column named `{column}`")]
    SeveralColumns {
        /// The name.
        column: &'static str,
    },
    /// A column has a type that does not fit.
    #[error("column `{column}` of {table} has type {found}, and {expected} is needed")]
    ColumnType {
        /// Which table: `accounts` or the ledgers'.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What the store can read there.
        expected: &'static str,
        /// What the database says it is.
        found: String,
    },
    /// The server or a table is set up so that the store would do something else than it says.
    #[error("{what}")]
    Setting {
        /// What must be changed.
        what: String,
    },
    /// The database could not be reached or did not do as asked.
    #[error(transparent)]
    Database(#[from] SqlError),
}

/// Why a store could not answer. It says what to do, and once that is done the same store goes on;
/// only a closed pool stays closed.
pub struct SqlError {
    trouble: Trouble,
    code: Option<String>,
    /// Whether another connection may not have it.
    elsewhere: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What the databases' many words for an error mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The server is down or does not answer, refuses the pool's user, has lost its cluster, or
    /// every connection was in use for as long as the pool waits; or the connection broke.
    NoConnection,
    /// The host closed the pool.
    PoolClosed,
    /// A lock or the statement took longer than the database was told to wait.
    Busy,
    /// Others were at the same rows, again and again.
    Conflict,
    /// The database, its file or the session takes no writes.
    ReadOnly,
    /// No room is left.
    Full,
    /// A table or column was there when the store opened, and is not any more.
    Missing,
    /// The database's user may not do this.
    Privilege,
    /// A pooler hands prepared statements to connections that do not have them.
    Pooler,
    /// A connection has a plan or a transaction that cannot be used any more, and so has the next.
    Stale,
    /// A column is too short for what was to be written. Nothing was.
    TooLong,
    /// A column cannot hold the value.
    Unfit,
    /// A key is taken.
    Duplicate,
    /// The login's condition matches more than one account, or `accounts` gives one twice.
    SeveralAccounts,
    /// `accounts` gave an id that is not of the store's type.
    Id,
    /// `set_password` matches several rows. None was changed.
    SeveralPasswords,
    /// `set_password` changed no row of an account that had not changed.
    NoPassword,
    /// Behind `set_password`, the account did not have the new hash, or was not found as before.
    /// Nothing was changed.
    OtherPassword,
    /// No account has the login.
    NoAccount,
    /// Another reason.
    Other,
}

impl Trouble {
    /// Whether another connection may not have it. (What a pooler did may have been done to another
    /// statement than ours, so it is not done again.)
    pub(super) const fn is_of_a_connection(self) -> bool {
        matches!(self, Self::NoConnection | Self::ReadOnly | Self::Stale)
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::NoConnection => {
                "no connection to the database: see that it runs, is in its cluster and admits \
                 this user, and that the pool has connections enough"
            }
            Self::PoolClosed => "the pool was closed: close it only when the program ends",
            Self::Busy => {
                "the database is busy: look for transactions that stay open, or let it wait longer"
            }
            Self::Conflict => "the database gave up, because others were at the same rows",
            Self::ReadOnly => {
                "the database is read-only: connect to the one that takes writes, or let it take \
                 them"
            }
            Self::Full => "the database is full: make room on its disk, or raise its limit",
            Self::Missing => {
                "a table or column is missing: call `migrate`, or apply the schema and your own"
            }
            Self::Privilege => {
                "the database's user lacks a privilege: grant it what the statements need, and \
                 SELECT, INSERT, UPDATE and DELETE on the ledger table"
            }
            Self::Pooler => {
                "a pooler between the program and the database mixes up prepared statements: let \
                 it pool sessions, or prepared statements too (PgBouncer from 1.21 on, with \
                 `max_prepared_statements` above 0)"
            }
            Self::Stale => "the connection cannot be used any more: close idle ones",
            Self::TooLong => {
                "a column is too short: the password hash needs all of its characters (255 is \
                 enough)"
            }
            Self::Unfit => "a column cannot hold the value",
            Self::Duplicate => "a key is taken",
            Self::SeveralAccounts => "more than one account was found where one belongs",
            Self::Id => {
                "`accounts` gave an id that is not of the store's type of ids (a UUID that is kept \
                 as text must be in lower case)"
            }
            Self::SeveralPasswords => "`set_password` matches more than one row; none was changed",
            Self::NoPassword => {
                "`set_password` changed no row, although the account had not changed: see that its \
                 condition holds for {id} and {stamp}, also where the password is NULL \
                 (`coalesce(password_hash, '') = {stamp}`), and that no policy or trigger keeps it \
                 from its row"
            }
            Self::OtherPassword => {
                "after `set_password` the account did not have the new hash, or was not found as \
                 before, so nothing was changed: see that it writes the column that `accounts` \
                 gives as `password`, and that neither the column nor a trigger changes or \
                 shortens the hash"
            }
            Self::NoAccount => "no account has this login",
            Self::Other => "the database failed",
        }
    }
}

impl SqlError {
    pub(super) fn of<D: Driver>(error: D::Error) -> Self {
        let fault = D::fault(&error);
        let trouble = D::DATABASE.trouble(&fault);
        // A call that waited in vain for a connection does not wait for another.
        let elsewhere = trouble.is_of_a_connection() && fault != Fault::NoConnection;
        let code = match fault {
            Fault::Database { code, .. } => Some(code.into_owned()),
            _ => None,
        };
        Self { trouble, code, elsewhere, source: Some(Box::new(error)) }
    }

    /// What kind of trouble it is.
    #[must_use]
    pub const fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// The database's own code, where it gave one: the SQLSTATE on PostgreSQL, the number of the
    /// error on MariaDB and MySQL, the extended result code on SQLite.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether a read may be tried again on another connection.
    pub(super) const fn can_read_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// Whether a write may be: the database said so before it wrote anything. (1047 is the answer of
    /// a MariaDB node that is not in its group.)
    pub(super) fn can_write_elsewhere(&self, database: Database) -> bool {
        let refused = database == Database::MySql && self.code() == Some("1047");
        self.elsewhere && (refused || self.trouble != Trouble::NoConnection)
    }
}

impl From<Trouble> for SqlError {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, code: None, elsewhere: false, source: None }
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.trouble.sentence())
    }
}

impl Error for SqlError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The sentence and the database's code: what the driver prints may hold the row, with its address
/// and its password hash.
impl fmt::Debug for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlError({self}")?;
        if let Some(code) = &self.code {
            write!(f, "; code {code}")?;
        }
        f.write_str(")")
    }
}
