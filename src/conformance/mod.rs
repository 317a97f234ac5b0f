//! A test suite for your [`Store`]: its contract, with one function for each property.
//!
//! 1. Enable the feature `conformance` in your dev-dependencies.
//! 2. Implement [`Fixture`] for your store.
//! 3. Call [`run`] in a test, on the same kind of database as you run in production.
//!
//! If the store breaks its contract, the suite panics with a sentence that says how. Each property
//! is also a public function, so that you can run a failing one alone.
//!
//! The suite adds accounts with new addresses at `example.com` and leaves them there, so give it a
//! database for tests. Several runs on one database at once do not disturb each other, in one
//! program or in several. Every purge uses a time in September 2001, so it deletes no other
//! ledgers.
//!
//! A commit may return a conflict or an error now and then, as on a real server: the suite looks at
//! the account and retries. The finds must succeed. A mistake that shows only in a race may need
//! several runs to be found.
//!
//! The suite tests what happens between two awaits of your store. It does not test:
//!
//! - steps that block the thread,
//! - other isolation levels than those of your connections,
//! - whether stored data survives a power cut.
//!
//! # Stability
//!
//! A minor release may add properties, and may make a property stricter. A store that passed before
//! may then fail, because it had the mistake all along. Only a release that may break your build
//! adds a required method to [`Fixture`] or changes the names of properties.
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
#![allow(clippy::expect_used, clippy::panic, reason = "a test suite reports by panicking")]

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

/// Your store, and how a test changes the accounts, passwords and sessions around it.
///
/// The [module's documentation](self) has an example.
///
/// # Contract
///
/// - The accounts sign in with their address. Their stamp is the password hash, or changes with it.
/// - Each method does its work as another part of the host would, without the [`Store`]. The work
///   is done when its future is ready. If the work is impossible, the method panics.
/// - Texts are stored as they are given. Some addresses have an accent, or a space at an end. A
///   password hash has up to 128 characters, some of which are spaces or not ASCII.
/// - The suite also calls the methods while a commit is under way. If the database gives up because
///   of that (a deadlock, a serialization failure), the method retries.
pub trait Fixture: Sync {
    /// The type of the store under test.
    type Store: Store;

    /// Returns the store under test.
    fn store(&self) -> &Self::Store;

    /// Adds an account that may reset its password, and returns its id.
    fn add_account(&self, address: &str, password_hash: &str) -> impl Future<Output = Id<Self>>;

    /// Adds a second account that also signs in with `address`, and returns `true`. If the database
    /// does not let two accounts share a login, adds none and returns `false`.
    fn add_namesake(&self, address: &str, password_hash: &str) -> impl Future<Output = bool>;

    /// Deletes an account.
    fn delete_account(&self, id: &Id<Self>) -> impl Future<Output = ()>;

    /// Forbids an account to reset its password, or allows it again, and returns `true`. If the
    /// host has no accounts that may not reset, does nothing and returns `false`.
    fn set_disabled(&self, id: &Id<Self>, disabled: bool) -> impl Future<Output = bool>;

    /// Changes an account's address.
    fn set_address(&self, id: &Id<Self>, address: &str) -> impl Future<Output = ()>;

    /// Changes an account's password in another way than by a reset.
    fn set_password_hash(&self, id: &Id<Self>, password_hash: &str) -> impl Future<Output = ()>;

    /// Returns an account's stored password hash.
    fn password_hash(&self, id: &Id<Self>) -> impl Future<Output = String>;

    /// Opens a session for an account whose password was verified against the hash `verified`, if
    /// the account still has that hash. Returns whether it does.
    ///
    /// The comparison and the new session are one atomic step, so a redemption comes before both or
    /// after both. In SQL this is one statement that also locks the account's row: see "Sign-ins
    /// and a reset at the same time" in
    /// [`guide::bring_your_own_store`](crate::guide::bring_your_own_store).
    ///
    /// If the host has no sessions, does nothing and returns `true`.
    fn sign_in(&self, id: &Id<Self>, verified: &str) -> impl Future<Output = bool>;

    /// Returns the number of an account's sessions, or `None` if the host has no sessions.
    fn sessions(&self, id: &Id<Self>) -> impl Future<Output = Option<usize>>;

    /// Deletes the ledgers that may be forgotten at `now`. Ledgers that another purge is deleting
    /// may be skipped.
    fn purge(&self, now: UtcDateTime) -> impl Future<Output = ()>;
}

/// The type of a fixture's account ids.
pub type Id<F> = <<F as Fixture>::Store as Store>::AccountId;

macro_rules! run {
    ($($property:ident),* $(,)?) => {
        /// Runs every property on the store, one after the other.
        ///
        /// # Panics
        /// Panics if the store breaks its contract.
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
