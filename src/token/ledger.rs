use super::{Binding, Refusal, Selector, digest::Digest};
use alloc::vec::Vec;
use time::{SignedDuration, UtcDateTime};

/// The most issues that a ledger remembers.
pub(super) const MAX_ISSUES: usize = 16;

/// How far apart the clocks of a service's instances may be.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::seconds(60);

/// How long after the expiry of its last link a ledger is kept, so that the holder
/// of a dead one is told why.
pub(super) const KEPT_AFTER_EXPIRY: SignedDuration = SignedDuration::days(7);

/// The wrong codes that end one.
pub(super) const MAX_WRONG: u8 = 5;

/// The wrong codes after which there are no more until a password is set.
pub(super) const MAX_WRONG_IN_ALL: u8 = 20;

/// How long a ledger is kept after a wrong code: otherwise a purge would forget how many there were.
const KEPT_AFTER_WRONG_CODE: SignedDuration = SignedDuration::days(30);

/// An account's most recent links and what became of them; a pure value.
///
/// Every change returns the next ledger, its revision raised by one, and leaves
/// this one as it was: nothing has happened until a store has swapped the one for
/// the other. At most one issue of each [kind](IssueKind) is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub(super) selector: Selector,
    pub(super) revision: i64,
    /// Of the live link for recovery, where it has one that can still be exchanged.
    pub(super) code: Option<StoredCode>,
    /// Since a password was last set; none where there were none.
    pub(super) wrong_codes: Option<WrongCodes>,
    /// Oldest first.
    pub(super) issues: Vec<Issue>,
}

/// A code at rest, under a key that is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredCode {
    /// The first bytes of a digest of the key.
    pub(super) key: [u8; 4],
    pub(super) mac: Digest,
    /// How often something else was typed: less than [`MAX_WRONG`].
    pub(super) wrong: u8,
}

/// How many wrong codes were typed, and when the last one was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrongCodes {
    /// `1 ..=` [`MAX_WRONG_IN_ALL`].
    pub(super) count: u8,
    pub(super) last_at: UtcDateTime,
}

/// One link that was issued, or what counts beside links: a mail without one, a change without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub(super) digest: Digest,
    /// Of the token that the link's code was exchanged for.
    pub(super) exchanged: Option<Digest>,
    pub(super) binding: Binding,
    pub(super) kind: IssueKind,
    pub(super) issued_at: UtcDateTime,
    pub(super) expires_at: UtcDateTime,
    pub(super) state: IssueState,
}

/// What a link was issued for. Of each kind the newest link is the one that works; a password
/// that is set with either ends both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueKind {
    /// Somebody forgot the password.
    Recovery,
    /// Somebody is invited to choose a first password. A request for recovery does not end it.
    Invitation,
}

impl IssueKind {
    /// A stable name: `recovery` or `invitation`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Invitation => "invitation",
        }
    }
}

/// What became of an issue. The states other than [`Live`](Self::Live) are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueState {
    /// Nothing yet: it is the newest of its kind, in this state since it was issued. A password that
    /// was not set with it leaves it live, and no longer good.
    Live,
    /// A newer one of its kind was issued.
    Superseded {
        /// The time at which that happened.
        at: UtcDateTime,
    },
    /// A password was set with it.
    Redeemed {
        /// The time at which that happened.
        at: UtcDateTime,
    },
    /// Its holder or the host cancelled it.
    Revoked {
        /// The time at which that happened.
        at: UtcDateTime,
    },
    /// It never was a link: its reader was told how to sign in without a password.
    Told {
        /// The time at which that happened.
        at: UtcDateTime,
    },
    /// It never was a link: somebody who was signed in changed the password.
    Changed {
        /// The time at which that happened.
        at: UtcDateTime,
    },
}

impl IssueState {
    /// A stable name: `live`, `superseded`, `redeemed`, `revoked`, `told` or `changed`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Superseded { .. } => "superseded",
            Self::Redeemed { .. } => "redeemed",
            Self::Revoked { .. } => "revoked",
            Self::Told { .. } => "told",
            Self::Changed { .. } => "changed",
        }
    }
}

impl Issue {
    /// What it was issued for.
    #[must_use]
    pub const fn kind(&self) -> IssueKind {
        self.kind
    }

    /// The time at which it was issued.
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
            IssueState::Told { .. } | IssueState::Changed { .. } => Err(Refusal::Unknown),
            IssueState::Live if !self.is_timely(now) => Err(Refusal::Expired),
            IssueState::Live if !self.is_bound_to(binding) => Err(Refusal::Changed),
            IssueState::Live => Ok(()),
        }
    }

    pub(super) fn is_timely(&self, now: UtcDateTime) -> bool {
        now < self.expires_at && now - self.issued_at >= -CLOCK_SKEW
    }

    pub(super) fn is_bound_to(&self, binding: &Binding) -> bool {
        self.binding == *binding
    }

    /// Whether its account was mailed a link or how to sign in.
    pub(super) const fn is_mailed(&self) -> bool {
        !matches!(self.state, IssueState::Changed { .. })
    }

    /// Whether it is or was a link, which somebody may hold.
    pub(super) const fn is_link(&self) -> bool {
        self.is_mailed() && !matches!(self.state, IssueState::Told { .. })
    }

    pub(super) fn is_live(&self) -> bool {
        self.state == IssueState::Live
    }

    /// Whether a password was set with it, or it was revoked.
    pub(super) fn is_ended(&self) -> bool {
        matches!(self.state, IssueState::Redeemed { .. } | IssueState::Revoked { .. })
    }
}

