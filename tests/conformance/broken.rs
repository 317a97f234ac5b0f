//! Each of the usual mistakes, and the property that it breaks.

use password_reset::conformance::{self, Fixture};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Ledger, Selector};
use std::collections::HashMap;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard};
use time::UtcDateTime;

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    NoCompare,
    CompareWithoutSelector,
    CompareWithoutAddress,
    CompareWithoutStamp,
    HashWrittenOutside,
    SessionsEndedOnEveryCommit,
    SessionsNeverEnded,
    TakenSelectorOverwritten,
    DeletedAccountRevived,
    SelectorOutlivesItsLedger,
    EffectAnsweredAsConflict,
}

#[derive(Clone, Default)]
struct Row {
    address: String,
    hash: String,
    sessions: usize,
    ledger: Option<Ledger>,
    first_selector: Option<Selector>,
}

struct Careless {
    mistake: Mistake,
    rows: Mutex<HashMap<u64, Row>>,
}

impl Careless {
    fn rows(&self) -> MutexGuard<'_, HashMap<u64, Row>> {
        self.rows.lock().unwrap()
    }

    fn find(&self, wanted: impl Fn(&Row) -> bool) -> Option<Account<u64>> {
        let rows = self.rows();
        let (id, row) = rows.iter().find(|(_, row)| wanted(row))?;
        let ledger = row.ledger.as_ref().map(Ledger::encode);
        Some(Account::new(*id, row.address.as_str(), row.hash.as_bytes(), ledger))
    }
}

