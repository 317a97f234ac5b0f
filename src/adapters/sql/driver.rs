//! The port to a database driver, and the values that cross it.

use super::Database;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

/// Runs statements on a database for a [`SqlStore`](super::SqlStore). A driver decides nothing.
///
/// A driver handles three types: 64-bit integers, text and bytes. Each statement casts its own
/// parameters and columns to them. A parameter is never NULL. A column may be NULL.
///
/// # Contract
/// - Each call of `query` or `apply` runs on one connection, outside any other transaction, and
///   retries nothing.
/// - An `UPDATE` counts the rows that it matches, including rows that it does not change (MySQL's
///   `CLIENT_FOUND_ROWS`).
/// - A connection is closed, and not returned to its pool, if the call's future is dropped before
///   it is ready, and after an error that [breaks the connection](Database::breaks_connection).
/// - After an error of `apply`, nothing is written, unless the connection broke or the `COMMIT`
///   failed.
///
/// # Example
/// Drivers for real libraries, to copy, are in `examples/drivers`. This one shows only the shape:
///
/// ```
/// use password_reset::adapters::sql::{
///     Applied, Database, Driver, Fault, Row, Statement, Step, Value,
/// };
/// use std::convert::Infallible;
///
/// /// A database without rows, on which every statement changes one.
/// struct Empty;
///
/// impl Driver for Empty {
///     type Error = Infallible;
///     const DATABASE: Database = Database::Sqlite;
///
///     async fn query(&self, _: &Statement, _: &[Value<'_>]) -> Result<Vec<Row>, Infallible> {
///         Ok(Vec::new())
///     }
///     async fn apply(
///         &self,
///         _: Option<&'static str>,
///         steps: &[Step<'_>],
///     ) -> Result<Applied, Infallible> {
///         // A real driver runs `COMMIT` first if all steps fit, and `ROLLBACK` otherwise.
///         Ok(Applied::of(steps, vec![1; steps.len()]))
///     }
///     fn fault(error: &Infallible) -> Fault<'_> {
///         match *error {}
///     }
/// }
/// ```
pub trait Driver: Send + Sync {
    /// The driver's own error.
    type Error: Error + Send + Sync + 'static;

    /// The database that the driver talks to.
    const DATABASE: Database;

    /// Runs one statement and returns its rows, each with the columns of [`Statement::columns`], in
    /// that order. If the database's row has more columns, leave those unread.
    fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Row>, Self::Error>> + Send;

    /// Runs all steps, in order. With `begin`, they are one transaction, which the statement
    /// `begin` opens. Without it, there is one step and no transaction.
    ///
    /// If a step changes a number of rows that does not [fit](Step::fits), roll back and report the
    /// first such step. A driver may send all steps at once.
    fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> impl Future<Output = Result<Applied, Self::Error>> + Send;

    /// Returns the kind of an error, with the database's own code if it has one.
    fn fault(error: &Self::Error) -> Fault<'_>;
}

/// A row: the contents of its columns, with `None` for NULL.
pub type Row = Vec<Option<Value<'static>>>;

/// A statement that the store wants to run.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: Arc<str>,
    columns: Vec<Kind>,
}

impl Statement {
    pub(super) fn new(sql: impl Into<Arc<str>>, columns: impl Into<Vec<Kind>>) -> Self {
        Self { sql: sql.into(), columns: columns.into() }
    }

    /// Returns its text, with parameters as the database writes them: `$1` on PostgreSQL, `?` on
    /// MySQL, and `?1` on SQLite. The text is the same for every call, so a driver can prepare it
    /// once for each connection.
    #[must_use]
    pub const fn sql(&self) -> &Arc<str> {
        &self.sql
    }

    /// Returns the types of its columns.
    #[must_use]
    pub fn columns(&self) -> &[Kind] {
        &self.columns
    }
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A signed integer of 64 bits.
    Integer,
    /// Text, as UTF-8.
    Text,
    /// Bytes.
    Bytes,
}

/// A parameter, or the content of a column.
#[derive(Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A signed integer of 64 bits.
    Integer(i64),
    /// Text, as UTF-8.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Cow::Owned(bytes))
    }
}

/// Prints no content, since a value can be a password hash.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// One statement of a transaction, with its parameters.
#[derive(Debug)]
pub struct Step<'a> {
    pub(super) statement: &'a Statement,
    pub(super) values: Vec<Value<'a>>,
    pub(super) rows: Option<u64>,
}

impl<'a> Step<'a> {
    /// Returns the statement.
    #[must_use]
    pub const fn statement(&self) -> &'a Statement {
        self.statement
    }

    /// Returns the values of its parameters.
    #[must_use]
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }

    /// Returns the number of rows that it must change, or `None` if any number is right.
    #[must_use]
    pub const fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// Returns whether it may change this number of rows.
    #[must_use]
    pub fn fits(&self, rows: u64) -> bool {
        self.rows.is_none_or(|expected| expected == rows)
    }
}

/// The result of [`Driver::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// All steps took effect. These are the numbers of rows that each of them changed.
    All(Vec<u64>),
    /// No step took effect, since one did not fit.
    Not {
        /// The index of the first step that did not fit.
        step: usize,
        /// The number of rows that it changed before it was rolled back.
        rows: u64,
    },
}

impl Applied {
    /// Compares the number of rows that each step changed with the number that fits. A driver that
    /// runs all steps before it looks commits on [`All`](Self::All), and rolls back otherwise.
    #[must_use]
    pub fn of(steps: &[Step<'_>], rows: Vec<u64>) -> Self {
        let unfit =
            steps.iter().zip(&rows).enumerate().find(|(_, (step, rows))| !step.fits(**rows));
        match unfit {
            Some((step, (_, rows))) => Self::Not { step, rows: *rows },
            None => Self::All(rows),
        }
    }
}

/// The kind of a driver's error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault<'a> {
    /// The pool had no connection in time.
    NoConnection,
    /// The connection broke.
    Broken,
    /// The host has closed the pool.
    PoolClosed,
    /// The database returned an error.
    Database {
        /// The SQLSTATE on PostgreSQL, the error's number on MySQL, or the extended result code on
        /// SQLite.
        ///
        /// If a PostgreSQL library does not expose the code, leave it empty. The store then uses
        /// the message, which it knows in English.
        code: Cow<'a, str>,
        /// The database's message.
        message: Cow<'a, str>,
    },
    /// Anything else.
    Other,
}
