//! The store: its finds, its purge, and the retries of both.

use super::statements::{Composed, PURGE_BATCH, Statements};
use super::{AccountId, Applied, Driver, Row, SqlError, SqlStoreBuilder, Step, Trouble, Value};
use crate::store::{Account, Change, Commit, Store};
use crate::token::Selector;
use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use time::UtcDateTime;

/// How often a find, or a batch of a purge, is retried after others changed the same rows.
const RETRIES: u8 = 8;

/// How often a call is retried on another connection after one could not be used any more, if
/// nothing was written.
const RETRIES_ELSEWHERE: u8 = 3;

/// A store on a SQL database, over a driver. Its clones share the driver.
///
/// [`SqlStore::builder`] makes one. With your own driver `D`, its type is `SqlStore<D, Id>`, where
/// `Id` is the type of your account ids. The type aliases in `adapters::sqlx` name the stores over
/// sqlx.
///
/// ```
/// # #[cfg(feature = "sqlx-sqlite")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use password_reset::adapters::sql::Users;
/// use password_reset::adapters::sqlx::SqliteStore;
/// use password_reset::clock::{Clock as _, SystemClock};
///
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
/// # let pool = pool.connect("sqlite::memory:").await?;
/// # let users = "CREATE TABLE users (id INTEGER, email TEXT, password_hash TEXT); \
/// #              INSERT INTO users VALUES (1, 'alice@example.com', 'a hash')";
/// # sqlx::raw_sql(users).execute(&pool).await?;
/// let store = SqliteStore::<i64>::builder(pool).users(&Users::new("users")).without_sessions();
/// let store = store.migrate().await?.open().await?;
///
/// // In a test: a redemption with your statements, which is rolled back.
/// store.try_out("alice@example.com", "another hash").await?;
/// // Every hour:
/// let purged = store.purge(SystemClock.now()).await?;
/// # assert_eq!(purged, 0);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "sqlx-sqlite"))]
/// # fn main() {}
/// ```
pub struct SqlStore<D, Id> {
    pub(super) driver: Arc<D>,
    pub(super) sql: Arc<Statements>,
    /// Whether the rows that the sessions' statements change are sessions.
    pub(super) counts_sessions: bool,
    pub(super) id: PhantomData<fn() -> Id>,
}

impl<D, Id> Clone for SqlStore<D, Id> {
    fn clone(&self) -> Self {
        let (driver, sql) = (Arc::clone(&self.driver), Arc::clone(&self.sql));
        Self { driver, sql, counts_sessions: self.counts_sessions, id: PhantomData }
    }
}

impl<D: Driver, Id> fmt::Debug for SqlStore<D, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = D::DATABASE.name();
        f.debug_struct("SqlStore").field("database", &database).finish_non_exhaustive()
    }
}

impl<D: Driver, Id> SqlStore<D, Id> {
    /// Returns a builder over a driver, or over the pool that the driver is made from.
    // The bound is here so that the compiler says what a type of ids lacks.
    pub fn builder(driver: impl Into<D>) -> SqlStoreBuilder<D, Id>
    where
        Id: AccountId,
    {
        SqlStoreBuilder::new(driver.into())
    }
}

