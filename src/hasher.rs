//! The port to the host's password hash.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

/// Hashes accepted passwords, for [`PasswordReset::reset`](crate::PasswordReset::reset).
///
/// Implement it with a plain `async fn`. A host that does something between
/// [`accept`](crate::PasswordReset::accept) and [`commit`](crate::service::Accepted::commit), or
/// hashes there, needs none.
///
/// # Contract
///
/// - The hash is slow and salted, such as Argon2id's, so that two hashes of one password differ. It
///   is never empty.
/// - The whole password is hashed, byte for byte, and is neither kept nor printed.
/// - The work blocks no asynchronous thread: hand it to a pool of threads that is bounded.
///
/// ```
/// use password_reset::hasher::PasswordHasher;
/// use tokio::task::{JoinError, spawn_blocking};
///
/// # fn slow_hash(password: &str) -> String { format!("hash of {}", password.len()) }
/// struct Hasher;
///
/// impl PasswordHasher for Hasher {
///     type Error = JoinError;
///
///     async fn hash(&self, password: &str) -> Result<String, JoinError> {
///         let password = password.to_owned();
///         spawn_blocking(move || slow_hash(&password)).await // Argon2id or the like.
///     }
/// }
/// ```
pub trait PasswordHasher: Send + Sync {
    /// The hasher's own error.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Hashes one password.
    fn hash(&self, password: &str) -> impl Future<Output = Result<String, Self::Error>> + Send;
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<H: PasswordHasher + ?Sized> PasswordHasher for $pointer {
            type Error = H::Error;

            async fn hash(&self, password: &str) -> Result<String, H::Error> {
                H::hash(self, password).await
            }
        }
    };
}

forward!(&H);
forward!(Arc<H>);
forward!(Box<H>);
