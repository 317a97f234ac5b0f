//! A store that does what a server's may: conflicts without a reason, commits whose answer
//! is lost, before or after they took effect, and delays. Its finds are delayed only.

use password_reset::conformance::{self, Fixture, Id};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use std::collections::BTreeMap;
use std::sync::Mutex;
use time::UtcDateTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Conflict,
    ErrorBefore,
    ErrorAfter,
    Delay,
}

/// Decides from a seed what happens next, and counts what happened.
struct Faults {
    state: u64,
    injected: BTreeMap<Fault, u32>,
}

impl Faults {
    fn new(seed: u64) -> Self {
        Self { state: seed, injected: BTreeMap::new() }
    }

    /// A step of a linear congruential generator, of which the upper bits are good.
    fn next(&mut self) -> Option<Fault> {
        self.state = self.state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        match self.state >> 60 {
            0 | 1 => Some(Fault::Conflict),
            2 | 3 => Some(Fault::ErrorBefore),
            4 | 5 => Some(Fault::ErrorAfter),
            6..=9 => Some(Fault::Delay),
            _ => None,
        }
    }

    fn count(&mut self, fault: Fault) {
        *self.injected.entry(fault).or_default() += 1;
    }
}

#[derive(Debug, thiserror::Error)]
enum FaultyError<E: std::error::Error + 'static> {
    #[error("the answer was lost")]
    Lost,
    #[error(transparent)]
    Store(#[from] E),
}

struct Faulty<'a, F: Fixture> {
    fixture: &'a F,
    store: FaultyStore<'a, F::Store>,
}

struct FaultyStore<'a, S> {
    store: &'a S,
    faults: Mutex<Faults>,
}

impl<S: Store> FaultyStore<'_, S> {
    fn next(&self) -> Option<Fault> {
        self.faults.lock().unwrap().next()
    }

    fn count(&self, fault: Fault) {
        self.faults.lock().unwrap().count(fault);
    }

    async fn sometimes_delay(&self) {
        if self.next() == Some(Fault::Delay) {
            self.delay().await;
        }
    }

    async fn delay(&self) {
        self.count(Fault::Delay);
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }
}

impl<S: Store> Store for FaultyStore<'_, S> {
    type AccountId = S::AccountId;
    type Error = FaultyError<S::Error>;

    async fn find_by_login(
        &self,
        login: &str,
    ) -> Result<Option<Account<S::AccountId>>, Self::Error> {
        self.sometimes_delay().await;
        let found = self.store.find_by_login(login).await?;
        self.sometimes_delay().await;
        Ok(found)
    }

    async fn find_by_id(
        &self,
        id: &S::AccountId,
    ) -> Result<Option<Account<S::AccountId>>, Self::Error> {
        self.sometimes_delay().await;
        let found = self.store.find_by_id(id).await?;
        self.sometimes_delay().await;
        Ok(found)
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<S::AccountId>>, Self::Error> {
        self.sometimes_delay().await;
        let found = self.store.find_by_selector(selector).await?;
        self.sometimes_delay().await;
        Ok(found)
    }

    async fn commit(&self, change: &Change<'_, S::AccountId>) -> Result<Commit, Self::Error> {
        let fault = self.next();
        match fault {
            Some(Fault::Conflict) => {
                self.count(Fault::Conflict);
                return Ok(Commit::Conflict);
            }
            Some(Fault::ErrorBefore) => {
                self.count(Fault::ErrorBefore);
                return Err(FaultyError::Lost);
            }
            Some(Fault::Delay) => self.delay().await,
            _ => {}
        }
        let answer = self.store.commit(change).await?;
        self.sometimes_delay().await;
        if fault == Some(Fault::ErrorAfter) {
            if answer.is_committed() {
                self.count(Fault::ErrorAfter);
            }
            return Err(FaultyError::Lost);
        }
        Ok(answer)
    }
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
    type Store = FaultyStore<'a, F::Store>;

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
        let store = FaultyStore { store: fixture.store(), faults: Mutex::new(Faults::new(seed)) };
        let faulty = Faulty { fixture, store };
        conformance::run(&faulty).await;
        let injected = faulty.store.faults.into_inner().unwrap().injected;
        assert_eq!(injected.len(), 4, "each fault was injected: {injected:?}");
    }
}