impl<D: Driver, Id: AccountId> SqlStore<D, Id> {
    /// Deletes the ledgers that are no longer needed at `now`, and returns their number. Run it
    /// hourly, on one instance or on all of them.
    ///
    /// It deletes at most a thousand ledgers at a time. Each batch takes its own connection from
    /// the pool, so other calls get one in between.
    ///
    /// # Errors
    /// Returns the database's error. What was deleted before it stays deleted.
    pub async fn purge(&self, now: UtcDateTime) -> Result<u64, SqlError> {
        let now = Value::Integer(now.unix_timestamp());
        let values = |purge: &Composed| purge.names.iter().map(|_| now.clone()).collect();
        let purge = &self.sql.purge;
        let (mut purged, mut retries) = (0, RETRIES);
        loop {
            let step = Step { statement: &purge.statement, values: values(purge), rows: None };
            match self.apply(None, &[step]).await {
                Ok(applied) => {
                    let batch = match applied {
                        Applied::All(rows) => rows.iter().sum(),
                        Applied::Not { .. } => 0,
                    };
                    purged += batch;
                    if batch < PURGE_BATCH {
                        return Ok(purged);
                    }
                    retries = RETRIES;
                }
                Err(error) if error.trouble() == Trouble::Conflict && retries > 0 => retries -= 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs the steps. Retries on another connection if one cannot be used any more, and the
    /// database reported that before it wrote anything.
    pub(super) async fn apply(
        &self,
        begin: Option<&'static str>,
        steps: &[Step<'_>],
    ) -> Result<Applied, SqlError> {
        let mut retries = RETRIES_ELSEWHERE;
        loop {
            let error = match self.driver.apply(begin, steps).await {
                Ok(applied) => return Ok(applied),
                Err(error) => SqlError::of::<D>(error),
            };
            if !error.can_write_elsewhere(D::DATABASE) || retries == 0 {
                return Err(error);
            }
            retries -= 1;
        }
    }

    /// Reads an account. Retries if the connection cannot be used any more, or others changed the
    /// same rows.
    async fn find(
        &self,
        find: &Composed,
        value: Value<'_>,
    ) -> Result<Option<Account<Id>>, SqlError> {
        let values: Vec<_> = find.names.iter().map(|_| value.clone()).collect();
        let (mut retries, mut elsewhere) = (RETRIES, RETRIES_ELSEWHERE);
        let rows = loop {
            let error = match self.driver.query(&find.statement, &values).await {
                Ok(rows) => break rows,
                Err(error) => SqlError::of::<D>(error),
            };
            match error.trouble() {
                Trouble::Unfit => return Ok(None),
                Trouble::Conflict if retries > 0 => retries -= 1,
                _ if error.can_read_elsewhere() && elsewhere > 0 => elsewhere -= 1,
                _ => return Err(error),
            }
        };
        let mut rows = rows.into_iter();
        match (rows.next(), rows.next()) {
            (None, _) => Ok(None),
            (Some(row), None) => read_account(row),
            (Some(_), Some(_)) => Err(Trouble::SeveralAccounts.into()),
        }
    }
}

/// Returns `None` for an account without an address, since it cannot be mailed a link.
fn read_account<Id: AccountId>(row: Row) -> Result<Option<Account<Id>>, SqlError> {
    let mut row = row.into_iter();
    let mut next = || row.next().flatten();
    let text = |value| if let Some(Value::Text(text)) = value { Some(text) } else { None };
    let (id, address, stamp) = (text(next()), text(next()), text(next()));
    let mut is_set = || !matches!(next(), Some(Value::Integer(0)));
    let (has_password, needs_second_factor) = (is_set(), is_set());
    let ledger = next().and_then(|value| match value {
        Value::Bytes(bytes) => Some(bytes.into_owned()),
        _ => None,
    });
    let id = id.and_then(|text| Id::from_text(&text)).ok_or(Trouble::Id)?;
    let stamp = stamp.map(Cow::into_owned).unwrap_or_default();
    Ok(address.map(|address| {
        let mut account = Account::new(id, address, stamp, ledger);
        account.has_password = has_password;
        account.needs_second_factor = needs_second_factor;
        account
    }))
}

impl<D: Driver, Id: AccountId> Store for SqlStore<D, Id> {
    type AccountId = Id;
    type Error = SqlError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<Id>>, SqlError> {
        self.find(&self.sql.find_by_login, Value::from(login)).await
    }

    async fn find_by_id(&self, id: &Id) -> Result<Option<Account<Id>>, SqlError> {
        self.find(&self.sql.find_by_id, Value::Text(id.to_text().into())).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<Id>>, SqlError> {
        let selector = Value::Bytes(Cow::Borrowed(selector.as_bytes()));
        self.find(&self.sql.find_by_selector, selector).await
    }

    async fn commit(&self, change: &Change<'_, Id>) -> Result<Commit, SqlError> {
        match self.try_commit(change).await {
            Err(error) if error.trouble() == Trouble::Conflict => Ok(Commit::Conflict),
            result => result,
        }
    }
}
