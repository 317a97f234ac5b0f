//! How often an account is sent a link.

use super::issue::{CLOCK_SKEW, Issue, IssueState};
use super::ledger::MAX_ISSUES;
use super::{Binding, Ledger};
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// The longest span of a throttle, and the longest lifetime of a link for recovery.
pub(super) const DAY: SignedDuration = SignedDuration::hours(24);

/// How many times the cooldown can certainly double: one of the 16 issues that a ledger remembers
/// may be an old invitation.
const MAX_DOUBLINGS: u32 = 14;

/// The most links per window: two of a ledger's 16 issues may be old live links.
const MAX_PER_WINDOW: u8 = 14;

/// Limits how often an account is sent a link: a number of links per *window*, and a pause (the
/// *cooldown*) between two links. The default is 5 links per hour and a cooldown of 60 seconds.
///
/// The cooldown doubles with each link of the last 24 hours, up to the length of the window. With
/// a fixed cooldown, a stranger who requests a link every few minutes would replace every link
/// before the account holder reads it.
///
/// ```
/// use password_reset::token::{Throttle, TokenIssuer};
/// use std::time::Duration;
///
/// let throttle = Throttle::per_hour(3)?.with_cooldown(Duration::from_secs(120))?;
/// let issuer = TokenIssuer::builder().throttle(throttle).build()?;
/// # let _ = issuer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it limits
///
/// With `n` links per window, a cooldown `c` and clocks that agree:
///
/// - An account is sent at most `n` links in any window. If links are redeemed or the account
///   changes, it is at most `2n` links, and never more than 14. The notice that a redemption sends
///   is not included.
/// - Somebody who requests a link all the time replaces good links less and less often: by default
///   at 1, 3, 7, 15, 60 and 92 minutes. From then on each link lives its hour.
/// - If links are good for one window, as by default, at most `ceil(log2(window / c))` good links
///   (6 by default) are replaced before they expire in any 24 hours, however the requests are
///   paced. Links that are good for longer can be replaced once a window.
/// - A throttled account was issued a good link, or one that would be good if it had not been
///   cancelled or revoked. Otherwise it was told how to sign in without a password, or it was sent
///   `2n` links (14 at most) within the window.
///
/// A link that the host issues [without the throttle](super::TokenIssuer::issue_unthrottled) is
/// counted, but not limited. Services that share a ledger share its count.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    cooldown: SignedDuration,
    per_window: u8,
    window: SignedDuration,
}

impl Throttle {
    /// Admits at most `links` links per hour, with the default cooldown of 60 seconds.
    ///
    /// # Errors
    /// Fails if `links` is not in `1 ..= 14`.
    pub fn per_hour(links: u8) -> Result<Self, ThrottleError> {
        Self::per_window(links, Duration::from_secs(3600))
    }

    /// Admits at most `links` links per window, with the default cooldown of 60 seconds. The window
    /// must not be longer than a link's lifetime, or building the issuer fails.
    ///
    /// # Errors
    /// Fails if `links` is not in `1 ..= 14`, or if the window is zero or longer than 24 hours.
    pub fn per_window(links: u8, window: Duration) -> Result<Self, ThrottleError> {
        if !(1..=MAX_PER_WINDOW).contains(&links) {
            return Err(ThrottleError::Count { per_window: links });
        }
        if window.is_zero() {
            return Err(ThrottleError::EmptyWindow);
        }
        Ok(Self { per_window: links, window: within_a_day(window)?, ..Self::default() })
    }

    /// Sets the cooldown after the first link of a day. Zero means no cooldown: only the window
    /// then limits how often a good link is replaced.
    ///
    /// # Errors
    /// Fails if the cooldown is longer than 24 hours, or is not zero but shorter than a 16,384th of
    /// the window. A ledger does not remember enough links to double such a short one up to the
    /// window.
    pub fn with_cooldown(self, cooldown: Duration) -> Result<Self, ThrottleError> {
        let cooldown = within_a_day(cooldown)?;
        if !cooldown.is_zero() && cooldown.saturating_mul(1 << MAX_DOUBLINGS) < self.window {
            return Err(ThrottleError::CooldownTooShort);
        }
        Ok(Self { cooldown, ..self })
    }

    /// Returns the longest time for which it can withhold a new link. A link's lifetime must cover
    /// it.
    pub(super) fn span(&self) -> SignedDuration {
        self.cooldown.max(self.window)
    }

    /// Returns whether the account may be issued another link.
    pub(super) fn admits(&self, ledger: &Ledger, binding: &Binding, now: UtcDateTime) -> bool {
        let counted = |span: SignedDuration| {
            let mailed = ledger.issues().iter().filter(|issue| issue.is_mailed());
            let ages = mailed.map(|issue| now - issue.issued_at());
            ages.filter(|age| (-CLOCK_SKEW..span).contains(age)).count()
        };
        let (in_window, most) = (counted(self.window), usize::from(self.per_window));
        if in_window >= (2 * most).min(MAX_PER_WINDOW.into()) {
            return false;
        }
        let is_good = ledger.issues().iter().any(|issue| issue.check(binding, now).is_ok());
        let is_undone = ledger.newest().is_some_and(|newest| is_undone(newest, binding, now));
        if !is_good && !is_undone {
            return true;
        }
        let doublings = if is_good { counted(DAY).saturating_sub(1) } else { 0 };
        let doubled = self.cooldown.saturating_mul(1 << doublings.min(MAX_ISSUES));
        let cooldown = doubled.min(self.span());
        in_window < most && counted(cooldown) == 0
    }
}

/// Returns whether the issue would be good if it had not been cancelled or revoked, or whether it
/// told the account holder something that is still true.
fn is_undone(issue: &Issue, binding: &Binding, now: UtcDateTime) -> bool {
    match issue.state() {
        IssueState::Revoked { .. } => issue.is_timely(now) && issue.is_bound_to(binding),
        IssueState::Explained { .. } => issue.is_bound_to(binding),
        _ => false,
    }
}

fn within_a_day(span: Duration) -> Result<SignedDuration, ThrottleError> {
    let span = SignedDuration::try_from(span).ok().filter(|span| *span <= DAY);
    span.ok_or(ThrottleError::TooLong)
}

impl Default for Throttle {
    /// Returns a throttle of 5 links per hour, with a cooldown that starts at 60 seconds.
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
    /// The number of links is zero, or larger than a ledger can count.
    #[error("the number of links per window must be from 1 to 14, not {per_window}")]
    Count {
        /// The number that was set.
        per_window: u8,
    },
    /// The window is zero, which limits nothing.
    #[error("the throttle's window must be longer than zero")]
    EmptyWindow,
    /// The cooldown is too short to double up to the window.
    #[error("the throttle's cooldown must be zero or at least a 16,384th of its window")]
    CooldownTooShort,
    /// The cooldown or the window is longer than 24 hours.
    #[error("the throttle's cooldown and window must be at most 24 hours")]
    TooLong,
}
