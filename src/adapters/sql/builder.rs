use super::dialect::{Dialect, Prepared};
use super::error::{OpenError, SqlError};
use super::statements::{self, HostSql, LEDGER_COLUMNS, Statements, one_statement};
use super::value::Value;
use super::{AccountId, SqlStore, values};
use core::fmt;
use core::marker::PhantomData;
use sqlx::{Column, Pool, TypeInfo};
use std::sync::Arc;

const DEFAULT_TABLE: &str = "password_reset_ledgers";

/// Builds a [`SqlStore`] from the host's pool and statements.
#[must_use = "a builder does nothing until `open`"]
pub struct SqlStoreBuilder<DB: Dialect, Id> {
    pool: Pool<DB>,
    table: String,
    accounts: Option<String>,
    login: Option<String>,
    set_password: Option<String>,
    end_sessions: Option<String>,
    without_sessions: bool,
    id: PhantomData<fn() -> Id>,
}

impl<DB: Dialect, Id> fmt::Debug for SqlStoreBuilder<DB, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStoreBuilder").field("table", &self.table).finish_non_exhaustive()
    }
}

impl<DB: Dialect, Id: AccountId<DB>> SqlStoreBuilder<DB, Id> {
    pub(super) fn new(pool: Pool<DB>) -> Self {
        Self {
            pool,
            table: DEFAULT_TABLE.into(),
            accounts: None,
            login: None,
            set_password: None,
            end_sessions: None,
            without_sessions: false,
            id: PhantomData,
        }
    }

    /// A `SELECT` without parameters that gives the accounts that may reset, each once,
    /// with the columns `id`, `address` and `stamp`, and any others that the login's
    /// condition needs. It becomes a derived table, so keep it one that the database can
    /// see through: no `ORDER BY`, `LIMIT`, `GROUP BY` or `UNION`.
    ///
    /// `stamp` is text, bytes or an integer that changes with the credentials, best the
    /// password hash itself; cast anything else to text. Neither it nor `address` may be
    /// NULL.
    pub fn accounts(mut self, select: impl Into<String>) -> Self {
        self.accounts = Some(select.into());
        self
    }

    /// A condition over the columns of [`accounts`](Self::accounts) with one parameter,
    /// the login that a visitor typed. It needs an index of the host's.
    pub fn login(mut self, condition: impl Into<String>) -> Self {
        self.login = Some(condition.into());
        self
    }

    /// An `UPDATE` that sets one account's password. Its three parameters are the new
    /// hash, the account's id, and the stamp that it replaces, in this order or numbered,
    /// not both.
    pub fn set_password(mut self, update: impl Into<String>) -> Self {
        self.set_password = Some(update.into());
        self
    }

    /// A `DELETE` that ends the sessions of an account, its one parameter the account's id.
    pub fn end_sessions(mut self, delete: impl Into<String>) -> Self {
        self.end_sessions = Some(delete.into());
        self.without_sessions = false;
        self
    }

    /// Says that accounts have no sessions in this database to end.
    pub fn without_sessions(mut self) -> Self {
        self.end_sessions = None;
        self.without_sessions = true;
        self
    }

    /// Another name for the ledger table than `password_reset_ledgers`, for instance where
    /// two kinds of accounts share a database.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = name.into();
        self
    }

    /// The statements that create the ledger table, each ended by a semicolon, for hosts
    /// that run migrations of their own.
    ///
    /// # Errors
    /// The table's name is not an identifier.
    pub fn schema(&self) -> Result<String, OpenError> {
        let statements = self.schema_statements()?;
        Ok(statements.iter().flat_map(|statement| [statement, ";\n"]).collect())
    }

    fn schema_statements(&self) -> Result<Vec<String>, OpenError> {
        let starts_well = self.table.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let goes_on_well = self.table.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !starts_well || !goes_on_well || self.table.len() > 48 {
            return Err(OpenError::TableName);
        }
        Ok(statements::schema::<DB, Id>(&self.table))
    }

    /// Creates the ledger table, or brings one of an earlier release up to date.
    ///
    /// # Errors
    /// The database's, and a name that is not an identifier.
    pub async fn migrate(self) -> Result<Self, OpenError> {
        let mut connection = self.pool.acquire().await.map_err(failed::<DB>)?;
        for statement in self.schema_statements()? {
            DB::execute(&mut connection, &statement.into(), DB::Arguments::default())
                .await
                .map_err(failed::<DB>)?;
        }
        Ok(self)
    }

    /// Prepares every statement and opens the store.
    ///
    /// # Errors
    /// A part is missing, or the database finds a mistake in one.
    pub async fn open(self) -> Result<SqlStore<DB, Id>, OpenError> {
        self.schema_statements()?;
        let host = HostSql {
            accounts: required("accounts", self.accounts)?,
            login: required("login", self.login)?,
            set_password: required("set_password", self.set_password)?,
            end_sessions: if self.without_sessions {
                None
            } else {
                Some(required("end_sessions", self.end_sessions)?)
            },
        };
        let sql = Statements::new::<DB>(&self.table, &host);
        let mut connection = self.pool.acquire().await.map_err(failed::<DB>)?;
        check_ledger_table::<DB, Id>(&mut connection, &self.table).await?;
        check_accounts::<DB, Id>(&mut connection, &host.accounts).await?;
        check_statement::<DB>(&mut connection, "login", &sql.find_by_login, 1).await?;
        check_write::<DB>(&mut connection, "set_password", &sql.set_password, 3).await?;
        if let Some(end_sessions) = &sql.end_sessions {
            check_write::<DB>(&mut connection, "end_sessions", end_sessions, 1).await?;
        }
        for own in [&sql.find_by_id, &sql.find_by_selector, &sql.insert, &sql.update, &sql.purge] {
            DB::prepare(&mut connection, own)
                .await
                .map_err(|source| OpenError::Prepare { part: "accounts", source })?;
        }
        drop(connection);
        Ok(SqlStore { pool: self.pool, sql: Arc::new(sql), id: PhantomData })
    }
}

