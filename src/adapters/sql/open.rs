//! What is asked of a database before a store is used.

use super::form::{Form, Use, mysql_form, postgres_form, sqlite_form};
use super::host_sql::{Name, table_name, tables};
use super::id::IdKind;
use super::statements::{Composed, Forms, HostSql, LEDGER_COLUMNS, Statements};
use super::{
    AccountId, Database, Driver, Kind, OpenError, SqlError, SqlStore, Statement, Trouble, Value,
};
use crate::token::MAX_LEDGER_BYTES;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

pub(super) async fn open<D: Driver, Id: AccountId>(
    driver: D,
    host: &HostSql,
) -> Result<SqlStore<D, Id>, OpenError> {
    let asked = Asked { driver: &driver, accounts: format!("(\n{}\n)", host.accounts) };
    asked.settings(host).await?;
    asked.ledger_table(&host.table).await?;
    let forms = asked.forms(Id::KIND, &host.table).await?;
    let sql = Statements::new(D::DATABASE, host, &forms);
    if !["update", "with"].contains(&&*sql.set_password.verb) {
        return Err(OpenError::Reads { part: "set_password" });
    }
    for composed in sql.all() {
        asked.explain(composed, &forms).await?;
    }
    match D::DATABASE {
        Database::Sqlite => asked.names_are_unique(&host.accounts).await?,
        Database::MySql => asked.engines(host).await?,
        Database::Postgres => super::pooler::check(&driver).await?,
    }
    if D::DATABASE != Database::Sqlite {
        let transaction = driver.apply(Some(D::DATABASE.begin()), &[]).await;
        transaction.map_err(SqlError::of::<D>)?;
    }
    let counts = |ends: &Composed| ["delete", "update"].contains(&&*ends.verb);
    let counts_sessions = sql.end_sessions.iter().all(counts);
    Ok(SqlStore { driver: Arc::new(driver), sql: Arc::new(sql), counts_sessions, id: PhantomData })
}

struct Asked<'a, D> {
    driver: &'a D,
    accounts: String,
}

