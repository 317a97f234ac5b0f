use super::dialect::{Dialect, Prepared, run_statements, sealed};
use super::trouble::Trouble;
use super::value::Value;
use super::{AccountId, SqlError, SqlStore};
use crate::store::Account;
use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::postgres::Postgres;
use sqlx::{Arguments, Error, Executor, Row, SqlSafeStr, Statement, Type, ValueRef};
use std::sync::Arc;

/// A store on PostgreSQL. `Id` is the host's type of account ids: `i64` for `BIGINT`,
/// `i32` for `INTEGER`, `String` for `TEXT`, or with the feature `uuid` a `Uuid`.
///
/// Parameters in the host's statements are written `$1`, `$2`, `$3`.
pub type PostgresStore<Id> = SqlStore<Postgres, Id>;

/// `serialization_failure` and `deadlock_detected`.
const CONFLICTS: [&str; 2] = ["40001", "40P01"];

impl sealed::Dialect for Postgres {}

impl Dialect for Postgres {
    const BEGIN: &'static str = "BEGIN";
    const ENDS_WHAT_IS_DROPPED: bool = false;
    const TRY_OUT: Option<&'static str> = None;
    const COLUMN_TYPES: [&'static str; 3] = ["BYTEA", "BYTEA", "BIGINT"];
    const INDEX_IN_TABLE: bool = false;
    // The cast is for addresses in a type that compares without case, such as `citext`.
    const UNCHANGED: &'static str = "CAST(a.address AS TEXT) COLLATE \"C\" = ? AND a.stamp = ?";
    // The lock looks at each row anew, and neither waits for a swap nor for another purge.
    const PURGE: &'static str = "DELETE FROM {table} WHERE account_id = ANY(ARRAY(\
                                 SELECT account_id FROM {table} WHERE forgettable_at <= ? \
                                 ORDER BY forgettable_at LIMIT {batch} \
                                 FOR UPDATE SKIP LOCKED))";

    fn placeholder(number: usize) -> String {
        format!("${number}")
    }

    fn is_conflict(error: &Error) -> bool {
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|code| CONFLICTS.contains(&&*code))
    }

    fn trouble(error: &dyn DatabaseError) -> Option<Trouble> {
        match &*error.code()? {
            // `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `too_many_connections`,
            // `invalid_catalog_name`
            "57P01" | "57P02" | "57P03" | "53300" | "3D000" => Some(Trouble::NoConnection),
            // `connection_exception`, `invalid_authorization_specification`
            code if code.starts_with("08") || code.starts_with("28") => Some(Trouble::NoConnection),
            // `lock_not_available`, `query_canceled` by a timeout
            "55P03" | "57014" => Some(Trouble::Busy),
            // `read_only_sql_transaction`
            "25006" => Some(Trouble::ReadOnly),
            // `disk_full`
            "53100" => Some(Trouble::Full),
            // `undefined_table`, `undefined_column`
            "42P01" | "42703" => Some(Trouble::Missing),
            _ => None,
        }
    }

    run_statements!(Postgres);
}

impl AccountId<Postgres> for i64 {
    const COLUMN_TYPE: &'static str = "BIGINT";
}

impl AccountId<Postgres> for i32 {
    const COLUMN_TYPE: &'static str = "INTEGER";
}

impl AccountId<Postgres> for String {
    const COLUMN_TYPE: &'static str = "TEXT";
}

#[cfg(feature = "uuid")]
impl AccountId<Postgres> for sqlx::types::Uuid {
    const COLUMN_TYPE: &'static str = "UUID";
}
