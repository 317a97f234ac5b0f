//! The secret that a link carries, and its text.

use crate::secret::Secret;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;

const SELECTOR_BYTES: usize = 12;
const VERIFIER_BYTES: usize = 24;
pub(super) const TOKEN_BYTES: usize = SELECTOR_BYTES + VERIFIER_BYTES;
const TEXT_BYTES: usize = 48;

/// The most white space that is trimmed from a pasted token, in bytes.
const MAX_WHITE_SPACE: usize = 16;

/// The bit of a token's last byte that would make its last character `-` or `_`.
pub(super) const SYMBOL_BIT: u8 = 0b10_0000;

/// The secret half of a token: 191 random bits.
pub(super) type Verifier = Secret<[u8; VERIFIER_BYTES]>;

/// The public half of a token, which finds the ledger that the token belongs to: 12 random bytes.
///
/// A selector is a pseudonym of the account, and not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector([u8; SELECTOR_BYTES]);

impl Selector {
    /// Returns the selector with these bytes, which were read from storage.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; SELECTOR_BYTES]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes to store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SELECTOR_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Selector(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

/// The secret that a reset link carries: a [`Selector`] and a verifier.
///
/// A token cannot be printed, compared or serialized. Its text is the URL-safe base64 of its 36
/// bytes, without padding:
///
/// - It always has 48 characters, and each token has exactly one spelling.
/// - Its last character is always a letter. Many mail programs end a link before a final `-` or
///   `_`. This takes one bit of the verifier and leaves 191.
///
/// ```
/// use password_reset::token::ResetToken;
///
/// let token = ResetToken::parse(" c2VsZWN0b3IuLi4udmVyaWZpZXIuLi4uLi4uLi4uLi4uLi4O\n")?;
/// assert_eq!(token.selector().as_bytes(), b"selector....");
/// assert_eq!(format!("{:?}", token.selector()), "Selector(73656c6563746f722e2e2e2e)");
/// # Ok::<(), password_reset::token::MalformedToken>(())
/// ```
/// ```compile_fail,E0277
/// fn leak(token: password_reset::token::ResetToken) {
///     println!("{token}");
/// }
/// ```
/// ```compile_fail,E0369
/// fn guess(a: password_reset::token::ResetToken, b: password_reset::token::ResetToken) -> bool {
///     a == b
/// }
/// ```
#[derive(Debug)]
pub struct ResetToken {
    selector: Selector,
    verifier: Verifier,
    text: Secret<[u8; TEXT_BYTES]>,
}

impl ResetToken {
    pub(super) fn new(selector: Selector, verifier: Verifier) -> Self {
        let mut bytes = Secret::new([0; TOKEN_BYTES]);
        let (head, tail) = bytes.expose_mut().split_at_mut(SELECTOR_BYTES);
        head.copy_from_slice(&selector.0);
        tail.copy_from_slice(verifier.expose());

        let mut text = Secret::new([0; TEXT_BYTES]);
        let encoded = Base64UrlUnpadded::encode(bytes.expose(), text.expose_mut());
        debug_assert!(encoded.is_ok_and(|text| text.len() == TEXT_BYTES));
        Self { selector, verifier, text }
    }

    /// Reads the text of a token. Up to 16 characters of ASCII white space around it are trimmed.
    /// Longer input is rejected without being read.
    ///
    /// # Errors
    /// Fails if the text is not 48 characters of URL-safe base64 of which the last is a letter.
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        if text.len() > TEXT_BYTES + MAX_WHITE_SPACE {
            return Err(MalformedToken);
        }
        let text: &[u8; TEXT_BYTES] =
            text.trim_ascii().as_bytes().try_into().map_err(|_| MalformedToken)?;
        let mut bytes = Secret::new([0; TOKEN_BYTES]);
        Base64UrlUnpadded::decode(text, bytes.expose_mut()).map_err(|_| MalformedToken)?;
        if bytes.expose().last().is_some_and(|last| last & SYMBOL_BIT != 0) {
            return Err(MalformedToken);
        }
        let (selector, verifier) = split(bytes.expose());
        let mut copy = Secret::new([0; TEXT_BYTES]);
        copy.expose_mut().copy_from_slice(text);
        Ok(Self { selector, verifier, text: copy })
    }

    /// Returns the public half.
    #[must_use]
    pub const fn selector(&self) -> &Selector {
        &self.selector
    }

    pub(super) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Returns the secret text, for the link in the account holder's mail and nothing else.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        core::str::from_utf8(self.text.expose()).unwrap_or_default()
    }
}

/// The text is not that of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 48 characters of URL-safe base64, and the last is a letter")]
pub struct MalformedToken;

/// Splits a token's bytes into its two halves.
pub(super) fn split(bytes: &[u8; TOKEN_BYTES]) -> (Selector, Verifier) {
    let mut selector = Selector([0; SELECTOR_BYTES]);
    let mut verifier = Secret::new([0; VERIFIER_BYTES]);
    let (head, tail) = bytes.split_at(SELECTOR_BYTES);
    selector.0.copy_from_slice(head);
    verifier.expose_mut().copy_from_slice(tail);
    (selector, verifier)
}
