use super::{Binding, Refusal, Selector, digest::Digest};
use alloc::vec::Vec;
use time::{SignedDuration, UtcDateTime};

/// The most issues that a ledger remembers.
pub(super) const MAX_ISSUES: usize = 16;

/// How far apart the clocks of a service's instances may be.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::seconds(60);

/// How long after the expiry of its last link a ledger is kept, so that the holder
/// of a dead one is told why.
const KEPT_AFTER_EXPIRY: SignedDuration = SignedDuration::days(7);

/// An account's most recent links and what became of them; a pure value.
///
/// Every change gives the next ledger, its revision raised by one, and leaves
/// this one as it was: nothing has happened until a store has swapped the one for
/// the other. At most one issue is live, and only the newest can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub(super) selector: Selector,
    pub(super) revision: i64,
    /// Oldest first.
    pub(super) issues: Vec<Issue>,
}

/// One link that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub(super) digest: Digest,
    pub(super) binding: Binding,
    pub(super) issued_at: UtcDateTime,
    pub(super) expires_at: UtcDateTime,
    pub(super) state: IssueState,
}

/// What became of an issue. The states other than [`Live`](Self::Live) are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueState {
    /// Nothing yet: it is the newest, in this state since it was issued.
    Live,
    /// A newer one was issued.
    Superseded {
        /// When.
        at: UtcDateTime,
    },
    /// A password was set with it.
    Redeemed {
        /// When.
        at: UtcDateTime,
    },
    /// Its holder or the host cancelled it.
    Revoked {
        /// When.
        at: UtcDateTime,
    },
}

impl IssueState {
    /// A stable name: `live`, `superseded`, `redeemed` or `revoked`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Superseded { .. } => "superseded",
            Self::Redeemed { .. } => "redeemed",
            Self::Revoked { .. } => "revoked",
        }
    }
}

impl Issue {
    /// When it was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UtcDateTime {
        self.issued_at
    }

    /// The first instant at which it is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> UtcDateTime {
        self.expires_at
    }

    /// What became of it.
    #[must_use]
    pub const fn state(&self) -> IssueState {
        self.state
    }

    /// Whether it is good, and what its holder is told where it is not.
    pub(super) fn judge(&self, binding: &Binding, now: UtcDateTime) -> Result<(), Refusal> {
        match self.state {
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            IssueState::Live if !self.is_timely(now) => Err(Refusal::Expired),
            IssueState::Live if self.binding != *binding => Err(Refusal::Changed),
            IssueState::Live => Ok(()),
        }
    }

    fn is_timely(&self, now: UtcDateTime) -> bool {
        now < self.expires_at && now - self.issued_at >= -CLOCK_SKEW
    }
}

impl Ledger {
    /// The ledger of an account that never asked for a link, at revision 0.
    #[must_use]
    pub const fn new(selector: Selector) -> Self {
        Self { selector, revision: 0, issues: Vec::new() }
    }

    /// The public half of the account's tokens; it stays while the ledger does.
    #[must_use]
    pub const fn selector(&self) -> &Selector {
        &self.selector
    }

    /// How many changes the ledger has seen: `0 ..= i64::MAX`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// The most recent issues, at most 16, oldest first.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// The newest issue: the only one that can be live.
    #[must_use]
    pub fn newest(&self) -> Option<&Issue> {
        self.issues.last()
    }

    /// When nobody is told about any of its links any more: seven days after the
    /// last of them expired. From then on a store may forget it.
    #[must_use]
    pub fn forgettable_at(&self) -> UtcDateTime {
        self.issues
            .iter()
            .map(|issue| issue.expires_at)
            .max()
            .map_or(UtcDateTime::MIN, |last| last.saturating_add(KEPT_AFTER_EXPIRY))
    }

    /// Whether this ledger is `wanted`, or has come from it since: how a change
    /// whose commit reported an error is found to have taken effect.
    #[must_use]
    pub fn includes(&self, wanted: &Self) -> bool {
        let Some(newest) = wanted.newest() else { return false };
        self.selector == wanted.selector
            && self.revision >= wanted.revision
            && self.issues.iter().any(|issue| {
                // A redemption replaces the binding, so a live link is known by its digest.
                issue.digest == newest.digest
                    && (newest.state == IssueState::Live
                        || (issue.binding == newest.binding && issue.state == newest.state))
            })
    }

    /// The next ledger, in which `issue` is the newest and supersedes the live one.
    pub(super) fn with_issue(&self, issue: Issue) -> Result<Self, RevisionExhausted> {
        let mut next = self.with_live_issue_as(IssueState::Superseded { at: issue.issued_at })?;
        if next.issues.len() >= MAX_ISSUES {
            next.issues.remove(0);
        }
        next.issues.push(issue);
        Ok(next)
    }

    /// The next ledger, in which the live issue, if any, has entered `state`.
    pub(super) fn with_live_issue_as(&self, state: IssueState) -> Result<Self, RevisionExhausted> {
        let mut next = self.clone();
        next.revision = self.revision.checked_add(1).ok_or(RevisionExhausted)?;
        if let Some(newest) = next.live_mut() {
            newest.state = state;
        }
        Ok(next)
    }

    pub(super) fn live_mut(&mut self) -> Option<&mut Issue> {
        self.issues.last_mut().filter(|issue| issue.state == IssueState::Live)
    }
}

/// The ledger has seen 2⁶³ − 1 changes and takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's revision has reached its end")]
pub struct RevisionExhausted;
