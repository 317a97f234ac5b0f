//! The values that a statement can name.

/// A value that a statement can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Login,
    /// The account's id in the form of the host's column.
    Id,
    /// The account's id as the text that the driver binds.
    IdText,
    Hash,
    /// The stamp in the form of the host's column.
    Stamp,
    /// The stamp as the text that the driver binds.
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
    /// The value that the driver binds for it.
    pub(super) const fn value(self) -> Self {
        match self {
            Self::Id => Self::IdText,
            Self::Stamp => Self::StampText,
            other => other,
        }
    }
}

/// Each name as it is written, and the type of its value on PostgreSQL.
pub(super) const NAMES: [(&str, Name, &str); 16] = [
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
