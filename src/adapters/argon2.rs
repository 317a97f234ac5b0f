//! Hashes passwords with Argon2id on blocking threads, bounded in number and in memory.

/// The crate whose [`Params`] the hasher takes.
pub use ::argon2;

use crate::hasher::PasswordHasher;
use crate::secret::Secret;
use ::argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use ::argon2::{Argon2, Block, Params};
use core::fmt;
use getrandom::SysRng;
use getrandom::rand_core::TryRng;
use std::sync::Arc;
use std::thread::available_parallelism;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// How many hashes may wait for each one that is under way. The next one is refused.
const WAITING_FOR_EACH: usize = 16;

/// From this size on, the usual allocators take each allocation from the system, and give it back
/// when it is freed. The part of it that is never touched costs nothing.
const GIVEN_BACK: usize = (32 << 20) / Block::SIZE + 1;

/// Hashes and verifies passwords with Argon2id.
///
/// The default parameters are OWASP's (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
///
/// By default as many hashes run at once as there are processors, and 16 times as many wait. The
/// next one is refused with [`Argon2Error::Full`], and the link stays good. Each hash holds its
/// memory only while it runs. Clones share these bounds.
///
/// ```
/// use password_reset::adapters::argon2::Argon2Hasher;
/// use password_reset::hasher::PasswordHasher;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hasher = Argon2Hasher::default();
/// let hash = hasher.hash("Correct horse 7").await?;
/// assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert!(hasher.verify("Correct horse 7", Some(&hash)).await?);
/// assert!(!hasher.verify("Correct horse 7", None).await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Argon2Hasher {
    argon2: Argon2<'static>,
    at_once: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Argon2Hasher {
    fn default() -> Self {
        Self::new(Params::DEFAULT, available_parallelism().map_or(1, usize::from))
    }
}

impl Argon2Hasher {
    /// Returns a hasher with your own parameters, which runs `at_once` hashes at once. A number
    /// outside `1 ..= 65536` becomes the nearest one inside.
    ///
    /// ```
    /// use password_reset::adapters::argon2::Argon2Hasher;
    /// use password_reset::adapters::argon2::argon2::Params;
    ///
    /// let hasher = Argon2Hasher::new(Params::new(46 * 1024, 1, 1, None)?, 4);
    /// # let _ = hasher;
    /// # Ok::<(), password_reset::adapters::argon2::argon2::Error>(())
    /// ```
    #[must_use]
    pub fn new(params: Params, at_once: usize) -> Self {
        let at_once = at_once.clamp(1, 1 << 16);
        Self {
            argon2: Argon2::from(params),
            at_once: Arc::new(Semaphore::new(at_once)),
            places: Arc::new(Semaphore::new(at_once * (1 + WAITING_FOR_EACH))),
        }
    }

    /// Returns whether `password` matches the `stored` hash. Use it in your sign-in.
    ///
    /// Pass `None` if no hash is stored. The result is then `false`, after as much work as with a
    /// hash, so the time does not reveal who has an account.
    ///
    /// # Errors
    /// Fails if the stored hash is not an Argon2 hash, or if too many hashes are under way.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, Argon2Error> {
        let (argon2, password) = (self.argon2.clone(), Secret::new(String::from(password)));
        let stored = stored.map(PasswordHash::new).transpose().map_err(|_| Argon2Error::Hash)?;
        self.run(move || {
            let Some(PasswordHash {
                params,
                salt: Some(salt),
                hash: Some(expected),
                algorithm,
                version,
            }) = stored
            else {
                hash(&argon2, &password, &[0; 16], length_of(&argon2))?;
                return if stored.is_some() { Err(Argon2Error::Hash) } else { Ok(false) };
            };
            let algorithm = algorithm.as_str().parse().map_err(|_| Argon2Error::Hash)?;
            // Hashes of the first version of Argon2 do not name their version.
            let version = version.unwrap_or(0x10).try_into().map_err(|_| Argon2Error::Hash)?;
            let params = Params::try_from(&params).map_err(|_| Argon2Error::Hash)?;
            let argon2 = Argon2::new(algorithm, version, params);
            let found = hash(&argon2, &password, &salt, expected.len())?;
            Ok(bool::from(found.ct_eq(expected.as_bytes())))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Argon2Error> + Send + 'static,
    ) -> Result<T, Argon2Error> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Argon2Error::Full)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        // Dropping the future does not stop the work, so the work holds the permits.
        let work = move || {
            let done = work();
            drop((turn, place));
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(Argon2Error::Thread)?
    }
}

impl PasswordHasher for Argon2Hasher {
    type Error = Argon2Error;

    async fn hash(&self, password: &str) -> Result<String, Argon2Error> {
        let (argon2, password) = (self.argon2.clone(), Secret::new(String::from(password)));
        self.run(move || {
            let mut salt = [0; 16];
            SysRng.try_fill_bytes(&mut salt).map_err(|_| Argon2Error::Entropy)?;
            let output = hash(&argon2, &password, &salt, length_of(&argon2))?;
            let text = PasswordHash {
                algorithm: ::argon2::ARGON2ID_IDENT,
                version: Some(::argon2::Version::default().into()),
                params: ParamsString::try_from(argon2.params()).map_err(|_| Argon2Error::Hash)?,
                salt: Some(Salt::new(&salt).map_err(|_| Argon2Error::Hash)?),
                hash: Some(Output::new(&output).map_err(|_| Argon2Error::Hash)?),
            };
            Ok(text.to_string())
        })
        .await
    }
}

/// Returns the length of a new hash, in bytes.
fn length_of(argon2: &Argon2<'_>) -> usize {
    argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)
}

/// Hashes in a piece of memory that goes back to the system afterwards.
fn hash(
    argon2: &Argon2<'_>,
    password: &Secret<String>,
    salt: &[u8],
    length: usize,
) -> Result<Vec<u8>, Argon2Error> {
    let blocks = argon2.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(GIVEN_BACK));
    memory.resize(blocks, Block::default());
    let mut output = vec![0; length];
    let password = password.expose().as_bytes();
    let hashed = argon2.hash_password_into_with_memory(password, salt, &mut output, &mut memory);
    hashed.map_err(Argon2Error::Argon2)?;
    Ok(output)
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher")
            .field("params", self.argon2.params())
            .field("free", &self.at_once.available_permits())
            .finish_non_exhaustive()
    }
}

/// Why a password was not hashed or not compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Argon2Error {
    /// The bounds of running and waiting hashes are reached. Try again in a moment.
    #[error("too many passwords are being hashed")]
    Full,
    /// The stored hash is not an Argon2 hash.
    #[error("the stored hash is not an Argon2 hash")]
    Hash,
    /// The system's random generator failed.
    #[error("the random generator failed")]
    Entropy,
    /// Argon2 refused the password or the parameters.
    #[error("the password could not be hashed")]
    Argon2(#[source] ::argon2::Error),
    /// The hashing thread ended early.
    #[error("the hashing thread ended early")]
    Thread(#[source] tokio::task::JoinError),
}
