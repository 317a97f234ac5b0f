//! Finds the names in a statement, outside of its literals, quoted identifiers and comments.

use super::Database;
use super::name::{NAMES, Name};
use alloc::string::String;
use alloc::vec::Vec;

/// A part of a statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Text(&'a str),
    /// A literal or a quoted identifier.
    Quoted(&'a str),
    Comment(&'a str),
    Name(&'a str),
}

impl Part<'_> {
    /// The value of a name, and its type on PostgreSQL.
    pub(super) fn name(&self) -> Option<(Name, &'static str)> {
        let Self::Name(found) = self else { return None };
        NAMES.iter().find(|(name, ..)| name == found).map(|(_, name, cast)| (*name, *cast))
    }
}

/// Why a statement cannot be split.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Bad<'a> {
    /// A parameter that is not written as a name.
    Position(&'a str),
    /// A literal, an identifier, a comment or a name that is not closed.
    Unclosed,
}

/// Splits a statement at its names, literals, quoted identifiers and comments.
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
    /// Returns the name, literal, identifier or comment that begins here, and its length.
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

    /// Returns whether this position continues a word.
    fn follows(&self, word: impl Fn(char) -> bool) -> bool {
        self.sql[..self.at].ends_with(word)
    }

    /// Returns whether the literal that begins here has back-slash escapes: `E'…'`.
    fn is_escaped(&self) -> bool {
        let before = &self.sql[..self.at];
        let prefix = before.strip_suffix(['e', 'E']);
        prefix.is_some_and(|rest| {
            !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        })
    }
}

/// Returns the length of a literal. A doubled quote does not end it, and neither does a quote
/// after a back-slash if these escape.
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

/// Returns the length of `$tag$…$tag$`, if one begins here.
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

/// Returns the parameter that begins here, for the error.
fn position(rest: &str) -> &str {
    let end = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &rest[..end.map_or(rest.len(), |end| end + 1)]
}

/// Returns the statement with spaces in place of its comments, and quotes in place of everything
/// quoted. It is as long as the statement.
pub(super) fn bare(parts: &[Part<'_>]) -> String {
    let bare = parts.iter().map(|part| match part {
        Part::Text(text) => (*text).into(),
        Part::Quoted(text) => "'".repeat(text.len()),
        Part::Comment(text) => " ".repeat(text.len()),
        Part::Name(name) => "'".repeat(name.len() + 2),
    });
    bare.collect()
}

/// Returns the first word of a statement, in lower case.
pub(super) fn first_word(parts: &[Part<'_>]) -> String {
    let bare = bare(parts);
    let words = bare.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    words.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Bad, Database, Part, split};
    use Database::{MySql, Postgres, Sqlite};
    use proptest::prelude::*;

    fn names(database: Database, sql: &str) -> Vec<&str> {
        let parts = split(database, sql).unwrap();
        parts.iter().filter_map(|p| if let Part::Name(n) = p { Some(*n) } else { None }).collect()
    }

    #[test]
    fn every_occurrence_of_a_name_is_found() {
        let sql = "address = {login} OR username = {login} AND x = {id}";
        for database in [Sqlite, Postgres, MySql] {
            assert_eq!(names(database, sql), ["login", "login", "id"]);
        }
    }

    #[test]
    fn braces_in_a_literal_an_identifier_or_a_comment_are_not_a_name() {
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
    fn a_parameter_without_a_name_is_reported() {
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
    fn an_unclosed_quote_or_comment_is_reported() {
        for sql in ["'a", "\"a", "/* a", "/* a /* */", "$$ a $", "{id"] {
            assert_eq!(split(Postgres, sql), Err(Bad::Unclosed), "{sql}");
        }
        assert_eq!(split(MySql, "`a"), Err(Bad::Unclosed));
        assert_eq!(split(Sqlite, "[a"), Err(Bad::Unclosed));
    }

    proptest! {
        #[test]
        fn splitting_loses_no_text_and_never_panics(sql in "[ -~\n{}'\"`$?;:@#/*\\[\\]é]{0,40}") {
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
