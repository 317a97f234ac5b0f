//! The usual table of users, for hosts that write no SQL.

use alloc::format;
use alloc::string::{String, ToString};

/// A table of users by its columns, from which a store's statements follow.
///
/// Names are put into the statements as they are given, so quote one that the database would read
/// as a word of its own: `"user"` on PostgreSQL and SQLite, `` `user` `` on MariaDB and MySQL.
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
    /// A table with the columns `id`, `email` and `password_hash`, with its schema where the
    /// database needs it: `auth.users`.
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

    /// Another column for the id than `id`.
    #[must_use]
    pub fn id(mut self, column: impl Into<String>) -> Self {
        self.id = column.into();
        self
    }

    /// Another column for the email address than `email`. It is the login too.
    #[must_use]
    pub fn address(mut self, column: impl Into<String>) -> Self {
        self.address = column.into();
        self
    }

    /// Another column for the password's hash than `password_hash`.
    #[must_use]
    pub fn password(mut self, column: impl Into<String>) -> Self {
        self.password = column.into();
        self
    }

    /// A column that is NULL unless the account was deleted or may not reset its password.
    #[must_use]
    pub fn deleted(mut self, column: impl Into<String>) -> Self {
        self.deleted = Some(column.into());
        self
    }

    /// A column that is NULL, false, the integer 0 or empty unless the account [needs a second
    /// factor](crate::store::Account::needs_second_factor).
    #[must_use]
    pub fn second_factor(mut self, column: impl Into<String>) -> Self {
        self.second_factor = Some(column.into());
        self
    }

    /// An integer that counts the changes of the account's credentials, not NULL: it is the
    /// [stamp](crate::store::Account::stamp) then, in the place of the password's hash. A new password
    /// raises it; raise it yourself wherever a passkey, a social login or a second factor is added or
    /// taken away.
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
