//! The statements that a store runs, composed from your parts.

use super::form::Forms;
use super::host_sql::HostSql;
use super::name::Name;
use super::scanner::{Part, first_word, split};
use super::{Database, Kind, Statement};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The largest number of ledgers that one statement of a purge deletes.
pub(super) const PURGE_BATCH: u64 = 1000;

/// A statement with the values that it needs, in order.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) part: &'static str,
    pub(super) statement: Statement,
    pub(super) names: Vec<Name>,
    /// Its first word, in lower case.
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
    /// The last statement of a redemption, under the lock that `set_password` took.
    pub(super) redeem: Composed,
    /// Like `redeem`, for an account without a ledger.
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
        // On lines of its own, so that a comment at its end swallows nothing.
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
            // A value that cannot be read as text is a secret, and not "false".
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
            // If the host's condition uses a unique index, SQLite keeps this statement's plan. A
            // join would be planned again for each login.
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

    /// Returns every statement once.
    pub(super) fn all(&self) -> impl Iterator<Item = &Composed> {
        let finds = [&self.find_by_login, &self.find_by_id, &self.find_by_selector];
        let swaps = [&self.insert, &self.update, &self.redeem, &self.change];
        let others = [&self.set_password, &self.purge];
        let more = [&self.end_sessions, &self.also, &self.also_by_link];
        finds.into_iter().chain(swaps).chain(others).chain(more.into_iter().flatten())
    }
}

/// Replaces each name with a parameter, in the form of the column.
fn compose(
    database: Database,
    forms: &Forms,
    part: &'static str,
    sql: &str,
    columns: &[Kind],
) -> Composed {
    let (mut text, mut names) = (String::new(), Vec::new());
    // The host's parts were split before, and the store's own are well-formed.
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
