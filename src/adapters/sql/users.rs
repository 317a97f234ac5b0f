//! The usual table of users, named by its columns instead of in SQL.

use alloc::format;
use alloc::string::{String, ToString};

/// A table of users by its columns, for a host that writes no SQL.
///
/// Pass it to [`SqlStoreBuilder::users`](super::SqlStoreBuilder::users). Names are put into the
/// statements as you give them, so quote a name that is a keyword of the database: `"user"` on
/// PostgreSQL and SQLite, `` `user` `` on MariaDB and MySQL.
///
/// ```
/// use password_reset::adapters::sql::Users;
///
/// // The columns `id`, `email` and `password_hash`, which may be NULL.
/// let users = Users::new("users");
/// let members = Users::new("crm.members")
///     .id("member_id")
///     .address("mail")
///     .password("secret")
///     .deleted("deleted_at");
/// ```
#[derive(Clone, Debug)]
pub struct Users {
    table: String,
    id: String,
    address: String,
    password: String,
    deleted: Option<String>,
    second_factor: Option<String>,
    credentials: Option<String>,
}

impl Users {
    /// Describes a table with the columns `id`, `email` and `password_hash`. Put the schema before
    /// the name if the database needs it: `auth.users`.
    pub fn new(table: impl Into<String>) -> Self {
        Self {
            table: table.into(),
            id: "id".to_string(),
            address: "email".to_string(),
            password: "password_hash".to_string(),
            deleted: None,
            second_factor: None,
            credentials: None,
        }
    }

    /// Sets the column of the account's id, which is `id` by default.
    #[must_use]
    pub fn id(mut self, column: impl Into<String>) -> Self {
        self.id = column.into();
        self
    }

    /// Sets the column of the email address, which is `email` by default. It is the login too.
    #[must_use]
    pub fn address(mut self, column: impl Into<String>) -> Self {
        self.address = column.into();
        self
    }

    /// Sets the column of the password hash, which is `password_hash` by default.
    #[must_use]
    pub fn password(mut self, column: impl Into<String>) -> Self {
        self.password = column.into();
        self
    }

    /// Names a column that is NULL unless the account was deleted or may not reset its password.
    #[must_use]
    pub fn deleted(mut self, column: impl Into<String>) -> Self {
        self.deleted = Some(column.into());
        self
    }

    /// Names a column that is NULL, false, the integer 0 or empty unless the account [needs a
    /// second factor](crate::store::Account::needs_second_factor).
    #[must_use]
    pub fn second_factor(mut self, column: impl Into<String>) -> Self {
        self.second_factor = Some(column.into());
        self
    }

    /// Names an integer column, not NULL, that counts the changes of the account's credentials. It
    /// becomes the account's [stamp](crate::store::Account::stamp), in place of the password hash.
    ///
    /// A new password raises it. Raise it yourself wherever a passkey, a social login or a second
    /// factor is added or removed.
    #[must_use]
    pub fn credentials(mut self, column: impl Into<String>) -> Self {
        self.credentials = Some(column.into());
        self
    }

    pub(super) fn accounts(&self) -> String {
        let Self { table, id, address, password, .. } = self;
        let more = [("second_factor", &self.second_factor), ("stamp", &self.credentials)];
        let named = |(name, column): (_, &Option<String>)| {
            column.as_ref().map(|column| format!(", {column} AS {name}"))
        };
        let more: String = more.into_iter().filter_map(named).collect();
        let present = self.present(" WHERE ");
        format!(
            "SELECT {id} AS id, {address} AS address, {password} AS password{more} \
             FROM {table}{present}"
        )
    }

    pub(super) fn set_password(&self) -> String {
        let Self { table, id, password, .. } = self;
        let present = self.present(" AND ");
        let (raise, stamp) = match &self.credentials {
            Some(count) => (format!(", {count} = {count} + 1"), count.clone()),
            None => (String::new(), format!("coalesce({password}, '')")),
        };
        format!(
            "UPDATE {table} SET {password} = {{hash}}{raise} WHERE {id} = {{id}} \
             AND {stamp} = {{stamp}}{present}"
        )
    }

    fn present(&self, word: &str) -> String {
        let condition = |column: &String| format!("{word}{column} IS NULL");
        self.deleted.as_ref().map(condition).unwrap_or_default()
    }
}
