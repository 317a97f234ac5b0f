//! An account's ledger: its recent links, and the changes that lead to the next ledger.

use super::issue::{Issue, IssueKind, IssueState};
use super::{Binding, Selector, digest::Digest};
use alloc::vec::Vec;
use time::{SignedDuration, UtcDateTime};

/// The most issues that a ledger remembers.
pub(super) const MAX_ISSUES: usize = 16;

/// How long a ledger is kept after its last link expires. Until then the holder of a dead link
/// learns why it is dead.
pub(super) const KEPT_AFTER_EXPIRY: SignedDuration = SignedDuration::days(7);

/// How many wrong codes end a code.
pub(super) const MAX_WRONG: u8 = 5;

/// After this many wrong codes there are no new ones until a password is set.
pub(super) const MAX_WRONG_IN_ALL: u8 = 20;

/// How long a ledger is kept after a wrong code, so that a purge does not reset the count early.
const KEPT_AFTER_WRONG_CODE: SignedDuration = SignedDuration::days(30);

/// An account's most recent links and their states.
///
/// A ledger is a pure value. Every change returns the next ledger, whose revision is one higher,
/// and leaves this one as it was. The change takes effect only when your store swaps this ledger
/// for the next one. At most one issue of each [kind](IssueKind) is live.
///
/// [`encode`](Self::encode) and [`decode`](Self::decode) convert a ledger to the bytes that you
/// store and back:
///
/// ```
/// use password_reset::token::{Binding, Entropy, IssueState, Ledger, TokenIssuer};
/// use time::UtcDateTime;
///
/// # #[cfg(feature = "getrandom")] {
/// let account = Binding::new("alice@example.com", b"her password hash");
/// let now = UtcDateTime::UNIX_EPOCH;
/// let issued = TokenIssuer::default().issue(None, account, now, Entropy::from_system()?)?;
///
/// let stored: Vec<u8> = issued.ledger.encode();
/// let ledger = Ledger::decode(&stored)?;
/// assert_eq!(ledger, issued.ledger);
/// assert_eq!(ledger.revision(), 1);
/// assert_eq!(ledger.issues()[0].state(), IssueState::Live);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub(super) selector: Selector,
    pub(super) revision: i64,
    /// The code of the live link for recovery, if that link has one that was not exchanged.
    pub(super) code: Option<StoredCode>,
    /// The wrong codes since a password was last set; `None` if there were none.
    pub(super) wrong_codes: Option<WrongCodes>,
    /// Oldest first.
    pub(super) issues: Vec<Issue>,
}

/// A code at rest, under a key that is stored elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredCode {
    /// The first bytes of a digest of the key.
    pub(super) key: [u8; 4],
    pub(super) mac: Digest,
    /// How many wrong codes were typed in its place: less than [`MAX_WRONG`].
    pub(super) wrong: u8,
}

/// How many wrong codes were typed, and the time of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrongCodes {
    /// `1 ..=` [`MAX_WRONG_IN_ALL`].
    pub(super) count: u8,
    pub(super) last_at: UtcDateTime,
}

impl Ledger {
    /// Returns the empty ledger of an account that never requested a link, at revision 0.
    #[must_use]
    pub const fn new(selector: Selector) -> Self {
        Self { selector, revision: 0, code: None, wrong_codes: None, issues: Vec::new() }
    }

    /// Returns the public half of the account's tokens. It never changes within a ledger.
    #[must_use]
    pub const fn selector(&self) -> &Selector {
        &self.selector
    }

    /// Returns how many changes led to this ledger: `0 ..= i64::MAX`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// Returns the unix second from which a store may purge the ledger:
    /// [`forgettable_at`](Self::forgettable_at), rounded up. Store it beside the ledger.
    #[must_use]
    pub fn forgettable_second(&self) -> i64 {
        let at = self.forgettable_at();
        at.unix_timestamp().saturating_add(i64::from(at.nanosecond() > 0))
    }

