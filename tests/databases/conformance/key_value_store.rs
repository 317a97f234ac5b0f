use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;

/// What your key-value store offers: reads that return a version, and writes that succeed only
/// if the key still has that version. `None` means that the key does not exist.
trait KeyValue: Send + Sync {
    type Error: std::error::Error + Send + Sync + 'static;

    fn get(
        &self,
        key: &[u8],
    ) -> impl Future<Output = Result<Option<(u64, Vec<u8>)>, Self::Error>> + Send;

    /// Returns whether the value was written.
    fn put_if(
        &self,
        key: &[u8],
        version: Option<u64>,
        value: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// The value of an account, in the encoding of your other values.
struct User {
    address: String,
    password_hash: String,
    /// Whether the account may not reset its password.
    disabled: bool,
    session_epoch: u64,
    selector: Option<[u8; 12]>,
    revision: i64,
    ledger: Option<Vec<u8>>,
}

struct KeyValueStore<K>(K);

impl<K: KeyValue> KeyValueStore<K> {
    /// Returns the value of the account, with its version.
    async fn user(&self, id: &[u8]) -> Result<Option<(u64, User)>, K::Error> {
        let found = self.0.get(&[b"user/", id].concat()).await?;
        Ok(found.map(|(version, value)| (version, User::decode(&value))))
    }

    /// Returns the account with this id, if it may reset and `is_it` still holds for it.
    async fn find(
        &self,
        id: &[u8],
        is_it: impl Fn(&User) -> bool + Send,
    ) -> Result<Option<Account<Vec<u8>>>, K::Error> {
        let user = self.user(id).await?.map(|(_, user)| user);
        let user = user.filter(|user| !user.disabled && is_it(user));
        let id = id.to_owned();
        Ok(user.map(|user| Account::new(id, user.address, user.password_hash, user.ledger)))
    }

    /// Returns the account that a key leads to.
    async fn follow(
        &self,
        key: Vec<u8>,
        is_it: impl Fn(&User) -> bool + Send,
    ) -> Result<Option<Account<Vec<u8>>>, K::Error> {
        let Some((_, id)) = self.0.get(&key).await? else { return Ok(None) };
        self.find(&id, is_it).await
    }
}

impl<K: KeyValue> Store for KeyValueStore<K> {
    type AccountId = Vec<u8>;
    type Error = K::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<Vec<u8>>>, K::Error> {
        self.follow([b"login/", login.as_bytes()].concat(), |user| user.address == login).await
    }

    async fn find_by_id(&self, id: &Vec<u8>) -> Result<Option<Account<Vec<u8>>>, K::Error> {
        self.find(id, |_| true).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<Vec<u8>>>, K::Error> {
        let selector = selector.as_bytes();
        let key = [b"selector/", selector.as_slice()].concat();
        self.follow(key, |user| user.selector.as_ref() == Some(selector)).await
    }

    async fn commit(&self, change: &Change<'_, Vec<u8>>) -> Result<Commit, K::Error> {
        let (id, selector) = (change.account_id(), *change.selector().as_bytes());
        let Some((version, mut user)) = self.user(id).await? else { return Ok(Commit::Conflict) };
        let as_expected = !user.disabled
            && user.address == change.address()
            && user.password_hash.as_bytes() == change.stamp()
            && user.revision == change.expected_revision()
            && user.selector.is_none_or(|stored| stored == selector);
        if !as_expected {
            return Ok(Commit::Conflict);
        }
        if user.selector.is_none() {
            let key = [b"selector/", selector.as_slice()].concat();
            let is_ours = self.0.put_if(&key, None, id.clone()).await?
                || self.0.get(&key).await?.is_some_and(|(_, owner)| owner == *id);
            if !is_ours {
                return Ok(Commit::Conflict);
            }
        }
        user.selector = Some(selector);
        user.revision = change.ledger().revision();
        user.ledger = Some(change.ledger().encode());
        if let Some(password_hash) = change.password_hash() {
            user.password_hash = password_hash.to_owned();
            user.session_epoch += 1;
        }
        // Every other write of an account must compare the version too.
        let key = [b"user/", id.as_slice()].concat();
        Ok(Commit::from(self.0.put_if(&key, Some(version), user.encode()).await?))
    }
}