impl<D: Driver> Asked<'_, D> {
    async fn query(
        &self,
        sql: impl Into<Arc<str>>,
        columns: usize,
        values: &[Value<'_>],
    ) -> Result<Vec<Vec<String>>, SqlError> {
        let columns = core::iter::repeat_n(Kind::Text, columns).collect::<Vec<_>>();
        let rows = self.driver.query(&Statement::new(sql, columns), values).await;
        let text = |value| match value {
            Some(Value::Text(text)) => text.into_owned(),
            _ => String::new(),
        };
        let rows = rows.map_err(SqlError::of::<D>)?.into_iter();
        Ok(rows.map(|row| row.into_iter().map(text).collect()).collect())
    }

    /// The columns of the ledger table, their types and its two keys.
    async fn ledger_table(&self, table: &str) -> Result<(), OpenError> {
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
        // A comparison is not as generous as an assignment.
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

    /// How the host's columns and the ledger table's hold what crosses as text.
    async fn forms(&self, kind: IdKind, table: &str) -> Result<Forms, OpenError> {
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
        // A login compares as `citext` does only where it is one.
        let login = if address.ends_with("citext") { address } else { String::new() };
        let has_factor_column = self.has_column("second_factor").await?;
        Ok(Forms { id: id_form, ledger_id, stamp, stamp_column, has_factor_column, login })
    }

    /// Whether `accounts` has a column that it need not have. What keeps the database from an answer
    /// is an error: without the stamp fewer changes kill a link, and without the factor none is
    /// asked for.
    async fn has_column(&self, column: &str) -> Result<bool, OpenError> {
        // No plan, which the database's user may not see of a view.
        let select = |column: &str| format!("SELECT a.{column} {}", none_of(&self.accounts));
        let Err(error) = self.query(select(column), 0, &[]).await else {
            return Ok(true);
        };
        match error.trouble() {
            Trouble::Missing => Ok(false),
            // A driver may know the database's errors by other names.
            Trouble::Other => self.query(select("id"), 0, &[]).await.map(|_| false),
            _ => Err(error),
        }
        .map_err(|error| refused("accounts", error))
    }

    /// The form of a column, and its type.
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
                // What a domain is over, be it a domain again.
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
            // SQLite has a type for each value, so the first one of the host's is looked at.
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

    /// Asks for the plan, which needs the types and the privileges of the statement.
    async fn explain(&self, composed: &Composed, forms: &Forms) -> Result<(), OpenError> {
        let Composed { part, statement, names, verb } = composed;
        let plannable = ["select", "insert", "update", "delete", "with", "replace", "merge"];
        if !plannable.contains(&&**verb) {
            return Ok(());
        }
        let sample = |name: &Name| match name {
            Name::Id | Name::IdText => Value::from(forms.id.sample),
            Name::Stamp | Name::StampText => Value::from(forms.stamp.sample),
            Name::Login | Name::Hash | Name::Address | Name::State => Value::from("x"),
            Name::Selector | Name::Ledger => Value::Bytes(Cow::Borrowed(&[0; 12])),
            _ => Value::Integer(1),
        };
        let values: Vec<_> = names.iter().map(sample).collect();
        match self.query(format!("EXPLAIN {}", statement.sql()), 0, &values).await {
            // The plan of a view is not for everybody who may use it.
            Err(error) if error.code() == Some("1345") => Ok(()),
            plan => plan.map(drop).map_err(|error| refused(part, error)),
        }
    }

    /// Of two columns with one name SQLite takes the first without a word, as in
    /// `SELECT *, password_hash AS password` where the table has a column `password` of its own. The
    /// second one is called `password:1` then.
    async fn names_are_unique(&self, accounts: &str) -> Result<(), OpenError> {
        for column in ["id", "address", "password", "stamp", "second_factor"] {
            let second = format!("EXPLAIN SELECT a.[{column}:1] FROM (\n{accounts}\n) AS a");
            if self.query(second, 0, &[]).await.is_ok() {
                return Err(OpenError::SeveralColumns { column });
            }
        }
        Ok(())
    }

    /// What a session must be set to, so that a commit is whole, a hash is stored whole, and a text
    /// is read as it was written.
    async fn settings(&self, host: &HostSql) -> Result<(), OpenError> {
        let settings = match D::DATABASE {
            Database::Sqlite => return Ok(()),
            Database::Postgres => {
                "SELECT name, setting FROM pg_settings WHERE name IN \
                 ('transaction_read_only', 'client_encoding', 'standard_conforming_strings')"
            }
            Database::MySql => {
                "SHOW VARIABLES WHERE variable_name IN ('autocommit', 'sql_mode', \
                 'tx_read_only', 'transaction_read_only', 'character_set_client', \
                 'sql_safe_updates')"
            }
        };
        let back_slash = host.all().any(|sql| sql.contains('\\'));
        for row in self.query(settings, 2, &[]).await? {
            let [name, value] = row.as_slice() else { continue };
            let has = |mode| value.contains(mode);
            let change = match &**name {
                "autocommit" if value == "OFF" => "switch it on",
                "sql_safe_updates" if value == "ON" => "switch it off",
                "transaction_read_only" | "tx_read_only" if has("on") || has("ON") => {
                    "connect to the server that takes writes, or let the session write"
                }
                "client_encoding" if value != "UTF8" => "leave it at UTF8",
                "character_set_client" if value != "utf8mb4" => "leave it at utf8mb4",
                "sql_mode" if !has("STRICT_TRANS_TABLES") && !has("STRICT_ALL_TABLES") => {
                    "add STRICT_TRANS_TABLES, without which a hash that is too long would be cut"
                }
                "sql_mode" if has("EMPTY_STRING_IS_NULL") => "leave out EMPTY_STRING_IS_NULL",
                "sql_mode" if back_slash && (has("NO_BACKSLASH_ESCAPES") || has("ANSI_QUOTES")) => {
                    "leave out NO_BACKSLASH_ESCAPES and ANSI_QUOTES, or write statements without \
                     back-slashes"
                }
                "standard_conforming_strings" if back_slash && value == "off" => {
                    "switch it on, or write statements without back-slashes"
                }
                _ => continue,
            };
            let what = format!("`{name}` is '{value}' in the pool's connections: {change}");
            return Err(OpenError::Setting { what });
        }
        Ok(())
    }

    /// Whether every table, be it behind views, has transactions.
    async fn engines(&self, host: &HostSql) -> Result<(), OpenError> {
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

/// One row whose columns of `a` are all NULL, and have their types.
fn none_of(from: &str) -> String {
    format!("FROM (SELECT 1) AS one LEFT JOIN {from} AS a ON 1 = 0")
}

/// At opening, only values of the store's own are under way, so what the database says may be shown.
fn refused(part: &'static str, source: SqlError) -> OpenError {
    if matches!(source.trouble(), Trouble::NoConnection | Trouble::PoolClosed | Trouble::Pooler) {
        return source.into();
    }
    let driver = core::error::Error::source(&source).map(ToString::to_string).unwrap_or_default();
    let hint = match (source.trouble(), source.code()) {
        (Trouble::Privilege, _) => ": grant it to the database's user",
        // `undefined_function`, `datatype_mismatch`
        (_, Some("42883" | "42804")) => {
            ": a column has another type than the value beside it; cast one, as in \
             CAST({id} AS text)"
        }
        _ => "",
    };
    OpenError::Refused { part, says: driver + hint, source }
}
