use core::fmt;
use sqlx::error::DatabaseError;

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
    /// The table's name is not an ASCII identifier of at most 48 characters.
    #[error("the ledger table's name must be an ASCII identifier of at most 48 characters")]
    TableName,
    /// Two statements where one belongs.
    #[error("`{part}` must be one statement, without a semicolon inside")]
    Semicolon {
        /// The builder's method.
        part: &'static str,
    },
    /// The ledger table does not exist or lacks a column.
    #[error("the ledger table is missing or of another shape: call `migrate`, or apply the schema")]
    LedgerTable(#[source] sqlx::Error),
    /// The database cannot prepare a statement of the host's.
    #[error("the database cannot prepare `{part}`")]
    Prepare {
        /// The builder's method.
        part: &'static str,
        /// What the database says.
        #[source]
        source: sqlx::Error,
    },
    /// A statement takes another number of parameters than it is given.
    #[error("`{part}` takes {found} parameters instead of {expected}")]
    Parameters {
        /// The builder's method.
        part: &'static str,
        /// How many it is given.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A statement that is to write gives rows instead.
    #[error("`{part}` must write, and it reads")]
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
    /// The database could not be reached or did not do as asked.
    #[error(transparent)]
    Database(SqlError),
}

/// Why a store could not answer. Each says what to do, and once that is done the same
/// store goes on; only a closed pool stays closed.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum SqlError {
    /// The server is down or does not answer, refuses the pool's user, or every connection
    /// was in use for as long as the pool waits; or the connection broke.
    #[error(
        "no connection to the database: see that it runs and admits this user, \
         and that the pool has connections enough"
    )]
    NoConnection(#[source] sqlx::Error),
    /// A lock or the statement took longer than the database was told to wait.
    #[error("the database is busy: look for transactions that stay open, or let it wait longer")]
    Busy(#[source] sqlx::Error),
    /// The database, its file or the session takes no writes.
    #[error("the database is read-only: connect to the one that takes writes, or let it take them")]
    ReadOnly(#[source] sqlx::Error),
    /// No room is left.
    #[error("the database is full: make room on its disk, or raise its limit")]
    Full(#[source] sqlx::Error),
    /// A table or column was there when the store opened, and is not any more.
    #[error("a table or column is missing: call `migrate`, or apply the schema and your own")]
    Missing(#[source] sqlx::Error),
    /// The host closed the pool.
    #[error("the pool was closed: close it only when the program ends")]
    PoolClosed(#[source] sqlx::Error),
    /// The database did not do as asked, for another reason.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The login's condition matches more than one account, or `accounts` gives one twice.
    #[error("more than one account was found where one belongs")]
    SeveralAccounts,
    /// A column of `accounts` is NULL. Leave such rows out, or give a value with
    /// `coalesce`.
    #[error("column `{column}` of an account is NULL")]
    Null {
        /// The column.
        column: &'static str,
    },
    /// The stamp is neither text, nor bytes, nor an integer.
    #[error("an account's stamp is of type {found}: cast it to text")]
    StampType {
        /// What the database says it is.
        found: String,
    },
    /// `set_password` would have changed several rows; none was changed.
    #[error("`set_password` matches more than one row")]
    SeveralPasswords,
}

/// The sentence and the database's code: what the driver prints may hold the row, with its address
/// and its password hash.
impl fmt::Debug for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SqlError({self}")?;
        let source = core::error::Error::source(self).and_then(|e| e.downcast_ref::<sqlx::Error>());
        if let Some(code) =
            source.and_then(sqlx::Error::as_database_error).and_then(DatabaseError::code)
        {
            write!(f, "; code {code}")?;
        }
        f.write_str(")")
    }
}
