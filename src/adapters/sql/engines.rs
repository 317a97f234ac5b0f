//! Whether every table on MariaDB and MySQL has an engine with transactions.

use super::host_sql::HostSql;
use super::probe::Probe;
use super::scanner::{Part, split};
use super::{Database, Driver, OpenError};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl<D: Driver> Probe<'_, D> {
    /// Checks that every table, including those that views read, has transactions.
    pub(super) async fn engines(&self, host: &HostSql) -> Result<(), OpenError> {
        let asked = "SELECT CONVERT(t.table_schema USING utf8mb4), \
                     CONVERT(t.table_name USING utf8mb4), \
                     CONVERT(coalesce(e.engine, '') USING utf8mb4), \
                     CONVERT(coalesce(v.view_definition, '') USING utf8mb4), \
                     CASE WHEN t.table_schema = DATABASE() THEN '1' ELSE '0' END \
                     FROM information_schema.tables AS t \
                     LEFT JOIN information_schema.engines AS e ON e.engine = t.engine \
                     LEFT JOIN information_schema.views AS v ON v.table_schema = t.table_schema \
                     AND v.table_name = t.table_name \
                     WHERE (e.transactions = 'NO' OR t.table_type = 'VIEW') AND t.table_schema \
                     NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')";
        let found = self.query(asked, 5, &[]).await?;
        let mut used: Vec<_> = host.all().flat_map(|sql| tables(sql)).collect();
        used.push(host.table.to_lowercase());
        let mut at = 0;
        while let Some(name) = used.get(at) {
            let of = |row: &&Vec<String>| {
                let [schema, table, .., is_default] = row.as_slice() else { return false };
                let table = table_name(table);
                *name == [&*table_name(schema), &table].join(".")
                    || (is_default == "1" && *name == table)
            };
            match found.iter().find(of).map(Vec::as_slice) {
                Some([_, _, engine, view, _]) if engine.is_empty() => used.extend(tables(view)),
                Some([_, table, engine, ..]) => {
                    let what = format!(
                        "table `{table}` has the engine {engine}, which has no transactions: \
                         ALTER TABLE {table} ENGINE = InnoDB"
                    );
                    return Err(OpenError::Setting { what });
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }
}

/// Returns the words of a statement that stand where MySQL expects a table. Some of them are
/// aliases.
fn tables(sql: &str) -> Vec<String> {
    let parts = split(Database::MySql, sql).unwrap_or_default();
    let text = parts.iter().map(|part| match part {
        Part::Text(text) => {
            text.to_lowercase().replace('(', " ( ").replace(',', " , ").replace(')', " ")
        }
        Part::Quoted(name) if !name.starts_with('\'') => table_name(&name[1..name.len() - 1]),
        _ => " ".into(),
    });
    let text: String = text.collect();
    let (mut tables, mut lists, mut begins) = (Vec::new(), false, false);
    for word in text.split_whitespace() {
        match word {
            "update" | "from" | "into" | "join" | "insert" | "replace" => {
                (lists, begins) = (true, true);
            }
            "ignore" | "low_priority" | "high_priority" | "quick" | "delayed" => {}
            "," => begins = true,
            "(" if begins => {}
            "(" | "set" | "where" | "on" | "using" | "values" | "value" | "select" | "order"
            | "group" | "limit" => lists = false,
            table if lists => {
                begins = false;
                tables.push(table.into());
            }
            _ => {}
        }
    }
    tables
}

/// Returns a table's name in the form that `tables` uses.
fn table_name(name: &str) -> String {
    name.to_lowercase().replace(|c: char| c.is_whitespace(), "_")
}

#[cfg(test)]
mod tests {
    use super::tables;

    #[test]
    fn the_tables_of_a_statement_are_found() {
        for (sql, expected) in [
            (
                "SELECT address FROM Users AS u, `my table` t WHERE a = {id}",
                "users as u my_table t",
            ),
            ("UPDATE `db`.`users` SET email = (SELECT 'from x' FROM y) /* from z */", "db.users y"),
            ("INSERT audit (account, email) VALUES ({id}, 'x')", "audit"),
            ("DELETE QUICK FROM sessions WHERE user_id = {id}", "sessions"),
            ("SELECT 1 FROM (a JOIN b ON a.x = b.x)", "a b"),
            ("address = {login}", ""),
        ] {
            assert_eq!(tables(sql).join(" "), expected, "{sql}");
        }
    }
}
