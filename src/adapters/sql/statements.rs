use super::AccountId;
use super::dialect::Dialect;
use super::error::OpenError;
use std::sync::Arc;

/// The columns of the ledger table.
pub(super) const LEDGER_COLUMNS: &str =
    "account_id, selector, revision, ledger, state, issued_at, expires_at, forgettable_at";

/// How many ledgers one statement of a purge deletes at most.
pub(super) const PURGE_BATCH: i64 = 1000;

/// What the host gave, each a part of a statement or a whole one.
pub(super) struct HostSql {
    pub(super) accounts: String,
    pub(super) login: String,
    pub(super) set_password: String,
    /// `None` where the host said that it has no sessions.
    pub(super) end_sessions: Option<String>,
}

/// Every statement that the store runs.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) find_by_login: Arc<str>,
    pub(super) find_by_id: Arc<str>,
    pub(super) find_by_selector: Arc<str>,
    pub(super) insert: Arc<str>,
    pub(super) update: Arc<str>,
    pub(super) set_password: Arc<str>,
    pub(super) end_sessions: Option<Arc<str>>,
    pub(super) purge: Arc<str>,
}

impl Statements {
    pub(super) fn new<DB: Dialect>(table: &str, host: &HostSql) -> Self {
        let own = |statement: &str| complete::<DB>(statement, table, host);
        let unchanged = format!("FROM {{accounts}} AS a WHERE a.id = ? AND {}", DB::UNCHANGED);
        Self {
            find_by_login: own(DB::FIND_BY_LOGIN),
            find_by_id: own(&DB::FIND_BY_LOGIN.replace("{login}", "id = ?")),
            find_by_selector: own("SELECT a.id, a.address, a.stamp, l.ledger \
                 FROM {table} AS l JOIN {accounts} AS a ON a.id = l.account_id \
                 WHERE l.selector = ?"),
            insert: own(&format!(
                "INSERT INTO {{table}} (revision, ledger, state, issued_at, expires_at, \
                 forgettable_at, selector, account_id) SELECT ?, ?, ?, ?, ?, ?, ?, a.id {unchanged}"
            )),
            update: own(&format!(
                "UPDATE {{table}} SET revision = ?, ledger = ?, state = ?, issued_at = ?, \
                 expires_at = ?, forgettable_at = ? \
                 WHERE account_id = ? AND selector = ? AND revision = ? \
                 AND EXISTS (SELECT 1 {unchanged})"
            )),
            set_password: host.set_password.as_str().into(),
            end_sessions: host.end_sessions.as_deref().map(Into::into),
            purge: own(&DB::PURGE.replace("{batch}", &PURGE_BATCH.to_string())),
        }
    }
}

/// Numbers the parameters as the database wants them and puts in the host's parts, each on
/// lines of its own, so that a comment at the end of one does not swallow what follows.
fn complete<DB: Dialect>(statement: &str, table: &str, host: &HostSql) -> Arc<str> {
    let mut parts = statement.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (before, part) in parts.enumerate() {
        numbered.push_str(&DB::placeholder(before + 1));
        numbered.push_str(part);
    }
    numbered
        .replace("{table}", table)
        .replace("{accounts}", &format!("(\n{}\n)", host.accounts))
        .replace("{login}", &format!("(\n{}\n)", host.login))
        .into()
}

/// The statements that create the ledger table where it is missing.
pub(super) fn schema<DB: Dialect, Id: AccountId<DB>>(table: &str) -> Vec<String> {
    let id = Id::COLUMN_TYPE;
    let [selector, ledger, number] = DB::COLUMN_TYPES;
    let index = format!("{table}_forgettable_at");
    let (in_table, apart) = if DB::INDEX_IN_TABLE {
        (format!(",\n    INDEX {index} (forgettable_at)"), None)
    } else {
        let apart = format!("CREATE INDEX IF NOT EXISTS {index} ON {table} (forgettable_at)");
        (String::new(), Some(apart))
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
    forgettable_at {number} NOT NULL{in_table}
)"
    );
    [Some(table), apart].into_iter().flatten().collect()
}

/// One statement or condition without the semicolon that people end it with.
pub(super) fn one_statement(part: &'static str, sql: &str) -> Result<String, OpenError> {
    let sql = sql.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    if sql.contains(';') {
        return Err(OpenError::Semicolon { part });
    }
    Ok(sql.to_owned())
}
