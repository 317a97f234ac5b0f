use super::digest::{Digest, Purpose};
use super::ledger::{Issue, IssueState, RevisionExhausted};
use super::throttle::MAX_SPAN;
use super::{Binding, Entropy, Ledger, Refusal, ResetToken, Throttle};
use core::time::Duration;
use subtle::{ConditionallySelectable, ConstantTimeEq};
use time::{SignedDuration, UtcDateTime};

/// Issues links and judges them: the rules, over a [`Ledger`], a time and entropy.
///
/// ```
/// use password_reset::token::{Binding, Entropy, Refusal, TokenIssuer};
/// use time::{SignedDuration, UtcDateTime};
///
/// # #[cfg(feature = "getrandom")] {
/// let issuer = TokenIssuer::default();
/// let account = Binding::new("alice@example.com", b"her password hash");
/// let now = UtcDateTime::UNIX_EPOCH;
///
/// let first = issuer.issue(None, account, now, Entropy::from_system()?)?;
/// let later = now + SignedDuration::minutes(2);
/// let second = issuer.issue(Some(&first.ledger), account, later, Entropy::from_system()?)?;
///
/// let ledger = second.ledger;
/// assert_eq!(issuer.check(&ledger, &first.token, &account, later), Err(Refusal::Superseded));
/// assert_eq!(issuer.check(&ledger, &second.token, &account, later), Ok(()));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    purpose: Purpose,
    lifetime: SignedDuration,
    throttle: Throttle,
}

/// A link that was issued: give the account holder the token once the store has
/// committed the ledger.
#[derive(Debug)]
#[non_exhaustive]
pub struct Issued {
    /// The ledger to store.
    pub ledger: Ledger,
    /// The secret to mail.
    pub token: ResetToken,
    /// The first instant at which it is no longer good.
    pub expires_at: UtcDateTime,
}

impl TokenIssuer {
    /// An issuer for one `purpose`, any string: tokens of another purpose or
    /// tenant are unknown to it. Its links are good for `lifetime`.
    ///
    /// # Errors
    /// A lifetime of 0, over 24 hours, or shorter than the throttle's spans: then
    /// somebody could be throttled who has no link that works.
    pub fn new(
        purpose: &str,
        lifetime: Duration,
        throttle: Throttle,
    ) -> Result<Self, LifetimeError> {
        if lifetime.is_zero() {
            return Err(LifetimeError::Zero);
        }
        let lifetime = SignedDuration::try_from(lifetime)
            .ok()
            .filter(|lifetime| *lifetime <= MAX_SPAN)
            .ok_or(LifetimeError::TooLong)?;
        if lifetime < throttle.span() {
            return Err(LifetimeError::ShorterThanThrottle);
        }
        Ok(Self { purpose: Purpose::new(purpose), lifetime, throttle })
    }

    /// Issues a link, superseding the live one in the same step.
    ///
    /// `ledger` is the account's present one, or `None` where it has none;
    /// `binding` is the account as it is.
    ///
    /// # Errors
    /// The account is throttled, or the time or the revision is at its end.
    pub fn issue(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Issued, IssueError> {
        let Entropy { selector, verifier } = entropy;
        let fresh;
        let ledger = if let Some(ledger) = ledger {
            ledger
        } else {
            fresh = Ledger::new(selector);
            &fresh
        };
        if !self.throttle.admits(ledger, &binding, now) {
            return Err(IssueError::Throttled);
        }
        let expires_at = now.checked_add(self.lifetime).ok_or(IssueError::TimeOutOfRange)?;
        let token = ResetToken::new(*ledger.selector(), verifier);
        let ledger = ledger.with_issue(Issue {
            digest: Digest::of_token(&self.purpose, &token),
            binding,
            issued_at: now,
            expires_at,
            state: IssueState::Live,
        })?;
        Ok(Issued { ledger, token, expires_at })
    }

    /// Judges a link and changes nothing.
    ///
    /// # Errors
    /// What its holder is told.
    pub fn check(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<(), Refusal> {
        self.find(ledger, token).ok_or(Refusal::Unknown)?.judge(binding, now)
    }

    /// Redeems a good link.
    ///
    /// `successor` is the account as the new password makes it: its address and
    /// the new hash. It marks the redemption, so that of two requests with one
    /// link each can tell which of them it was.
    ///
    /// # Errors
    /// What the holder of a link that is not good is told.
    pub fn redeem(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
        successor: Binding,
    ) -> Result<Ledger, RedeemError> {
        self.check(ledger, token, binding, now)?;
        let mut ledger = ledger.clone();
        if let Some(issue) = ledger.live_mut() {
            issue.binding = successor;
        }
        Ok(ledger.with_live_issue_as(IssueState::Redeemed { at: now })?)
    }

    /// Revokes a good link for its holder: "this wasn't me".
    ///
    /// # Errors
    /// What the holder of a link that is not good is told.
    pub fn cancel(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<Ledger, RedeemError> {
        self.check(ledger, token, binding, now)?;
        Ok(ledger.with_live_issue_as(IssueState::Revoked { at: now })?)
    }

    /// Revokes the live link for the host; `None` where there is none.
    ///
    /// # Errors
    /// The revision is at its end.
    pub fn revoke(
        &self,
        ledger: &Ledger,
        now: UtcDateTime,
    ) -> Result<Option<Ledger>, RevisionExhausted> {
        if ledger.newest().is_none_or(|issue| issue.state != IssueState::Live) {
            return Ok(None);
        }
        ledger.with_live_issue_as(IssueState::Revoked { at: now }).map(Some)
    }

    /// The issue that the token belongs to; every one is compared, whichever fits.
    fn find<'a>(&self, ledger: &'a Ledger, token: &ResetToken) -> Option<&'a Issue> {
        let digest = Digest::of_token(&self.purpose, token);
        let mut found = u8::MAX;
        for (position, issue) in (0_u8..).zip(ledger.issues()) {
            found.conditional_assign(&position, issue.digest.ct_eq(&digest));
        }
        ledger.issues().get(usize::from(found))
    }
}

impl Default for TokenIssuer {
    /// The purpose `password-reset`, links good for 60 minutes, the default throttle.
    fn default() -> Self {
        Self {
            purpose: Purpose::new("password-reset"),
            lifetime: SignedDuration::hours(1),
            throttle: Throttle::default(),
        }
    }
}

/// Why a link's lifetime is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// No time at all.
    #[error("a link must be good for longer than nothing")]
    Zero,
    /// Over 24 hours.
    #[error("a link must not be good for longer than 24 hours")]
    TooLong,
    /// Shorter than the cooldown or the window.
    #[error("a link must be good for at least as long as the throttle's cooldown and window")]
    ShorterThanThrottle,
}

/// Why no link was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The account has a good link and asked too often.
    #[error("a link that still works was issued a short time ago")]
    Throttled,
    /// The clock is too close to the end of representable time.
    #[error("the link would expire after the last representable time")]
    TimeOutOfRange,
    /// The ledger takes no more changes.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}

/// Why a link was not redeemed or cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedeemError {
    /// The link is not good.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The ledger takes no more changes.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}