fn failed<DB: Dialect>(error: sqlx::Error) -> OpenError {
    OpenError::Database(SqlError::from(error).named::<DB>())
}

fn required(part: &'static str, sql: Option<String>) -> Result<String, OpenError> {
    one_statement(part, &sql.ok_or(OpenError::Missing { part })?)
}

async fn check_ledger_table<DB: Dialect, Id: AccountId<DB>>(
    connection: &mut DB::Connection,
    table: &str,
) -> Result<(), OpenError> {
    let sql = format!("SELECT {LEDGER_COLUMNS} FROM {table}").into();
    let prepared = DB::prepare(connection, &sql).await.map_err(OpenError::LedgerTable)?;
    check_column(&prepared, 0, ("the ledger table", "account_id", Id::COLUMN_TYPE), Id::fits)
}

async fn check_accounts<DB: Dialect, Id: AccountId<DB>>(
    connection: &mut DB::Connection,
    accounts: &str,
) -> Result<(), OpenError> {
    let sql = format!("SELECT a.id, a.address, a.stamp FROM (\n{accounts}\n) AS a").into();
    let prepared = check_statement::<DB>(connection, "accounts", &sql, 0).await?;
    let table = "`accounts`";
    check_column(&prepared, 0, (table, "id", Id::COLUMN_TYPE), Id::fits)?;
    check_column(&prepared, 1, (table, "address", "text"), DB::is_text)?;
    check_column(&prepared, 2, (table, "stamp", "text, bytes or a 64-bit integer"), DB::is_stamp)?;
    check_unique_names::<DB>(connection, accounts).await
}

/// Of two columns with one name SQLite takes the first without a word, as in
/// `SELECT *, password_hash AS stamp` where the table has a column `stamp` of its own.
async fn check_unique_names<DB: Dialect>(
    connection: &mut DB::Connection,
    accounts: &str,
) -> Result<(), OpenError> {
    let prepared = check_statement::<DB>(connection, "accounts", &accounts.into(), 0).await?;
    for column in ["id", "address", "stamp"] {
        let same_name = prepared.columns.iter().filter(|c| c.name().eq_ignore_ascii_case(column));
        if same_name.count() > 1 {
            return Err(OpenError::SeveralColumns { column });
        }
    }
    Ok(())
}

async fn check_write<DB: Dialect>(
    connection: &mut DB::Connection,
    part: &'static str,
    sql: &Arc<str>,
    parameters: usize,
) -> Result<(), OpenError> {
    let prepared = check_statement::<DB>(connection, part, sql, parameters).await?;
    if prepared.columns.is_empty() { Ok(()) } else { Err(OpenError::Reads { part }) }
}

async fn check_statement<DB: Dialect>(
    connection: &mut DB::Connection,
    part: &'static str,
    sql: &Arc<str>,
    expected: usize,
) -> Result<Prepared<DB>, OpenError> {
    let prepared =
        DB::prepare(connection, sql).await.map_err(|source| OpenError::Prepare { part, source })?;
    if let Some(found) = prepared.parameters.filter(|found| *found != expected) {
        return Err(OpenError::Parameters { part, expected, found });
    }
    if let Some(explain) = DB::TRY_OUT {
        let zeros = core::iter::repeat_n(Value::Integer(0), expected);
        let zeros = values::<DB>(zeros).map_err(OpenError::Database)?;
        DB::fetch(connection, &format!("{explain} {sql}").into(), zeros)
            .await
            .map_err(|source| OpenError::Prepare { part, source })?;
    }
    Ok(prepared)
}

/// A type that the database cannot tell before a row is read is let through.
fn check_column<DB: Dialect>(
    prepared: &Prepared<DB>,
    position: usize,
    (table, column, expected): (&'static str, &'static str, &'static str),
    fits: impl Fn(&DB::TypeInfo) -> bool,
) -> Result<(), OpenError> {
    match prepared.columns.get(position).map(Column::type_info) {
        Some(info) if !info.is_null() && !fits(info) => {
            Err(OpenError::ColumnType { table, column, expected, found: info.to_string() })
        }
        _ => Ok(()),
    }
}
