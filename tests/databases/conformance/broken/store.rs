//! A store in memory that makes one mistake.

use password_reset::conformance::Fixture;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Issue, Ledger, Selector};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use time::{SignedDuration, UtcDateTime};
use tokio::task::yield_now;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mistake {
    None,
    NoCompare,
    CompareWithoutSelector,
    CompareWithoutAddress,
    CompareWithoutStamp,
    AddressAlike(Alike),
    StampAlike(Alike),
    HashWrittenOutside,
    HashCut,
    HashTrimmed,
    SessionsEndedOnEveryCommit,
    SessionsNeverEnded,
    SessionsOfAllEnded,
    TakenSelectorOverwritten,
    DeletedAccountRevived,
    DeletedAccountFoundById,
    SelectorOutlivesItsLedger,
    EffectAnsweredAsConflict,
    PurgesEverything,
    PurgesNothing,
    ForgettableRoundedDown,
    /// A column of its own, computed from what the ledger shows.
    ForgettableByTheLinks,
    /// A find that does not ask whether the account may reset.
    FindsDisabled(Find),
    /// A commit that does not ask it, with a password or without.
    CommitsDisabled {
        redemption: bool,
    },
    FirstOfTwoFound,
    LoginAsPattern,
    LedgerCut,
    FirstLedgerReplaces,
    FirstLedgerLosesPassword,
    FirstLedgerRefusesPassword,
    NoPasswordFound,
    LedgerlessById,
    AnyAccountById,
    Apart(Apart),
    /// A find that reads two parts of the account in two moments.
    Torn(Find, Torn),
}

/// What a careless comparison takes for the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Alike {
    Case,
    Accents,
    Decomposed,
    TrailingSpaces,
    LeadingSpaces,
    Beginning,
    End,
    LikePattern,
    PatternOfStored,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Find {
    Login,
    Selector,
    Id,
}

/// A commit in two steps, between which others come or the program ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Apart {
    PasswordAfterTheSwap,
    PasswordBeforeTheSwap,
    SessionsAfterTheCommit,
    SessionsBeforeTheSwap,
    /// A lock keeps others out; it does not keep the program from ending.
    PasswordAfterTheSwapUnderALock,
    /// An end undoes the first step; until then others see it.
    PasswordAfterTheSwapUndone,
    AddressBeforeTheLock,
    StampBeforeTheLock,
    DisabledBeforeTheLock,
    LedgerBeforeTheLock,
    EverythingBeforeTheLock,
    /// The sessions that it ends are those that it saw.
    SessionsBeforeTheLock,
}

/// The part that is of another moment than the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Torn {
    Ledger,
    Stamp,
    Address,
}

#[derive(Clone, Default)]
struct Row {
    address: String,
    hash: String,
    sessions: usize,
    disabled: bool,
    ledger: Option<Ledger>,
    first_selector: Option<Selector>,
}

pub(super) struct Careless {
    mistake: Mistake,
    rows: Mutex<BTreeMap<u64, Row>>,
    deleted: Mutex<BTreeMap<u64, Row>>,
    /// For the store that keeps others out.
    lock: tokio::sync::Mutex<()>,
}

#[derive(Debug, thiserror::Error)]
#[error("several accounts have this login")]
pub(super) struct SeveralAccounts;

impl Careless {
    pub(super) fn new(mistake: Mistake) -> Self {
        let (rows, deleted) = (Mutex::default(), Mutex::default());
        Self { mistake, rows, deleted, lock: tokio::sync::Mutex::default() }
    }

