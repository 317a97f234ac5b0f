//! Digests: of a token, of its purpose, and of the account that a link is bound to.

use super::reset_token::ResetToken;
use alloc::string::String;
use core::fmt;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// A digest that is stored in place of a secret. It is always compared in constant time.
#[derive(Clone, Copy)]
pub(super) struct Digest(pub(super) [u8; 32]);

impl Digest {
    /// Returns what is stored of a token. The input is 52 bytes, which is one SHA-256 block.
    pub(super) fn of_token(purpose: &Purpose, token: &ResetToken) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(purpose.tag);
        hasher.update(token.selector().as_bytes());
        hasher.update(token.verifier().expose());
        Self(hasher.finalize().into())
    }
}

impl ConstantTimeEq for Digest {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[digest]")
    }
}

/// What tokens are for. A token of another purpose or tenant does not match.
#[derive(Clone, Debug)]
pub(super) struct Purpose {
    pub(super) name: String,
    pub(super) tag: [u8; 16],
}

impl Purpose {
    pub(super) fn new(name: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(name).into();
        let tag = digest.first_chunk().copied().unwrap_or_default();
        Self { name: name.into(), tag }
    }
}

/// The account as it was when a link was issued: a SHA-256 over its stored address, its stamp, and
/// whether it had a password.
///
/// A link is good only while the account's present binding equals the binding that it was issued
/// with. So a changed address or password ends it.
///
/// If the stamp is empty, the binding covers only the address and whether there is a password. A
/// password that is changed by another path then leaves the link good.
///
/// ```
/// use password_reset::token::Binding;
///
/// let issued = Binding::new("alice@example.com", b"her password hash");
/// assert_eq!(issued, Binding::new("alice@example.com", b"her password hash"));
/// assert_ne!(issued, Binding::new("alice@example.com", b"her new password hash"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding(pub(super) Digest);

impl Binding {
    /// The binding of no account: no input is known whose SHA-256 is zero.
    pub(super) const OF_NOBODY: Self = Self(Digest([0; 32]));

    /// Returns the binding of an account that has a password. `stamp` is bytes of the host's that
    /// change with the credentials.
    #[must_use]
    pub fn new(address: &str, stamp: &[u8]) -> Self {
        Self::over(b"password-reset/binding", address, stamp)
    }

    /// Returns the binding of an account that has no password. Once the account has one, its
    /// binding is another, even if the stamp stays the same.
    #[must_use]
    pub fn without_password(address: &str, stamp: &[u8]) -> Self {
        Self::over(b"password-reset/binding/without-password", address, stamp)
    }

    fn over(tag: &[u8], address: &str, stamp: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(tag);
        for part in [address.as_bytes(), stamp] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(Digest(hasher.finalize().into()))
    }
}
