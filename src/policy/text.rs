//! Text that cannot be printed, in the form in which it is compared.

use crate::secret::Secret;
use alloc::string::String;
use core::fmt;

/// Text as it was typed, or a copy. It cannot be printed, and a copy is wiped.
pub(super) enum Text<'a> {
    Typed(&'a str),
    Copied(Secret<String>),
}

impl<'a> Text<'a> {
    /// Returns the text, in normalization form C if `nfc`.
    pub(super) fn prepared(typed: &'a str, nfc: bool) -> Self {
        #[cfg(feature = "nfc")]
        if nfc && !unicode_normalization::is_nfc(typed) {
            use unicode_normalization::UnicodeNormalization;
            return Self::copied(typed.nfc());
        }
        let _ = nfc;
        Self::Typed(typed)
    }

    /// Returns a form that is the same for strings that differ only in case. Characters are
    /// converted to upper case first, so `ß` equals `SS`, and `ς` equals `σ`. If `nfc`, the form is
    /// the same for canonically equivalent strings too. ASCII text is returned unchanged.
    pub(super) fn folded(text: &'a str, nfc: bool) -> Self {
        if text.is_ascii() {
            return Self::Typed(text);
        }
        let fold = |character: char| character.to_uppercase().flat_map(char::to_lowercase);
        #[cfg(feature = "nfc")]
        if nfc {
            use unicode_normalization::UnicodeNormalization;
            return Self::copied(text.nfd().flat_map(fold).nfc());
        }
        let _ = nfc;
        Self::copied(text.chars().flat_map(fold))
    }

    pub(super) fn copied(characters: impl Iterator<Item = char> + Clone) -> Self {
        // Measure first: a string that grows leaves copies behind.
        let bytes = characters.clone().map(char::len_utf8).sum();
        let mut text = Secret::new(String::with_capacity(bytes));
        text.expose_mut().extend(characters);
        Self::Copied(text)
    }

    pub(super) fn into_owned(self) -> Text<'static> {
        match self {
            Self::Typed(text) => Text::Copied(Secret::new(text.into())),
            Self::Copied(text) => Text::Copied(text),
        }
    }

    pub(super) fn expose(&self) -> &str {
        match self {
            Self::Typed(text) => text,
            Self::Copied(text) => text.expose(),
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Returns whether every character keeps its meaning in every later version of Unicode, as the
/// process for stabilized strings requires (Unicode Standard Annex 15, section 12.1).
#[cfg(feature = "nfc")]
pub(super) fn is_stable(text: &str) -> bool {
    text.chars().all(|character| {
        // Characters for private use are never assigned and never normalized.
        let is_private = matches!(character,
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}');
        is_private || unicode_normalization::char::is_public_assigned(character)
    })
}

/// Returns the beginning of `text`, of at most `count` characters.
pub(super) fn first_characters(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}
