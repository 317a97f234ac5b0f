//! How a column holds a value that the driver reads and writes as text.

use super::IdKind;
use alloc::format;
use alloc::string::{String, ToString};

/// How a column holds a value that the driver reads and writes as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// The column's value from a text `@`.
    write: String,
    /// The text of a column's value `@`.
    read: String,
    /// A text that can be written in this form.
    pub(super) sample: &'static str,
    /// Whether an index can compare its values with those of other plain forms.
    plain: bool,
    /// Whether the database converts a parameter of text by itself.
    pub(super) takes_text: bool,
}

impl Form {
    fn new(write: impl Into<String>, read: impl Into<String>, sample: &'static str) -> Self {
        Self { write: write.into(), read: read.into(), sample, plain: false, takes_text: false }
    }

    fn number(write: impl Into<String>, read: &str) -> Self {
        Self { plain: true, ..Self::new(write, read, "1") }
    }

    /// The expression for the column's value from a text.
    pub(super) fn write(&self, text: &str) -> String {
        self.write.replace('@', text)
    }

    /// The expression for the text of a column's value.
    pub(super) fn read(&self, column: &str) -> String {
        self.read.replace('@', column)
    }

    /// The expression for a value of another form in this form.
    pub(super) fn from(&self, other: &Self, column: &str) -> String {
        if self == other || (self.plain && other.plain) {
            return column.to_string();
        }
        self.write(&other.read(column))
    }
}

/// The forms of a store's columns.
#[derive(Debug)]
pub(super) struct Forms {
    pub(super) id: Form,
    /// The ledger table's `account_id`.
    pub(super) ledger_id: Form,
    /// The stamp, and its column of `accounts`.
    pub(super) stamp: Form,
    pub(super) stamp_column: &'static str,
    /// Whether `accounts` has a column `second_factor`.
    pub(super) has_factor_column: bool,
    /// The type that a login is cast to.
    pub(super) login: String,
}

const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Id(IdKind),
    /// An address or a password's hash.
    Text,
    /// Text, bytes, an integer or a UUID.
    Stamp,
}

/// The form of a column on PostgreSQL, from the name of its type and the type as SQL writes it.
pub(super) fn postgres_form(name: &str, full: &str, column: Use) -> Option<Form> {
    use IdKind::{Integer, Text, Unsigned, Uuid};
    let cast = || format!("CAST(@ AS {full})");
    let text = "CAST(@ AS text)";
    match (name, column) {
        // The widest type, so that a column may be widened while the program runs.
        ("int2" | "int4" | "int8", Use::Id(Integer | Unsigned) | Use::Stamp) => {
            Some(Form::number("CAST(@ AS bigint)", text))
        }
        ("numeric", Use::Id(Integer | Unsigned)) => {
            Some(Form::new(cast(), "CAST(trunc(@) AS text)", "1"))
        }
        ("numeric", Use::Stamp) => Some(Form::new(cast(), text, "1")),
        // A UUID that is not in lower case would not be found again.
        ("text" | "varchar", Use::Id(Uuid)) => {
            Some(Form::new("@", "CASE WHEN @ = lower(@) THEN CAST(@ AS text) END", NIL))
        }
        ("text" | "varchar", Use::Id(Text)) => Some(Form::new("@", text, NIL)),
        ("text" | "varchar" | "citext", Use::Text | Use::Stamp) => {
            Some(Form::new("@ COLLATE \"C\"", text, "x"))
        }
        // `character` means `character(1)`.
        ("bpchar", Use::Id(Text | Uuid)) => Some(Form::new("CAST(@ AS bpchar)", text, NIL)),
        ("bpchar", Use::Text | Use::Stamp) => {
            Some(Form::new("CAST(@ AS bpchar) COLLATE \"C\"", text, NIL))
        }
        ("citext" | "uuid", Use::Id(Text | Uuid)) | ("uuid", Use::Stamp) => {
            Some(Form::new(cast(), text, NIL))
        }
        ("bytea", Use::Id(Uuid) | Use::Stamp) => {
            Some(Form::new("decode(replace(@, '-', ''), 'hex')", "encode(@, 'hex')", NIL))
        }
        _ => None,
    }
}

