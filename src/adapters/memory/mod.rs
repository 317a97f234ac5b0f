//! A store, a mailer and a clock in memory: for tests, examples and small programs.
//!
//! Their futures are ready at once, so a caller without a runtime can poll them once.

mod clock;
mod outbox;
mod store;

pub use clock::ManualClock;
pub use outbox::{Mail, Outbox};
pub use store::{AddressTaken, MemoryStore};

// Built with `--cfg shuttle`, a checker of schedules decides which thread a lock lets in.
#[cfg(shuttle)]
use shuttle::sync;
#[cfg(not(shuttle))]
use std::sync;

use sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Locks; what a panic elsewhere left is whole, since no change here panics midway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same for those who only look.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

/// The same for those who change something.
fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
