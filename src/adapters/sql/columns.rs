//! What the columns of your tables are, and whether the store can use them.

use super::form::{Form, Forms, Use, mysql_form, postgres_form, sqlite_form};
use super::probe::{Probe, refused};
use super::{Database, Driver, IdKind, OpenError, Trouble};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl<D: Driver> Probe<'_, D> {
    /// Returns the forms of the columns of `accounts` and of the ledger table.
    pub(super) async fn forms(&self, kind: IdKind, table: &str) -> Result<Forms, OpenError> {
        let id = (Use::Id(kind), D::DATABASE.id_type(kind));
        let text = (Use::Text, "text (cast it to text)");
        let (id_form, _) = self.form(&self.accounts, "`accounts`", "id", id).await?;
        let (ledger_id, _) = self.form(table, "the ledger table", "account_id", id).await?;
        let (_, address) = self.form(&self.accounts, "`accounts`", "address", text).await?;
        let (password, _) = self.form(&self.accounts, "`accounts`", "password", text).await?;
        let stamp = (Use::Stamp, "text, bytes, an integer or a UUID (cast it to text)");
        let (stamp, stamp_column) = if self.has_column("stamp").await? {
            (self.form(&self.accounts, "`accounts`", "stamp", stamp).await?.0, "stamp")
        } else {
            (password, "password")
        };
        // A login is compared as `citext` only if it is cast to that type.
        let login = if address.ends_with("citext") { address } else { String::new() };
        let has_factor_column = self.has_column("second_factor").await?;
        Ok(Forms { id: id_form, ledger_id, stamp, stamp_column, has_factor_column, login })
    }

    /// Returns whether `accounts` has an optional column.
    ///
    /// Any other error than a missing column is reported, since a column must not be overlooked:
    /// without the stamp, fewer changes end a link, and without the factor, none is required.
    async fn has_column(&self, column: &str) -> Result<bool, OpenError> {
        // Not an `EXPLAIN`, since the database's user may be denied the plan of a view.
        let select = |column: &str| format!("SELECT a.{column} {}", none_of(&self.accounts));
        let Err(error) = self.query(select(column), 0, &[]).await else {
            return Ok(true);
        };
        match error.trouble() {
            Trouble::Missing => Ok(false),
            // A driver may not expose the code. If `id` can be read, the column is missing.
            Trouble::Other => self.query(select("id"), 0, &[]).await.map(|_| false),
            _ => Err(error),
        }
        .map_err(|error| refused("accounts", error))
    }

    /// Returns the form of a column, and its type.
    async fn form(
        &self,
        from: &str,
        table: &'static str,
        column: &'static str,
        (of, expected): (Use, &'static str),
    ) -> Result<(Form, String), OpenError> {
        let none = none_of(from);
        let (sql, columns) = match D::DATABASE {
            Database::Postgres => {
                // The type under a domain, which may be over another domain.
                let sql = format!(
                    "WITH RECURSIVE of(type) AS (SELECT CAST(pg_typeof(a.{column}) AS oid) {none} \
                     UNION ALL SELECT typbasetype FROM of JOIN pg_type AS t ON t.oid = type \
                     WHERE typtype = 'd') SELECT CAST(typname AS text), format_type(type, NULL) \
                     FROM of JOIN pg_type AS t ON t.oid = type WHERE typtype <> 'd'"
                );
                (sql, 2)
            }
            Database::MySql => {
                let column = format!("a.{column}");
                let of = [
                    format!("CHARSET({column})"),
                    format!("COLLATION({column})"),
                    format!("CHARSET(CONCAT({column}))"),
                ];
                let of = of.map(|name| format!("CONVERT({name} USING utf8mb4)")).join(", ");
                (format!("SELECT {of} {none}"), 3)
            }
            // On SQLite each value has its own type, so this reads the one of the first account.
            Database::Sqlite if table == "`accounts`" => {
                (format!("SELECT typeof(a.{column}) FROM {from} AS a LIMIT 1"), 1)
            }
            Database::Sqlite => {
                let (schema, name) = from.rsplit_once('.').unwrap_or(("main", from));
                let info = format!("pragma_table_info('{name}', '{schema}')");
                (format!("SELECT lower(type) FROM {info} WHERE name = '{column}'"), 1)
            }
        };
        let part = if table == "`accounts`" { "accounts" } else { "table" };
        let rows = self.query(sql, columns, &[]).await.map_err(|error| refused(part, error))?;
        let found = rows.first().map(Vec::as_slice).unwrap_or_default();
        let form = match (D::DATABASE, found) {
            (Database::Postgres, [name, full]) => postgres_form(name, full, of),
            (Database::MySql, [set, collation, as_text]) => {
                mysql_form([set, collation, as_text], of)
            }
            (_, found) => {
                let form = sqlite_form(of);
                let as_found = match (of, found.first().map(String::as_str)) {
                    (_, None | Some("null" | "")) => true,
                    (Use::Id(IdKind::Integer | IdKind::Unsigned), Some(found)) => {
                        found == "integer"
                    }
                    (Use::Id(IdKind::Uuid), Some(found)) => found == "blob",
                    (Use::Id(IdKind::Text) | Use::Text, Some(found)) => found == "text",
                    (Use::Stamp, Some(found)) => found != "real",
                };
                as_found.then_some(form)
            }
        };
        let full = found.get(1).or_else(|| found.first()).cloned().unwrap_or_default();
        match form {
            Some(form) => Ok((form, full)),
            None => Err(OpenError::ColumnType { table, column, expected, found: full }),
        }
    }

    /// Checks that no two columns of `accounts` have the same name, as in
    /// `SELECT *, password_hash AS password` over a table that has a column `password`. SQLite reads
    /// the first one without an error, and names the second one `password:1`.
    pub(super) async fn names_are_unique(&self, accounts: &str) -> Result<(), OpenError> {
        for column in ["id", "address", "password", "stamp", "second_factor"] {
            let second = format!("EXPLAIN SELECT a.[{column}:1] FROM (\n{accounts}\n) AS a");
            if self.query(second, 0, &[]).await.is_ok() {
                return Err(OpenError::SeveralColumns { column });
            }
        }
        Ok(())
    }
}

/// One row in which all columns of `a` are NULL, and have their types.
fn none_of(from: &str) -> String {
    format!("FROM (SELECT 1) AS one LEFT JOIN {from} AS a ON 1 = 0")
}
