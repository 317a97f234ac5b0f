//! Argon2, off the asynchronous threads and bounded in number.

use anyhow::Context;
use argon2::Argon2;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes and verifies passwords; its clones share one bound.
#[derive(Clone)]
pub(crate) struct Hasher {
    permits: Arc<Semaphore>,
    nobodys_hash: Arc<str>,
}

impl Hasher {
    /// At most so many hashes at once; each takes 19 MiB of memory.
    pub(crate) async fn new(at_once: usize) -> anyhow::Result<Self> {
        let permits = Arc::new(Semaphore::new(at_once));
        let hasher = Self { permits, nobodys_hash: "".into() };
        let nobodys_hash = hasher.hash("the password of nobody".to_owned()).await?.into();
        Ok(Self { nobodys_hash, ..hasher })
    }

    pub(crate) async fn hash(&self, password: String) -> anyhow::Result<String> {
        let hash = move || Argon2::default().hash_password(password.as_bytes());
        Ok(self.run(hash).await?.context("a password could not be hashed")?.to_string())
    }

    /// Whether `password` is the one of `stored`. Without a stored hash it is not, after
    /// as much work, so that the time does not tell who has an account.
    pub(crate) async fn verify(
        &self,
        password: String,
        stored: Option<String>,
    ) -> anyhow::Result<bool> {
        let is_somebodys = stored.is_some();
        let hash = stored.unwrap_or_else(|| self.nobodys_hash.to_string());
        let verify = move || Argon2::default().verify_password(password.as_bytes(), hash.as_str());
        match self.run(verify).await? {
            Ok(()) => Ok(is_somebodys),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error).context("a password could not be verified"),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await?;
        let run = move || {
            // A client that goes away does not stop the work, so the work keeps the permit.
            let _permit = permit;
            work()
        };
        Ok(tokio::task::spawn_blocking(run).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::Hasher;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let hasher = Hasher::new(1).await.unwrap();
        let hash = hasher.hash("Abcdefg1".to_owned()).await.unwrap();
        assert!(hasher.verify("Abcdefg1".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("Abcdefg2".to_owned(), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_the_password_of_nobody() {
        let hasher = Hasher::new(1).await.unwrap();
        assert!(!hasher.verify("the password of nobody".to_owned(), None).await.unwrap());
    }
}
