//! What a host gives to a store.

use super::host_sql::check;
use super::statements::{self, HostSql};
use super::{AccountId, Applied, Driver, OpenError, SqlError, SqlStore, Statement, Step, Users};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

const DEFAULT_TABLE: &str = "password_reset_ledgers";

/// Waits for others that create the ledger table. The number is any, and the same for all.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(8097880544666547045)";

/// Builds a [`SqlStore`] from the host's driver and statements.
///
/// In the place of a value, a statement has its name in braces, as often as it likes:
///
/// | name | value |
/// | --- | --- |
/// | `{login}` | what the visitor typed |
/// | `{id}` | the account's id |
/// | `{hash}` | the new password hash |
/// | `{stamp}` | the account's stamp, which is its old hash unless `accounts` says otherwise |
#[must_use = "a builder does nothing until `open`"]
pub struct SqlStoreBuilder<D, Id> {
    pub(super) driver: D,
    table: String,
    accounts: Option<String>,
    login: Option<String>,
    set_password: Option<String>,
    end_sessions: Vec<String>,
    also: Vec<String>,
    also_by_link: Vec<String>,
    without_sessions: bool,
    pub(super) id: PhantomData<fn() -> Id>,
}

impl<D, Id> fmt::Debug for SqlStoreBuilder<D, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStoreBuilder").field("table", &self.table).finish_non_exhaustive()
    }
}

impl<D: Driver, Id: AccountId> SqlStoreBuilder<D, Id> {
    pub(super) fn new(driver: D) -> Self {
        Self {
            driver,
            table: DEFAULT_TABLE.into(),
            accounts: None,
            login: None,
            set_password: None,
            end_sessions: Vec::new(),
            also: Vec::new(),
            also_by_link: Vec::new(),
            without_sessions: false,
            id: PhantomData,
        }
    }

    /// A table of users by its columns, in the place of [`accounts`](Self::accounts) and
    /// [`set_password`](Self::set_password). The login is the address, compared as the column
    /// compares, unless [`login`](Self::login) says otherwise.
    pub fn users(mut self, users: &Users) -> Self {
        self.login.get_or_insert_with(|| "address = {login}".into());
        self.accounts(users.accounts()).set_password(users.set_password())
    }

    /// A `SELECT` that gives the accounts that may reset, each once. It becomes a derived table, so
    /// keep it one that the database can see through: no `ORDER BY`, `LIMIT`, `GROUP BY` or
    /// `UNION`. Its columns are
    ///
    /// - `id`,
    /// - `address`: where it is NULL, there is no account,
    /// - `password`: the password's hash as it is stored; NULL or empty where there is no password,
    /// - optionally `stamp`: text, bytes, an integer or a UUID that changes with *every* credential of the
    ///   account and with nothing else, such as a counter. Without it, the stamp is the password's hash,
    /// - optionally `second_factor`: NULL, false, the integer 0 or empty where the account [needs
    ///   none](crate::store::Account::needs_second_factor), such as a column with its secret,
    /// - and any others that the login's condition needs.
    pub fn accounts(mut self, select: impl Into<String>) -> Self {
        self.accounts = Some(select.into());
        self
    }

    /// A condition over the columns of [`accounts`](Self::accounts) with `{login}`, such as
    /// `lower(address) = lower({login})` or `address = {login} OR username = {login}`. It needs an
    /// index of the host's.
    pub fn login(mut self, condition: impl Into<String>) -> Self {
        self.login = Some(condition.into());
        self
    }

    /// An `UPDATE` that sets one account's password: it writes `{hash}` where the id is `{id}` and
    /// the stamp is `{stamp}`. Where passwords can be NULL, compare
    /// `coalesce(password_hash, '') = {stamp}`; where `accounts` has a `stamp`, compare that column, and
    /// change it.
    pub fn set_password(mut self, update: impl Into<String>) -> Self {
        self.set_password = Some(update.into());
        self
    }

    /// A `DELETE` that ends the sessions of the account with the id `{id}`, or a call of a
    /// function that does. It may be given several times.
    ///
    /// Where the sessions keep the id in another type than the accounts do, cast it as they have it:
    /// `user_id = CAST({id} AS text)`. PostgreSQL then refuses a comparison that does not fit when
    /// the store opens; MariaDB, MySQL and SQLite compare without a match.
    ///
    /// The database's user needs the privileges. What a procedure or a function does inside is seen
    /// by no plan, only by [`try_out`](SqlStore::try_out). Write sessions only where the account still has
    /// the password that was verified: see the guide "Bring your own store".
    pub fn end_sessions(mut self, delete: impl Into<String>) -> Self {
        self.end_sessions.push(delete.into());
        self
    }

