use super::error::SqlError;
use super::trouble::Trouble;
use super::{AccountId, value::Value};
use crate::store::Account;
use core::future::Future;
use sqlx::{Database, Error, error::BoxDynError, error::DatabaseError};
use std::sync::Arc;

/// What differs between the databases; sealed, since a new one is a release of this
/// crate.
///
/// # Contract
/// The functions that run a statement do nothing else: they retry nothing and hold
/// nothing back.
pub trait Dialect: Database + sealed::Dialect {
    /// Opens a transaction that is about to write.
    #[doc(hidden)]
    const BEGIN: &'static str;
    /// Whether the driver itself ends what it was doing for a future that was dropped.
    #[doc(hidden)]
    const ENDS_WHAT_IS_DROPPED: bool;
    /// What before a statement runs it without effect, where preparing it does not find
    /// every mistake.
    #[doc(hidden)]
    const TRY_OUT: Option<&'static str>;
    /// The types of the ledger table's columns: selector, ledger, numbers.
    #[doc(hidden)]
    const COLUMN_TYPES: [&'static str; 3];
    /// Whether an index is part of the statement that creates its table.
    #[doc(hidden)]
    const INDEX_IN_TABLE: bool;
    /// Finds at most two accounts with the one parameter, the login. The host's condition
    /// sees the columns of the host's accounts only.
    #[doc(hidden)]
    const FIND_BY_LOGIN: &'static str = "SELECT a.id, a.address, a.stamp, l.ledger \
                                         FROM (SELECT * FROM {accounts} AS account WHERE {login}) \
                                         AS a LEFT JOIN {table} AS l ON l.account_id = a.id LIMIT 2";
    /// Comparisons of an account's address and stamp with the next two parameters, exact
    /// to the byte whatever the columns' collations.
    #[doc(hidden)]
    const UNCHANGED: &'static str;
    /// Deletes the ledgers that are forgettable at the one parameter, at most a batch of
    /// them and none that was renewed meanwhile.
    #[doc(hidden)]
    const PURGE: &'static str;

    /// How the `number`th parameter of a statement is written, the first being 1.
    #[doc(hidden)]
    #[must_use]
    fn placeholder(number: usize) -> String {
        let _ = number;
        "?".to_owned()
    }

    /// Whether the database gave up because others were at the same rows, with nothing
    /// written.
    #[doc(hidden)]
    fn is_conflict(error: &Error) -> bool;

    /// What an error comes to, where that is known.
    #[doc(hidden)]
    fn trouble(error: &dyn DatabaseError) -> Option<Trouble>;

    /// Prepares a statement and gives its number of parameters.
    #[doc(hidden)]
    fn prepare(
        connection: &mut Self::Connection,
        sql: &Arc<str>,
    ) -> impl Future<Output = Result<Prepared<Self>, Error>> + Send;

    /// Runs a statement and gives the number of rows that it changed.
    #[doc(hidden)]
    fn execute(
        connection: &mut Self::Connection,
        sql: &Arc<str>,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<u64, Error>> + Send;

    /// Runs a statement and gives its rows.
    #[doc(hidden)]
    fn fetch(
        connection: &mut Self::Connection,
        sql: &Arc<str>,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Vec<Self::Row>, Error>> + Send;

    /// Adds a value to the arguments.
    #[doc(hidden)]
    fn bind(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), BoxDynError>;

    /// Whether a column of this type can hold addresses.
    #[doc(hidden)]
    fn is_text(info: &Self::TypeInfo) -> bool;

    /// Whether a column of this type can hold stamps.
    #[doc(hidden)]
    fn is_stamp(info: &Self::TypeInfo) -> bool;

    /// Reads `id`, `address`, `stamp` and `ledger`, in this order.
    #[doc(hidden)]
    fn read_account<Id: AccountId<Self>>(row: &Self::Row) -> Result<Account<Id>, SqlError>;
}

/// What is known of a statement before it runs.
#[derive(Debug)]
#[doc(hidden)]
pub struct Prepared<DB: Database> {
    pub(super) parameters: Option<usize>,
    pub(super) columns: Vec<DB::Column>,
}

pub(super) mod sealed {
    pub trait Dialect {}
}

/// The functions of [`Dialect`] that read the same for every database and could not be
/// written once, since sqlx implements their bounds for each database apart.
macro_rules! run_statements {
    ($database:ty) => {
        async fn prepare(
            connection: &mut Self::Connection,
            sql: &Arc<str>,
        ) -> Result<Prepared<Self>, Error> {
            let sql = sqlx::AssertSqlSafe(Arc::clone(sql)).into_sql_str();
            let statement = connection.prepare(sql).await?;
            let parameters = statement.parameters().map(|known| match known {
                sqlx::Either::Left(types) => types.len(),
                sqlx::Either::Right(count) => count,
            });
            Ok(Prepared { parameters, columns: statement.columns().to_vec() })
        }

        async fn execute(
            connection: &mut Self::Connection,
            sql: &Arc<str>,
            arguments: Self::Arguments,
        ) -> Result<u64, Error> {
            let query = sqlx::query_with(sqlx::AssertSqlSafe(Arc::clone(sql)), arguments);
            query.execute(connection).await.map(|done| done.rows_affected())
        }

        async fn fetch(
            connection: &mut Self::Connection,
            sql: &Arc<str>,
            arguments: Self::Arguments,
        ) -> Result<Vec<Self::Row>, Error> {
            let query = sqlx::query_with(sqlx::AssertSqlSafe(Arc::clone(sql)), arguments);
            query.fetch_all(connection).await
        }

        fn bind(arguments: &mut Self::Arguments, value: Value<'_>) -> Result<(), BoxDynError> {
            match value {
                Value::Text(text) => arguments.add(text),
                Value::Bytes(bytes) => arguments.add(bytes),
                Value::Integer(integer) => arguments.add(integer),
            }
        }

        fn is_text(info: &Self::TypeInfo) -> bool {
            <String as Type<$database>>::compatible(info)
        }

        fn is_stamp(info: &Self::TypeInfo) -> bool {
            Self::is_text(info)
                || <Vec<u8> as Type<$database>>::compatible(info)
                || <i64 as Type<$database>>::compatible(info)
        }

        fn read_account<Id: AccountId<Self>>(row: &Self::Row) -> Result<Account<Id>, SqlError> {
            for (position, column) in ["id", "address", "stamp"].into_iter().enumerate() {
                if row.try_get_raw(position)?.is_null() {
                    return Err(SqlError::Null { column });
                }
            }
            let info = row.try_get_raw(2)?.type_info().into_owned();
            let stamp = if Self::is_text(&info) {
                Value::Text(row.try_get(2)?).to_stamp()
            } else if <Vec<u8> as Type<$database>>::compatible(&info) {
                Value::Bytes(row.try_get(2)?).to_stamp()
            } else if <i64 as Type<$database>>::compatible(&info) {
                Value::Integer(row.try_get(2)?).to_stamp()
            } else {
                return Err(SqlError::StampType { found: info.to_string() });
            };
            let (id, address): (Id, String) = (row.try_get(0)?, row.try_get(1)?);
            Ok(Account::new(id, address, stamp, row.try_get(3)?))
        }
    };
}

pub(super) use run_statements;