impl Ledger {
    /// The ledger of an account that never asked for a link, at revision 0.
    #[must_use]
    pub const fn new(selector: Selector) -> Self {
        Self { selector, revision: 0, code: None, wrong_codes: None, issues: Vec::new() }
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

    /// The newest issue, of whatever kind.
    #[must_use]
    pub fn newest(&self) -> Option<&Issue> {
        self.issues.last()
    }

    /// How many wrong codes were typed since a password was last set: `0 ..= 20`.
    #[must_use]
    pub fn wrong_codes(&self) -> u8 {
        self.wrong_codes.map_or(0, |wrong| wrong.count)
    }

    /// The time from which the ledger may be purged: seven days after its last link expires, and
    /// 30 days after the last wrong code. Until then the holder of a dead link is told why it is
    /// dead, and no wrong code is forgotten.
    #[must_use]
    pub fn forgettable_at(&self) -> UtcDateTime {
        let links = self.issues.iter().map(Issue::expires_at).max();
        let links = links.map_or(UtcDateTime::MIN, |last| last.saturating_add(KEPT_AFTER_EXPIRY));
        let wrong = self.wrong_codes.map(|wrong| wrong.last_at);
        links.max(wrong.map_or(links, |last| last.saturating_add(KEPT_AFTER_WRONG_CODE)))
    }

    /// The same in whole unix seconds, rounded up: what a store keeps and purges by.
    #[must_use]
    pub fn forgettable_second(&self) -> i64 {
        let at = self.forgettable_at();
        at.unix_timestamp().saturating_add(i64::from(at.nanosecond() > 0))
    }

    /// Whether this stored ledger proves that the change from `before` to `after` took effect,
    /// whatever was changed since: it has each digest that the change issued, and each state that
    /// the change entered. It is how a change whose commit reported an error is looked for.
    ///
    /// `before` is `None` where the account had no ledger. A count of wrong codes is never proved,
    /// since somebody else's wrong code makes the same count.
    #[must_use]
    pub fn proves(&self, before: Option<&Self>, after: &Self) -> bool {
        let find = |ledger: &Self, of: &Issue| {
            ledger.issues.iter().find(|issue| issue.digest == of.digest).cloned()
        };
        let was_changed = |issue: &&Issue| {
            let was = before.and_then(|before| find(before, issue));
            was.is_none_or(|was| {
                (was.is_live() && issue.is_ended()) || was.exchanged != issue.exchanged
            })
        };
        let is_stored = |issue: &Issue| {
            find(self, issue).is_some_and(|stored| {
                let has_its_token =
                    issue.exchanged.is_none() || stored.exchanged == issue.exchanged;
                stored == *issue || (!issue.is_ended() && has_its_token)
            })
        };
        let mut changed = after.issues.iter().filter(was_changed).peekable();
        self.selector == after.selector
            && self.revision >= after.revision
            && changed.peek().is_some()
            && changed.all(is_stored)
    }

    /// Whether a password was set since `earlier`, with a link or without.
    pub(crate) fn has_new_password_since(&self, earlier: Option<&Self>) -> bool {
        let sets_one = |i: &&Issue| {
            matches!(i.state, IssueState::Redeemed { .. } | IssueState::Changed { .. })
        };
        let is_new = |issue| earlier.is_none_or(|earlier| !earlier.issues.contains(issue));
        self.issues.iter().filter(sets_one).any(is_new)
    }

    /// Whether the account has a good invitation.
    pub(crate) fn invites(&self, binding: &Binding, now: UtcDateTime) -> bool {
        let mut invitations = self.links_of(IssueKind::Invitation);
        invitations.any(|invitation| invitation.judge(binding, now).is_ok())
    }

    /// The links of a kind, newest first.
    pub(super) fn links_of(&self, kind: IssueKind) -> impl Iterator<Item = &Issue> {
        self.issues.iter().rev().filter(move |issue| issue.kind == kind && issue.is_link())
    }

    /// The live link for recovery, which a code is of.
    pub(super) fn live_recovery(&self) -> Option<&Issue> {
        self.links_of(IssueKind::Recovery).next().filter(|newest| newest.is_live())
    }

    /// The next ledger: a copy with the revision raised and the issues changed. A code ends with
    /// whatever changes its link.
    pub(super) fn next(
        &self,
        change: impl FnOnce(&mut Vec<Issue>),
    ) -> Result<Self, RevisionExhausted> {
        let mut next = self.clone();
        next.revision = self.revision.checked_add(1).ok_or(RevisionExhausted)?;
        change(&mut next.issues);
        if next.code.is_some() && next.live_recovery() != self.live_recovery() {
            next.code = None;
        }
        Ok(next)
    }

    /// The next ledger with one more issue. If the issue is live, it supersedes the live one of
    /// its kind.
    pub(super) fn with_issue(&self, issue: Issue) -> Result<Self, RevisionExhausted> {
        self.next(|issues| {
            let is_older = |other: &&mut Issue| other.is_live() && other.kind == issue.kind;
            if issue.is_live()
                && let Some(older) = issues.iter_mut().find(is_older)
            {
                older.state = IssueState::Superseded { at: issue.issued_at };
            }
            if issues.len() >= MAX_ISSUES {
                // First a change, which the throttle does not count; but not the newest, which a
                // look may be for.
                let older = issues.split_last().map_or(&[][..], |(_, older)| older);
                let change = older.iter().position(|other| !other.is_mailed());
                // Two are live at most, one of each kind, so that there is one which is not.
                let dead = || issues.iter().position(|other| !other.is_live());
                issues.remove(change.or_else(dead).unwrap_or(0));
            }
            issues.push(issue);
        })
    }
}

/// The ledger has seen 2⁶³ − 1 changes and takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's revision has reached its end")]
pub struct RevisionExhausted;
