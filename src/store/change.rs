//! The swap that a store commits, and its result.

use super::Account;
use crate::token::{Issue, IssueState, Ledger, Selector};
use core::fmt::{self, Debug};

/// A swap for a store to [commit](super::Store::commit): what it must find, and what it writes.
///
/// The service makes the changes. The docs of [`Store`](super::Store) show how a store reads one.
pub struct Change<'a, Id> {
    account: &'a Account<Id>,
    expected_revision: i64,
    ledger: &'a Ledger,
    password_hash: Option<&'a str>,
}

impl<'a, Id> Change<'a, Id> {
    /// Returns the id of the account to change.
    #[must_use]
    pub fn account_id(&self) -> &'a Id {
        &self.account.id
    }

    /// Returns the address that the account must still have.
    #[must_use]
    pub fn address(&self) -> &'a str {
        &self.account.address
    }

    /// Returns the stamp that the account must still have.
    #[must_use]
    pub fn stamp(&self) -> &'a [u8] {
        &self.account.stamp
    }

    /// Returns the selector that the stored ledger must have. The next ledger has the same one.
    #[must_use]
    pub fn selector(&self) -> &'a Selector {
        self.ledger.selector()
    }

    /// Returns the revision that the stored ledger must have. 0 means that the account must have no
    /// ledger.
    #[must_use]
    pub const fn expected_revision(&self) -> i64 {
        self.expected_revision
    }

    /// Returns the ledger to store.
    ///
    /// Store its [encoding](Ledger::encode). Store its selector and its revision beside it, for the
    /// next comparison, and the [second](Ledger::forgettable_second) from which it may be purged.
    #[must_use]
    pub const fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// Returns the hash to write, if the change sets a password. End the account's sessions in the
    /// same step, and only then.
    #[must_use]
    pub const fn password_hash(&self) -> Option<&'a str> {
        self.password_hash
    }

    /// Returns whether the change sets a password with a link, whose holder can read the account's
    /// mail. Returns `false` if a signed-in user changes it, or if no password is set.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        let newest = self.ledger.newest().map(Issue::state);
        self.password_hash.is_some() && !matches!(newest, Some(IssueState::Changed { .. }))
    }

    /// Returns the change of `account`, as it was found, to the ledger `next`.
    ///
    /// `present` is the account's ledger as it was decoded, if it has one. `password_hash` is the
    /// hash of a new password, if the change sets one.
    #[must_use]
    pub fn new(
        account: &'a Account<Id>,
        present: Option<&Ledger>,
        next: &'a Ledger,
        password_hash: Option<&'a str>,
    ) -> Self {
        let expected_revision = present.map_or(0, Ledger::revision);
        Self { account, expected_revision, ledger: next, password_hash }
    }
}

impl<Id: Debug> Debug for Change<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("account_id", &self.account.id)
            .field("expected_revision", &self.expected_revision)
            .field("sets_password", &self.password_hash.is_some())
            .finish_non_exhaustive()
    }
}

/// The result of a [`Change`]. There is no third result, so you can match exhaustively.
///
/// ```
/// use password_reset::store::Commit;
///
/// let updated_rows = 1;
/// assert_eq!(Commit::from(updated_rows == 1), Commit::Committed { ended_sessions: None });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All of the change is stored.
    Committed {
        /// The number of sessions that the change ended, for a store that counts them.
        ended_sessions: Option<u64>,
    },
    /// Something was not as expected, and nothing is stored.
    Conflict,
}

impl Commit {
    /// Returns whether all of the change is stored.
    #[must_use]
    pub const fn is_committed(self) -> bool {
        matches!(self, Self::Committed { .. })
    }
}

impl From<bool> for Commit {
    /// Converts from whether the guarded write found its row. Ended sessions are not counted.
    fn from(written: bool) -> Self {
        if written { Self::Committed { ended_sessions: None } } else { Self::Conflict }
    }
}
