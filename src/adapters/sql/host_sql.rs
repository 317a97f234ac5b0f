//! Your parts of the statements, checked.

use super::scanner::{Bad, Part, bare, split};
use super::{Database, OpenError};
use alloc::string::String;
use alloc::vec::Vec;

/// The host's parts of the statements, checked.
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
    /// All parts.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        let parts = [&self.accounts, &self.login, &self.set_password];
        let more = [&self.end_sessions, &self.also, &self.also_by_link];
        parts.into_iter().chain(more.into_iter().flatten())
    }
}

/// Checks one part and returns it without a semicolon at its end. It must use each name in
/// `needed`, and no others than those and `allowed`.
pub(super) fn check(
    database: Database,
    part: &'static str,
    sql: &str,
    needed: &'static [&'static str],
    allowed: &'static [&'static str],
) -> Result<String, OpenError> {
    let parts = split(database, sql).map_err(|bad| match bad {
        Bad::Position(found) => OpenError::Position { part, found: found.into() },
        Bad::Unclosed => OpenError::Unclosed { part },
    })?;
    let names = || parts.iter().filter_map(|p| if let Part::Name(n) = p { Some(*n) } else { None });
    if let Some(found) = names().find(|name| !needed.contains(name) && !allowed.contains(name)) {
        return Err(OpenError::UnknownName { part, found: found.into() });
    }
    if let Some(name) = needed.iter().find(|needed| !names().any(|name| name == **needed)) {
        return Err(OpenError::NoName { part, name });
    }
    let bare = bare(&parts);
    let end = bare.trim_end_matches(|c: char| c.is_whitespace() || c == ';').len();
    if bare[..end].contains(';') {
        return Err(OpenError::Semicolon { part });
    }
    Ok(sql[..end].trim().into())
}

#[cfg(test)]
mod tests {
    use super::Database::Postgres;

    #[test]
    fn a_semicolon_is_accepted_only_at_the_end() {
        let check = |sql| super::check(Postgres, "login", sql, &["login"], &[]).map_err(drop);
        assert_eq!(check("a = {login} ; \n").as_deref(), Ok("a = {login}"));
        assert_eq!(check("a = {login}; -- x").as_deref(), Ok("a = {login}"));
        assert_eq!(check("a = ';' || {login}").as_deref(), Ok("a = ';' || {login}"));
        assert_eq!(check("a = {login} OR a = ';'").as_deref(), Ok("a = {login} OR a = ';'"));
        assert!(check("a = {login}; DROP TABLE users").is_err());
    }
}
