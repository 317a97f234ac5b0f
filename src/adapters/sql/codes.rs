//! What the databases' own error codes mean.

use super::{Database, Fault, Trouble};

impl Database {
    /// Returns whether a connection must be closed after this error, instead of returned to its
    /// pool: it broke, its server no longer takes writes, or it cannot run what was prepared on it.
    #[must_use]
    pub fn breaks_connection(self, fault: &Fault<'_>) -> bool {
        let trouble = self.trouble(fault);
        matches!(fault, Fault::Other) || trouble == Trouble::Pooler || trouble.is_of_a_connection()
    }

    /// Returns what kind of trouble an error is.
    pub(super) fn trouble(self, fault: &Fault<'_>) -> Trouble {
        let (code, message) = match fault {
            Fault::NoConnection | Fault::Broken => return Trouble::NoConnection,
            Fault::PoolClosed => return Trouble::PoolClosed,
            Fault::Other => return Trouble::Other,
            Fault::Database { code, message } => (&**code, &**message),
        };
        match self {
            Self::Postgres if code.is_empty() => postgres(postgres_code(message), message),
            Self::Postgres => postgres(code, message),
            Self::MySql => code.parse().map_or(Trouble::Other, mysql),
            Self::Sqlite => code.parse().map_or(Trouble::Other, |code| sqlite(code, message)),
        }
    }
}

/// The code for a message in English, for drivers that do not expose the code.
fn postgres_code(message: &str) -> &'static str {
    let codes = [
        ("could not serialize access", "", "40001"),
        ("deadlock detected", "", "40P01"),
        ("duplicate key value", "", "23505"),
        ("terminating connection", "", "57P01"),
        ("the database system is", "", "57P03"),
        ("canceling statement due to lock timeout", "", "55P03"),
        ("canceling statement", "", "57014"),
        ("cannot execute", " in a read-only transaction", "25006"),
        ("cached plan must not change result type", "", "0A000"),
        ("current transaction is aborted", "", "25P02"),
        ("relation ", " does not exist", "42P01"),
        ("column ", " does not exist", "42703"),
        ("permission denied", "", "42501"),
        ("value too long for type", "", "22001"),
    ];
    let is_it =
        |(start, end, _): &&(&str, &str, _)| message.starts_with(start) && message.ends_with(end);
    codes.iter().find(is_it).map_or("", |(.., code)| code)
}

fn postgres(code: &str, message: &str) -> Trouble {
    match code {
        // `unique_violation`
        "23505" => Trouble::Duplicate,
        // `protocol_violation`, `invalid_sql_statement_name`, `duplicate_prepared_statement`,
        // `invalid_binary_representation`, `character_not_in_repertoire`: the values were sent to
        // another statement than the one that they belong to.
        "08P01" | "26000" | "42P05" | "22P03" | "22021" => Trouble::Pooler,
        // `admin_shutdown`, `crash_shutdown`, `cannot_connect_now`, `too_many_connections`,
        // `invalid_catalog_name`
        "57P01" | "57P02" | "57P03" | "53300" | "3D000" => Trouble::NoConnection,
        // `lock_not_available`, `query_canceled` by a timeout
        "55P03" | "57014" => Trouble::Busy,
        // `read_only_sql_transaction`
        "25006" => Trouble::ReadOnly,
        // `disk_full`
        "53100" => Trouble::Full,
        // `undefined_table`, `undefined_column`, `invalid_schema_name`
        "42P01" | "42703" | "3F000" => Trouble::Missing,
        // `insufficient_privilege`
        "42501" => Trouble::Privilege,
        // `string_data_right_truncation`
        "22001" => Trouble::TooLong,
        // `untranslatable_character`, `numeric_value_out_of_range`, `invalid_text_representation`
        "22P05" | "22003" | "22P02" => Trouble::Unfit,
        // `feature_not_supported`, `in_failed_sql_transaction`, `active_sql_transaction`
        "0A000" if message.contains("cached plan") => Trouble::Stale,
        "25P02" | "25001" => Trouble::Stale,
        // `transaction_rollback`, `connection_exception`, `invalid_authorization_specification`
        _ if code.starts_with("40") => Trouble::Conflict,
        _ if code.starts_with("08") || code.starts_with("28") => Trouble::NoConnection,
        _ => Trouble::Other,
    }
}

