//! A test-suite for anybody's [`Store`]: its contract, one function per property.
//!
//! Enable the feature `conformance` among your dev-dependencies. Implement [`Fixture`] for your store and call [`run`] in a test, on the database that you run.
//! Each property is also a function of its own, so that you can look at a failure alone. It
//! panics with a sentence where the store breaks its contract.
//!
//! The properties add accounts with addresses of their own at `example.com` and leave them there,
//! so give them a database for tests. Runs at once on one database do not disturb each other, in one program or in several. Every
//! purge is as of September 2001, so that no other ledgers are forgotten.
//!
//! A commit may answer with a conflict or an error now and then, as on a server; the suite
//! looks again and tries again. The finds must answer. A mistake that shows only in a race may
//! need several runs to fail.
//!
//! The suite sees what happens between two awaits of your store. It does not see steps that block
//! the thread, isolation levels other than those of your connections, or whether what is stored
//! survives a power cut.
//!
//! # Stability
//!
//! A minor release may add properties and make one stricter. A store that passed may then fail:
//! it had the mistake before. [`Fixture`] gains a required method only in a release that may
//! break your build, and the names of the properties change only there.
//!
//! # Example
//!
//! ```
//! use password_reset::adapters::memory::MemoryStore;
//! use password_reset::conformance::{self, Fixture};
//! use time::UtcDateTime;
//!
//! struct Memory(MemoryStore);
//!
//! impl Fixture for Memory {
//!     type Store = MemoryStore;
//!
//!     fn store(&self) -> &MemoryStore {
//!         &self.0
//!     }
//!     async fn add_account(&self, address: &str, password_hash: &str) -> u64 {
//!         self.0.add_account(address, password_hash).unwrap()
//!     }
//!     async fn add_namesake(&self, _: &str, _: &str) -> bool {
//!         false // An address belongs to one account.
//!     }
//!     async fn delete_account(&self, id: &u64) {
//!         assert!(self.0.delete_account(*id));
//!     }
//!     async fn set_disabled(&self, id: &u64, disabled: bool) -> bool {
//!         self.0.set_disabled(*id, disabled)
//!     }
//!     async fn set_address(&self, id: &u64, address: &str) {
//!         assert!(self.0.set_address(*id, address).unwrap());
//!     }
//!     async fn set_password_hash(&self, id: &u64, password_hash: &str) {
//!         assert!(self.0.set_password_hash(*id, password_hash));
//!     }
//!     async fn password_hash(&self, id: &u64) -> String {
//!         self.0.password_hash(*id).unwrap()
//!     }
//!     async fn sign_in(&self, id: &u64, verified: &str) -> bool {
//!         self.0.sign_in(*id, verified)
//!     }
//!     async fn sessions(&self, id: &u64) -> Option<usize> {
//!         Some(self.0.sessions(*id))
//!     }
//!     async fn purge(&self, now: UtcDateTime) {
//!         self.0.purge(now);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! conformance::run(&Memory(MemoryStore::new())).await;
//! # }
//! ```
#![allow(clippy::expect_used, clippy::panic, reason = "a test-suite reports by panicking")]

mod case;
mod codes;
mod commit;
mod compare;
mod find;
mod flow;
mod moment;
mod redemption;
mod sign_in;

pub use commit::*;
pub use compare::*;
pub use find::*;
pub use flow::*;
pub use moment::*;
pub use sign_in::*;

use crate::store::Store;
use time::UtcDateTime;

/// A store with what surrounds it: its accounts, their passwords and sessions.
///
/// # Contract
///
/// - The accounts sign in with their address, and their stamp is or changes with the
///   password hash.
/// - Each method takes effect before it is ready, as another part of the host would do
///   it, past the [`Store`]. It panics where it cannot.
/// - Texts are stored as they are given. Some addresses have an accent or a space at an end; a
///   password hash has up to 128 characters, some of them spaces or not ASCII.
/// - The suite calls the methods also while a commit is under way. Where the database gives up
///   because of that (a deadlock, a serialization failure), the method tries again.
pub trait Fixture: Sync {
    /// The store under test.
    type Store: Store;

    /// The store under test.
    fn store(&self) -> &Self::Store;

