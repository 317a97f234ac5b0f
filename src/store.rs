//! The port to the host's accounts.

use crate::token::{Binding, Issue, IssueState, Ledger, Selector};
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
/// - All finds return `None` for an account that does not exist, was deleted, or may
///   not reset its password. A host that stores addresses before they are verified returns
///   `None` for those as well.
/// - The bytes of the ledger, the address and the stamp come back as they are stored,
///   unchanged to the byte, and from one moment.
/// - The text of an error holds no address, no login and no password hash.
/// - [`commit`](Self::commit) is one atomic step, as written there.
/// - A `commit` may be dropped at any await. Afterwards all of it has happened or nothing, and no
///   transaction is left open.
/// - What is stored survives a crash once `commit` has answered.
///
/// The purge is yours: from [`Ledger::forgettable_second`] on, delete the selector, the revision and
/// the ledger together.
///
/// ```
/// use password_reset::store::{Account, Change, Commit, Store};
/// use password_reset::token::Selector;
/// use std::convert::Infallible;
/// use std::sync::Mutex;
///
/// /// One account in memory; the row that a database would have.
/// struct Single(Mutex<Row>);
///
/// struct Row {
///     address: String,
///     password_hash: String,
///     /// The selector, the revision and the bytes.
///     ledger: Option<(Selector, i64, Vec<u8>)>,
/// }
///
/// impl Single {
///     fn find(&self, fits: impl FnOnce(&Row) -> bool) -> Result<Option<Account<u8>>, Infallible> {
///         let row = self.0.lock().unwrap();
///         let ledger = row.ledger.as_ref().map(|(_, _, bytes)| bytes.clone());
///         let stamp = row.password_hash.as_bytes();
///         Ok(fits(&row).then(|| Account::new(1, row.address.as_str(), stamp, ledger)))
///     }
/// }
///
/// impl Store for Single {
///     type AccountId = u8;
///     type Error = Infallible;
///
///     async fn find_by_login(&self, login: &str) -> Result<Option<Account<u8>>, Infallible> {
///         self.find(|row| row.address == login)
///     }
///     async fn find_by_id(&self, id: &u8) -> Result<Option<Account<u8>>, Infallible> {
///         self.find(|_| *id == 1)
///     }
///     async fn find_by_selector(&self, s: &Selector) -> Result<Option<Account<u8>>, Infallible> {
///         self.find(|row| row.ledger.as_ref().is_some_and(|(selector, ..)| selector == s))
///     }
///     async fn commit(&self, change: &Change<'_, u8>) -> Result<Commit, Infallible> {
///         // Compared and written under one lock: one atomic step.
///         let mut row = self.0.lock().unwrap();
///         let fits = row.ledger.as_ref().is_none_or(|(selector, ..)| selector == change.selector());
///         if *change.account_id() != 1
///             || row.address != change.address()
///             || row.password_hash.as_bytes() != change.stamp()
///             || row.ledger.as_ref().map_or(0, |(_, revision, _)| *revision)
///                 != change.expected_revision()
///             || !fits
///         {
///             return Ok(Commit::Conflict);
///         }
///         let next = change.ledger();
///         row.ledger = Some((*next.selector(), next.revision(), next.encode()));
///         if let Some(hash) = change.password_hash() {
///             row.password_hash = hash.to_owned(); // And end the account's sessions.
///         }
///         Ok(Commit::from(true))
///     }
/// }
/// ```
pub trait Store: Send + Sync {
    /// The host's name for an account. Events and the `Debug` of accounts print it, so do not choose
    /// an address or a login.
    type AccountId: Debug + Send + Sync;

