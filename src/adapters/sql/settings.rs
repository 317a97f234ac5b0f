//! Whether the server's sessions are set up so that the store does what it says.

use super::host_sql::HostSql;
use super::probe::Probe;
use super::{Database, Driver, OpenError};
use alloc::format;

impl<D: Driver> Probe<'_, D> {
    /// Checks the settings without which a commit would not be atomic, a hash would be cut, or a
    /// text would be read differently from how it was written.
    pub(super) async fn settings(&self, host: &HostSql) -> Result<(), OpenError> {
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
                    "add STRICT_TRANS_TABLES; without it, a hash that is too long would be cut"
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
}
