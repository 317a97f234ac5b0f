//! The randomness of one issue.

use super::reset_token::{SYMBOL_BIT, Selector, TOKEN_BYTES, Verifier, split};
use crate::secret::Secret;
use rand_core::TryCryptoRng;

/// Fresh randomness for one issue: 36 bytes from a cryptographic generator.
///
/// An issue consumes its entropy, so no two tokens can share it. Of the verifier's 192 bits 191 are
/// used: see [`ResetToken`](super::ResetToken).
///
/// ```
/// use password_reset::token::Entropy;
///
/// # #[cfg(feature = "getrandom")] {
/// let entropy = Entropy::from_system()?;
/// # let _ = entropy;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Entropy {
    pub(super) selector: Selector,
    pub(super) verifier: Verifier,
}

impl Entropy {
    /// Draws from the operating system's generator in one call.
    ///
    /// # Errors
    /// Fails with the generator's error.
    #[cfg(feature = "getrandom")]
    pub fn from_system() -> Result<Self, impl core::error::Error + Send + Sync + 'static> {
        Self::from_rng(&mut getrandom::SysRng)
    }

    /// Draws from `rng` in one call.
    ///
    /// # Errors
    /// Fails with the generator's error.
    pub fn from_rng<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = Secret::new([0; TOKEN_BYTES]);
        rng.try_fill_bytes(bytes.expose_mut())?;
        if let Some(last) = bytes.expose_mut().last_mut() {
            *last &= !SYMBOL_BIT;
        }
        let (selector, verifier) = split(bytes.expose());
        Ok(Self { selector, verifier })
    }
}
