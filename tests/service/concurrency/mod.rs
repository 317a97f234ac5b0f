//! Many tasks at once, on the stores of one process.

#[cfg(feature = "codes")]
mod typed;

use crate::support::ports::TestStore;
use crate::support::races::{
    Fixture, after_32_requests_at_once_exactly_one_mailed_link_lives,
    issuing_against_redeeming_leaves_one_story, of_32_requests_at_once_the_throttle_lets_one_pass,
    of_64_redemptions_of_one_token_exactly_one_wins,
};
use crate::support::world::{ALICE, OLD_HASH};
use password_reset::adapters::memory::MemoryStore;
use std::sync::Arc;

#[derive(Clone)]
struct Memory(Arc<MemoryStore>, u64);

impl Fixture for Memory {
    type Store = MemoryStore;

    async fn new() -> Self {
        let store = MemoryStore::new();
        let alice = store.add_account(ALICE, OLD_HASH).unwrap();
        assert!(store.sign_in(alice, OLD_HASH));
        Self(Arc::new(store), alice)
    }

    fn store(&self) -> Arc<MemoryStore> {
        self.0.clone()
    }

    async fn alice(&self) -> (String, usize) {
        (self.0.password_hash(self.1).unwrap(), self.0.sessions(self.1))
    }
}

/// The memory store with a wait around each call, at which the tasks take turns.
#[derive(Clone)]
struct TakingTurns(Arc<TestStore>, u64);

impl Fixture for TakingTurns {
    type Store = TestStore;

    async fn new() -> Self {
        let store = TestStore::default();
        let alice = store.memory.add_account(ALICE, OLD_HASH).unwrap();
        assert!(store.memory.sign_in(alice, OLD_HASH));
        Self(Arc::new(store), alice)
    }

    fn store(&self) -> Arc<TestStore> {
        self.0.clone()
    }

    async fn alice(&self) -> (String, usize) {
        (self.0.memory.password_hash(self.1).unwrap(), self.0.memory.sessions(self.1))
    }
}

macro_rules! on {
    ($($store:ident: $fixture:path, $times:literal times;)*) => {
        $(mod $store {
            on! { $fixture, $times,
                of_64_redemptions_of_one_token_exactly_one_wins
                after_32_requests_at_once_exactly_one_mailed_link_lives
                of_32_requests_at_once_the_throttle_lets_one_pass
                issuing_against_redeeming_leaves_one_story
            }
        })*
    };
    ($fixture:path, $times:literal, $($property:ident)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $property() {
            for _ in 0..$times {
                super::$property(<$fixture as crate::support::races::Fixture>::new().await).await;
            }
        })*
    };
}

on! {
    memory: super::Memory, 8 times;
    taking_turns: super::TakingTurns, 8 times;
}
