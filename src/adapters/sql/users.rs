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

    pub(super) fn accounts(&self) -> String {
        let Self { table, id, address, password, .. } = self;
        let present = self.present(" WHERE ");
        let factor = |column| format!(", {column} AS second_factor");
        let factor = self.second_factor.as_ref().map(factor).unwrap_or_default();
        format!(
            "SELECT {id} AS id, {address} AS address, {password} AS password{factor} \
             FROM {table}{present}"
        )
    }

    pub(super) fn set_password(&self) -> String {
        let Self { table, id, password, .. } = self;
        let present = self.present(" AND ");
        format!(
            "UPDATE {table} SET {password} = {{hash}} WHERE {id} = {{id}} \
             AND coalesce({password}, '') = {{stamp}}{present}"
        )
    }

    fn present(&self, word: &str) -> String {
        let condition = |column: &String| format!("{word}{column} IS NULL");
        self.deleted.as_ref().map(condition).unwrap_or_default()
    }
}
