//! The port to the host's accounts: the trait that you implement, and the values that cross it.

mod account;
mod change;

pub use account::Account;
pub use change::{Change, Commit};

use crate::token::Selector;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt::Debug;

/// Keeps accounts and their ledgers.
///
/// Implement it with plain `async fn`s. A store decides nothing: it finds accounts, and it swaps a
/// ledger for the next one. Test your store with the `conformance` suite.
///
/// # Contract
///
/// - A login names at most one account. If two match, `find_by_login` returns an error.
/// - Every find returns `None` for an account that does not exist, was deleted, or may not reset
///   its password. If you store addresses before they are verified, return `None` for those as
///   well.
/// - The ledger, the address and the stamp are returned byte for byte as they are stored, and as
///   they were at one moment.
/// - The text of an error contains no address, no login and no password hash.
/// - [`commit`](Self::commit) is one atomic step, as described there.
/// - A `commit` may be dropped at any `await`. Afterwards either all of it has happened or nothing,
///   and no transaction is left open.
/// - Once `commit` has returned, what it stored survives a crash.
///
/// You also purge: from [`Ledger::forgettable_second`](crate::token::Ledger::forgettable_second)
/// on, delete the selector, the revision and the ledger together.
///
/// ```
/// use password_reset::store::{Account, Change, Commit, Store};
/// use password_reset::token::Selector;
/// use std::convert::Infallible;
/// use std::sync::Mutex;
///
/// /// One account in memory, as the row that a database would have.
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
///         // One atomic step: compared and written under the same lock.
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
    /// The type of your account ids. Events and the `Debug` output of accounts contain the id, so
    /// do not use an address or a login.
    type AccountId: Debug + Send + Sync;

    /// The store's own error.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Finds the account that signs in with `login`.
    ///
    /// The login is what a visitor typed: any text of 1 to 1024 bytes, without NUL and without
    /// white space at its ends.
    fn find_by_login(
        &self,
        login: &str,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Finds the account with this id.
    fn find_by_id(
        &self,
        id: &Self::AccountId,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Finds the account whose stored ledger has this selector.
    fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> impl Future<Output = Result<Option<Account<Self::AccountId>>, Self::Error>> + Send;

    /// Swaps an account's ledger for the next one, if nothing has changed since the account was
    /// found.
    ///
    /// In one atomic step, compare:
    ///
    /// - The account still exists and may reset its password.
    /// - Its address and its stamp are still those of the change.
    /// - Its stored ledger still has the expected revision and the same selector. If the expected
    ///   revision is 0, the account has no ledger, and no other account has the selector.
    ///
    /// If all of this holds, store the next ledger. If the change carries a password hash, and only
    /// then, also write the hash and end the account's sessions.
    ///
    /// If any of this does not hold, or if a row to be written is missing, write nothing and return
    /// [`Commit::Conflict`]. After an error, the change may or may not have taken effect. The
    /// service may then commit the same change again.
    ///
    /// If your commit is a transaction of several statements, write the password first, with the
    /// stamp in the condition. That locks the row. Compare the rest after it: a comparison that was
    /// made before the row was locked may no longer hold when the row is written.
    fn commit(
        &self,
        change: &Change<'_, Self::AccountId>,
    ) -> impl Future<Output = Result<Commit, Self::Error>> + Send;
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
