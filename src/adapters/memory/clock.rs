//! A clock for tests.

use super::lock;
use super::sync::{Arc, Mutex};
use crate::clock::Clock;
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// A clock that stands still until you move it. Clones are the same clock.
///
/// ```
/// use password_reset::adapters::memory::ManualClock;
/// use password_reset::clock::Clock;
/// use std::time::Duration;
/// use time::{SignedDuration, UtcDateTime};
///
/// let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), UtcDateTime::UNIX_EPOCH + SignedDuration::minutes(1));
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<UtcDateTime>>);

impl ManualClock {
    /// Returns a clock that shows `start`.
    #[must_use]
    pub fn new(start: UtcDateTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves the clock forward, at most to the last representable time.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut now = lock(&self.0);
        *now = now.saturating_add(by);
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, now: UtcDateTime) {
        *lock(&self.0) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcDateTime {
        *lock(&self.0)
    }
}
