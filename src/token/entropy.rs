use super::reset_token::{SYMBOL_BIT, Selector, TOKEN_BYTES, Verifier, split};
use crate::secret::Secret;
use rand_core::TryCryptoRng;

/// Fresh randomness for one issue: 36 bytes from a cryptographic generator.
///
/// Of the verifier's 192 bits 191 are used: see [`ResetToken`](super::ResetToken). An issue
/// takes the entropy by value, so that no two tokens can share it.
#[derive(Debug)]
pub struct Entropy {
    pub(super) selector: Selector,
    pub(super) verifier: Verifier,
}

impl Entropy {
    /// Draws from `rng` in one call.
    ///
    /// # Errors
    /// The generator's own, and then nothing was made.
    pub fn from_rng<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        let mut bytes = Secret::new([0; TOKEN_BYTES]);
        rng.try_fill_bytes(bytes.expose_mut())?;
        if let Some(last) = bytes.expose_mut().last_mut() {
            *last &= !SYMBOL_BIT;
        }
        let (selector, verifier) = split(bytes.expose());
        Ok(Self { selector, verifier })
    }

    /// Draws from the operating system's generator in one call.
    ///
    /// # Errors
    /// The system's own, and then nothing was made.
    #[cfg(feature = "getrandom")]
    pub fn from_system() -> Result<Self, impl core::error::Error + Send + Sync + 'static> {
        Self::from_rng(&mut getrandom::SysRng)
    }
}
