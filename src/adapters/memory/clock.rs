use super::lock;
use super::sync::{Arc, Mutex};
use crate::clock::Clock;
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// A clock that stands still until it is told otherwise; its clones are one clock.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<UtcDateTime>>);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn new(start: UtcDateTime) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Moves it forward, at most to the last representable time.
    pub fn advance(&self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        let mut now = lock(&self.0);
        *now = now.saturating_add(by);
    }

    /// Sets it, forward or back.
    pub fn set(&self, now: UtcDateTime) {
        *lock(&self.0) = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UtcDateTime {
        *lock(&self.0)
    }
}
