use super::digest::{Digest, Purpose};
use super::ledger::{Issue, IssueKind, IssueState, KEPT_AFTER_EXPIRY, RevisionExhausted};
use super::{Binding, Entropy, Ledger, Refusal, ResetToken, Throttle};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use time::{SignedDuration, UtcDateTime};

/// Issues links and judges them: the rules, over a [`Ledger`], a time and entropy.
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
/// let ledger = second.ledger;
/// let refused = issuer.check(&ledger, &first.token, &account, later).unwrap_err();
/// assert_eq!(refused, Refusal::Superseded);
/// let good = issuer.check(&ledger, &second.token, &account, later)?;
/// assert_eq!(good.expires_at(), later + SignedDuration::hours(2));
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
    /// The secret to mail beside it, where the issuer has [codes](super::Codes) and the account was
    /// not typed too many wrong ones.
    #[cfg(feature = "codes")]
    pub code: Option<super::Code>,
}

impl TokenIssuer {
    /// What its tokens are for.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose.name
    }

    /// The kind of its links.
    #[must_use]
    pub const fn kind(&self) -> IssueKind {
        self.kind
    }

    /// Issues a link that supersedes the live one of its kind in the same step.
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
        self.admit(ledger, &binding, now)?;
        self.issue_unthrottled(ledger, binding, now, entropy)
    }

    /// Issues a link for the host, such as for an administrator: counted like any other, and
    /// not throttled.
    ///
    /// # Errors
    /// The time or the revision is at its end.
    pub fn issue_unthrottled(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Issued, IssueError> {
        self.issue_as(IssueState::Live, ledger, binding, now, entropy)
    }

    /// Records that the account's holder is told how to sign in without a password, in place
    /// of a link: counted and throttled like a link, and it supersedes none.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
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

    /// The same for the host, such as for an administrator: counted, and not throttled.
    ///
    /// # Errors
    /// As [`issue_unthrottled`](Self::issue_unthrottled).
    pub fn explain_unthrottled(
        &self,
        ledger: Option<&Ledger>,
        binding: Binding,
        now: UtcDateTime,
        entropy: Entropy,
    ) -> Result<Ledger, IssueError> {
        let told = IssueState::Told { at: now };
        self.issue_as(told, ledger, binding, now, entropy).map(|issued| issued.ledger)
    }

    /// Records that the account's holder changed the password while signed in, without a link. No
    /// link is good from then on, whatever the stamp does.
    ///
    /// `successor` is the account as the new password makes it, as for [`redeem`](Self::redeem).
    ///
    /// # Errors
    /// The time or the revision is at its end.
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

    /// Returns a good link's issue, and changes nothing.
    ///
    /// # Errors
    /// The reason why the link is not good.
    pub fn check<'l>(
        &self,
        ledger: &'l Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<&'l Issue, Refusal> {
        let issue = self.find(ledger, token).ok_or(Refusal::Unknown)?;
        issue.judge(binding, now).map(|()| issue)
    }

    /// Redeems a good link. A live link of the other kind is no longer good from then on,
    /// whatever the stamp does.
    ///
    /// `successor` is the account as the new password makes it: its address and
    /// the new hash. It marks the redemption, so that of two requests with one
    /// link each can tell which of them it was.
    ///
    /// # Errors
    /// The reason why the link is not good, or that the revision is at its end.
    pub fn redeem(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
        successor: Binding,
    ) -> Result<Ledger, RedeemError> {
        let redeemed = self.check(ledger, token, binding, now)?;
        let next = ledger.next(|issues| {
            let is_it = |issue: &&mut Issue| issue.is_live() && issue.digest == redeemed.digest;
            for used in issues.iter_mut().filter(is_it) {
                used.binding = successor;
                used.state = IssueState::Redeemed { at: now };
            }
        })?;
        Ok(close(next))
    }

    /// Whether the token is of this issuer's, be its link good or not.
    #[must_use]
    pub fn has_issued(&self, ledger: &Ledger, token: &ResetToken) -> bool {
        self.find(ledger, token).is_some()
    }

    /// Revokes a good link for its holder: "this wasn't me".
    ///
    /// # Errors
    /// The reason why the link is not good, or that the revision is at its end.
    pub fn cancel(
        &self,
        ledger: &Ledger,
        token: &ResetToken,
        binding: &Binding,
        now: UtcDateTime,
    ) -> Result<Ledger, RedeemError> {
        let cancelled = self.check(ledger, token, binding, now)?;
        Ok(revoke_where(ledger, now, |issue| issue.digest == cancelled.digest)?)
    }

    /// Revokes every live link for the host, of either kind; `None` where there is none.
    ///
    /// # Errors
    /// The revision is at its end.
    pub fn revoke(
        &self,
        ledger: &Ledger,
        now: UtcDateTime,
    ) -> Result<Option<Ledger>, RevisionExhausted> {
        let has_live = ledger.issues().iter().any(Issue::is_live);
        has_live.then(|| revoke_where(ledger, now, Issue::is_live)).transpose()
    }

    /// Whether the holder of a dead link may be [issued](Self::issue) a new one by it.
    ///
    /// That is so for a link that has expired or was superseded, until seven days after its
    /// expiry, while the account's address and stamp are those that it was issued for, and if the
    /// newest link of its kind was neither redeemed nor revoked, nor ended by a password that was
    /// set by another path of this crate.
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
                let refused = old.judge(binding, now);
                matches!(refused, Err(Refusal::Expired | Refusal::Superseded))
                    && old.is_bound_to(binding)
                    && now < old.expires_at.saturating_add(KEPT_AFTER_EXPIRY)
            })
    }

    /// The issue that the token belongs to, as its link's or for its code; every one is compared,
    /// whichever fits.
    fn find<'l>(&self, ledger: &'l Ledger, token: &ResetToken) -> Option<&'l Issue> {
        let digest = Digest::of_token(&self.purpose, token);
        let mut found = u8::MAX;
        for (position, issue) in (0_u8..).zip(ledger.issues()) {
            let is_of_kind = Choice::from(u8::from(issue.kind == self.kind));
            let is_for_code = issue.exchanged.map_or(Choice::from(0), |other| other.ct_eq(&digest));
            let fits = (issue.digest.ct_eq(&digest) | is_for_code) & is_of_kind;
            found.conditional_assign(&position, fits);
        }
        ledger.issues().get(usize::from(found))
    }
}

/// A password was set: no live link is good from then on, and the count of wrong codes is back at zero.
fn close(mut ledger: Ledger) -> Ledger {
    for live in ledger.issues.iter_mut().filter(|issue| issue.is_live()) {
        live.binding = Binding::OF_NOBODY;
    }
    (ledger.code, ledger.wrong_codes) = (None, None);
    ledger
}

fn revoke_where(
    ledger: &Ledger,
    now: UtcDateTime,
    is_meant: impl Fn(&Issue) -> bool,
) -> Result<Ledger, RevisionExhausted> {
    ledger.next(|issues| {
        for issue in issues.iter_mut().filter(|issue| is_meant(issue)) {
            issue.state = IssueState::Revoked { at: now };
        }
    })
}

impl Default for TokenIssuer {
    /// The purpose `password-reset`, links good for 60 minutes, the default throttle.
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

/// Why no link was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The account has a good link, or one that was cancelled or revoked while good, or was
    /// issued very many, and asked too often.
    #[error("links were issued to this account a short time ago")]
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