    fn makes(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<u64, Row>> {
        self.rows.lock().unwrap()
    }

    async fn locked(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.makes(Mistake::Apart(Apart::PasswordAfterTheSwapUnderALock)) {
            return Some(self.lock.lock().await);
        }
        None
    }

    async fn find(&self, find: Find, fits: impl Fn(u64, &Row) -> bool) -> Option<Account<u64>> {
        let _lock = self.locked().await;
        let finds_disabled = self.makes(Mistake::FindsDisabled(find));
        let found = |rows: &BTreeMap<u64, Row>| {
            let (id, row) = rows.iter().find(|(id, row)| fits(**id, row))?;
            (!row.disabled || finds_disabled).then(|| (*id, row.clone()))
        };
        let (id, mut row) = found(&self.rows())?;
        if let Mistake::Torn(torn, part) = self.mistake
            && torn == find
        {
            several_turns().await;
            if let Some(later) = self.rows().get(&id).cloned() {
                match part {
                    Torn::Ledger => row.ledger = later.ledger,
                    Torn::Stamp => row.hash = later.hash,
                    Torn::Address => row.address = later.address,
                }
            }
        }
        let mut ledger = row.ledger.as_ref().map(Ledger::encode);
        if let (Mistake::LedgerCut, Some(bytes)) = (self.mistake, &mut ledger) {
            // What version 2 of the encoding has at most.
            bytes.truncate(1654);
        }
        let mut account = Account::new(id, row.address, row.hash, ledger);
        account.has_password = !self.makes(Mistake::NoPasswordFound);
        Some(account)
    }

    /// Whether the stored account is the one that the change expects.
    fn is_expected(&self, rows: &BTreeMap<u64, Row>, change: &Change<'_, u64>) -> bool {
        let Some(row) = rows.get(change.account_id()) else { return false };
        let ignores_disabled =
            self.makes(Mistake::CommitsDisabled { redemption: change.password_hash().is_some() });
        let is_taken = rows
            .values()
            .filter_map(|row| row.ledger.as_ref())
            .any(|ledger| ledger.selector() == change.selector());
        let replaces = self.makes(Mistake::FirstLedgerReplaces);
        let fits = match &row.ledger {
            Some(_) if replaces && change.expected_revision() == 0 => true,
            Some(ledger) => {
                ledger.revision() == change.expected_revision()
                    && (ledger.selector() == change.selector()
                        || self.makes(Mistake::CompareWithoutSelector))
            }
            None => {
                change.expected_revision() == 0
                    && (!is_taken || self.makes(Mistake::TakenSelectorOverwritten))
            }
        };
        fits && (!row.disabled || ignores_disabled)
            && self.is_address(&row.address, change)
            && self.is_stamp(&row.hash, change)
    }

    fn is_address(&self, stored: &str, change: &Change<'_, u64>) -> bool {
        match self.mistake {
            Mistake::CompareWithoutAddress => true,
            Mistake::AddressAlike(alike) => alike.holds(stored, change.address()),
            _ => stored == change.address(),
        }
    }

    fn is_stamp(&self, stored: &str, change: &Change<'_, u64>) -> bool {
        let stamp = std::str::from_utf8(change.stamp()).unwrap();
        match self.mistake {
            Mistake::CompareWithoutStamp | Mistake::HashWrittenOutside => true,
            Mistake::StampAlike(alike) => alike.holds(stored, stamp),
            _ => stored == stamp,
        }
    }

    fn set_password(&self, row: &mut Row, hash: &str) {
        row.hash = match self.mistake {
            Mistake::HashCut => hash.chars().take(97).collect(),
            Mistake::HashTrimmed => hash.trim_end().to_owned(),
            _ => hash.to_owned(),
        };
    }

    /// The mistakes of a commit that takes two steps, of which the lock is given up in between.
    async fn commit_apart(&self, apart: Apart, change: &Change<'_, u64>) -> Commit {
        let _lock = self.locked().await;
        let (id, hash) = (*change.account_id(), change.password_hash());
        let before = {
            let mut rows = self.rows();
            if !self.is_expected(&rows, change) {
                return Commit::Conflict;
            }
            let row = rows.get_mut(&id).unwrap();
            let before = row.clone();
            match apart {
                Apart::PasswordBeforeTheSwap => {
                    hash.inspect(|hash| (*hash).clone_into(&mut row.hash));
                }
                Apart::SessionsBeforeTheSwap => row.sessions *= usize::from(hash.is_none()),
                Apart::AddressBeforeTheLock
                | Apart::StampBeforeTheLock
                | Apart::DisabledBeforeTheLock
                | Apart::LedgerBeforeTheLock
                | Apart::EverythingBeforeTheLock
                | Apart::SessionsBeforeTheLock => {}
                _ => row.ledger = Some(change.ledger().clone()),
            }
            if apart == Apart::SessionsAfterTheCommit {
                hash.inspect(|hash| (*hash).clone_into(&mut row.hash));
            }
            before
        };
        let undo = (apart == Apart::PasswordAfterTheSwapUndone).then(|| Undo {
            store: self,
            id,
            before: Some(before.clone()),
        });
        several_turns().await;
        undo.into_iter().for_each(Undo::forget);

        let mut rows = self.rows();
        let Some(row) = rows.get(&id) else { return Commit::Conflict };
        // The rest is compared once more, so that the ledger alone makes no difference.
        let mut seen = row.clone();
        let opened_later = row.sessions.saturating_sub(before.sessions);
        match apart {
            Apart::SessionsBeforeTheLock => {}
            Apart::AddressBeforeTheLock => seen.address = before.address,
            Apart::StampBeforeTheLock => seen.hash = before.hash,
            Apart::DisabledBeforeTheLock => seen.disabled = before.disabled,
            Apart::LedgerBeforeTheLock => seen.ledger = before.ledger,
            _ => seen = before,
        }
        let mut others = rows.clone();
        others.insert(id, seen);
        if !self.is_expected(&others, change) {
            return Commit::Conflict;
        }
        let row = rows.get_mut(&id).unwrap();
        self.write(row, change);
        if apart == Apart::SessionsBeforeTheLock {
            row.sessions += opened_later;
        }
        Commit::from(true)
    }

    fn write(&self, row: &mut Row, change: &Change<'_, u64>) {
        row.ledger = Some(change.ledger().clone());
        row.first_selector.get_or_insert(*change.selector());
        if self.makes(Mistake::FirstLedgerLosesPassword) && change.expected_revision() == 0 {
            return;
        }
        let redeems = change.password_hash().inspect(|hash| self.set_password(row, hash)).is_some();
        if (redeems && !self.makes(Mistake::SessionsNeverEnded))
            || self.makes(Mistake::SessionsEndedOnEveryCommit)
        {
            row.sessions = 0;
        }
    }
}

/// Puts a row back unless it is forgotten.
struct Undo<'a> {
    store: &'a Careless,
    id: u64,
    before: Option<Row>,
}

