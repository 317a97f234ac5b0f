//! The statements that a store runs, composed from the host's parts.

use super::form::Form;
use super::host_sql::{Name, Part, first_word, split};
use super::id::IdKind;
use super::{Database, Kind, Statement};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The columns of the ledger table.
pub(super) const LEDGER_COLUMNS: &str =
    "account_id, selector, revision, ledger, state, issued_at, expires_at, forgettable_at";

/// How many ledgers one statement of a purge deletes at most.
pub(super) const PURGE_BATCH: u64 = 1000;

/// What the host gave, checked.
#[derive(Debug)]
pub(super) struct HostSql {
    pub(super) table: String,
    pub(super) accounts: String,
    pub(super) login: String,
    pub(super) set_password: String,
    pub(super) end_sessions: Vec<String>,
    pub(super) also: Vec<String>,
    pub(super) also_by_link: Vec<String>,
}

impl HostSql {
    /// Every statement of the host's.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        let parts = [&self.accounts, &self.login, &self.set_password];
        let more = [&self.end_sessions, &self.also, &self.also_by_link];
        parts.into_iter().chain(more.into_iter().flatten())
    }
}

/// How the columns hold what crosses as text.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) id: Form,
    /// The ledger table's `account_id`.
    pub(super) ledger_id: Form,
    /// The stamp, and its column of `accounts`.
    pub(super) stamp: Form,
    pub(super) stamp_column: &'static str,
    /// Whether `accounts` has a column `second_factor`.
    pub(super) has_factor_column: bool,
    /// The type that a login is cast to.
    pub(super) login: String,
}

/// A statement with the values that it takes, in order.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) part: &'static str,
    pub(super) statement: Statement,
    pub(super) names: Vec<Name>,
    /// The word that it begins with, in small letters.
    pub(super) verb: String,
}

/// Every statement that the store runs.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) find_by_login: Composed,
    pub(super) find_by_id: Composed,
    pub(super) find_by_selector: Composed,
    pub(super) insert: Composed,
    pub(super) update: Composed,
    pub(super) set_password: Composed,
    /// The swap at the end, behind the lock that `set_password` took.
    pub(super) redeem: Composed,
    /// The same for an account without a ledger.
    pub(super) change: Composed,
    pub(super) end_sessions: Vec<Composed>,
    pub(super) also: Vec<Composed>,
    pub(super) also_by_link: Vec<Composed>,
    pub(super) purge: Composed,
}

