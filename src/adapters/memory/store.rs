//! The store in memory.

use super::sync::RwLock;
use super::{read, write};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{DecodeError, Ledger, Selector};
use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::UtcDateTime;

/// A store that keeps accounts with their passwords, sessions and ledgers in memory.
///
/// The login is the address, compared without regard to the case of ASCII letters. Mail goes to the
/// address as it is stored. The stamp is the password hash.
///
/// ```
/// use password_reset::adapters::memory::MemoryStore;
///
/// let store = MemoryStore::new();
/// let alice = store.add_account("alice@example.com", "her hash")?;
/// assert!(store.add_account("Alice@example.com", "another hash").is_err());
///
/// // Your sign-in verified the password against this hash.
/// let verified = store.password_hash(alice).ok_or("no account")?;
/// assert!(store.sign_in(alice, &verified));
/// assert_eq!(store.sessions(alice), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore(RwLock<Accounts>);

#[derive(Default)]
struct Accounts {
    last_id: u64,
    rows: HashMap<u64, Row>,
    by_login: HashMap<String, u64>,
    by_selector: BTreeMap<Selector, u64>,
    by_forgettable: BTreeSet<(UtcDateTime, u64)>,
}

struct Row {
    address: String,
    password_hash: String,
    /// A `u32`, so that it and the two flags together take the room of one `usize`.
    sessions: u32,
    is_disabled: bool,
    needs_second_factor: bool,
    /// The encoded ledger. Its selector and its revision are decoded from it: beside it, they would
    /// take a quarter more memory.
    ledger: Option<Box<[u8]>>,
}

impl Row {
    fn ledger(&self) -> Option<Result<Ledger, DecodeError>> {
        self.ledger.as_deref().map(Ledger::decode)
    }
}

/// Another account already has that address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another account already has that address")]
pub struct AddressTaken;

impl MemoryStore {
    /// Returns a store without accounts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account and returns its id. An account with an empty hash has no password.
    ///
    /// # Errors
    /// Fails if another account already has that address.
    pub fn add_account(&self, address: &str, password_hash: &str) -> Result<u64, AddressTaken> {
        let mut accounts = write(&self.0);
        let login = login_of(address);
        if accounts.by_login.contains_key(&login) {
            return Err(AddressTaken);
        }
        accounts.last_id += 1;
        let id = accounts.last_id;
        accounts.by_login.insert(login, id);
        let row = Row {
            address: address.to_owned(),
            password_hash: password_hash.to_owned(),
            sessions: 0,
            is_disabled: false,
            needs_second_factor: false,
            ledger: None,
        };
        accounts.rows.insert(id, row);
        Ok(id)
    }

    /// Deletes an account with its ledger and its sessions. Returns `false` if it does not exist.
    pub fn delete_account(&self, id: u64) -> bool {
        let mut accounts = write(&self.0);
        accounts.forget(id);
        let row = accounts.rows.remove(&id);
        row.is_some_and(|row| accounts.by_login.remove(&login_of(&row.address)).is_some())
    }

    /// Disables an account, or enables it again. Returns `false` if it does not exist.
    ///
    /// While an account is disabled, it may not reset its password: no find returns it, and no
    /// change of its ledger is committed.
    pub fn set_disabled(&self, id: u64, disabled: bool) -> bool {
        let mut accounts = write(&self.0);
        accounts.rows.get_mut(&id).map(|row| row.is_disabled = disabled).is_some()
    }

    /// Changes an account's address. Returns `Ok(false)` if the account does not exist.
    ///
    /// # Errors
    /// Fails if another account already has that address.
    pub fn set_address(&self, id: u64, address: &str) -> Result<bool, AddressTaken> {
        let mut accounts = write(&self.0);
        let login = login_of(address);
        if accounts.by_login.get(&login).is_some_and(|owner| *owner != id) {
            return Err(AddressTaken);
        }
        let Some(row) = accounts.rows.get_mut(&id) else { return Ok(false) };
        let old = core::mem::replace(&mut row.address, address.to_owned());
        accounts.by_login.remove(&login_of(&old));
        accounts.by_login.insert(login, id);
        Ok(true)
    }

    /// Sets whether an account [needs a second factor](Account::needs_second_factor). Returns
    /// `false` if the account does not exist.
    pub fn set_needs_second_factor(&self, id: u64, needs: bool) -> bool {
        let mut accounts = write(&self.0);
        accounts.rows.get_mut(&id).map(|row| row.needs_second_factor = needs).is_some()
    }

    /// Changes a password without this crate. Returns `false` if the account does not exist.
    pub fn set_password_hash(&self, id: u64, password_hash: &str) -> bool {
        let mut accounts = write(&self.0);
        let row = accounts.rows.get_mut(&id);
        row.map(|row| password_hash.clone_into(&mut row.password_hash)).is_some()
    }

