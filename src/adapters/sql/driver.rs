//! The port to the host's database driver, and the values that cross it.

use super::Database;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

/// Runs statements on a database for a [`SqlStore`](super::SqlStore), and decides nothing.
///
/// Each statement casts its parameters and its columns to one of three types itself, so a driver
/// knows no others: 64-bit integers, text and bytes. A parameter is never NULL, a column may be.
///
/// # Contract
/// - `query` and `apply` run on one connection each, outside any other transaction, and retry
///   nothing.
/// - Rows of an `UPDATE` are counted where they match, also where they do not change (MySQL's
///   `CLIENT_FOUND_ROWS`).
/// - A connection is closed, not given back, when its future is dropped midway, and after an error
///   that [spoils](Database::spoils) it.
/// - An error of `apply` means that nothing is written, except where the connection broke or the
///   `COMMIT` failed.
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
///         // After a `COMMIT` where all fit, and after a `ROLLBACK` otherwise.
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

    /// The database that it talks to.
    const DATABASE: Database;

    /// Runs one statement and returns its rows, each with the columns of
    /// [`Statement::columns`], in this order. A row may have more columns; leave those unread.
    fn query(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> impl Future<Output = Result<Vec<Row>, Self::Error>> + Send;

    /// Runs all steps, in order. With `begin`, they are one transaction, which this statement
    /// opens; without, there is one step and no transaction.
    ///
    /// Where a step changes another number of rows than it [must](Step::fits), roll back and report
    /// the first such step. A driver that can send the steps at once may do so.
    fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> impl Future<Output = Result<Applied, Self::Error>> + Send;

    /// What kind of error it is, with the database's own code where there is one.
    fn fault(error: &Self::Error) -> Fault<'_>;
}

/// A row: the contents of its columns, `None` where one is NULL.
pub type Row = Vec<Option<Value<'static>>>;

/// A statement of the store's.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: Arc<str>,
    columns: Vec<Kind>,
}

impl Statement {
    pub(super) fn new(sql: impl Into<Arc<str>>, columns: impl Into<Vec<Kind>>) -> Self {
        Self { sql: sql.into(), columns: columns.into() }
    }

    /// Its text, with parameters as the database writes them: `$1` on PostgreSQL, `?` on MySQL, and
    /// `?1` on SQLite. It is the same for every call, so it can be prepared once a connection.
    #[must_use]
    pub const fn sql(&self) -> &Arc<str> {
        &self.sql
    }

    /// The types of its columns.
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

/// Values can be password hashes.
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
    /// The statement.
    #[must_use]
    pub const fn statement(&self) -> &'a Statement {
        self.statement
    }

    /// Its parameters.
    #[must_use]
    pub fn values(&self) -> &[Value<'a>] {
        &self.values
    }

    /// How many rows it must change, where that is known.
    #[must_use]
    pub const fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// Whether it may change so many rows.
    #[must_use]
    pub fn fits(&self, rows: u64) -> bool {
        self.rows.is_none_or(|expected| expected == rows)
    }
}

/// What became of the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// All took effect. These are the numbers of rows that each changed.
    All(Vec<u64>),
    /// None took effect.
    Not {
        /// The number of the first step that did not fit, from 0.
        step: usize,
        /// How many rows it changed before it was rolled back.
        rows: u64,
    },
}

impl Applied {
    /// What became of steps that changed so many rows each, for a driver that runs all of them and
    /// looks then: it commits on [`All`](Self::All) and rolls back otherwise.
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
    /// No connection could be had in time.
    NoConnection,
    /// The connection broke.
    Broken,
    /// The host has closed the pool.
    PoolClosed,
    /// The database answered with an error.
    Database {
        /// The SQLSTATE on PostgreSQL, the error's number on MySQL, the extended result code on
        /// SQLite. It is empty where a driver for PostgreSQL keeps it to itself; the store then goes
        /// by the message, which it knows in English.
        code: Cow<'a, str>,
        /// What it says.
        message: Cow<'a, str>,
    },
    /// Anything else.
    Other,
}
