//! A store with a server's faults: baseless conflicts, lost answers and delays.
//!
//! Its finds are only delayed.

use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
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
pub(crate) enum FaultyError<E: std::error::Error + 'static> {
    #[error("the answer was lost")]
    Lost,
    #[error(transparent)]
    Store(#[from] E),
}

pub(crate) struct FaultyStore<S> {
    store: S,
    faults: Mutex<Faults>,
}

impl<S: Store> FaultyStore<S> {
    pub(crate) fn new(store: S, seed: u64) -> Self {
        Self { store, faults: Mutex::new(Faults::new(seed)) }
    }

    /// How often each fault happened.
    pub(crate) fn injected(&self) -> BTreeMap<Fault, u32> {
        self.faults.lock().unwrap().injected.clone()
    }

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

impl<S: Store> Store for FaultyStore<S> {
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