/// The form of a column on MySQL, from its character set, its collation, and the character set that
/// it has once converted to text.
pub(super) fn mysql_form(of: [&str; 3], column: Use) -> Option<Form> {
    use IdKind::{Integer, Text, Unsigned, Uuid};
    let [set, collation, as_text] = of;
    let number = "CAST(@ AS CHAR)";
    match (set, as_text, column) {
        ("binary", "binary", Use::Id(Uuid)) => {
            let hex = ["9", "14", "19", "24"]
                .iter()
                .fold("LOWER(HEX(@))".into(), |hex, at| format!("INSERT({hex}, {at}, 0, '-')"));
            Some(Form::new("UNHEX(REPLACE(@, '-', ''))", hex, NIL))
        }
        ("binary", "binary", Use::Id(Text)) => {
            Some(Form::new("CAST(@ AS BINARY)", "CONVERT(@ USING utf8mb4)", "x"))
        }
        ("binary", "binary", Use::Stamp) => Some(Form::new("UNHEX(@)", "LOWER(HEX(@))", "00")),
        ("binary", _, Use::Text) | ("binary", "binary", _) => None,
        // The parameter stays a text, which compares with a number as a number, and with a text as
        // a text. A parameter that is a number would match other texts too: 7 equals `7x` and
        // `007`.
        ("binary", _, Use::Id(Integer | Unsigned)) => Some(Form::number("@", number)),
        ("binary", _, Use::Stamp) => Some(Form::new("@", number, "1")),
        (_, _, Use::Id(Integer | Unsigned)) => None,
        // MariaDB's `UUID`
        (_, _, Use::Id(_)) if set != as_text => Some(Form::new("@", number, NIL)),
        (_, _, Use::Id(kind)) => {
            let read = "CONVERT(@ USING utf8mb4)";
            let lower = format!("CASE WHEN @ = LOWER(@) THEN {read} END");
            let read = if kind == Uuid { &*lower } else { read };
            let write = format!("CONVERT(@ USING {set}) COLLATE {collation}");
            Some(Form { takes_text: true, ..Form::new(write, read, NIL) })
        }
        (_, _, Use::Text | Use::Stamp) => Some(Form::new(
            format!("CAST(CONVERT(@ USING {set}) AS BINARY)"),
            "CONVERT(@ USING utf8mb4)",
            "x",
        )),
    }
}