impl Undo<'_> {
    fn forget(mut self) {
        self.before = None;
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            self.store.rows().insert(self.id, before);
        }
    }
}

impl Alike {
    fn holds(self, stored: &str, expected: &str) -> bool {
        let plain = |text: &str| text.replace(['\u{eb}', '\u{308}'], "e").replace("ee", "e");
        match self {
            Self::Case => stored.to_lowercase() == expected.to_lowercase(),
            Self::Accents => plain(stored) == plain(expected),
            Self::Decomposed => {
                let composed = |text: &str| text.replace("e\u{308}", "\u{eb}");
                composed(stored) == composed(expected)
            }
            Self::TrailingSpaces => stored.trim_end() == expected.trim_end(),
            Self::LeadingSpaces => stored.trim_start() == expected.trim_start(),
            Self::Beginning => stored.chars().take(20).eq(expected.chars().take(20)),
            Self::End => stored.ends_with(expected),
            Self::LikePattern => stored.starts_with(expected),
            Self::PatternOfStored => expected.starts_with(stored),
        }
    }
}

/// Lets others do several things.
async fn several_turns() {
    for _ in 0..3 {
        yield_now().await;
    }
}

impl Store for Careless {
    type AccountId = u64;
    type Error = SeveralAccounts;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, SeveralAccounts> {
        let namesakes = self.rows().values().filter(|row| row.address == login).count();
        if namesakes > 1 && !self.makes(Mistake::FirstOfTwoFound) {
            return Err(SeveralAccounts);
        }
        let any = self.makes(Mistake::LoginAsPattern) && login == "%";
        Ok(self.find(Find::Login, |_, row| any || row.address == login).await)
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, SeveralAccounts> {
        if self.makes(Mistake::DeletedAccountFoundById)
            && let Some(row) = self.deleted.lock().unwrap().get(id)
        {
            return Ok(Some(Account::new(*id, row.address.as_str(), row.hash.as_str(), None)));
        }
        let any = self.makes(Mistake::AnyAccountById);
        let mut found = self.find(Find::Id, |of, _| any || of == *id).await;
        if self.makes(Mistake::LedgerlessById) {
            found.as_mut().map(|account| account.ledger.take());
        }
        Ok(found)
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<u64>>, SeveralAccounts> {
        let outlives = self.makes(Mistake::SelectorOutlivesItsLedger);
        let fits = |_: u64, row: &Row| {
            row.ledger.as_ref().is_some_and(|ledger| ledger.selector() == selector)
                || (outlives && row.first_selector == Some(*selector))
        };
        Ok(self.find(Find::Selector, fits).await)
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, SeveralAccounts> {
        if let Mistake::Apart(apart) = self.mistake {
            return Ok(self.commit_apart(apart, change).await);
        }
        let mut rows = self.rows();
        if self.makes(Mistake::DeletedAccountRevived) {
            rows.entry(*change.account_id()).or_insert_with(|| Row {
                address: change.address().to_owned(),
                hash: String::from_utf8(change.stamp().to_vec()).unwrap(),
                ..Row::default()
            });
        }
        if let (Mistake::HashWrittenOutside, Some(hash)) = (self.mistake, change.password_hash()) {
            rows.entry(*change.account_id()).and_modify(|row| hash.clone_into(&mut row.hash));
        }
        let refuses = self.makes(Mistake::FirstLedgerRefusesPassword)
            && change.expected_revision() == 0
            && change.password_hash().is_some();
        if refuses || (!self.is_expected(&rows, change) && !self.makes(Mistake::NoCompare)) {
            return Ok(Commit::Conflict);
        }
        let Some(row) = rows.get_mut(change.account_id()) else { return Ok(Commit::Conflict) };
        self.write(row, change);
        if self.makes(Mistake::SessionsOfAllEnded) && change.password_hash().is_some() {
            rows.values_mut().for_each(|row| row.sessions = 0);
        }
        Ok(Commit::from(!self.makes(Mistake::EffectAnsweredAsConflict)))
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

    async fn add_namesake(&self, address: &str, password_hash: &str) -> bool {
        self.add_account(address, password_hash).await;
        true
    }

    async fn delete_account(&self, id: &u64) {
        let row = self.rows().remove(id).unwrap();
        self.deleted.lock().unwrap().insert(*id, row);
    }

    async fn set_disabled(&self, id: &u64, disabled: bool) -> bool {
        let _lock = self.locked().await;
        self.rows().get_mut(id).unwrap().disabled = disabled;
        true
    }

    async fn set_address(&self, id: &u64, address: &str) {
        let _lock = self.locked().await;
        address.clone_into(&mut self.rows().get_mut(id).unwrap().address);
    }

    async fn set_password_hash(&self, id: &u64, password_hash: &str) {
        let _lock = self.locked().await;
        password_hash.clone_into(&mut self.rows().get_mut(id).unwrap().hash);
    }

    async fn password_hash(&self, id: &u64) -> String {
        let _lock = self.locked().await;
        self.rows()[id].hash.clone()
    }

    async fn sign_in(&self, id: &u64, verified: &str) -> bool {
        let _lock = self.locked().await;
        let mut rows = self.rows();
        let row = rows.get_mut(id).filter(|row| row.hash == verified);
        row.map(|row| row.sessions += 1).is_some()
    }

    async fn sessions(&self, id: &u64) -> Option<usize> {
        let _lock = self.locked().await;
        Some(self.rows()[id].sessions)
    }

    async fn purge(&self, now: UtcDateTime) {
        let is_over = |ledger: &mut Ledger| match self.mistake {
            Mistake::PurgesEverything => true,
            Mistake::PurgesNothing => false,
            Mistake::ForgettableRoundedDown => {
                ledger.forgettable_at().unix_timestamp() <= now.unix_timestamp()
            }
            Mistake::ForgettableByTheLinks => {
                let last = ledger.issues().iter().map(Issue::expires_at).max().unwrap();
                last + SignedDuration::days(7) <= now
            }
            _ => ledger.forgettable_at() <= now,
        };
        for row in self.rows().values_mut() {
            row.ledger.take_if(is_over);
        }
    }
}
