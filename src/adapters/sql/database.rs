//! What differs between the databases.

use super::IdKind;
use alloc::format;
use alloc::string::String;

/// A database that the store supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// SQLite, version 3.41 or newer.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB and MySQL.
    MySql,
}

impl Database {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MariaDB or MySQL",
        }
    }

    /// Opens a transaction in which each statement sees what was committed before that statement.
    ///
    /// On MySQL, an `UPDATE` and its subqueries do so at every isolation level. On SQLite, the
    /// transaction begins as a writer, since one that begins with a read may be denied its first
    /// write.
    pub(super) const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
            Self::MySql => "START TRANSACTION",
        }
    }

    /// The `number`th parameter, counted from 1, cast to its type if the database would otherwise
    /// guess one.
    pub(super) fn parameter(self, number: usize, cast: &str) -> String {
        match self {
            Self::Postgres => format!("CAST(${number} AS {cast})"),
            Self::MySql => "?".into(),
            // After an `ANALYZE`, SQLite would otherwise make a new plan for each value, which
            // takes longer than running the statement. The plus hides the value from the planner.
            Self::Sqlite => format!("(+?{number})"),
        }
    }

    /// A column or a parameter as text that is compared byte by byte.
    pub(super) fn exact(self, text: &str) -> String {
        match self {
            Self::Sqlite => format!("CAST({text} AS TEXT) COLLATE BINARY"),
            Self::Postgres => format!("CAST({text} AS text) COLLATE \"C\""),
            Self::MySql => format!("CAST(CONVERT({text} USING utf8mb4) AS BINARY)"),
        }
    }

    /// A column of text as UTF-8.
    pub(super) fn text(self, column: &str) -> String {
        match self {
            Self::Sqlite => format!("CAST({column} AS TEXT)"),
            Self::Postgres => format!("CAST({column} AS text)"),
            Self::MySql => format!("CONVERT({column} USING utf8mb4)"),
        }
    }

    /// The texts that stand for false, 0 or empty in any type of column, as [`exact`](Self::exact)
    /// writes them.
    pub(super) const fn unset(self) -> &'static str {
        match self {
            Self::Sqlite => "'', '0', 'false'",
            // Empty bytes
            Self::Postgres => "'', '0', 'false', chr(92) || 'x'",
            // A bit that is 0
            Self::MySql => "'', '0', 'false', X'00'",
        }
    }

    pub(super) fn integer(self, expression: &str) -> String {
        match self {
            Self::Sqlite => format!("CAST({expression} AS INTEGER)"),
            Self::Postgres => format!("CAST({expression} AS bigint)"),
            Self::MySql => format!("CAST({expression} AS SIGNED)"),
        }
    }

    /// The type of the ledger table's `account_id`.
    pub(super) const fn id_type(self, kind: IdKind) -> &'static str {
        match (self, kind) {
            (Self::Sqlite, IdKind::Integer | IdKind::Unsigned) => "INTEGER",
            (Self::Sqlite | Self::Postgres, IdKind::Text) => "TEXT",
            (Self::Sqlite, IdKind::Uuid) => "BLOB",
            (_, IdKind::Integer) => "BIGINT",
            (Self::Postgres, IdKind::Unsigned) => "NUMERIC(20)",
            (Self::Postgres, IdKind::Uuid) => "UUID",
            (Self::MySql, IdKind::Unsigned) => "BIGINT UNSIGNED",
            // Compared byte by byte, whatever the default collation is.
            (Self::MySql, IdKind::Text) => "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            (Self::MySql, IdKind::Uuid) => "BINARY(16)",
        }
    }

    /// The types of the ledger table's selector, ledger and numbers.
    pub(super) const fn column_types(self) -> [&'static str; 3] {
        match self {
            Self::Sqlite => ["BLOB", "BLOB", "INTEGER"],
            Self::Postgres => ["BYTEA", "BYTEA", "BIGINT"],
            Self::MySql => ["BINARY(12)", "BLOB", "BIGINT"],
        }
    }

    /// Deletes at most one batch of the ledgers that may be forgotten, and none that was renewed in
    /// the meantime.
    pub(super) fn purge(self, table: &str, batch: u64) -> String {
        let due = format!(
            "{table} WHERE forgettable_at <= {{now}} ORDER BY forgettable_at LIMIT {batch}"
        );
        match self {
            Self::Sqlite => {
                format!("DELETE FROM {table} WHERE account_id IN (SELECT account_id FROM {due})")
            }
            // The lock compares each row again, and waits neither for a swap nor for another purge.
            Self::Postgres => format!(
                "DELETE FROM {table} WHERE account_id = ANY(ARRAY(SELECT account_id FROM {due} \
                 FOR UPDATE SKIP LOCKED))"
            ),
            // With a subquery, MariaDB would read and lock the whole table.
            Self::MySql => format!("DELETE FROM {due}"),
        }
    }
}
