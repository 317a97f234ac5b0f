//! The password hasher: a trait for your hash function.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

/// Hashes accepted passwords, for [`PasswordReset::reset`](crate::PasswordReset::reset),
/// [`Accepted::commit_by`](crate::service::Accepted::commit_by) and the pages of the feature `web`.
///
/// The feature `argon2` has a ready-made hasher. You need no hasher if you call
/// [`accept`](crate::PasswordReset::accept) and [`commit`](crate::service::Accepted::commit)
/// yourself and hash the password between them.
///
/// Implement the trait with a plain `async fn`:
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
///         spawn_blocking(move || slow_hash(&password)).await // for example Argon2id
///     }
/// }
/// ```
///
/// # Contract
///
/// - The hash is slow and salted, such as Argon2id's, so two hashes of one password differ. It is
///   never empty.
/// - The whole password is hashed, byte for byte. It is neither kept nor printed.
/// - Hashing blocks no asynchronous thread. Run it on a bounded pool of threads.
pub trait PasswordHasher: Send + Sync {
    /// The error of the hasher.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Returns the hash of a password.
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
