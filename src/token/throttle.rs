use super::ledger::{CLOCK_SKEW, Issue, IssueState, MAX_ISSUES};
use super::{Binding, Ledger};
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// The longest span of a throttle, and the longest lifetime of a link for recovery.
pub(super) const DAY: SignedDuration = SignedDuration::hours(24);

/// How often the cooldown is sure to double: of the 16 issues that a ledger remembers, one may be
/// an invitation of long ago.
const MAX_DOUBLINGS: u32 = 14;

/// The most links per window: of a ledger's 16 issues two may be live links of long ago.
const MAX_PER_WINDOW: u8 = 14;

/// Limits how often an account is sent a link: at most so many per *window*, with a pause (the
/// *cooldown*) between two. The default is 5 links per hour and a cooldown of 60 seconds.
///
/// The cooldown doubles with each link of the last 24 hours, up to the length of the window.
/// With a fixed one, a stranger who asks every few minutes would replace every link before
/// anybody reads it.
///
/// ```
/// use password_reset::token::Throttle;
/// use std::time::Duration;
///
/// let throttle = Throttle::per_hour(3)?.with_cooldown(Duration::from_secs(120))?;
/// # let _ = throttle;
/// # Ok::<(), password_reset::token::ThrottleError>(())
/// ```
///
/// # What it limits
///
/// With `n` links per window, a cooldown `c` and clocks that agree:
///
/// - An account is sent at most `n` links in any window, or at most `2n` (never more than 14)
///   where links are redeemed or the account changes. A redemption sends its notice besides.
/// - Somebody who asks again and again can replace a good link at first, and less and less
///   often: by default at 1, 3, 7, 15, 60 and 92 minutes. From then on each link lives its
///   hour. Where links are good for one window, as by default, at most
///   `ceil(log2(window / c))` good links (6 by default) are replaced before their end in any 24
///   hours, however the requests are paced. Links that are good for longer can be replaced once a
///   window.
/// - An account that is throttled has been issued a good link, or one that would be good had it
///   not been cancelled or revoked, or was told how to sign in without a password, or was sent
///   `2n` links (14 at most) within the window.
///
/// What the host issues [without the throttle](super::TokenIssuer::issue_unthrottled) is counted,
/// and the host answers for it. Services that share a ledger share what is counted.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    cooldown: SignedDuration,
    per_window: u8,
    window: SignedDuration,
}

impl Throttle {
    /// At most `links` per hour, with the default cooldown of 60 seconds.
    ///
    /// # Errors
    /// A count outside `1 ..= 14`.
    pub fn per_hour(links: u8) -> Result<Self, ThrottleError> {
        Self::per_window(links, Duration::from_secs(3600))
    }

    /// At most `links` per window, with the default cooldown of 60 seconds. The window must not be
    /// longer than a link's lifetime: otherwise the issuer is not built.
    ///
    /// # Errors
    /// A count outside `1 ..= 14`, or a window that is empty or longer than 24 hours.
    pub fn per_window(links: u8, window: Duration) -> Result<Self, ThrottleError> {
        if !(1..=MAX_PER_WINDOW).contains(&links) {
            return Err(ThrottleError::Count { per_window: links });
        }
        if window.is_zero() {
            return Err(ThrottleError::EmptyWindow);
        }
        Ok(Self { per_window: links, window: within_a_day(window)?, ..Self::default() })
    }

    /// The same with another cooldown after the first link of a day. Zero is none, and then
    /// only the window limits how often a good link is replaced.
    ///
    /// # Errors
    /// A cooldown longer than 24 hours, or so short that the doublings which a ledger remembers
    /// do not reach the window: less than a 16,384th of it.
    pub fn with_cooldown(self, cooldown: Duration) -> Result<Self, ThrottleError> {
        let cooldown = within_a_day(cooldown)?;
        if !cooldown.is_zero() && cooldown.saturating_mul(1 << MAX_DOUBLINGS) < self.window {
            return Err(ThrottleError::CooldownTooShort);
        }
        Ok(Self { cooldown, ..self })
    }

    /// The longest time that it keeps somebody from a new link, which a link's lifetime must
    /// cover.
    pub(super) fn span(&self) -> SignedDuration {
        self.cooldown.max(self.window)
    }

    /// Whether the account may be issued another link.
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
        let is_good = ledger.issues().iter().any(|issue| issue.judge(binding, now).is_ok());
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

/// Whether the issue would be good had it not been cancelled or revoked, or told its reader
/// what is still so.
fn is_undone(issue: &Issue, binding: &Binding, now: UtcDateTime) -> bool {
    match issue.state() {
        IssueState::Revoked { .. } => issue.is_timely(now) && issue.is_bound_to(binding),
        IssueState::Told { .. } => issue.is_bound_to(binding),
        _ => false,
    }
}

fn within_a_day(span: Duration) -> Result<SignedDuration, ThrottleError> {
    let span = SignedDuration::try_from(span).ok().filter(|span| *span <= DAY);
    span.ok_or(ThrottleError::TooLong)
}

impl Default for Throttle {
    /// 5 links per hour, and a cooldown that starts at 60 seconds.
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
    #[error("{per_window} links per window is not between 1 and 14")]
    Count {
        /// The number asked for.
        per_window: u8,
    },
    /// A window that limits nothing.
    #[error("the window must be longer than nothing")]
    EmptyWindow,
    /// A cooldown that does not grow to the window.
    #[error("the cooldown must be nothing or at least a 16,384th of the window")]
    CooldownTooShort,
    /// A span that a day's count of links could not cover.
    #[error("the cooldown and the window must not be longer than 24 hours")]
    TooLong,
}
