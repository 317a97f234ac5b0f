use super::dialect::{Dialect, Prepared, run_statements, sealed};
use super::trouble::Trouble;
use super::value::Value;
use super::{AccountId, SqlError, SqlStore};
use crate::store::Account;
use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::mysql::{MySql, MySqlDatabaseError};
use sqlx::{Arguments, Error, Executor, Row, SqlSafeStr, Statement, Type, ValueRef};
use std::sync::Arc;

/// A store on MariaDB or MySQL. `Id` is the host's type of account ids: `i64` for `BIGINT`,
/// `i32` for `INT`, `String` for `VARCHAR`, or with the feature `uuid` a `Uuid` for
/// `BINARY(16)`.
///
/// The tables must be InnoDB's. Where ids are text, give the ledger table's `account_id` the
/// collation of the host's ids, so that they compare by an index.
pub type MySqlStore<Id> = SqlStore<MySql, Id>;

/// `ER_LOCK_DEADLOCK`, and `ER_CHECKREAD`, with which MariaDB refuses to write over what
/// others wrote since.
const CONFLICTS: [u16; 2] = [1213, 1020];

impl sealed::Dialect for MySql {}

impl Dialect for MySql {
    const BEGIN: &'static str = "BEGIN";
    const ENDS_WHAT_IS_DROPPED: bool = false;
    const TRY_OUT: Option<&'static str> = None;
    const COLUMN_TYPES: [&'static str; 3] = ["BINARY(12)", "BLOB", "BIGINT"];
    const INDEX_IN_TABLE: bool = true;
    // As bytes, since collations compare without case and without trailing spaces.
    const UNCHANGED: &'static str = "CAST(CONVERT(a.address USING utf8mb4) AS BINARY) = \
                                     CAST(? AS BINARY) AND CAST(a.stamp AS BINARY) = \
                                     CAST(? AS BINARY)";
    // With a subquery, MariaDB would go through the whole table and lock it.
    const PURGE: &'static str = "DELETE FROM {table} WHERE forgettable_at <= ? \
                                 ORDER BY forgettable_at LIMIT {batch}";

    fn is_conflict(error: &Error) -> bool {
        let error = error.as_database_error();
        let error = error.and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
        error.is_some_and(|error| CONFLICTS.contains(&error.number()))
    }

    fn trouble(error: &dyn DatabaseError) -> Option<Trouble> {
        match error.try_downcast_ref::<MySqlDatabaseError>()?.number() {
            // Too many connections, access denied, unknown database, a shutdown, a connection
            // that was killed
            1040 | 1044 | 1045 | 1049 | 1053 | 1203 | 1226 | 1927 => Some(Trouble::NoConnection),
            // A wait for a lock, and a statement's time on MariaDB and on MySQL
            1205 | 1969 | 3024 => Some(Trouble::Busy),
            // The server, the transaction
            1290 | 1792 | 1836 => Some(Trouble::ReadOnly),
            // The disk, a table
            1021 | 1114 => Some(Trouble::Full),
            // An unknown column, an unknown table
            1054 | 1146 => Some(Trouble::Missing),
            _ => None,
        }
    }

    run_statements!(MySql);
}

impl AccountId<MySql> for i64 {
    const COLUMN_TYPE: &'static str = "BIGINT";
}

impl AccountId<MySql> for i32 {
    const COLUMN_TYPE: &'static str = "INT";
}

impl AccountId<MySql> for String {
    const COLUMN_TYPE: &'static str = "VARCHAR(255)";
}

#[cfg(feature = "uuid")]
impl AccountId<MySql> for sqlx::types::Uuid {
    const COLUMN_TYPE: &'static str = "BINARY(16)";
}