    /// Adds an account that may reset its password.
    fn add_account(&self, address: &str, password_hash: &str) -> impl Future<Output = Id<Self>>;

    /// Adds a second account that signs in with `address` as well, and returns `true`. Where the
    /// database lets no two accounts have one login, adds none and returns `false`.
    fn add_namesake(&self, address: &str, password_hash: &str) -> impl Future<Output = bool>;

    /// Deletes an account.
    fn delete_account(&self, id: &Id<Self>) -> impl Future<Output = ()>;

    /// Keeps an account from resetting its password, or lets it reset again, and returns `true`.
    /// Where the host has no accounts that may not reset, does nothing and returns `false`.
    fn set_disabled(&self, id: &Id<Self>, disabled: bool) -> impl Future<Output = bool>;

    /// Changes an account's address.
    fn set_address(&self, id: &Id<Self>, address: &str) -> impl Future<Output = ()>;

    /// Changes an account's password by another path than a reset.
    fn set_password_hash(&self, id: &Id<Self>, password_hash: &str) -> impl Future<Output = ()>;

    /// Reads an account's password hash.
    fn password_hash(&self, id: &Id<Self>) -> impl Future<Output = String>;

    /// Signs an account in whose password was verified against the hash `verified`: opens a
    /// session if the account still has that hash, and returns whether it does.
    ///
    /// The comparison and the session are one step, so that a redemption comes before both or
    /// after both. In SQL that is one statement, which also locks the account's row: see "Sign-ins and a
    /// reset at the same time" in [`guide::bring_your_own_store`](crate::guide::bring_your_own_store).
    ///
    /// Where the host has no sessions, does nothing and returns `true`.
    fn sign_in(&self, id: &Id<Self>, verified: &str) -> impl Future<Output = bool>;

    /// Counts an account's sessions; `None` where the host has no sessions.
    fn sessions(&self, id: &Id<Self>) -> impl Future<Output = Option<usize>>;

    /// Forgets the ledgers that are forgettable at `now`, but for those that another purge is
    /// about to forget.
    fn purge(&self, now: UtcDateTime) -> impl Future<Output = ()>;
}

/// The type of a fixture's account ids.
pub type Id<F> = <<F as Fixture>::Store as Store>::AccountId;

macro_rules! run {
    ($($property:ident),* $(,)?) => {
        /// Runs the store through every property, one after the other.
        ///
        /// # Panics
        /// Where the store breaks its contract.
        pub async fn run<F: Fixture>(fixture: &F) {
            $(Box::pin($property(fixture)).await;)*
        }
    };
}

run! {
    an_account_is_found_as_it_is_stored,
    an_unknown_login_or_selector_finds_nothing,
    a_ledger_comes_back_to_the_byte,
    the_longest_ledger_comes_back_to_the_byte,
    a_deleted_account_is_not_found,
    a_disabled_account_is_not_found,
    a_login_of_two_accounts_is_an_error,
    a_purge_forgets_only_what_is_forgettable,
    a_stale_revision_conflicts,
    a_second_first_ledger_conflicts,
    a_taken_selector_conflicts,
    another_ledger_at_the_same_revision_conflicts,
    a_changed_address_conflicts,
    an_address_is_compared_to_the_byte,
    a_changed_password_conflicts,
    a_stamp_is_compared_to_the_byte,
    a_deleted_account_conflicts,
    a_disabled_account_conflicts,
    a_redemption_changes_password_sessions_and_ledger,
    a_first_ledger_comes_with_a_password,
    a_password_hash_is_stored_to_the_byte,
    a_conflicting_redemption_changes_nothing,
    only_a_redemption_touches_password_and_sessions,
    only_the_own_account_is_changed,
    a_redemption_is_seen_whole_or_not_at_all,
    a_dropped_redemption_is_whole_or_nothing,
    a_find_is_of_one_moment,
    a_redemption_does_not_overtake_a_change,
    no_sign_in_with_the_old_password_outlives_a_redemption,
    of_many_redemptions_of_one_link_one_succeeds,
    of_many_requests_at_once_one_link_is_live,
    a_request_and_a_redemption_at_once_leave_one_order,
}
