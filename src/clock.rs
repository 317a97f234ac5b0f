//! The port to the time.

use alloc::sync::Arc;
use time::UtcDateTime;

/// Tells the time.
///
/// # Contract
///
/// The clocks of all instances that share a store agree within 60 seconds. Nothing
/// else is asked: a clock may be set back or jump, and no reading causes a panic.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> UtcDateTime;
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> UtcDateTime {
        C::now(self)
    }
}

/// The operating system's clock.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "std")]
impl Clock for SystemClock {
    fn now(&self) -> UtcDateTime {
        let (since, after_epoch) =
            match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
                Ok(since) => (since, true),
                Err(before) => (before.duration(), false),
            };
        let since = time::SignedDuration::try_from(since).unwrap_or(time::SignedDuration::MAX);
        if after_epoch {
            UtcDateTime::UNIX_EPOCH.saturating_add(since)
        } else {
            UtcDateTime::UNIX_EPOCH.saturating_sub(since)
        }
    }
}
