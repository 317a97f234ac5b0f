use super::ledger::{CLOCK_SKEW, MAX_ISSUES};
use super::{Binding, Ledger};
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// The longest lifetime of a link, and so the longest span of a throttle.
pub(super) const MAX_SPAN: SignedDuration = SignedDuration::hours(24);

/// How often an account may be sent a link: once per *cooldown* and so many times
/// per *window*. The default is once in 60 seconds and 5 times in an hour.
///
/// Only a good link throttles, so whoever is throttled has one that works, and an
/// attacker who keeps asking cannot keep killing it.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    cooldown: SignedDuration,
    per_window: u8,
    window: SignedDuration,
}

impl Throttle {
    /// At most one link per `cooldown`, and `per_window` of them per `window`.
    ///
    /// # Errors
    /// A count outside `1 ..= 16`, an empty window, or more than 24 hours for either.
    pub fn new(
        cooldown: Duration,
        per_window: u8,
        window: Duration,
    ) -> Result<Self, ThrottleError> {
        if per_window == 0 || usize::from(per_window) > MAX_ISSUES {
            return Err(ThrottleError::Count { per_window });
        }
        if window.is_zero() {
            return Err(ThrottleError::EmptyWindow);
        }
        match (SignedDuration::try_from(cooldown), SignedDuration::try_from(window)) {
            (Ok(cooldown), Ok(window)) if cooldown.max(window) <= MAX_SPAN => {
                Ok(Self { cooldown, per_window, window })
            }
            _ => Err(ThrottleError::TooLong),
        }
    }

    /// The longer of the two spans, which a link's lifetime must cover.
    pub(super) fn span(&self) -> SignedDuration {
        self.cooldown.max(self.window)
    }

    /// Whether the account may be issued another link.
    pub(super) fn admits(&self, ledger: &Ledger, binding: &Binding, now: UtcDateTime) -> bool {
        let has_good_link = ledger.newest().is_some_and(|i| i.judge(binding, now).is_ok());
        let issued_within = |span: SignedDuration| {
            ledger
                .issues()
                .iter()
                .map(|issue| now - issue.issued_at())
                .filter(|age| -CLOCK_SKEW <= *age && *age < span)
                .count()
        };
        !has_good_link
            || (issued_within(self.cooldown) == 0
                && issued_within(self.window) < usize::from(self.per_window))
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            cooldown: SignedDuration::seconds(60),
            per_window: 5,
            window: SignedDuration::hours(1),
        }
    }
}

/// Why a throttle cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThrottleError {
    /// No link at all, or more than a ledger remembers.
    #[error("{per_window} links per window is not between 1 and 16")]
    Count {
        /// The number asked for.
        per_window: u8,
    },
    /// A window that limits nothing.
    #[error("the window must be longer than nothing")]
    EmptyWindow,
    /// A span beyond the longest lifetime of a link.
    #[error("the cooldown and the window must not be longer than 24 hours")]
    TooLong,
}
