//! The clock: where the service gets the present time.

use alloc::sync::Arc;
#[cfg(feature = "std")]
use std::time::SystemTime;
#[cfg(feature = "std")]
use time::SignedDuration;
use time::UtcDateTime;

/// A source of the present time.
///
/// The default with the feature `std` is `SystemClock`. Implement the trait to set the time in your
/// tests, and pass it to
/// [`PasswordResetBuilder::clock`](crate::service::PasswordResetBuilder::clock).
///
/// ```
/// use password_reset::clock::Clock;
/// use time::{SignedDuration, UtcDateTime};
///
/// struct Noon;
///
/// impl Clock for Noon {
///     fn now(&self) -> UtcDateTime {
///         UtcDateTime::UNIX_EPOCH + SignedDuration::hours(12)
///     }
/// }
///
/// assert_eq!(Noon.now().hour(), 12);
/// ```
///
/// # Contract
///
/// The clocks of all instances that share a store agree within 60 seconds. Nothing else is
/// required: a clock may be set back or jump, and no reading causes a panic.
pub trait Clock: Send + Sync {
    /// Returns the present time.
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
        nearest(SystemTime::now())
    }
}

/// Returns the same time, or the nearest representable time.
#[cfg(feature = "std")]
fn nearest(time: SystemTime) -> UtcDateTime {
    let signed = |span| SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => UtcDateTime::UNIX_EPOCH.saturating_add(signed(since)),
        Err(before) => UtcDateTime::UNIX_EPOCH.saturating_sub(signed(before.duration())),
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::nearest;
    use std::time::{Duration, SystemTime};
    use time::{SignedDuration, UtcDateTime};

    #[test]
    fn every_time_of_the_system_is_a_time_or_the_nearest() {
        let epoch = SystemTime::UNIX_EPOCH;
        let at = |nanoseconds| UtcDateTime::UNIX_EPOCH + SignedDuration::nanoseconds(nanoseconds);
        let billion_years = Duration::from_secs(31_556_952_000_000_000);
        for (system, time) in [
            (Some(epoch), at(0)),
            (epoch.checked_add(Duration::new(1, 5)), at(1_000_000_005)),
            (epoch.checked_sub(Duration::new(1, 5)), at(-1_000_000_005)),
            (epoch.checked_add(billion_years), UtcDateTime::MAX),
            (epoch.checked_sub(billion_years), UtcDateTime::MIN),
        ] {
            // Not every system represents these times.
            assert_eq!(system.map_or(time, nearest), time);
        }
    }
}
