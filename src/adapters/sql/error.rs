//! The errors of opening a store, and of a call of an open store.

use super::{Database, Driver, Fault, Trouble};
use alloc::boxed::Box;
use alloc::string::String;
use core::error::Error;
use core::fmt;

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A required part is missing.
    #[error("`{part}` is missing: set it on the store's builder")]
    Missing {
        /// The builder's method.
        part: &'static str,
    },
    /// The ledger table's name is not one or two ASCII identifiers of at most 48 characters each.
    #[error(
        "the ledger table's name must be an ASCII identifier of at most 48 characters, \
         with or without its schema before it"
    )]
    TableName,
    /// A part contains several statements.
    #[error("`{part}` must be one statement, without a semicolon inside")]
    Semicolon {
        /// The builder's method.
        part: &'static str,
    },
    /// A literal, a quoted identifier, a comment or a name is not closed.
    #[error("`{part}` has a quote, a comment or a brace that is not closed")]
    Unclosed {
        /// The builder's method.
        part: &'static str,
    },
    /// A parameter is written in the database's own form instead of as a name in braces.
    #[error("`{part}` has the parameter {found}: write its name, such as {{login}} or {{id}}")]
    Position {
        /// The builder's method.
        part: &'static str,
        /// The parameter as it is written.
        found: String,
    },
    /// A part uses a name that does not exist, or that this part does not have.
    #[error("`{part}` has no value {{{found}}}")]
    UnknownName {
        /// The builder's method.
        part: &'static str,
        /// The name, without its braces.
        found: String,
    },
    /// A part lacks a name that it must use.
    #[error("`{part}` must contain {{{name}}}")]
    NoName {
        /// The builder's method.
        part: &'static str,
        /// The name, without its braces.
        name: &'static str,
    },
    /// The ledger table does not exist, or lacks a column or a key.
    #[error(
        "the ledger table is missing or of another shape: call `migrate`, or apply the schema; if a \
         table of another shape exists, drop or rename it first"
    )]
    LedgerTable(#[source] SqlError),
    /// The database rejects one of your statements, or one that the store makes from `accounts`.
    #[error("the database rejects `{part}`: {says}")]
    Refused {
        /// The builder's method.
        part: &'static str,
        /// The database's message, and what to change.
        says: String,
        /// The database's error.
        source: SqlError,
    },
    /// A part that must be an `UPDATE` is another statement.
    #[error("`{part}` must be an `UPDATE`")]
    Reads {
        /// The builder's method.
        part: &'static str,
    },
    /// Two columns of `accounts` have the same name, so the database might read either.
    #[error("`accounts` has more than one column named `{column}`")]
    SeveralColumns {
        /// The name of both columns.
        column: &'static str,
    },
    /// A column has a type that the store cannot use.
    #[error("column `{column}` of {table} has type {found}, and {expected} is needed")]
    ColumnType {
        /// The table: `accounts` or the ledger table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The types that the store can use.
        expected: &'static str,
        /// The type that the database reports.
        found: String,
    },
    /// The server or a table is set up so that the store would not do what it says.
    #[error("{what}")]
    Setting {
        /// What must be changed.
        what: String,
    },
    /// The database could not be reached, or returned another error.
    #[error(transparent)]
    Database(#[from] SqlError),
}

/// The error of a call of an open store. Its text says what to do.
///
/// Once that is done, the same store works again. Only a closed pool stays closed.
pub struct SqlError {
    trouble: Trouble,
    code: Option<String>,
    /// Whether another connection may be free of it.
    elsewhere: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SqlError {
    pub(super) fn of<D: Driver>(error: D::Error) -> Self {
        let fault = D::fault(&error);
        let trouble = D::DATABASE.trouble(&fault);
        // A call that waited in vain for a connection does not wait again.
        let elsewhere = trouble.is_of_a_connection() && fault != Fault::NoConnection;
        let code = match fault {
            Fault::Database { code, .. } => Some(code.into_owned()),
            _ => None,
        };
        Self { trouble, code, elsewhere, source: Some(Box::new(error)) }
    }

    /// Returns what kind of trouble it is.
    #[must_use]
    pub const fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// Returns the database's own code, if it sent one: the SQLSTATE on PostgreSQL, the number of
    /// the error on MariaDB and MySQL, the extended result code on SQLite.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns whether a read may be retried on another connection.
    pub(super) const fn can_read_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// Returns whether a write may be retried on another connection, because the database reported
    /// the error before it wrote anything. (1047 is the error of a MariaDB node outside its group.)
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

/// Prints the sentence and the database's code, but not the driver's error, which may contain the
/// row with its address and its password hash.
impl fmt::Debug for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlError({self}")?;
        if let Some(code) = &self.code {
            write!(f, "; code {code}")?;
        }
        f.write_str(")")
    }
}
