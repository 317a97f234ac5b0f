#[cfg(feature = "nfc")]
use crate::secret::Secret;
#[cfg(feature = "nfc")]
use alloc::string::String;
use core::fmt;

/// A password as a policy [prepares](super::PasswordPolicy::prepare) it: the string that is
/// measured, compared and hashed. It cannot be printed.
pub struct PreparedPassword<'a>(Text<'a>);

enum Text<'a> {
    AsTyped(&'a str),
    #[cfg(feature = "nfc")]
    Normalized(Secret<String>),
}

impl<'a> PreparedPassword<'a> {
    pub(super) const fn as_typed(password: &'a str) -> Self {
        Self(Text::AsTyped(password))
    }

    /// Applies normalization form C.
    #[cfg(feature = "nfc")]
    pub(super) fn normalized(password: &'a str) -> Self {
        use unicode_normalization::{UnicodeNormalization, is_nfc};
        if is_nfc(password) {
            return Self::as_typed(password);
        }
        // All at once, since a string that grows leaves copies behind.
        let most = password.len().saturating_mul(MAX_GROWTH);
        let mut text = Secret::new(String::with_capacity(most));
        text.expose_mut().extend(password.nfc());
        Self(Text::Normalized(text))
    }

    /// The password, for the host's hasher and nowhere else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        match &self.0 {
            Text::AsTyped(password) => password,
            #[cfg(feature = "nfc")]
            Text::Normalized(password) => password.expose(),
        }
    }
}

impl fmt::Debug for PreparedPassword<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedPassword([redacted])")
    }
}

/// How many times as many bytes of UTF-8 a string can take in normalization form C (Unicode's
/// FAQ on normalization, "maximum expansion factors").
#[cfg(feature = "nfc")]
const MAX_GROWTH: usize = 3;

/// Whether the character keeps its meaning in every later version of Unicode, as the process
/// for stabilized strings asks (Unicode Standard Annex 15, section 12.1).
#[cfg(feature = "nfc")]
pub(super) fn is_stable(character: char) -> bool {
    // Characters for private use are never assigned, and never normalized either.
    let is_private = matches!(character,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
    is_private || unicode_normalization::char::is_public_assigned(character)
}
