//! The builder of a store: what you say about your tables, and the calls that open the store.

use super::host_sql::{HostSql, check};
use super::{
    AccountId, Applied, Database, Driver, OpenError, SqlError, SqlStore, Statement, Step, Users,
    ledger_table,
};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

const DEFAULT_TABLE: &str = "password_reset_ledgers";

/// Waits for other instances that create the ledger table. The number is arbitrary, but must be the
/// same for all.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(8097880544666547045)";

/// Builds a [`SqlStore`] from a driver and your SQL.
///
/// Say who your accounts are, how a password is set and how sessions end. Then call
/// [`migrate`](Self::migrate), which creates the ledger table, and [`open`](Self::open), which
/// checks every statement.
///
/// In place of a value, a statement has a name in braces. It may use a name several times.
///
/// | name | value |
/// | --- | --- |
/// | `{login}` | what the visitor typed |
/// | `{id}` | the account's id |
/// | `{hash}` | the new password hash |
/// | `{stamp}` | the account's stamp: its old password hash, unless `accounts` has a column `stamp` |
///
/// ```
/// # #[cfg(feature = "sqlx-sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use password_reset::adapters::sqlx::SqliteStore;
///
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
/// # let pool = pool.connect("sqlite::memory:").await?;
/// # let tables = "CREATE TABLE members (id INTEGER, mail TEXT, secret TEXT, name TEXT); \
/// #               CREATE TABLE audit (member_id INTEGER)";
/// # sqlx::raw_sql(tables).execute(&pool).await?;
/// // Members sign in with their email address or their user name.
/// let store = SqliteStore::<i64>::builder(pool)
///     .accounts("SELECT id, mail AS address, secret AS password, name FROM members")
///     .login("address = {login} OR name = {login}")
///     .set_password("UPDATE members SET secret = {hash} WHERE id = {id} AND secret = {stamp}")
///     .without_sessions()
///     .also("INSERT INTO audit (member_id) VALUES ({id})")
///     .migrate()
///     .await?
///     .open()
///     .await?;
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlx-sqlite"))]
/// # fn main() {}
/// ```
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

    /// Names your table of users, so that you need not write [`accounts`](Self::accounts) and
    /// [`set_password`](Self::set_password).
    ///
    /// The login is the email address, compared as its column compares, unless you set
    /// [`login`](Self::login).
    pub fn users(mut self, users: &Users) -> Self {
        self.login.get_or_insert_with(|| "address = {login}".into());
        self.accounts(users.accounts()).set_password(users.set_password())
    }

    /// Sets the `SELECT` that returns the accounts that may reset their password, each once.
    ///
    /// The store uses it as a derived table. Keep it simple enough for the database to merge with
    /// the statement around it: no `ORDER BY`, `LIMIT`, `GROUP BY` or `UNION`. Its columns are:
    ///
    /// | column | content |
    /// | --- | --- |
    /// | `id` | the account's id |
    /// | `address` | the email address; if it is NULL, the row is not an account |
    /// | `password` | the password hash as it is stored; NULL or empty if the account has no password |
    /// | `stamp`, optional | text, bytes, an integer or a UUID that changes with *every* credential of the account and with nothing else, such as a counter; without this column, the stamp is the password hash |
    /// | `second_factor`, optional | NULL, false, the integer 0 or empty if the account [needs no second factor](crate::store::Account::needs_second_factor), and anything else if it needs one, such as the factor's secret |
    /// | any others | for the condition in [`login`](Self::login) |
    pub fn accounts(mut self, select: impl Into<String>) -> Self {
        self.accounts = Some(select.into());
        self
    }

    /// Sets the condition that finds an account by its login, over the columns of
    /// [`accounts`](Self::accounts).
    ///
    /// For example `lower(address) = lower({login})`, or `address = {login} OR username = {login}`.
    /// Your table needs an index for it.
    pub fn login(mut self, condition: impl Into<String>) -> Self {
        self.login = Some(condition.into());
        self
    }

    /// Sets the `UPDATE` that sets one account's password: it writes `{hash}` where the id is
    /// `{id}` and the stamp is `{stamp}`.
    ///
    /// If passwords can be NULL, compare `coalesce(password_hash, '') = {stamp}`. If `accounts` has
    /// a column `stamp`, compare and change that column.
    pub fn set_password(mut self, update: impl Into<String>) -> Self {
        self.set_password = Some(update.into());
        self
    }

    /// Adds a `DELETE` that ends the sessions of the account with the id `{id}`, or a call of a
    /// function that does. You can add several.
    ///
    /// If your sessions keep the id in another type than your accounts do, cast it to the sessions'
    /// type: `user_id = CAST({id} AS text)`. PostgreSQL rejects a comparison that does not fit when
    /// the store opens. MariaDB, MySQL and SQLite accept it and match no row.
    ///
    /// The database's user needs the privileges for it. In a plan, the store cannot see what a
    /// procedure or a function does inside; only [`try_out`](SqlStore::try_out) shows that.
    ///
    /// Open a session only if the account still has the password that was verified: see the guide
    /// "Bring your own store".
    pub fn end_sessions(mut self, delete: impl Into<String>) -> Self {
        self.end_sessions.push(delete.into());
        self
    }

    /// Says that this database has no sessions to end. A store needs this or
    /// [`end_sessions`](Self::end_sessions).
    pub fn without_sessions(mut self) -> Self {
        self.without_sessions = true;
        self
    }

    /// Adds a statement that runs with each new password, in the same transaction. It contains
    /// `{id}`, and may contain `{hash}`. You can add several.
    ///
    /// Use it for a row in an audit or an outbox, for a history of passwords, or to end a lock-out.
    /// It also runs when a signed-in account holder changes the password. What only a link proves,
    /// such as that the holder reads mail at the address, belongs in
    /// [`also_by_link`](Self::also_by_link).
    pub fn also(mut self, statement: impl Into<String>) -> Self {
        self.also.push(statement.into());
        self
    }

    /// Like [`also`](Self::also), but runs only when a link sets the password, and not when a
    /// signed-in account holder changes it. Use it to mark an address as confirmed.
    pub fn also_by_link(mut self, statement: impl Into<String>) -> Self {
        self.also_by_link.push(statement.into());
        self
    }

    /// Sets the name of the ledger table, which is `password_reset_ledgers` by default.
    ///
    /// Choose another name if two kinds of accounts share a database. Put the schema before it if
    /// the table is in another one: `auth.ledgers`.
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = name.into();
        self
    }

    /// Creates the ledger table if it does not exist. Several instances can call this at once. If
    /// you run your own migrations, use [`schema`](Self::schema) instead.
    ///
    /// # Errors
    /// Fails if the database returns an error, or if the table's name is not an identifier.
    pub async fn migrate(self) -> Result<Self, OpenError> {
        let schema = self.schema_statements()?;
        // If two instances create a table at once, PostgreSQL rejects one of them.
        let lock = (D::DATABASE == Database::Postgres).then(|| MIGRATION_LOCK.into());
        let statements = lock.into_iter().chain(schema).map(|sql: String| Statement::new(sql, []));
        let statements: Vec<_> = statements.collect();
        let step = |statement| Step { statement, values: Vec::new(), rows: None };
        let steps: Vec<_> = statements.iter().map(step).collect();
        // MySQL cannot create tables in a transaction. SQLite waits for its only writer by itself.
        let (begin, each) = match D::DATABASE {
            Database::MySql => (None, 1),
            database => (Some(database.begin()), steps.len()),
        };
        for steps in steps.chunks(each) {
            let applied = self.driver.apply(begin, steps).await;
            let _: Applied = applied.map_err(SqlError::of::<D>)?;
        }
        Ok(self)
    }

    /// Returns the statements that create the ledger table, each ended by a semicolon, for hosts
    /// that run their own migrations.
    ///
    /// # Errors
    /// Fails with [`OpenError::TableName`] if the table's name is not an identifier.
    pub fn schema(&self) -> Result<String, OpenError> {
        let statements = self.schema_statements()?;
        Ok(statements.iter().flat_map(|statement| [statement, ";\n"]).collect())
    }

    /// Checks your statements with the database, and opens the store. It reads the types of columns
    /// and the plans of statements, and runs none of your statements that write.
    ///
    /// # Errors
    /// Fails if a part is missing or has a mistake, if the database rejects one, or if the server
    /// is set up so that the store would not do what it says.
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

    fn schema_statements(&self) -> Result<Vec<String>, OpenError> {
        ledger_table::schema(D::DATABASE, Id::KIND, &self.table)
    }
}
