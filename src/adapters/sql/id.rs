//! The host's types of account ids.

use alloc::string::{String, ToString};
use core::fmt::Debug;

/// A host's type of account ids.
///
/// It is there for the integers, for `String`, and with the feature `uuid` for `Uuid` (in whatever
/// form the database keeps it; on SQLite as a BLOB) and `Hyphenated` (as text).
///
/// # Contract
/// `from_text(&id.to_text())` is the id again, and two ids that differ have different texts.
///
/// ```
/// use password_reset::adapters::sql::{AccountId, IdKind};
///
/// #[derive(Clone, Debug)]
/// struct UserId(i64);
///
/// impl AccountId for UserId {
///     const KIND: IdKind = i64::KIND;
///
///     fn to_text(&self) -> String {
///         self.0.to_text()
///     }
///     fn from_text(text: &str) -> Option<Self> {
///         i64::from_text(text).map(Self)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of account ids",
    note = "account ids are integers or `String`, and with password-reset's feature `uuid` a `Uuid`; \
            a type of your own implements `AccountId` in five lines"
)]
pub trait AccountId: Clone + Debug + Send + Sync + 'static {
    /// What the database keeps it as.
    const KIND: IdKind;

    /// The id as text: an integer in decimal digits, a UUID with hyphens.
    fn to_text(&self) -> String;

    /// The id that this text stands for.
    fn from_text(text: &str) -> Option<Self>;
}

/// What a database keeps an id as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// An integer of any width, signed on most databases.
    Integer,
    /// An integer beyond 63 bits: `BIGINT UNSIGNED` on MySQL, `NUMERIC(20)` on PostgreSQL.
    Unsigned,
    /// Text.
    Text,
    /// A UUID.
    Uuid,
}

macro_rules! account_id {
    ($($id:ty: $kind:ident),*) => {$(
        impl AccountId for $id {
            const KIND: IdKind = IdKind::$kind;

            fn to_text(&self) -> String {
                self.to_string()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}

account_id!(i16: Integer, i32: Integer, i64: Integer, u8: Integer, u16: Integer, u32: Integer);
account_id!(u64: Unsigned, String: Text);
#[cfg(feature = "uuid")]
account_id!(uuid::Uuid: Uuid, uuid::fmt::Hyphenated: Text);
