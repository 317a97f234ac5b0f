use super::dialect::{Dialect, Prepared, run_statements, sealed};
use super::trouble::Trouble;
use super::value::Value;
use super::{AccountId, SqlError, SqlStore};
use crate::store::Account;
use sqlx::error::{BoxDynError, DatabaseError};
use sqlx::sqlite::Sqlite;
use sqlx::{Arguments, Error, Executor, Row, SqlSafeStr, Statement, Type, ValueRef};
use std::sync::Arc;

/// A store on SQLite. `Id` is the host's type of account ids: `i64`, `i32`, `String`, or
/// with the feature `uuid` a `Uuid`, kept as a BLOB, or as lower-case text by
/// `uuid::fmt::Hyphenated`.
///
/// Parameters in the host's statements are written `?`, or all of them numbered, `?1`. Do
/// not quote names with `"`: SQLite takes one that it does not know for a text. Where `ANALYZE`
/// is run, write the login's parameter `+?`: SQLite then keeps the statement's plan instead of
/// making it anew for each login, which takes most of the time.
pub type SqliteStore<Id> = SqlStore<Sqlite, Id>;

/// `SQLITE_BUSY_SNAPSHOT`: another connection wrote since this transaction began to read.
const BUSY_SNAPSHOT: &str = "517";

impl sealed::Dialect for Sqlite {}

impl Dialect for Sqlite {
    // A transaction that began by reading could find, when it comes to write, that it
    // may not.
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const ENDS_WHAT_IS_DROPPED: bool = true;
    // The driver sees only when it binds that it cannot bind a named parameter.
    const TRY_OUT: Option<&'static str> = Some("EXPLAIN");
    const COLUMN_TYPES: [&'static str; 3] = ["BLOB", "BLOB", "INTEGER"];
    const INDEX_IN_TABLE: bool = false;
    // Where the host's condition meets a unique index, SQLite keeps the plan of this one, and
    // makes that of a join anew for each login.
    const FIND_BY_LOGIN: &'static str = "SELECT account.id, account.address, account.stamp, \
                                         (SELECT l.ledger FROM {table} AS l \
                                         WHERE l.account_id = account.id) \
                                         FROM {accounts} AS account WHERE {login} LIMIT 2";
    const UNCHANGED: &'static str = "a.address = ? COLLATE BINARY AND a.stamp = ? COLLATE BINARY";
    const PURGE: &'static str = "DELETE FROM {table} WHERE account_id IN (SELECT account_id \
                                 FROM {table} WHERE forgettable_at <= ? \
                                 ORDER BY forgettable_at LIMIT {batch})";

    // A value behind a plus is none to plan by: once `ANALYZE` was run, SQLite would make the plan
    // anew for each value, which takes longer than to run the statement.
    fn placeholder(_: usize) -> String {
        "+?".to_owned()
    }

    fn is_conflict(error: &Error) -> bool {
        let code = error.as_database_error().and_then(DatabaseError::code);
        code.is_some_and(|code| code == BUSY_SNAPSHOT)
    }

    fn trouble(error: &dyn DatabaseError) -> Option<Trouble> {
        let code: u32 = error.code()?.parse().ok()?;
        // The lowest byte is the kind, whatever the details above it.
        match code & 0xff {
            // `SQLITE_ERROR`, which is everything that is wrong with a statement.
            1 if error.message().starts_with("no such ") => Some(Trouble::Missing),
            // `SQLITE_BUSY`, `SQLITE_LOCKED`
            5 | 6 => Some(Trouble::Busy),
            // `SQLITE_READONLY`
            8 => Some(Trouble::ReadOnly),
            // `SQLITE_FULL`
            13 => Some(Trouble::Full),
            // `SQLITE_CANTOPEN`
            14 => Some(Trouble::NoConnection),
            _ => None,
        }
    }

    run_statements!(Sqlite);
}

impl AccountId<Sqlite> for i64 {
    const COLUMN_TYPE: &'static str = "INTEGER";
}

impl AccountId<Sqlite> for i32 {
    const COLUMN_TYPE: &'static str = "INTEGER";
}

impl AccountId<Sqlite> for String {
    const COLUMN_TYPE: &'static str = "TEXT";
}

#[cfg(feature = "uuid")]
impl AccountId<Sqlite> for sqlx::types::Uuid {
    const COLUMN_TYPE: &'static str = "BLOB";

    // sqlx lets text through, but cannot read it.
    fn fits(column: &sqlx::sqlite::SqliteTypeInfo) -> bool {
        *column == <Self as Type<Sqlite>>::type_info()
    }
}

#[cfg(feature = "uuid")]
impl AccountId<Sqlite> for sqlx::types::uuid::fmt::Hyphenated {
    const COLUMN_TYPE: &'static str = "TEXT";
}