impl Store for Careless {
    type AccountId = u64;
    type Error = Infallible;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Infallible> {
        Ok(self.find(|row| row.address == login))
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<u64>>, Infallible> {
        let outlives = self.mistake == Mistake::SelectorOutlivesItsLedger;
        Ok(self.find(|row| {
            row.ledger.as_ref().is_some_and(|ledger| ledger.selector() == selector)
                || (outlives && row.first_selector == Some(*selector))
        }))
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Infallible> {
        let unless = |mistake| self.mistake != mistake;
        let mut rows = self.rows();
        if self.mistake == Mistake::DeletedAccountRevived {
            rows.entry(*change.account_id()).or_insert_with(|| Row {
                address: change.address().to_owned(),
                hash: String::from_utf8(change.stamp().to_vec()).unwrap(),
                ..Row::default()
            });
        }
        let selectors: Vec<_> =
            rows.values().filter_map(|row| row.ledger.as_ref()).map(|l| *l.selector()).collect();
        let Some(row) = rows.get_mut(change.account_id()) else { return Ok(Commit::Conflict) };
        if let (Mistake::HashWrittenOutside, Some(hash)) = (self.mistake, change.password_hash()) {
            hash.clone_into(&mut row.hash);
        }
        let conflict = match &row.ledger {
            Some(ledger) => {
                ledger.revision() != change.expected_revision()
                    || (ledger.selector() != change.selector()
                        && unless(Mistake::CompareWithoutSelector))
            }
            None => {
                change.expected_revision() != 0
                    || (selectors.contains(change.selector())
                        && unless(Mistake::TakenSelectorOverwritten))
            }
        } || (row.address != change.address()
            && unless(Mistake::CompareWithoutAddress))
            || (row.hash.as_bytes() != change.stamp()
                && unless(Mistake::CompareWithoutStamp)
                && unless(Mistake::HashWrittenOutside));
        if conflict && unless(Mistake::NoCompare) {
            return Ok(Commit::Conflict);
        }
        row.ledger = Some(change.ledger().clone());
        row.first_selector.get_or_insert(*change.selector());
        let redeems = change.password_hash().inspect(|hash| (*hash).clone_into(&mut row.hash));
        if (redeems.is_some() && unless(Mistake::SessionsNeverEnded))
            || self.mistake == Mistake::SessionsEndedOnEveryCommit
        {
            row.sessions = 0;
        }
        Ok(Commit::from(unless(Mistake::EffectAnsweredAsConflict)))
    }
}

impl Fixture for Careless {
    type Store = Self;

    fn store(&self) -> &Self {
        self
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> u64 {
        let id = getrandom::u64().unwrap();
        let row = Row { address: address.into(), hash: password_hash.into(), ..Row::default() };
        self.rows().insert(id, row);
        id
    }

    async fn delete_account(&self, id: &u64) {
        self.rows().remove(id).unwrap();
    }

    async fn set_address(&self, id: &u64, address: &str) {
        address.clone_into(&mut self.rows().get_mut(id).unwrap().address);
    }

    async fn set_password_hash(&self, id: &u64, password_hash: &str) {
        password_hash.clone_into(&mut self.rows().get_mut(id).unwrap().hash);
    }

    async fn password_hash(&self, id: &u64) -> String {
        self.rows()[id].hash.clone()
    }

    async fn add_session(&self, id: &u64) {
        self.rows().get_mut(id).unwrap().sessions += 1;
    }

    async fn sessions(&self, id: &u64) -> Option<usize> {
        Some(self.rows()[id].sessions)
    }

    async fn purge(&self, now: UtcDateTime) {
        for row in self.rows().values_mut() {
            row.ledger.take_if(|ledger| ledger.forgettable_at() <= now);
        }
    }
}

/// What the suite says of a store with this mistake.
fn verdict(mistake: Mistake) -> Result<(), String> {
    let suite = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = Careless { mistake, rows: Mutex::default() };
        runtime.block_on(conformance::run(&store));
    };
    std::panic::catch_unwind(AssertUnwindSafe(suite)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap()
    })
}

#[track_caller]
fn assert_caught(mistake: Mistake, sentence: &str) {
    let verdict = verdict(mistake).unwrap_err();
    assert!(verdict.contains(sentence), "caught, but for another reason: {verdict}");
}

#[test]
fn without_a_mistake_the_store_conforms() {
    verdict(Mistake::None).unwrap();
}

#[test]
fn a_store_that_does_not_compare_is_caught() {
    assert_caught(Mistake::NoCompare, "a stale revision");
}

#[test]
fn a_store_that_compares_without_the_selector_is_caught() {
    assert_caught(Mistake::CompareWithoutSelector, "another ledger at the same revision");
}

#[test]
fn a_store_that_compares_without_the_address_is_caught() {
    assert_caught(Mistake::CompareWithoutAddress, "a changed address");
}

#[test]
fn a_store_that_compares_without_the_stamp_is_caught() {
    assert_caught(Mistake::CompareWithoutStamp, "changed by another path");
}

#[test]
fn a_store_that_writes_the_hash_outside_is_caught() {
    assert_caught(Mistake::HashWrittenOutside, "the password");
}

#[test]
fn a_store_that_ends_sessions_on_every_commit_is_caught() {
    assert_caught(Mistake::SessionsEndedOnEveryCommit, "the sessions");
}

#[test]
fn a_store_that_never_ends_sessions_is_caught() {
    assert_caught(Mistake::SessionsNeverEnded, "no session is left");
}

#[test]
fn a_store_that_lets_two_ledgers_share_a_selector_is_caught() {
    assert_caught(Mistake::TakenSelectorOverwritten, "a taken selector");
}

#[test]
fn a_store_that_revives_a_deleted_account_is_caught() {
    assert_caught(Mistake::DeletedAccountRevived, "a deleted account");
}

#[test]
fn a_store_that_answers_conflict_where_it_wrote_is_caught() {
    assert_caught(Mistake::EffectAnsweredAsConflict, "answered as a conflict");
}

#[test]
fn a_store_whose_selector_outlives_its_ledger_is_caught() {
    assert_caught(Mistake::SelectorOutlivesItsLedger, "a forgotten ledger's selector");
}
