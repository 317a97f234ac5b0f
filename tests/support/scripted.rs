//! Entropy of known bytes.

use password_reset::token::Entropy;
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;

/// A "generator" that gives the bytes it was made of, in the one call that is promised.
struct Scripted(Option<[u8; 36]>);

impl TryRng for Scripted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("entropy is drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("entropy is drawn as bytes")
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        dst.copy_from_slice(&self.0.take().expect("entropy is drawn in one call"));
        Ok(())
    }
}

impl TryCryptoRng for Scripted {}

/// Entropy of known bytes: 12 of the selector, 24 of the verifier.
pub(crate) fn entropy_of(bytes: [u8; 36]) -> Entropy {
    let Ok(entropy) = Entropy::from_rng(&mut Scripted(Some(bytes)));
    entropy
}
