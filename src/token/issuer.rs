//! The rules: issues, checks, redeems, cancels, revokes and renews links.

use super::digest::{Digest, Purpose};
use super::issue::{Issue, IssueKind, IssueState};
use super::ledger::{KEPT_AFTER_EXPIRY, RevisionExhausted};
use super::{Binding, Entropy, Ledger, Refusal, ResetToken, Throttle};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use time::{SignedDuration, UtcDateTime};

/// Issues links, checks them and redeems them: the rules, over a [`Ledger`], a time and entropy.
///
/// [`TokenIssuer::default`] issues links that are good for 60 minutes, with the default
/// [`Throttle`]. Use [`builder`](Self::builder) for other settings.
///
/// ```
/// use password_reset::token::{Binding, Entropy, Refusal, TokenIssuer};
/// use std::time::Duration;
/// use time::{SignedDuration, UtcDateTime};
///
/// # #[cfg(feature = "getrandom")] {
/// let issuer = TokenIssuer::builder().lifetime(Duration::from_secs(2 * 3600)).build()?;
/// let account = Binding::new("alice@example.com", b"her password hash");
/// let now = UtcDateTime::UNIX_EPOCH;
///
/// let first = issuer.issue(None, account, now, Entropy::from_system()?)?;
/// let later = now + SignedDuration::minutes(2);
/// let second = issuer.issue(Some(&first.ledger), account, later, Entropy::from_system()?)?;
///
/// // Only the newest link is good.
/// let ledger = second.ledger;
/// let refusal = issuer.check(&ledger, &first.token, &account, later).unwrap_err();
/// assert_eq!(refusal, Refusal::Superseded);
/// let good = issuer.check(&ledger, &second.token, &account, later)?;
/// assert_eq!(good.expires_at(), later + SignedDuration::hours(2));
///
/// // It sets one password.
/// let changed = Binding::new("alice@example.com", b"her new password hash");
/// let ledger = issuer.redeem(&ledger, &second.token, &account, later, changed)?;
/// let refusal = issuer.check(&ledger, &second.token, &changed, later).unwrap_err();
/// assert_eq!(refusal, Refusal::Used);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    pub(super) purpose: Purpose,
    pub(super) kind: IssueKind,
    pub(super) lifetime: SignedDuration,
    pub(super) throttle: Throttle,
    #[cfg(feature = "codes")]
    pub(super) codes: Option<super::Codes>,
}

impl Default for TokenIssuer {
    /// Returns an issuer with the purpose `password-reset`, links that are good for 60 minutes, and
    /// the default throttle.
    fn default() -> Self {
        Self {
            purpose: Purpose::new("password-reset"),
            kind: IssueKind::Recovery,
            lifetime: SignedDuration::hours(1),
            throttle: Throttle::default(),
            #[cfg(feature = "codes")]
            codes: None,
        }
    }
}

/// A link that was issued. Store the ledger first, and then send the account holder the token.
#[derive(Debug)]
#[non_exhaustive]
pub struct Issued {
    /// The ledger to store.
    pub ledger: Ledger,
    /// The secret to mail.
    pub token: ResetToken,
    /// The first instant at which the link is no longer good.
    pub expires_at: UtcDateTime,
    /// The second secret to mail, if the issuer has [codes](super::Codes) and fewer than twenty
    /// wrong codes were counted for the account since a password was last set.
    #[cfg(feature = "codes")]
    pub code: Option<super::Code>,
}

