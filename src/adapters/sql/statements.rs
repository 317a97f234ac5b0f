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
    pub(super) find_by_selector: Arc<str>,
    pub(super) insert: Arc<str>,
    pub(super) update: Arc<str>,
    pub(super) set_password: Arc<str>,
    pub(super) end_sessions: Option<Arc<str>>,
    pub(super) purge: Arc<str>,
}

impl Statements {
    /// The host's parts stand on lines of their own, so that a comment at the end of one
    /// does not swallow what follows.
    pub(super) fn new<DB: Dialect>(table: &str, host: &HostSql) -> Self {
        let accounts = format!("(\n{}\n)", host.accounts);
        let login = &host.login;
        let found = "SELECT a.id, a.address, a.stamp, l.ledger";
        let (address, stamp) = (DB::is_exactly("a.address"), DB::is_exactly("a.stamp"));
        let unchanged = format!("FROM {accounts} AS a WHERE a.id = ? AND {address} AND {stamp}");
        Self {
            find_by_login: format!(
                "{found} FROM (SELECT * FROM {accounts} AS account WHERE (\n{login}\n)) AS a \
                 LEFT JOIN {table} AS l ON l.account_id = a.id LIMIT 2"
            )
            .into(),
            find_by_selector: format!(
                "{found} FROM {table} AS l JOIN {accounts} AS a ON a.id = l.account_id \
                 WHERE l.selector = ?"
            )
            .into(),
            insert: format!(
                "INSERT INTO {table} (selector, revision, ledger, state, issued_at, expires_at, \
                 forgettable_at, account_id) SELECT ?, ?, ?, ?, ?, ?, ?, a.id {unchanged} \
                 ON CONFLICT DO NOTHING"
            )
            .into(),
            update: format!(
                "UPDATE {table} SET selector = ?, revision = ?, ledger = ?, state = ?, \
                 issued_at = ?, expires_at = ?, forgettable_at = ? \
                 WHERE account_id = ? AND selector = ? AND revision = ? \
                 AND EXISTS (SELECT 1 {unchanged})"
            )
            .into(),
            set_password: host.set_password.as_str().into(),
            end_sessions: host.end_sessions.as_deref().map(Into::into),
            // The outer condition spares a ledger that was renewed in between.
            purge: format!(
                "DELETE FROM {table} WHERE account_id IN (SELECT account_id FROM {table} \
                 WHERE forgettable_at <= ? ORDER BY forgettable_at LIMIT {PURGE_BATCH}) \
                 AND forgettable_at <= ?"
            )
            .into(),
        }
    }
}

/// The statements that create the ledger table where it is missing.
pub(super) fn schema<DB: Dialect, Id: AccountId<DB>>(table: &str) -> [String; 2] {
    let (id, bytes, integer) = (Id::COLUMN_TYPE, DB::BYTES, DB::INTEGER);
    [
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (
    account_id {id} NOT NULL PRIMARY KEY,
    selector {bytes} NOT NULL UNIQUE,
    revision {integer} NOT NULL,
    ledger {bytes} NOT NULL,
    state TEXT NOT NULL,
    issued_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    forgettable_at {integer} NOT NULL
)"
        ),
        format!("CREATE INDEX IF NOT EXISTS {table}_forgettable_at ON {table} (forgettable_at)"),
    ]
}

/// One statement or condition without the semicolon that people end it with.
pub(super) fn one_statement(part: &'static str, sql: &str) -> Result<String, OpenError> {
    let sql = sql.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace());
    if sql.contains(';') {
        return Err(OpenError::Semicolon { part });
    }
    Ok(sql.to_owned())
}