/// The form of a column on SQLite, where each value has its own type.
pub(super) fn sqlite_form(column: Use) -> Form {
    match column {
        Use::Id(IdKind::Integer | IdKind::Unsigned) => {
            Form::number("CAST(@ AS INTEGER)", "CAST(@ AS TEXT)")
        }
        Use::Id(IdKind::Text) => Form::new("@", "CAST(@ AS TEXT)", "x"),
        Use::Id(IdKind::Uuid) => Form::new("unhex(replace(@, '-', ''))", "lower(hex(@))", NIL),
        Use::Text => Form::new("@ COLLATE BINARY", "CAST(@ AS TEXT)", "x"),
        // The text begins with the first letter of the value's type, so that the host's column is
        // compared with a value of the same type.
        Use::Stamp => Form::new(
            "CASE substr(@, 1, 1) WHEN 'b' THEN unhex(substr(@, 2)) \
             WHEN 'i' THEN CAST(substr(@, 2) AS INTEGER) ELSE substr(@, 2) END COLLATE BINARY",
            "substr(typeof(@), 1, 1) || CASE typeof(@) WHEN 'blob' THEN hex(@) ELSE CAST(@ AS TEXT) END",
            "tx",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Use, mysql_form, postgres_form};
    use crate::adapters::sql::IdKind::{Integer, Text, Unsigned, Uuid};

    #[test]
    fn a_column_on_postgres_is_written_in_its_own_type_and_read_as_text() {
        let of = |name, full, column| {
            postgres_form(name, full, column).map(|form| (form.write("$1"), form.read("a.x")))
        };
        for (name, full, column, write, read) in [
            ("int2", "smallint", Use::Id(Integer), "CAST($1 AS bigint)", "CAST(a.x AS text)"),
            (
                "numeric",
                "numeric",
                Use::Id(Unsigned),
                "CAST($1 AS numeric)",
                "CAST(trunc(a.x) AS text)",
            ),
            ("text", "text", Use::Id(Text), "$1", "CAST(a.x AS text)"),
            (
                "text",
                "text",
                Use::Id(Uuid),
                "$1",
                "CASE WHEN a.x = lower(a.x) THEN CAST(a.x AS text) END",
            ),
            ("citext", "ext.citext", Use::Id(Text), "CAST($1 AS ext.citext)", "CAST(a.x AS text)"),
            ("citext", "ext.citext", Use::Text, "$1 COLLATE \"C\"", "CAST(a.x AS text)"),
            (
                "bpchar",
                "character",
                Use::Stamp,
                "CAST($1 AS bpchar) COLLATE \"C\"",
                "CAST(a.x AS text)",
            ),
            (
                "bytea",
                "bytea",
                Use::Stamp,
                "decode(replace($1, '-', ''), 'hex')",
                "encode(a.x, 'hex')",
            ),
        ] {
            assert_eq!(of(name, full, column), Some((write.into(), read.into())), "{name}");
        }
        for (name, column) in [
            ("int8", Use::Id(Text)),
            ("text", Use::Id(Integer)),
            ("_int8", Use::Id(Integer)),
            ("bytea", Use::Text),
            ("name", Use::Text),
            ("jsonb", Use::Stamp),
            ("timestamptz", Use::Stamp),
            ("float8", Use::Stamp),
        ] {
            assert_eq!(of(name, name, column), None, "{name}");
        }
    }

    #[test]
    fn a_column_on_mysql_is_told_by_its_character_set() {
        let write = |of, column| mysql_form(of, column).map(|form| form.write("?"));
        let number = ["binary", "binary", "utf8mb4"];
        let bytes = ["binary", "binary", "binary"];
        let latin = ["latin1", "latin1_bin", "latin1"];
        let uuid = ["utf8mb3", "utf8mb3_general_ci", "utf8mb4"];
        for (of, column, expected) in [
            (number, Use::Id(Integer), Some("?")),
            (number, Use::Id(Unsigned), Some("?")),
            (number, Use::Text, None),
            (bytes, Use::Id(Uuid), Some("UNHEX(REPLACE(?, '-', ''))")),
            (bytes, Use::Id(Integer), None),
            (bytes, Use::Text, None),
            (bytes, Use::Stamp, Some("UNHEX(?)")),
            (latin, Use::Id(Integer), None),
            (latin, Use::Id(Text), Some("CONVERT(? USING latin1) COLLATE latin1_bin")),
            (latin, Use::Text, Some("CAST(CONVERT(? USING latin1) AS BINARY)")),
            (uuid, Use::Id(Uuid), Some("?")),
        ] {
            assert_eq!(write(of, column).as_deref(), expected, "{of:?} {column:?}");
        }
    }

    #[test]
    fn columns_that_hold_a_value_alike_are_compared_as_they_are() {
        let integer = postgres_form("int4", "integer", Use::Id(Integer)).unwrap();
        let wide = postgres_form("int8", "bigint", Use::Id(Integer)).unwrap();
        let text = postgres_form("text", "text", Use::Id(Uuid)).unwrap();
        let uuid = postgres_form("uuid", "uuid", Use::Id(Uuid)).unwrap();
        assert_eq!(wide.from(&integer, "a.id"), "a.id");
        assert_eq!(uuid.from(&uuid, "a.id"), "a.id");
        assert_eq!(text.from(&uuid, "a.id"), "CAST(a.id AS text)");
    }
}
