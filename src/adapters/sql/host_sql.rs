//! What the host gives in SQL, with names in the places of its values.

use super::{Database, OpenError};
use alloc::string::String;
use alloc::vec::Vec;

/// A value that a statement takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Login,
    /// The account's id in the form of the host's column.
    Id,
    /// The account's id as it crosses.
    IdText,
    Hash,
    /// The stamp in the form of the host's column.
    Stamp,
    /// The stamp as it crosses.
    StampText,
    Address,
    Selector,
    Revision,
    Expected,
    Ledger,
    State,
    IssuedAt,
    ExpiresAt,
    ForgettableAt,
    Now,
}

impl Name {
    /// The value that crosses for it.
    pub(super) const fn value(self) -> Self {
        match self {
            Self::Id => Self::IdText,
            Self::Stamp => Self::StampText,
            other => other,
        }
    }
}

/// Each name, and the type that PostgreSQL is told of its value.
const NAMES: [(&str, Name, &str); 16] = [
    ("login", Name::Login, "text"),
    ("id", Name::Id, "text"),
    ("id_text", Name::IdText, "text"),
    ("hash", Name::Hash, "text"),
    ("stamp", Name::Stamp, "text"),
    ("stamp_text", Name::StampText, "text"),
    ("address", Name::Address, "text"),
    ("selector", Name::Selector, "bytea"),
    ("revision", Name::Revision, "bigint"),
    ("expected", Name::Expected, "bigint"),
    ("ledger", Name::Ledger, "bytea"),
    ("state", Name::State, "text"),
    ("issued_at", Name::IssuedAt, "bigint"),
    ("expires_at", Name::ExpiresAt, "bigint"),
    ("forgettable_at", Name::ForgettableAt, "bigint"),
    ("now", Name::Now, "bigint"),
];

