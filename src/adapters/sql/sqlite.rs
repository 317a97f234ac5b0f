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
pub type SqliteStore<Id> = SqlStore<Sqlite, Id>;

/// `SQLITE_BUSY_SNAPSHOT`: another connection wrote since this transaction began to read.
const BUSY_SNAPSHOT: &str = "517";

impl sealed::Dialect for Sqlite {}

impl Dialect for Sqlite {
    // A transaction that began by reading could find, when it comes to write, that it
    // may not.
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const ENDS_WHAT_IS_DROPPED: bool = true;
    const COLUMN_TYPES: [&'static str; 3] = ["BLOB", "BLOB", "INTEGER"];
    const INDEX_IN_TABLE: bool = false;
    const UNCHANGED: &'static str = "a.address = ? COLLATE BINARY AND a.stamp = ? COLLATE BINARY";

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

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};

    async fn store<Id: AccountId<Sqlite>>(login: &str) -> (SqlitePool, SqliteStore<Id>) {
        let pool =
            SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        let id = Id::COLUMN_TYPE;
        for statement in [
            format!("CREATE TABLE users (id {id} PRIMARY KEY, email TEXT, hash TEXT)"),
            "CREATE INDEX users_email ON users (lower(email))".to_owned(),
            format!("CREATE TABLE sessions (user_id {id})"),
            "CREATE INDEX sessions_user ON sessions (user_id)".to_owned(),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap();
        }
        let store = SqliteStore::<Id>::builder(pool.clone())
            .accounts("SELECT id, email AS address, hash AS stamp FROM users WHERE hash <> ''")
            .login(login)
            .set_password("UPDATE users SET hash = ? WHERE id = ? AND hash = ?")
            .end_sessions("DELETE FROM sessions WHERE user_id = ?");
        let store = store.migrate().await.unwrap().open().await.unwrap();
        (pool, store)
    }

    /// The steps of every statement's plan, as the database tells them.
    async fn plans<Id>(pool: &SqlitePool, store: &SqliteStore<Id>) -> Vec<String> {
        let sql = &store.sql;
        let mut plans = Vec::new();
        for statement in [
            &sql.find_by_login,
            &sql.find_by_selector,
            &sql.insert,
            &sql.update,
            &sql.set_password,
            sql.end_sessions.as_ref().unwrap(),
            &sql.purge,
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let rows = sqlx::query(sqlx::AssertSqlSafe(explain)).fetch_all(pool).await.unwrap();
            plans.extend(rows.iter().map(|row| row.get::<String, _>("detail")));
        }
        plans
    }

    fn assert_no_scan(plans: &[String]) {
        let scans: Vec<_> = plans.iter().filter(|step| step.starts_with("SCAN")).collect();
        assert!(scans.is_empty(), "{scans:?} in {plans:#?}");
        assert!(plans.iter().filter(|step| step.starts_with("SEARCH")).count() >= 9, "{plans:#?}");
    }

    #[tokio::test]
    async fn no_statement_scans_a_table() {
        let (pool, store) = store::<i64>("lower(address) = lower(?)").await;
        assert_no_scan(&plans(&pool, &store).await);
        let (pool, store) = self::store::<String>("lower(address) = lower(?)").await;
        assert_no_scan(&plans(&pool, &store).await);
    }

    #[tokio::test]
    async fn a_login_without_an_index_is_seen_to_scan() {
        let (pool, store) = store::<i64>("address = ?").await;
        let plans = plans(&pool, &store).await;
        assert!(plans.iter().any(|step| step == "SCAN users"), "{plans:#?}");
    }
}