    /// The store's own error: it could not answer.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Finds the account that signs in with `login`, which is what a visitor typed:
    /// 1 to 1024 bytes, without NUL and without white space at its ends, otherwise anything.
    fn find_by_login(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Finds the account with this id, for a host that has no login to ask by.
    fn find_by_id(
        &self,
        id: &Self::AccountId,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Finds the account whose stored ledger has this selector.
    fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Swaps an account's ledger for the next one, if nothing has changed since it was found.
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
    ///
    /// Where these are several statements of a transaction, write the password first, with the
    /// stamp in its condition, and compare the rest behind the lock that it takes: a comparison
    /// that was made before the row was locked may no longer hold when the row is written.
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
    /// The host's bytes that change with every credential of the account, an added passkey or
    /// social login too, and with nothing else: the password hash, or a counter. They bind
    /// links; they are never shown or mailed.
    ///
    /// A stamp that also moves when somebody signs in, such as a "last seen" time, kills the link
    /// of its owner, and a stamp that anybody can move lets strangers kill links. An empty one
    /// leaves a link good although the password was changed by another path.
    pub stamp: Vec<u8>,
    /// Whether the account has a password. The stamp does not tell: it may be empty although
    /// there is a password, and it may not be although there is none.
    ///
    /// What becomes of a request for an account without a password, the host
    /// [chooses](crate::service::FirstPassword).
    pub has_password: bool,
    /// Whether its holder must pass a second factor before a new password is set. A commit without
    /// the host's word that it was passed is a
    /// [fault](crate::service::Fault::SecondFactorMissing).
    ///
    /// NIST SP 800-63B-4, section 4.2.2.2, asks for it where an account has one: a mailbox alone must
    /// not be enough. A factor that is added while a password that was accepted is being hashed
    /// comes too late for it, unless the stamp changes with the factor.
    pub needs_second_factor: bool,
    /// The encoded ledger, where there is one.
    pub ledger: Option<Vec<u8>>,
}

impl<Id> Account<Id> {
    /// An account with a password that needs no second factor, as read from storage. For others,
    /// set [`has_password`](Self::has_password) or
    /// [`needs_second_factor`](Self::needs_second_factor).
    pub fn new(
        id: Id,
        address: impl Into<String>,
        stamp: impl Into<Vec<u8>>,
        ledger: Option<Vec<u8>>,
    ) -> Self {
        Self {
            id,
            address: address.into(),
            stamp: stamp.into(),
            has_password: true,
            needs_second_factor: false,
            ledger,
        }
    }

    /// What a link that is issued to this account is bound to: the address, the stamp, and whether
    /// there is a password.
    #[must_use]
    pub fn binding(&self) -> Binding {
        let bind = if self.has_password { Binding::new } else { Binding::without_password };
        bind(&self.address, &self.stamp)
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
    /// revision to compare with later, and the second from which it may be
    /// [forgotten](Ledger::forgettable_second).
    #[must_use]
    pub const fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    /// For a new password, and only then, the hash to write; the account's sessions
    /// end in the same step.
    #[must_use]
    pub const fn password_hash(&self) -> Option<&'a str> {
        self.password_hash
    }

    /// Whether a link sets this password: its holder can read the account's mail. Otherwise somebody
    /// who is signed in changes it.
    #[must_use]
    pub fn is_by_link(&self) -> bool {
        let newest = self.ledger.newest().map(Issue::state);
        self.password_hash.is_some() && !matches!(newest, Some(IssueState::Changed { .. }))
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

/// What became of a [`Change`]. There is no third answer, so matching is exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Commit {
    /// All of it is stored.
    Committed {
        /// The number of sessions that the change ended, for a store that counts them.
        ended_sessions: Option<u64>,
    },
    /// Something was not as expected, and nothing is stored.
    Conflict,
}

impl Commit {
    /// Whether all of the change is stored.
    #[must_use]
    pub const fn is_committed(self) -> bool {
        matches!(self, Self::Committed { .. })
    }
}

impl From<bool> for Commit {
    /// Whether the guarded write found its row. Ended sessions are not counted.
    fn from(written: bool) -> Self {
        if written { Self::Committed { ended_sessions: None } } else { Self::Conflict }
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

            async fn find_by_id(
                &self,
                id: &S::AccountId,
            ) -> Result<Option<Account<S::AccountId>>, S::Error> {
                S::find_by_id(self, id).await
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