/// A stretch of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    /// A literal or a quoted identifier.
    Quoted(&'a str),
    Comment(&'a str),
    Name(&'a str),
}

impl Part<'_> {
    /// The value that a name stands for, and its type.
    pub(super) fn name(&self) -> Option<(Name, &'static str)> {
        let Self::Name(found) = self else { return None };
        NAMES.iter().find(|(name, ..)| name == found).map(|(_, name, cast)| (*name, *cast))
    }
}

/// Where a name could not be put in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad<'a> {
    /// A parameter that is no name.
    Position(&'a str),
    /// A literal, an identifier or a comment that does not end.
    Unclosed,
}

/// Checks a part of the host's and returns it without the semicolon at its end. It must have each
/// of the names in `needed`, and none but those and `allowed`.
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

/// The statement with blanks for its comments, and quotes for all that is quoted: as long as it is.
fn bare(parts: &[Part<'_>]) -> String {
    let bare = parts.iter().map(|part| match part {
        Part::Text(text) => (*text).into(),
        Part::Quoted(text) => "'".repeat(text.len()),
        Part::Comment(text) => " ".repeat(text.len()),
        Part::Name(name) => "'".repeat(name.len() + 2),
    });
    bare.collect()
}

/// The word that a statement begins with, in small letters.
pub(super) fn first_word(parts: &[Part<'_>]) -> String {
    let bare = bare(parts);
    let words = bare.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    words.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}

/// The names in a statement that stand where MySQL expects tables, and aliases among them.
pub(super) fn tables(sql: &str) -> Vec<String> {
    let parts = split(Database::MySql, sql).unwrap_or_default();
    let text = parts.iter().map(|part| match part {
        Part::Text(text) => {
            text.to_lowercase().replace('(', " ( ").replace(',', " , ").replace(')', " ")
        }
        Part::Quoted(name) if !name.starts_with('\'') => table_name(&name[1..name.len() - 1]),
        _ => " ".into(),
    });
    let text: String = text.collect();
    let (mut tables, mut lists, mut begins) = (Vec::new(), false, false);
    for word in text.split_whitespace() {
        match word {
            "update" | "from" | "into" | "join" | "insert" | "replace" => {
                (lists, begins) = (true, true);
            }
            "ignore" | "low_priority" | "high_priority" | "quick" | "delayed" => {}
            "," => begins = true,
            "(" if begins => {}
            "(" | "set" | "where" | "on" | "using" | "values" | "value" | "select" | "order"
            | "group" | "limit" => lists = false,
            table if lists => {
                begins = false;
                tables.push(table.into());
            }
            _ => {}
        }
    }
    tables
}

/// A table's name as `tables` has it.
pub(super) fn table_name(name: &str) -> String {
    name.to_lowercase().replace(|c: char| c.is_whitespace(), "_")
}

/// Splits a statement at its names. A `{` inside of a literal, a quoted identifier or a comment is
/// part of it.
pub(super) fn split(database: Database, sql: &str) -> Result<Vec<Part<'_>>, Bad<'_>> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    while at < sql.len() {
        let Some((part, length)) = (Scanner { database, sql, at }).part()? else {
            at += sql[at..].chars().next().map_or(1, char::len_utf8);
            continue;
        };
        parts.extend([Part::Text(&sql[start..at]), part]);
        at += length;
        start = at;
    }
    parts.push(Part::Text(&sql[start..]));
    Ok(parts)
}

struct Scanner<'a> {
    database: Database,
    sql: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The name, the literal, the identifier or the comment that begins here, and its length.
    fn part(&self) -> Result<Option<(Part<'a>, usize)>, Bad<'a>> {
        let rest = &self.sql[self.at..];
        let database = self.database;
        let mysql = database == Database::MySql;
        let postgres = database == Database::Postgres;
        let sqlite = database == Database::Sqlite;
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let first = rest.bytes().next().unwrap_or_default();
        let is_position = match first {
            b'?' => !postgres,
            b'$' if postgres => rest[1..].starts_with(|c: char| c.is_ascii_digit()),
            b':' | b'@' | b'$' => sqlite && rest[1..].starts_with(word),
            _ => false,
        };
        let length = match first {
            b'{' => {
                let end = rest.find('}').ok_or(Bad::Unclosed)?;
                return Ok(Some((Part::Name(&rest[1..end]), end + 1)));
            }
            b'\'' => quoted(rest, mysql || (postgres && self.is_escaped()))?,
            b'"' => quoted(rest, mysql)?,
            b'`' if !postgres => quoted(rest, false)?,
            b'[' if sqlite => rest.find(']').ok_or(Bad::Unclosed)? + 1,
            b'$' if postgres && !self.follows(word) => match dollar_quoted(rest)? {
                Some(length) => length,
                None if is_position => return Err(Bad::Position(position(rest))),
                None => return Ok(None),
            },
            b'?' if is_position => return Err(Bad::Position(position(rest))),
            _ if is_position && sqlite && !self.follows(word) => {
                return Err(Bad::Position(position(rest)));
            }
            _ => {
                let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
                let dashes =
                    rest.starts_with("--") && (!mysql || !rest[2..].starts_with(|c: char| c > ' '));
                let length = match rest.starts_with("/*") {
                    true => comment(rest, postgres)?,
                    false if dashes || (mysql && rest.starts_with('#')) => line,
                    false => return Ok(None),
                };
                return Ok(Some((Part::Comment(&rest[..length]), length)));
            }
        };
        Ok(Some((Part::Quoted(&rest[..length]), length)))
    }

    /// Whether what stands before is part of a word that goes on.
    fn follows(&self, word: impl Fn(char) -> bool) -> bool {
        self.sql[..self.at].ends_with(word)
    }

    /// Whether the literal that begins here is one with back-slashes: `E'…'`.
    fn is_escaped(&self) -> bool {
        let before = &self.sql[..self.at];
        let prefix = before.strip_suffix(['e', 'E']);
        prefix.is_some_and(|rest| {
            !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        })
    }
}

/// The length of a literal; its quote twice, or behind a back-slash, does not end it.
fn quoted<'a>(rest: &str, back_slashes: bool) -> Result<usize, Bad<'a>> {
    let mut characters = rest.char_indices().peekable();
    let quote = characters.next().map_or('\'', |(_, quote)| quote);
    while let Some((at, character)) = characters.next() {
        if character == '\\' && back_slashes {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Ok(at + 1);
        }
    }
    Err(Bad::Unclosed)
}

fn comment<'a>(rest: &str, nests: bool) -> Result<usize, Bad<'a>> {
    let (mut at, mut depth) = (2, 1_u32);
    while depth > 0 {
        let end = rest.get(at..).and_then(|inside| inside.find("*/")).ok_or(Bad::Unclosed)?;
        match rest[at..at + end].find("/*") {
            Some(start) if nests => (at, depth) = (at + start + 2, depth + 1),
            _ => (at, depth) = (at + end + 2, depth - 1),
        }
    }
    Ok(at)
}

/// The length of `$tag$…$tag$`, where one begins here.
fn dollar_quoted<'a>(rest: &str) -> Result<Option<usize>, Bad<'a>> {
    let Some(end) = rest[1..].find('$').map(|end| end + 2) else { return Ok(None) };
    let (tag, inside) = rest.split_at(end);
    let name = &tag[1..end - 1];
    if name.starts_with(|c: char| c.is_ascii_digit())
        || !name.chars().all(|c| c.is_alphanumeric() || c == '_')
    {
        return Ok(None);
    }
    let length = inside.find(tag).ok_or(Bad::Unclosed)?;
    Ok(Some(end + length + end))
}

/// A parameter that is no name, for the error.
fn position(rest: &str) -> &str {
    let end = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &rest[..end.map_or(rest.len(), |end| end + 1)]
}

#[cfg(test)]
mod tests {
    use super::{Bad, Database, Part, split, tables};
    use Database::{MySql, Postgres, Sqlite};
    use proptest::prelude::*;

    fn names(database: Database, sql: &str) -> Vec<&str> {
        let parts = split(database, sql).unwrap();
        parts.iter().filter_map(|p| if let Part::Name(n) = p { Some(*n) } else { None }).collect()
    }

    #[test]
    fn a_name_is_found_as_often_as_it_stands_there() {
        let sql = "address = {login} OR username = {login} AND x = {id}";
        for database in [Sqlite, Postgres, MySql] {
            assert_eq!(names(database, sql), ["login", "login", "id"]);
        }
    }

    #[test]
    fn a_name_inside_of_a_literal_an_identifier_or_a_comment_is_none() {
        for (database, sql) in [
            (Postgres, "'{a} '' {a}' {b}"),
            (Postgres, "'\\' || {b} || '\\'"),
            (Postgres, "E'\\'{a}' {b}"),
            (Postgres, "type'\\' || {b}"),
            (Postgres, "\"{a}\" {b}"),
            (Postgres, "$${a}$$ {b}"),
            (Postgres, "$x$ {a} $$ $y$ $x$ {b}"),
            (Postgres, "a$b$ = {b}"),
            (Postgres, "/* {a} /* {a} */ {a} */ {b}"),
            (Postgres, "-- {a}\n {b}"),
            (Postgres, "a ? 'x' AND b = {b}"),
            (Postgres, "{b}::text"),
            (MySql, "'\\'{a}' {b}"),
            (MySql, "\"{a}\\\"{a}\" {b}"),
            (MySql, "`{a}` {b}"),
            (MySql, "# {a}\n {b}"),
            (MySql, "5--{b}"),
            (MySql, "/* {a} /* {a} */ {b}"),
            (Sqlite, "[{a}] {b}"),
            (Sqlite, "`{a}` \"{a}\" {b}"),
            (Sqlite, "'\\' || {b} || ''"),
        ] {
            assert_eq!(names(database, sql), ["b"], "{sql}");
        }
    }

    #[test]
    fn a_parameter_that_is_no_name_is_reported() {
        for (database, sql, found) in [
            (Postgres, "x = $1", "$1"),
            (MySql, "x = ?", "?"),
            (Sqlite, "x = ?12 AND", "?12"),
            (Sqlite, "x = :login", ":login"),
            (Sqlite, "x = @login", "@login"),
            (Sqlite, "x = $login", "$login"),
        ] {
            assert_eq!(split(database, sql), Err(Bad::Position(found)), "{sql}");
        }
    }

    #[test]
    fn what_does_not_end_is_reported() {
        for sql in ["'a", "\"a", "/* a", "/* a /* */", "$$ a $", "{id"] {
            assert_eq!(split(Postgres, sql), Err(Bad::Unclosed), "{sql}");
        }
        assert_eq!(split(MySql, "`a"), Err(Bad::Unclosed));
        assert_eq!(split(Sqlite, "[a"), Err(Bad::Unclosed));
    }

    #[test]
    fn one_semicolon_at_the_end_is_let_through() {
        let check = |sql| super::check(Postgres, "login", sql, &["login"], &[]).map_err(drop);
        assert_eq!(check("a = {login} ; \n").as_deref(), Ok("a = {login}"));
        assert_eq!(check("a = {login}; -- x").as_deref(), Ok("a = {login}"));
        assert_eq!(check("a = ';' || {login}").as_deref(), Ok("a = ';' || {login}"));
        assert_eq!(check("a = {login} OR a = ';'").as_deref(), Ok("a = {login} OR a = ';'"));
        assert!(check("a = {login}; DROP TABLE users").is_err());
    }

    #[test]
    fn tables_are_what_stands_where_tables_do() {
        for (sql, expected) in [
            (
                "SELECT address FROM Users AS u, `my table` t WHERE a = {id}",
                "users as u my_table t",
            ),
            ("UPDATE `db`.`users` SET email = (SELECT 'from x' FROM y) /* from z */", "db.users y"),
            ("INSERT audit (account, email) VALUES ({id}, 'x')", "audit"),
            ("DELETE QUICK FROM sessions WHERE user_id = {id}", "sessions"),
            ("SELECT 1 FROM (a JOIN b ON a.x = b.x)", "a b"),
            ("address = {login}", ""),
        ] {
            assert_eq!(tables(sql).join(" "), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_none_panics(sql in "[ -~\n{}'\"`$?;:@#/*\\[\\]é]{0,40}") {
            for database in [Sqlite, Postgres, MySql] {
                let Ok(parts) = split(database, &sql) else { continue };
                let whole: String = parts.iter().map(|part| match part {
                    Part::Text(text) | Part::Quoted(text) | Part::Comment(text) => (*text).to_owned(),
                    Part::Name(name) => format!("{{{name}}}"),
                }).collect();
                prop_assert_eq!(whole, sql.clone());
            }
        }
    }
}
