//! The ledger table: its schema, and whether the database has it like that.

use super::probe::{Probe, refused};
use super::{Database, Driver, IdKind, OpenError, SqlError, Trouble};
use crate::token::MAX_LEDGER_BYTES;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The columns of the ledger table.
pub(super) const LEDGER_COLUMNS: &str =
    "account_id, selector, revision, ledger, state, issued_at, expires_at, forgettable_at";

/// Returns the statements that create the ledger table if it does not exist.
///
/// # Errors
/// The name is not one or two identifiers.
pub(super) fn schema(
    database: Database,
    kind: IdKind,
    table: &str,
) -> Result<Vec<String>, OpenError> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && name.len() <= 48
    };
    let mut names = table.split('.');
    if !names.by_ref().take(2).all(is_name) || names.next().is_some() {
        return Err(OpenError::TableName);
    }
    let id = database.id_type(kind);
    let [selector, ledger, number] = database.column_types();
    let (schema, name) = table.rsplit_once('.').map_or(("", table), |(s, name)| (s, name));
    let index = format!("{name}_forgettable_at");
    let (end, apart) = match database {
        Database::MySql => {
            (format!(",\n    INDEX {index} (forgettable_at)\n) ENGINE = InnoDB"), None)
        }
        Database::Postgres => (
            "\n)".into(),
            Some(format!("CREATE INDEX IF NOT EXISTS {index} ON {table} (forgettable_at)")),
        ),
        Database::Sqlite => {
            let index = if schema.is_empty() { index } else { format!("{schema}.{index}") };
            let create = format!("CREATE INDEX IF NOT EXISTS {index} ON {name} (forgettable_at)");
            ("\n)".into(), Some(create))
        }
    };
    let table = format!(
        "CREATE TABLE IF NOT EXISTS {table} (
    account_id {id} NOT NULL PRIMARY KEY,
    selector {selector} NOT NULL UNIQUE,
    revision {number} NOT NULL,
    ledger {ledger} NOT NULL,
    state TEXT NOT NULL,
    issued_at {number} NOT NULL,
    expires_at {number} NOT NULL,
    forgettable_at {number} NOT NULL{end}"
    );
    Ok([Some(table), apart].into_iter().flatten().collect())
}

impl<D: Driver> Probe<'_, D> {
    /// Checks the columns of the ledger table, their types and its two keys.
    pub(super) async fn ledger_table(&self, table: &str) -> Result<(), OpenError> {
        let wrong = |error: SqlError| match error.trouble() {
            Trouble::Privilege => refused("table", error),
            Trouble::Missing | Trouble::Other if error.code().is_some() => {
                OpenError::LedgerTable(error)
            }
            _ => error.into(),
        };
        let select = format!("EXPLAIN SELECT {LEDGER_COLUMNS} FROM {table}");
        self.query(select, 0, &[]).await.map_err(wrong)?;
        if D::DATABASE == Database::MySql {
            let (schema, name) = table.rsplit_once('.').unwrap_or(("", table));
            let schema =
                if schema.is_empty() { "DATABASE()".into() } else { format!("'{schema}'") };
            let columns = format!(
                "SELECT CONVERT(column_name USING utf8mb4), CONVERT(column_type USING utf8mb4) \
                 FROM information_schema.columns WHERE table_schema = {schema} \
                 AND table_name = '{name}' AND NOT coalesce(CASE \
                 WHEN column_name = 'account_id' THEN column_key IN ('PRI', 'UNI') \
                 WHEN column_name = 'selector' THEN column_key IN ('PRI', 'UNI') \
                 AND data_type LIKE '%binary' AND character_octet_length >= 12 \
                 WHEN column_name = 'ledger' THEN data_type REGEXP 'binary|blob' \
                 AND character_octet_length >= {MAX_LEDGER_BYTES} \
                 WHEN column_name = 'state' THEN data_type REGEXP 'char|text' \
                 AND character_octet_length >= 10 \
                 WHEN FIND_IN_SET(column_name, REPLACE('{LEDGER_COLUMNS}', ' ', '')) > 0 \
                 THEN data_type = 'bigint' \
                 ELSE TRUE END, FALSE)"
            );
            let wrong = self.query(columns, 2, &[]).await?;
            return wrong.first().map_or(Ok(()), |column| {
                let what = format!(
                    "the ledger table's column {} is not as in the schema",
                    column.join(" ")
                );
                Err(OpenError::Setting { what })
            });
        }
        let [selector, ledger, number] = D::DATABASE.column_types();
        // A comparison is stricter about types than an assignment.
        let types = [selector, number, ledger, "TEXT", number, number, number];
        let columns = LEDGER_COLUMNS.split(", ").skip(1).zip(types);
        let fits = columns.map(|(column, of)| [" AND ", column, " = CAST(NULL AS ", of, ")"]);
        let fits: String = fits.flatten().collect();
        for key in ["account_id", "selector"] {
            let insert = format!(
                "EXPLAIN INSERT INTO {table} ({LEDGER_COLUMNS}) SELECT {LEDGER_COLUMNS} \
                 FROM {table} WHERE 1 = 1{fits} ON CONFLICT ({key}) DO NOTHING"
            );
            self.query(insert, 0, &[]).await.map_err(wrong)?;
        }
        Ok(())
    }
}