    /// Returns the time from which the ledger may be purged: seven days after its last link
    /// expires and 30 days after the last wrong code, whichever is later.
    ///
    /// Until then the holder of a dead link learns why it is dead, and no wrong code is forgotten.
    #[must_use]
    pub fn forgettable_at(&self) -> UtcDateTime {
        let links = self.issues.iter().map(Issue::expires_at).max();
        let links = links.map_or(UtcDateTime::MIN, |last| last.saturating_add(KEPT_AFTER_EXPIRY));
        let wrong = self.wrong_codes.map(|wrong| wrong.last_at);
        links.max(wrong.map_or(links, |last| last.saturating_add(KEPT_AFTER_WRONG_CODE)))
    }

    /// Returns the most recent issues, at most 16, oldest first.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// Returns the newest issue of any kind.
    #[must_use]
    pub fn newest(&self) -> Option<&Issue> {
        self.issues.last()
    }

    /// Returns how many wrong codes were typed since a password was last set: `0 ..= 20`.
    #[must_use]
    pub fn wrong_codes(&self) -> u8 {
        self.wrong_codes.map_or(0, |wrong| wrong.count)
    }

    /// Returns whether this stored ledger proves that the change from `before` to `after` took
    /// effect. If a commit reported an error, load the ledger again and call this on it.
    ///
    /// It proves the change if it has every link that the change issued and every state that the
    /// change entered, whatever has changed since. `before` is `None` if the account had no
    /// ledger. A count of wrong codes is never proved, because somebody else's wrong code makes
    /// the same count.
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

    /// Whether a password was set since `earlier`, with or without a link.
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
        invitations.any(|invitation| invitation.check(binding, now).is_ok())
    }

    /// Returns the links of a kind, newest first.
    pub(super) fn links_of(&self, kind: IssueKind) -> impl Iterator<Item = &Issue> {
        self.issues.iter().rev().filter(move |issue| issue.kind == kind && issue.is_link())
    }

    /// Returns the live link for recovery, which is the link that a code belongs to.
    pub(super) fn live_recovery(&self) -> Option<&Issue> {
        self.links_of(IssueKind::Recovery).next().filter(|newest| newest.is_live())
    }

    /// Returns the next ledger: a copy with the revision raised and the issues changed. A change
    /// to the link of a code ends the code.
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

    /// Returns the next ledger with a change to its live link of this digest.
    pub(super) fn with_link(
        &self,
        digest: &Digest,
        change: impl FnMut(&mut Issue),
    ) -> Result<Self, RevisionExhausted> {
        self.next(|issues| {
            let is_it = |issue: &&mut Issue| issue.is_live() && issue.digest == *digest;
            issues.iter_mut().filter(is_it).for_each(change);
        })
    }

    /// Returns the next ledger with one more issue. If that is live, it supersedes the live issue
    /// of its kind.
    pub(super) fn with_issue(&self, issue: Issue) -> Result<Self, RevisionExhausted> {
        self.next(|issues| {
            let is_older = |other: &&mut Issue| other.is_live() && other.kind == issue.kind;
            if issue.is_live()
                && let Some(older) = issues.iter_mut().find(is_older)
            {
                older.state = IssueState::Superseded { at: issue.issued_at };
            }
            if issues.len() >= MAX_ISSUES {
                // Drop a password change first, which the throttle does not count, but not the
                // newest issue: `proves` may have to find it.
                let older = issues.split_last().map_or(&[][..], |(_, older)| older);
                let change = older.iter().position(|other| !other.is_mailed());
                // At most two are live, one of each kind, so there is always a dead one.
                let dead = || issues.iter().position(|other| !other.is_live());
                issues.remove(change.or_else(dead).unwrap_or(0));
            }
            issues.push(issue);
        })
    }
}

/// The ledger has had 2⁶³ − 1 changes and accepts no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's revision is at its maximum")]
pub struct RevisionExhausted;
