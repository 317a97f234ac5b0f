//! The guide's store, over a map with compare-and-swap that lets other tasks go first each time.

use crate::conformance::side_by_side::run_a_pair;
use password_reset::conformance::{self, Fixture};
use password_reset::token::Ledger;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use time::UtcDateTime;

include!("key_value_store.rs");

impl User {
    fn encode(&self) -> Vec<u8> {
        let text = json!({
            "address": self.address,
            "password_hash": self.password_hash,
            "disabled": self.disabled,
            "session_epoch": self.session_epoch,
            "selector": self.selector,
            "revision": self.revision,
            "ledger": self.ledger,
        });
        text.to_string().into_bytes()
    }

    fn decode(value: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(value).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let bytes = |name: &str| -> Option<Vec<u8>> {
            let bytes = value[name].as_array()?.iter();
            Some(bytes.map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap()).collect())
        };
        Self {
            address: text("address"),
            password_hash: text("password_hash"),
            disabled: value["disabled"].as_bool().unwrap(),
            session_epoch: value["session_epoch"].as_u64().unwrap(),
            selector: bytes("selector").map(|bytes| bytes.try_into().unwrap()),
            revision: value["revision"].as_i64().unwrap(),
            ledger: bytes("ledger"),
        }
    }
}

type Entry = (u64, Vec<u8>);

#[derive(Default)]
struct Map {
    entries: Mutex<HashMap<Vec<u8>, Entry>>,
    versions: AtomicU64,
}

impl KeyValue for Map {
    type Error = Infallible;

    async fn get(&self, key: &[u8]) -> Result<Option<Entry>, Infallible> {
        give_way().await;
        Ok(self.entries.lock().unwrap().get(key).cloned())
    }

    async fn put_if(
        &self,
        key: &[u8],
        version: Option<u64>,
        value: Vec<u8>,
    ) -> Result<bool, Infallible> {
        give_way().await;
        let mut entries = self.entries.lock().unwrap();
        let is_expected = entries.get(key).map(|(version, _)| *version) == version;
        if is_expected {
            let version = self.versions.fetch_add(1, Ordering::Relaxed);
            entries.insert(key.to_owned(), (version, value));
        }
        Ok(is_expected)
    }
}

/// Lets others go first, not always as many, so that races end in every order.
async fn give_way() {
    for _ in 0..getrandom::u32().unwrap() % 4 {
        tokio::task::yield_now().await;
    }
}

#[derive(Default)]
struct Host {
    store: KeyValueStore<Map>,
    accounts: AtomicU64,
    /// Each with the epoch in which it was opened.
    sessions: Mutex<Vec<(Vec<u8>, u64)>>,
}

impl Default for KeyValueStore<Map> {
    fn default() -> Self {
        Self(Map::default())
    }
}

impl Host {
    async fn read(&self, id: &[u8]) -> User {
        self.store.user(id).await.unwrap().unwrap().1
    }

    /// Changes an account's value, and again where another write came first.
    async fn write(&self, id: &[u8], change: impl Fn(&mut User)) {
        assert!(self.write_if_there(id, change).await);
    }

    async fn write_if_there(&self, id: &[u8], change: impl Fn(&mut User)) -> bool {
        let key = [b"user/", id].concat();
        while let Some((version, mut user)) = self.store.user(id).await.unwrap() {
            change(&mut user);
            if self.store.0.put_if(&key, Some(version), user.encode()).await.unwrap() {
                return true;
            }
        }
        false
    }

    async fn lead(&self, address: &str, id: &[u8]) {
        let key = [b"login/", address.as_bytes()].concat();
        let present = self.store.0.get(&key).await.unwrap().map(|(version, _)| version);
        assert!(self.store.0.put_if(&key, present, id.to_owned()).await.unwrap());
    }
}

impl Fixture for Host {
    type Store = KeyValueStore<Map>;

    fn store(&self) -> &KeyValueStore<Map> {
        &self.store
    }

    async fn add_account(&self, address: &str, password_hash: &str) -> Vec<u8> {
        let id = self.accounts.fetch_add(1, Ordering::Relaxed).to_string().into_bytes();
        let user = User {
            address: address.to_owned(),
            password_hash: password_hash.to_owned(),
            disabled: false,
            session_epoch: 0,
            selector: None,
            revision: 0,
            ledger: None,
        };
        let key = [b"user/", id.as_slice()].concat();
        assert!(self.store.0.put_if(&key, None, user.encode()).await.unwrap());
        self.lead(address, &id).await;
        id
    }

    async fn add_namesake(&self, _: &str, _: &str) -> bool {
        false // A login is a key.
    }

    async fn delete_account(&self, id: &Vec<u8>) {
        let key = [b"user/", id.as_slice()].concat();
        assert!(self.store.0.entries.lock().unwrap().remove(&key).is_some());
    }

    async fn set_disabled(&self, id: &Vec<u8>, disabled: bool) -> bool {
        self.write(id, |user| user.disabled = disabled).await;
        true
    }

    async fn set_address(&self, id: &Vec<u8>, address: &str) {
        self.lead(address, id).await;
        self.write(id, |user| address.clone_into(&mut user.address)).await;
    }

    async fn set_password_hash(&self, id: &Vec<u8>, password_hash: &str) {
        self.write(id, |user| password_hash.clone_into(&mut user.password_hash)).await;
    }

    async fn password_hash(&self, id: &Vec<u8>) -> String {
        self.read(id).await.password_hash
    }

    async fn sign_in(&self, id: &Vec<u8>, verified: &str) -> bool {
        // The epoch that was read with the hash.
        let User { password_hash, session_epoch, .. } = self.read(id).await;
        let is_right = password_hash == verified;
        if is_right {
            self.sessions.lock().unwrap().push((id.clone(), session_epoch));
        }
        is_right
    }

    async fn sessions(&self, id: &Vec<u8>) -> Option<usize> {
        let open = (id.clone(), self.read(id).await.session_epoch);
        Some(self.sessions.lock().unwrap().iter().filter(|session| **session == open).count())
    }

    async fn purge(&self, now: UtcDateTime) {
        for number in 0..self.accounts.load(Ordering::Relaxed) {
            let id = number.to_string().into_bytes();
            let forget = |user: &mut User| {
                let ledger = user.ledger.as_deref().map(|bytes| Ledger::decode(bytes).unwrap());
                if ledger.is_some_and(|ledger| ledger.forgettable_at() <= now) {
                    (user.selector, user.revision, user.ledger) = (None, 0, None);
                }
            };
            self.write_if_there(&id, forget).await;
        }
    }
}

#[tokio::test]
async fn runs_at_once_on_the_store_of_the_guide_do_not_disturb_each_other() {
    run_a_pair(&Host::default()).await;
}

#[tokio::test]
async fn the_store_of_the_guide_on_a_key_value_store_conforms() {
    conformance::run(&Host::default()).await;
}
