//! The types that account ids can have.

use alloc::string::{String, ToString};
use core::fmt::Debug;

/// A type of account ids.
///
/// It is implemented for:
///
/// - `i16`, `i32`, `i64`, `u8`, `u16`, `u32` and `u64`,
/// - `String`,
/// - with the feature `uuid`, `Uuid` in any form in which the database keeps it (on SQLite, only as
///   a BLOB), and `Hyphenated` as text.
///
/// For your own type, implement it in terms of one of these:
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
///
/// # Contract
/// - `from_text(&id.to_text())` returns the same id.
/// - Two different ids have different texts.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of account ids",
    note = "account ids are integers or `String`, or `Uuid` with password-reset's feature `uuid`; \
            your own type can implement `AccountId` in five lines"
)]
pub trait AccountId: Clone + Debug + Send + Sync + 'static {
    /// How the database keeps it.
    const KIND: IdKind;

    /// Returns the id as text: an integer in decimal digits, a UUID with hyphens.
    fn to_text(&self) -> String;

    /// Returns the id with this text, or `None` if the text is not an id of this type.
    fn from_text(text: &str) -> Option<Self>;
}

/// How a database keeps an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// As an integer of any width, which is signed on most databases.
    Integer,
    /// As an integer that can exceed 63 bits: `BIGINT UNSIGNED` on MySQL, `NUMERIC(20)` on
    /// PostgreSQL.
    Unsigned,
    /// As text.
    Text,
    /// As a UUID.
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
