//! The suite on the memory store.

use crate::conformance::behind_faults::assert_conforms_behind_faults;
use crate::conformance::interleavings::{Gates, assert_one_story};
use crate::conformance::side_by_side::run_a_pair_on_threads;
use password_reset::adapters::memory::{AddressTaken, MemoryStore};
use password_reset::conformance::{self, Fixture};
use time::UtcDateTime;

pub(crate) struct Memory(pub(crate) MemoryStore);

impl Fixture for Memory {
    type Store = MemoryStore;

    fn store(&self) -> &MemoryStore {
        &self.0
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> u64 {
        self.0.add_account(address, password_hash).unwrap()
    }

    async fn add_namesake(&self, _: &str, _: &str) -> bool {
        false // An address belongs to one account.
    }

    async fn delete_account(&self, id: &u64) {
        assert!(self.0.delete_account(*id));
    }

    async fn set_disabled(&self, id: &u64, disabled: bool) -> bool {
        assert!(self.0.set_disabled(*id, disabled));
        true
    }

    async fn set_address(&self, id: &u64, address: &str) {
        assert!(self.0.set_address(*id, address).unwrap());
    }

    async fn set_password_hash(&self, id: &u64, password_hash: &str) {
        assert!(self.0.set_password_hash(*id, password_hash));
    }

    async fn password_hash(&self, id: &u64) -> String {
        self.0.password_hash(*id).unwrap()
    }

    async fn sign_in(&self, id: &u64, verified: &str) -> bool {
        self.0.sign_in(*id, verified)
    }

    async fn sessions(&self, id: &u64) -> Option<usize> {
        Some(self.0.sessions(*id))
    }

    async fn purge(&self, now: UtcDateTime) {
        self.0.purge(now);
    }
}

#[tokio::test]
async fn the_memory_store_conforms() {
    conformance::run(&Memory(MemoryStore::new())).await;
}

#[test]
fn runs_at_once_on_the_memory_store_do_not_disturb_each_other() {
    let memory = Memory(MemoryStore::new());
    for _ in 0..60 {
        run_a_pair_on_threads(&memory);
    }
}

#[tokio::test]
async fn the_memory_store_conforms_behind_faults() {
    assert_conforms_behind_faults(&Memory(MemoryStore::new()), 0..32).await;
}

#[tokio::test]
async fn every_interleaving_on_the_memory_store_is_serializable() {
    assert_one_story(&Memory(MemoryStore::new()), Gates::BeforeAndAfter).await;
}

#[test]
fn an_address_belongs_to_one_account_in_whichever_case() {
    let store = MemoryStore::new();
    let alice = store.add_account("Alice@example.com", "hash").unwrap();
    assert_eq!(store.add_account("alice@EXAMPLE.com", "hash"), Err(AddressTaken));
    let bob = store.add_account("bob@example.com", "hash").unwrap();
    assert_eq!(store.set_address(bob, "ALICE@example.com"), Err(AddressTaken));
    assert_eq!(store.set_address(alice, "ALICE@example.com"), Ok(true));
    assert_eq!(store.set_address(bob + 1, "carol@example.com"), Ok(false));
    assert!(store.delete_account(alice));
    assert_eq!(store.set_address(bob, "alice@example.com"), Ok(true));
    assert!(store.add_account("bob@example.com", "hash").is_ok(), "given up by Bob");
}
