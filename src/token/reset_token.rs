use crate::secret::Secret;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;

const SELECTOR_BYTES: usize = 12;
const VERIFIER_BYTES: usize = 24;
pub(super) const TOKEN_BYTES: usize = SELECTOR_BYTES + VERIFIER_BYTES;
const TEXT_BYTES: usize = 48;

/// The most white space that is trimmed from a pasted token.
const MAX_WHITE_SPACE: usize = 16;

/// The bit of a token's last byte that would make its last character `-` or `_`.
pub(super) const SYMBOL_BIT: u8 = 0b10_0000;

/// The secret half of a token: 191 random bits.
pub(super) type Verifier = Secret<[u8; VERIFIER_BYTES]>;

/// The public half of a token, 12 random bytes: finds the ledger that it belongs
/// to. A pseudonym of the account and not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Selector([u8; SELECTOR_BYTES]);

impl Selector {
    /// A selector read back from storage.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; SELECTOR_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
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
/// In text it is the URL-safe base64 of its 36 bytes: always 48 characters,
/// without padding, and each token has one spelling. The last character is always a letter,
/// since many mail programs leave a `-` or `_` at the end of a link out of the link. That
/// takes one bit of the verifier and leaves 191.
///
/// It cannot be printed, compared or serialized.
///
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

    /// Reads the text of a token, trimming up to 16 characters of ASCII white
    /// space around it. Longer input is refused without being read.
    ///
    /// # Errors
    /// Anything but 48 characters of URL-safe base64, of which the last is a letter.
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        if text.len() > TEXT_BYTES + MAX_WHITE_SPACE {
            return Err(MalformedToken);
        }
        let text: &[u8; TEXT_BYTES] =
            text.trim_ascii().as_bytes().try_into().map_err(|_| MalformedToken)?;
        // Other letters are refused for less than it takes to decode them. Each byte is looked at,
        // so that the time of an optimized build tells nothing of them.
        if text.iter().fold(0, |others, byte| others | is_other(*byte)) != 0 {
            return Err(MalformedToken);
        }
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

    /// The public half.
    #[must_use]
    pub const fn selector(&self) -> &Selector {
        &self.selector
    }

    pub(super) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The secret text: for the link in the account holder's mail, and nowhere else.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        core::str::from_utf8(self.text.expose()).unwrap_or_default()
    }
}

/// Whether a byte is none of URL-safe base64, as a number: numbers are compared many at once.
const fn is_other(byte: u8) -> u8 {
    let is_symbol = (byte == b'-') as u8 | (byte == b'_') as u8;
    1 - (byte.is_ascii_alphanumeric() as u8 | is_symbol)
}

/// The text is not a token's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token is 48 characters of URL-safe base64, the last of them a letter")]
pub struct MalformedToken;

/// The two halves of a token's bytes.
pub(super) fn split(bytes: &[u8; TOKEN_BYTES]) -> (Selector, Verifier) {
    let mut selector = Selector([0; SELECTOR_BYTES]);
    let mut verifier = Secret::new([0; VERIFIER_BYTES]);
    let (head, tail) = bytes.split_at(SELECTOR_BYTES);
    selector.0.copy_from_slice(head);
    verifier.expose_mut().copy_from_slice(tail);
    (selector, verifier)
}