    /// Says that accounts have no sessions in this database to end.
    pub fn without_sessions(mut self) -> Self {
        self.without_sessions = true;
        self
    }

    /// A statement with `{id}`, and `{hash}` if it likes, that joins each new password: a row for an
    /// audit or an outbox, a history of passwords, a lock-out that ends. It may be given several
    /// times.
    ///
    /// It joins a signed-in change as well as a reset. What only a link shows, such as that the
    /// address is read, belongs into [`also_by_link`](Self::also_by_link).
    pub fn also(mut self, statement: impl Into<String>) -> Self {
        self.also.push(statement.into());
        self
    }

    /// The same for a password that a link sets, and not for one that somebody who is signed in
    /// changes: what a link alone shows, such as a confirmed address.
    pub fn also_by_link(mut self, statement: impl Into<String>) -> Self {
        self.also_by_link.push(statement.into());
        self
    }

    /// Another name for the ledger table than `password_reset_ledgers`, for instance where
    /// two kinds of accounts share a database, or one in another schema: `auth.ledgers`.
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
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
                && name.len() <= 48
        };
        let mut names = self.table.split('.');
        if !names.by_ref().take(2).all(is_name) || names.next().is_some() {
            return Err(OpenError::TableName);
        }
        Ok(statements::schema(D::DATABASE, Id::KIND, &self.table))
    }

    /// Creates the ledger table where it is missing. Several instances may call it at once.
    ///
    /// # Errors
    /// The database's, and a name that is not an identifier.
    pub async fn migrate(self) -> Result<Self, OpenError> {
        let schema = self.schema_statements()?;
        // Where two create a table at once, PostgreSQL refuses one of them.
        let lock = (D::DATABASE == super::Database::Postgres).then(|| MIGRATION_LOCK.into());
        let statements = lock.into_iter().chain(schema).map(|sql: String| Statement::new(sql, []));
        let statements: Vec<_> = statements.collect();
        let step = |statement| Step { statement, values: Vec::new(), rows: None };
        let steps: Vec<_> = statements.iter().map(step).collect();
        // MySQL has no transaction around them, and SQLite waits for its only writer.
        let (begin, each) = match D::DATABASE {
            super::Database::MySql => (None, 1),
            database => (Some(database.begin()), steps.len()),
        };
        for steps in steps.chunks(each) {
            let applied = self.driver.apply(begin, steps).await;
            let _: Applied = applied.map_err(SqlError::of::<D>)?;
        }
        Ok(self)
    }

    /// Checks what the host gave, asks the database about each statement and opens the store. It
    /// reads the types of columns and the plans of statements, and runs none of them.
    ///
    /// # Errors
    /// A part is missing or has a mistake, or the database refuses one; or the server is set up so
    /// that the store would not do what it says.
    pub async fn open(self) -> Result<SqlStore<D, Id>, OpenError> {
        self.schema_statements()?;
        let part = |part: &'static str, sql: &Option<String>, needed| {
            let sql = sql.as_ref().ok_or(OpenError::Missing { part })?;
            check(D::DATABASE, part, sql, needed, &[])
        };
        let each = |part, statements: &[String], allowed| {
            let checked =
                statements.iter().map(|sql| check(D::DATABASE, part, sql, &["id"], allowed));
            checked.collect::<Result<Vec<_>, _>>()
        };
        let host = HostSql {
            accounts: part("accounts", &self.accounts, &[])?,
            login: part("login", &self.login, &["login"])?,
            set_password: part("set_password", &self.set_password, &["hash", "id", "stamp"])?,
            end_sessions: match each("end_sessions", &self.end_sessions, &[])? {
                none if none.is_empty() && !self.without_sessions => {
                    return Err(OpenError::Missing { part: "end_sessions" });
                }
                statements => statements,
            },
            also: each("also", &self.also, &["hash"])?,
            also_by_link: each("also_by_link", &self.also_by_link, &["hash"])?,
            table: self.table,
        };
        super::open::open(self.driver, &host).await
    }
}