impl Statements {
    pub(super) fn new(database: Database, host: &HostSql, forms: &Forms) -> Self {
        let HostSql { table, accounts, login, .. } = host;
        let compose =
            |part, sql: &str, columns: &[Kind]| compose(database, forms, part, sql, columns);
        // On lines of their own, so that a comment at the end of one swallows nothing.
        let accounts = format!("(\n{accounts}\n)");
        let own_id = forms.id.write("{id_text}");
        let ledger_id = forms.ledger_id.write("{id_text}");
        let stamp =
            format!("coalesce({}, '')", forms.stamp.read(&format!("a.{}", forms.stamp_column)));
        let found = |ledger: &str| {
            let has_password = format!(
                "CASE WHEN coalesce({}, '') = '' THEN 0 ELSE 1 END",
                database.text("a.password")
            );
            // What cannot be read as text is a secret, and no "false".
            let needs_factor = if forms.has_factor_column {
                let column = database.exact("a.second_factor");
                let unset = database.unset();
                let is_none = "WHEN a.second_factor IS NULL THEN 0";
                format!("CASE {is_none} WHEN {column} IN ({unset}) THEN 0 ELSE 1 END")
            } else {
                "0".into()
            };
            let (id, address) = (forms.id.read("a.id"), database.text("a.address"));
            let (has_password, needs_factor) =
                (database.integer(&has_password), database.integer(&needs_factor));
            format!("SELECT {id}, {address}, {stamp}, {has_password}, {needs_factor}, {ledger}")
        };
        let columns =
            [Kind::Text, Kind::Text, Kind::Text, Kind::Integer, Kind::Integer, Kind::Bytes];
        let to_ledger = forms.ledger_id.from(&forms.id, "a.id");
        let find = |condition: &str| match database {
            // Where the host's condition meets a unique index, SQLite keeps the plan of this one,
            // and makes that of a join again for each login.
            Database::Sqlite => {
                let ledger = format!("(SELECT ledger FROM {table} WHERE account_id = {to_ledger})");
                format!("{} FROM {accounts} AS a WHERE {condition} LIMIT 2", found(&ledger))
            }
            _ => format!(
                "{} FROM (SELECT * FROM {accounts} AS account WHERE {condition}) AS a \
                 LEFT JOIN {table} AS l ON l.account_id = {to_ledger} LIMIT 2",
                found("l.ledger")
            ),
        };
        let same_address =
            format!("{} = {}", database.exact("a.address"), database.exact("{address}"));
        let same_stamp = format!("{} = {}", database.exact(&stamp), database.exact("{stamp_text}"));
        let account = format!("FROM {accounts} AS a WHERE a.id = {own_id} AND {same_address}");
        let update = |account: &str| {
            format!(
                "UPDATE {table} SET revision = {{revision}}, ledger = {{ledger}}, \
                 state = {{state}}, issued_at = {{issued_at}}, expires_at = {{expires_at}}, \
                 forgettable_at = {{forgettable_at}} WHERE account_id = {ledger_id} \
                 AND selector = {{selector}} AND revision = {{expected}} \
                 AND EXISTS (SELECT 1 {account})"
            )
        };
        let insert = |account: &str| {
            format!(
                "INSERT INTO {table} (revision, ledger, state, issued_at, expires_at, \
                 forgettable_at, selector, account_id) SELECT {{revision}}, {{ledger}}, \
                 {{state}}, {{issued_at}}, {{expires_at}}, {{forgettable_at}}, {{selector}}, \
                 {to_ledger} {account}"
            )
        };
        let new_password =
            format!("{} = {}", database.exact("a.password"), database.exact("{hash}"));
        let new_stamp = match forms.stamp_column {
            "password" => String::new(),
            _ => format!(" AND {} <> {}", database.exact(&stamp), database.exact("{stamp_text}")),
        };
        let as_found = format!("{account} AND {same_stamp}");
        let as_set = format!("{account} AND {new_password}{new_stamp}");
        let each = |part, statements: &[String]| {
            statements.iter().map(|sql| compose(part, sql, &[])).collect()
        };
        Self {
            find_by_login: compose("login", &find(&format!("(\n{login}\n)")), &columns),
            find_by_id: compose("accounts", &find(&format!("id = {own_id}")), &columns),
            find_by_selector: compose(
                "accounts",
                &format!(
                    "{} FROM {table} AS l JOIN {accounts} AS a ON a.id = {} \
                     WHERE l.selector = {{selector}}",
                    found("l.ledger"),
                    forms.id.from(&forms.ledger_id, "l.account_id")
                ),
                &columns,
            ),
            insert: compose("accounts", &insert(&as_found), &[]),
            update: compose("accounts", &update(&as_found), &[]),
            set_password: compose("set_password", &host.set_password, &[]),
            redeem: compose("accounts", &update(&as_set), &[]),
            change: compose("accounts", &insert(&as_set), &[]),
            end_sessions: each("end_sessions", &host.end_sessions),
            also: each("also", &host.also),
            also_by_link: each("also_by_link", &host.also_by_link),
            purge: compose("table", &database.purge(table, PURGE_BATCH), &[]),
        }
    }

    /// All of them, each once.
    pub(super) fn all(&self) -> impl Iterator<Item = &Composed> {
        let finds = [&self.find_by_login, &self.find_by_id, &self.find_by_selector];
        let swaps = [&self.insert, &self.update, &self.redeem, &self.change];
        let others = [&self.set_password, &self.purge];
        let more = [&self.end_sessions, &self.also, &self.also_by_link];
        finds.into_iter().chain(swaps).chain(others).chain(more.into_iter().flatten())
    }
}

/// Puts a parameter in the place of each name, in the form in which a column has it.
fn compose(
    database: Database,
    forms: &Forms,
    part: &'static str,
    sql: &str,
    columns: &[Kind],
) -> Composed {
    let (mut text, mut names) = (String::new(), Vec::new());
    // The host's parts were split before, and the store's own have nothing that does not end.
    let parts = split(database, sql).unwrap_or_default();
    let verb = first_word(&parts);
    for found in parts {
        let Some((name, cast)) = found.name() else {
            if let Part::Text(stretch) | Part::Quoted(stretch) | Part::Comment(stretch) = found {
                text.push_str(stretch);
            }
            continue;
        };
        let value = name.value();
        let known = names.iter().position(|known: &Name| known.value() == value);
        let number = known.filter(|_| database != Database::MySql).unwrap_or_else(|| {
            names.push(value);
            names.len() - 1
        });
        let parameter = database.parameter(number + 1, cast);
        text.push_str(&match name {
            Name::Id if !forms.id.takes_text => forms.id.write(&parameter),
            Name::Stamp => forms.stamp.write(&parameter),
            Name::Login if !forms.login.is_empty() => {
                ["CAST(", &parameter, " AS ", &forms.login, ")"].concat()
            }
            _ => parameter,
        });
    }
    Composed { part, statement: Statement::new(text, columns), names, verb }
}

/// The statements that create the ledger table where it is missing.
pub(super) fn schema(database: Database, kind: IdKind, table: &str) -> Vec<String> {
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
    vec![Some(table), apart].into_iter().flatten().collect()
}
