//! The suite on a store with conflicts, lost answers and delays, as on a server.

use crate::support::faulty::FaultyStore;
use password_reset::conformance::{self, Fixture, Id};
use time::UtcDateTime;

struct Faulty<'a, F: Fixture> {
    fixture: &'a F,
    store: FaultyStore<&'a F::Store>,
}

/// What a fixture around another `fixture` leaves as it is: all but the store and the sign-ins.
macro_rules! as_the_host {
    ($fixture:ident) => {
        async fn add_account(&self, address: &str, password_hash: &str) -> Id<$fixture> {
            self.fixture.add_account(address, password_hash).await
        }

        async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
            self.fixture.add_namesake(address, password_hash).await
        }

        async fn delete_account(&self, id: &Id<$fixture>) {
            self.fixture.delete_account(id).await;
        }

        async fn set_disabled(&self, id: &Id<$fixture>, disabled: bool) -> bool {
            self.fixture.set_disabled(id, disabled).await
        }

        async fn set_address(&self, id: &Id<$fixture>, address: &str) {
            self.fixture.set_address(id, address).await;
        }

        async fn set_password_hash(&self, id: &Id<$fixture>, password_hash: &str) {
            self.fixture.set_password_hash(id, password_hash).await;
        }

        async fn password_hash(&self, id: &Id<$fixture>) -> String {
            self.fixture.password_hash(id).await
        }

        async fn sessions(&self, id: &Id<$fixture>) -> Option<usize> {
            self.fixture.sessions(id).await
        }

        async fn purge(&self, now: UtcDateTime) {
            self.fixture.purge(now).await;
        }
    };
}
pub(crate) use as_the_host;

impl<'a, F: Fixture> Fixture for Faulty<'a, F> {
    type Store = FaultyStore<&'a F::Store>;

    fn store(&self) -> &Self::Store {
        &self.store
    }

    as_the_host!(F);

    async fn sign_in(&self, id: &Id<F>, verified: &str) -> bool {
        self.fixture.sign_in(id, verified).await
    }
}

/// Runs the suite with the faults of one seed after the other.
pub(crate) async fn assert_conforms_behind_faults<F: Fixture>(
    fixture: &F,
    seeds: impl IntoIterator<Item = u64>,
) {
    for seed in seeds {
        let faulty = Faulty { fixture, store: FaultyStore::new(fixture.store(), seed) };
        conformance::run(&faulty).await;
        let injected = faulty.store.injected();
        assert_eq!(injected.len(), 4, "each fault was injected: {injected:?}");
    }
}
