//! The port to the host's accounts.

use crate::token::{Binding, Ledger, Selector};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug};

/// Where accounts and their ledgers are kept.
///
/// Implement it with plain `async fn`s. A store decides nothing: it finds, and it
/// swaps a ledger for the next one. Run it through the `conformance` suite.
///
/// # Contract
///
/// - A login names at most one account: where two match, `find_by_login` is an error.
/// - Both finds give `None` for an account that does not exist, was deleted, or may
///   not reset its password.
/// - The bytes of the ledger, the address and the stamp come back as they are stored,
///   unchanged to the byte, and from one moment.
/// - [`commit`](Self::commit) is one atomic step, as written there.
/// - What is stored survives a crash once `commit` has answered.
pub trait Store: Send + Sync {
    /// The host's name for an account.
    type AccountId: Debug + Send + Sync;

    /// The store's own error: it could not answer.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Finds the account that signs in with `login`, which is what a visitor typed:
    /// at most 1024 bytes, without NUL, otherwise anything.
    fn find_by_login(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Finds the account whose stored ledger has this selector.
    fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Swaps an account's ledger for the next one if nobody else did meanwhile.
    ///
    /// In one atomic step: if the account still exists and may reset, with the same
    /// address and stamp, and its stored ledger still has the expected revision and
    /// the same selector (at revision 0: it has no ledger, and the selector is
    /// nobody else's), store the next ledger; and where the change carries a password
    /// hash, and only then, write the hash and end the account's sessions.
    ///
    /// If any of this does not hold, or a row to be written is missing, nothing is
    /// written and the answer is [`Commit::Conflict`]. An error leaves open whether
    /// the change took effect; the service may then ask for the same change again.
    fn commit(
        &self,
        change: &Change<'_, Self::AccountId>,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
}

/// An account as its store has it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account<Id> {
    /// The host's name for it.
    pub id: Id,
    /// The *stored* email address: the only one that mail goes to.
    pub address: String,
    /// The host's bytes that change whenever the credentials do: the password hash,
    /// or a counter. They bind links; they are never shown or mailed.
    pub stamp: Vec<u8>,
    /// The encoded ledger, where there is one.
    pub ledger: Option<Vec<u8>>,
}

impl<Id> Account<Id> {
    /// An account as read from storage.
    pub fn new(
        id: Id,
        address: impl Into<String>,
        stamp: impl Into<Vec<u8>>,
        ledger: Option<Vec<u8>>,
    ) -> Self {
        Self { id, address: address.into(), stamp: stamp.into(), ledger }
    }

    /// What a link that is issued to this account is bound to.
    #[must_use]
    pub fn binding(&self) -> Binding {
        Binding::new(&self.address, &self.stamp)
    }
}

impl<Id: Debug> Debug for Account<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A swap that a store is asked to [commit](Store::commit): what it expects to find,
/// and what to write.
pub struct Change<'a, Id> {
    account: &'a Account<Id>,
    expected_revision: i64,
    ledger: &'a Ledger,
    password_hash: Option<&'a str>,
}

impl<'a, Id> Change<'a, Id> {
    /// From the account as it was found and its ledger as it was decoded, if there
    /// was one, to the next ledger and, for a redemption, the new password hash.
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

    /// The account to change.
    #[must_use]
    pub fn account_id(&self) -> &'a Id {
        &self.account.id
    }

    /// The address that the account must still have.
    #[must_use]
    pub fn address(&self) -> &'a str {
        &self.account.address
    }

    /// The stamp that the account must still have.
    #[must_use]
    pub fn stamp(&self) -> &'a [u8] {
        &self.account.stamp
    }

    /// The selector that the stored ledger must have, and the next one has too.
    #[must_use]
    pub fn selector(&self) -> &'a Selector {
        self.ledger.selector()
    }

    /// The revision that the stored ledger must have; 0 means: there is none.
    #[must_use]
    pub const fn expected_revision(&self) -> i64 {
        self.expected_revision
    }

    /// The ledger to store: its [encoding](Ledger::encode), its selector and
    /// revision to compare with later, and when it may be
    /// [forgotten](Ledger::forgettable_at).
    #[must_use]
    pub const fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// For a redemption, and only then, the hash to write; the account's sessions
    /// end in the same step.
    #[must_use]
    pub const fn password_hash(&self) -> Option<&'a str> {
        self.password_hash
    }
}

impl<Id: Debug> Debug for Change<'_, Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("account_id", &self.account.id)
            .field("expected_revision", &self.expected_revision)
            .field("redeems", &self.password_hash.is_some())
            .finish_non_exhaustive()
    }
}

/// What became of a [`Change`]. There is no third answer, so matching is exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All of it is stored.
    Committed,
    /// Something was not as expected, and nothing is stored.
    Conflict,
}

impl From<bool> for Commit {
    /// Whether the guarded write found its row.
    fn from(written: bool) -> Self {
        if written { Self::Committed } else { Self::Conflict }
    }
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<S: Store + ?Sized> Store for $pointer {
            type AccountId = S::AccountId;
            type Error = S::Error;

            async fn find_by_login(
                &self,
                login: &str,
            ) -> Result<Option<Account<S::AccountId>>, S::Error> {
                S::find_by_login(self, login).await
            }

            async fn find_by_selector(
                &self,
                selector: &Selector,
            ) -> Result<Option<Account<S::AccountId>>, S::Error> {
                S::find_by_selector(self, selector).await
            }

            async fn commit(&self, change: &Change<'_, S::AccountId>) -> Result<Commit, S::Error> {
                S::commit(self, change).await
            }
        }
    };
}

forward!(&S);
forward!(Arc<S>);
forward!(Box<S>);