fn mysql(code: u16) -> Trouble {
    match code {
        // A deadlock; MariaDB does not overwrite what others have written since, or its group does
        // not commit it
        1213 | 1020 | 3101 => Trouble::Conflict,
        1062 | 1586 => Trouble::Duplicate,
        // Too many connections, access denied, unknown database, a shutdown, a connection that was
        // killed; a node that is not in its group, and a commit that failed there
        1040 | 1044 | 1045 | 1049 | 1053 | 1203 | 1226 | 1927 | 1047 | 1180 => {
            Trouble::NoConnection
        }
        // A wait for a lock, and a statement's time on MariaDB and on MySQL
        1205 | 1969 | 3024 => Trouble::Busy,
        // The server, the transaction
        1290 | 1792 | 1836 => Trouble::ReadOnly,
        // The disk, a table
        1021 | 1114 => Trouble::Full,
        // An unknown column, an unknown table
        1054 | 1146 => Trouble::Missing,
        // A table, a column, a privilege of the server, a routine
        1142 | 1143 | 1227 | 1370 => Trouble::Privilege,
        // Data too long, data truncated
        1406 | 1265 => Trouble::TooLong,
        // Collations that do not mix, a character or a number that does not fit
        1267 | 1270 | 1271 | 1366 | 1300 | 3854 | 3988 | 1264 => Trouble::Unfit,
        // A prepared statement that is unknown, or must be prepared again
        1243 | 1615 => Trouble::Stale,
        _ => Trouble::Other,
    }
}

fn sqlite(code: u32, message: &str) -> Trouble {
    match (code, code & 0xff) {
        // `SQLITE_BUSY_SNAPSHOT`: another connection wrote since this transaction began to read.
        (517, _) => Trouble::Conflict,
        // `SQLITE_CONSTRAINT_PRIMARYKEY`, `SQLITE_CONSTRAINT_UNIQUE`
        (1555 | 2067, _) => Trouble::Duplicate,
        // `SQLITE_ERROR`, for everything that can be wrong with a statement
        (_, 1) if message.starts_with("no such ") => Trouble::Missing,
        // `SQLITE_BUSY`, `SQLITE_LOCKED`
        (_, 5 | 6) => Trouble::Busy,
        // `SQLITE_READONLY`
        (_, 8) => Trouble::ReadOnly,
        // `SQLITE_FULL`
        (_, 13) => Trouble::Full,
        // `SQLITE_CANTOPEN`
        (_, 14) => Trouble::NoConnection,
        // `SQLITE_SCHEMA`
        (_, 17) => Trouble::Stale,
        // `SQLITE_TOOBIG`
        (_, 18) => Trouble::TooLong,
        _ => Trouble::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::{Database, Fault, Trouble};
    use Database::{MySql, Postgres, Sqlite};
    use alloc::borrow::Cow;

    #[test]
    fn each_code_has_its_trouble() {
        let trouble = |database: Database, code: &'static str, message: &'static str| {
            let (code, message) = (Cow::Borrowed(code), Cow::Borrowed(message));
            let fault = Fault::Database { code, message };
            (database.trouble(&fault), database.breaks_connection(&fault))
        };
        for (database, codes, expected, breaks_connection) in [
            (Postgres, &["40001", "40P01", "40003"][..], Trouble::Conflict, false),
            (Postgres, &["23505"], Trouble::Duplicate, false),
            (Postgres, &["26000", "42P05", "08P01", "22P03"], Trouble::Pooler, true),
            (Postgres, &["57P01", "08006", "28P01", "53300"], Trouble::NoConnection, true),
            (Postgres, &["57014", "55P03"], Trouble::Busy, false),
            (Postgres, &["25006"], Trouble::ReadOnly, true),
            (Postgres, &["25P02", "25001"], Trouble::Stale, true),
            (Postgres, &["42501"], Trouble::Privilege, false),
            (Postgres, &["22001"], Trouble::TooLong, false),
            (Postgres, &["22P05", "22003", "22P02"], Trouble::Unfit, false),
            (Postgres, &["42883", "0A000", "P0001", ""], Trouble::Other, false),
            (MySql, &["1213", "1020", "3101"], Trouble::Conflict, false),
            (MySql, &["1062"], Trouble::Duplicate, false),
            (MySql, &["1047", "1180", "1927"], Trouble::NoConnection, true),
            (MySql, &["1205", "1969", "3024"], Trouble::Busy, false),
            (MySql, &["1290", "1792", "1836"], Trouble::ReadOnly, true),
            (MySql, &["1142", "1143", "1370"], Trouble::Privilege, false),
            (MySql, &["1406", "1265"], Trouble::TooLong, false),
            (MySql, &["1267", "1366", "3854"], Trouble::Unfit, false),
            (MySql, &["1243", "1615"], Trouble::Stale, true),
            (MySql, &["1345", "no number"], Trouble::Other, false),
            (Sqlite, &["5", "261", "6"], Trouble::Busy, false),
            (Sqlite, &["517"], Trouble::Conflict, false),
            (Sqlite, &["1555", "2067"], Trouble::Duplicate, false),
            (Sqlite, &["8", "1032"], Trouble::ReadOnly, true),
            (Sqlite, &["1", "275"], Trouble::Other, false),
        ] {
            for code in codes {
                assert_eq!(trouble(database, code, ""), (expected, breaks_connection), "{code}");
            }
        }
        let replanned = trouble(Postgres, "0A000", "cached plan must not change result type");
        assert_eq!(replanned, (Trouble::Stale, true));
        assert_eq!(trouble(Sqlite, "1", "no such table: x").0, Trouble::Missing);
    }
}
