//! A store, a mailer and a clock in memory, for tests, examples and small programs.
//!
//! Their futures are ready at once, so you need no runtime: polling them once is enough.
//!
//! ```
//! use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
//! use password_reset::token::Refusal;
//! use password_reset::{LinkTemplate, PasswordReset};
//! use std::time::Duration;
//! use time::UtcDateTime;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (store, outbox) = (MemoryStore::new(), Outbox::new());
//! store.add_account("alice@example.com", "hash of the forgotten one")?;
//! let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
//! let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
//! let resets = PasswordReset::builder(store, outbox.clone(), link).clock(clock.clone()).build()?;
//!
//! resets.request("alice@example.com").await;
//! let mail = outbox.take().pop().ok_or("no mail")?;
//! let token = mail.link().ok_or("no link")?.expose_token();
//! assert!(resets.check(token).await.is_ok());
//!
//! clock.advance(Duration::from_secs(3600));
//! assert_eq!(resets.check(token).await.unwrap_err().refusal(), Some(Refusal::Expired));
//! # Ok(())
//! # }
//! ```

mod clock;
mod outbox;
mod store;

pub use clock::ManualClock;
pub use outbox::{Mail, Outbox};
pub use store::{AddressTaken, MemoryStore};

// With `--cfg shuttle`, a checker of schedules decides which thread a lock lets in.
#[cfg(shuttle)]
use shuttle::sync;
#[cfg(not(shuttle))]
use std::sync;

use sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Locks, even after a panic of another thread: no change here panics midway, so the data is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Like [`lock`], to read.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// Like [`lock`], to write.
fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