impl TokenIssuer {
    /// Issues a link. It supersedes the live link of its kind in the same step.
    ///
    /// `ledger` is the account's present ledger, or `None` if it has none. `binding` is the account
    /// as it is now.
    ///
    /// # Errors
    /// Fails if the account is throttled, if the link would expire after the last representable
    /// time, or if the ledger's revision is at its maximum.
    pub fn issue(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Issued, IssueError> {
        self.admit(ledger, &binding, now)?;
        self.issue_unthrottled(ledger, binding, now, entropy)
    }

    /// Checks a link and returns its issue. This changes nothing.
    ///
    /// # Errors
    /// Fails with the reason why the link is not good.
    pub fn check<'l>(
        &self,
        ledger: &'l Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<&'l Issue, Refusal> {
        let issue = self.find(ledger, token).ok_or(Refusal::Unknown)?;
        issue.check(binding, now).map(|()| issue)
    }

    /// Redeems a good link. From then on no live link of the other kind is good either, whether or
    /// not the stamp changes.
    ///
    /// `successor` is the account as the new password makes it: its address and its new stamp, for
    /// example the new hash. The redemption is recorded with it, so if two requests redeem one
    /// link, each can tell whether it was the one that succeeded.
    ///
    /// # Errors
    /// Fails with the reason why the link is not good, or if the ledger's revision is at its
    /// maximum.
    pub fn redeem(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
        successor: Binding,
    ) -> Result<Ledger, RedeemError> {
        let good = self.check(ledger, token, binding, now)?;
        let next = ledger.with_link(&good.digest, |used| {
            used.binding = successor;
            used.state = IssueState::Redeemed { at: now };
        })?;
        Ok(close(next))
    }

    /// Cancels a good link for its holder, who says "this wasn't me".
    ///
    /// # Errors
    /// Fails with the reason why the link is not good, or if the ledger's revision is at its
    /// maximum.
    pub fn cancel(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<Ledger, RedeemError> {
        let good = self.check(ledger, token, binding, now)?;
        let revoked = IssueState::Revoked { at: now };
        Ok(ledger.with_link(&good.digest, |cancelled| cancelled.state = revoked)?)
    }

    /// Revokes every live link of the account, of either kind, for the host. Returns `None` if
    /// there is none.
    ///
    /// # Errors
    /// Fails if the ledger's revision is at its maximum.
    pub fn revoke(
        &self,
        ledger: &Ledger,
        now: UtcDateTime,
    ) -> Result<Option<Ledger>, RevisionExhausted> {
        if !ledger.issues().iter().any(Issue::is_live) {
            return Ok(None);
        }
        let revoked = ledger.next(|issues| {
            for live in issues.iter_mut().filter(|issue| issue.is_live()) {
                live.state = IssueState::Revoked { at: now };
            }
        })?;
        Ok(Some(revoked))
    }

    /// Returns whether the holder of a dead link may be sent a new one with it. If so,
    /// [`issue`](Self::issue) the new one.
    ///
    /// All of the following must hold:
    ///
    /// - The link has expired or was superseded.
    /// - Seven days have not passed since its expiry.
    /// - The account's address and stamp are those that it was issued for.
    /// - The newest link of its kind was neither redeemed nor revoked. A password set through
    ///   another path of this crate did not end that link either.
    #[must_use]
    pub fn can_renew(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> bool {
        let is_open =
            |newest: &Issue| !newest.is_ended() && !newest.is_bound_to(&Binding::OF_NOBODY);
        ledger.links_of(self.kind).next().is_some_and(is_open)
            && self.find(ledger, token).is_some_and(|old| {
                let refusal = old.check(binding, now);
                matches!(refusal, Err(Refusal::Expired | Refusal::Superseded))
                    && old.is_bound_to(binding)
                    && now < old.expires_at.saturating_add(KEPT_AFTER_EXPIRY)
            })
    }

    /// Records that the account holder changed the password while signed in, without a link. From
    /// then on no link is good, whether or not the stamp changes.
    ///
    /// `successor` is the account as the new password makes it, as for [`redeem`](Self::redeem).
    ///
    /// # Errors
    /// Fails if the lifetime of a link from now would end after the last representable time, or if
    /// the ledger's revision is at its maximum.
    pub fn change(
        &self,
        ledger: Option<&Ledger>,
        successor: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Ledger, IssueError> {
        let changed = IssueState::Changed { at: now };
        Ok(close(self.issue_as(changed, ledger, successor, now, entropy)?.ledger))
    }

    /// Records that the account holder is told how to sign in without a password, in place of a
    /// link. This is counted and throttled like a link, and it supersedes none.
    ///
    /// # Errors
    /// Fails as [`issue`](Self::issue) does.
    pub fn explain(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Ledger, IssueError> {
        self.admit(ledger, &binding, now)?;
        self.explain_unthrottled(ledger, binding, now, entropy)
    }

    /// Like [`issue`](Self::issue), for a link that the host itself issues, for example on an
    /// administrator's page. The link is counted like any other, and it is not throttled.
    ///
    /// # Errors
    /// Fails if the link would expire after the last representable time, or if the ledger's
    /// revision is at its maximum.
    pub fn issue_unthrottled(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Issued, IssueError> {
        self.issue_as(IssueState::Live, ledger, binding, now, entropy)
    }

    /// Like [`explain`](Self::explain), for the host itself. It is counted, and it is not
    /// throttled.
    ///
    /// # Errors
    /// Fails as [`issue_unthrottled`](Self::issue_unthrottled) does.
    pub fn explain_unthrottled(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Ledger, IssueError> {
        let explained = IssueState::Explained { at: now };
        self.issue_as(explained, ledger, binding, now, entropy).map(|issued| issued.ledger)
    }

    /// Returns whether the ledger has a link of this issuer with this token, good or not.
    #[must_use]
    pub fn has_issued(&self, ledger: &Ledger, token: &ResetToken) -> bool {
        self.find(ledger, token).is_some()
    }

    /// Returns what its tokens are for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose.name
    }

    /// Returns the kind of its links.
    #[must_use]
    pub const fn kind(&self) -> IssueKind {
        self.kind
    }

    fn admit(
        &self,
        ledger: Option<&Ledger>,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<(), IssueError> {
        let is_admitted = ledger.is_none_or(|ledger| self.throttle.admits(ledger, binding, now));
        is_admitted.then_some(()).ok_or(IssueError::Throttled)
    }

    fn issue_as(
        &self,
        state: IssueState,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Issued, IssueError> {
        let Entropy { selector, verifier } = entropy;
        let fresh = Ledger::new(selector);
        let ledger = ledger.unwrap_or(&fresh);
        let expires_at = now.checked_add(self.lifetime).ok_or(IssueError::TimeOutOfRange)?;
        let token = ResetToken::new(*ledger.selector(), verifier);
        let ledger = ledger.with_issue(Issue {
            digest: Digest::of_token(&self.purpose, &token),
            exchanged: None,
            binding,
            kind: self.kind,
            issued_at: now,
            expires_at,
            state,
        })?;
        #[cfg(feature = "codes")]
        let (ledger, code) = self.with_code(ledger, &token);
        Ok(Issued {
            ledger,
            token,
            expires_at,
            #[cfg(feature = "codes")]
            code,
        })
    }

    /// Finds the issue that the token belongs to: the token of its link, or the one that its code
    /// was exchanged for. Every issue is compared, whichever matches.
    fn find<'l>(&self, ledger: &'l Ledger, token: &ResetToken) -> Option<&'l Issue> {
        let digest = Digest::of_token(&self.purpose, token);
        let mut found = u8::MAX;
        for (position, issue) in (0_u8..).zip(ledger.issues()) {
            let is_of_kind = Choice::from(u8::from(issue.kind == self.kind));
            let is_for_code = issue.exchanged.map_or(Choice::from(0), |other| other.ct_eq(&digest));
            let matches = (issue.digest.ct_eq(&digest) | is_for_code) & is_of_kind;
            found.conditional_assign(&position, matches);
        }
        ledger.issues().get(usize::from(found))
    }
}

/// Records that a password was set: no live link is good from then on, and the count of wrong codes
/// is zero again.
fn close(mut ledger: Ledger) -> Ledger {
    for live in ledger.issues.iter_mut().filter(|issue| issue.is_live()) {
        live.binding = Binding::OF_NOBODY;
    }
    (ledger.code, ledger.wrong_codes) = (None, None);
    ledger
}

/// Why no link was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The [`Throttle`] does not admit another link for this account now.
    ///
    /// The account has a good link, or one that was cancelled or revoked while good, or was told
    /// how to sign in without a password; or it was issued very many links.
    #[error("links were issued to this account a short time ago")]
    Throttled,
    /// The clock is too close to the last representable time.
    #[error("the link would expire after the last representable time")]
    TimeOutOfRange,
    /// The ledger accepts no more changes.
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
    /// The ledger accepts no more changes.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}