    /// Returns the stored password hash, or `None` if the account does not exist.
    #[must_use]
    pub fn password_hash(&self, id: u64) -> Option<String> {
        read(&self.0).rows.get(&id).map(|row| row.password_hash.clone())
    }

    /// Adds a session to an account whose password was verified against the hash `verified`.
    /// Returns `false`, and adds none, if the account no longer has that hash.
    pub fn sign_in(&self, id: u64, verified: &str) -> bool {
        let mut accounts = write(&self.0);
        let row = accounts.rows.get_mut(&id).filter(|row| row.password_hash == verified);
        row.map(|row| row.sessions += 1).is_some()
    }

    /// Returns how many sessions an account has.
    #[must_use]
    pub fn sessions(&self, id: u64) -> usize {
        read(&self.0).rows.get(&id).map_or(0, |row| row.sessions as usize)
    }

    /// Returns the account's encoded ledger, as it is stored.
    #[must_use]
    pub fn ledger(&self, id: u64) -> Option<Vec<u8>> {
        read(&self.0).rows.get(&id)?.ledger.as_deref().map(<[u8]>::to_vec)
    }

    /// Deletes the ledgers that are [forgettable](Ledger::forgettable_at) at `now`, and returns how
    /// many.
    pub fn purge(&self, now: UtcDateTime) -> usize {
        let mut accounts = write(&self.0);
        let mut purged = 0;
        while accounts.by_forgettable.first().is_some_and(|(time, _)| *time <= now) {
            if let Some((_, id)) = accounts.by_forgettable.pop_first() {
                accounts.forget(id);
                purged += 1;
            }
        }
        purged
    }
}

impl Accounts {
    fn account(&self, id: u64) -> Option<Account<u64>> {
        let row = self.rows.get(&id).filter(|row| !row.is_disabled)?;
        let ledger = row.ledger.as_deref().map(<[u8]>::to_vec);
        let stamp = row.password_hash.as_bytes();
        let mut account = Account::new(id, row.address.as_str(), stamp, ledger);
        account.has_password = !row.password_hash.is_empty();
        account.needs_second_factor = row.needs_second_factor;
        Some(account)
    }

    fn forget(&mut self, id: u64) {
        let Some(row) = self.rows.get_mut(&id) else { return };
        if let Some(Ok(ledger)) = row.ledger() {
            self.by_selector.remove(ledger.selector());
            self.by_forgettable.remove(&(ledger.forgettable_at(), id));
        }
        row.ledger = None;
    }

    /// Swaps the ledger for the change's. `bytes` is its encoded form.
    fn commit(&mut self, change: &Change<'_, u64>, bytes: Box<[u8]>) -> Commit {
        let (id, selector) = (*change.account_id(), *change.selector());
        let Some(row) = self.rows.get_mut(&id) else { return Commit::Conflict };
        let stored = row.ledger();
        let as_expected = !row.is_disabled
            && row.address == change.address()
            && row.password_hash.as_bytes() == change.stamp()
            && match &stored {
                Some(Ok(stored)) => {
                    *stored.selector() == selector
                        && stored.revision() == change.expected_revision()
                }
                Some(Err(_)) => false,
                None => {
                    change.expected_revision() == 0 && !self.by_selector.contains_key(&selector)
                }
            };
        if !as_expected {
            return Commit::Conflict;
        }

        match stored {
            Some(Ok(stored)) => drop(self.by_forgettable.remove(&(stored.forgettable_at(), id))),
            _ => drop(self.by_selector.insert(selector, id)),
        }
        self.by_forgettable.insert((change.ledger().forgettable_at(), id));
        row.ledger = Some(bytes);
        let ended_sessions = change.password_hash().map(|password_hash| {
            password_hash.clone_into(&mut row.password_hash);
            u64::from(core::mem::take(&mut row.sessions))
        });
        Commit::Committed { ended_sessions }
    }
}

impl core::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Accounts").field("count", &self.rows.len()).finish_non_exhaustive()
    }
}

fn login_of(address: &str) -> String {
    address.to_ascii_lowercase()
}

impl Store for MemoryStore {
    type AccountId = u64;
    type Error = Infallible;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Infallible> {
        let login = login_of(login);
        let accounts = read(&self.0);
        let id = accounts.by_login.get(&login);
        Ok(id.and_then(|id| accounts.account(*id)))
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Infallible> {
        Ok(read(&self.0).account(*id))
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<u64>>, Infallible> {
        let accounts = read(&self.0);
        let id = accounts.by_selector.get(selector);
        Ok(id.and_then(|id| accounts.account(*id)))
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Infallible> {
        // Encoded before the lock is taken, since others wait for it.
        let bytes = change.ledger().encode().into();
        Ok(write(&self.0).commit(change, bytes))
    }
}
