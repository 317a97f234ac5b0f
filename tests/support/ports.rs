//! The memory store and an outbox that fail, or let others in, as a test says.

use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::mailer::{Mailer, Message};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Ledger, Selector};
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// The names of the ports' functions, in the order in which they were called.
pub(crate) type Calls = Arc<Mutex<Vec<&'static str>>>;

/// What happens to the accounts during a call.
pub(crate) type Others = Box<dyn FnOnce(&MemoryStore) + Send>;

pub(crate) enum OnFind {
    Pass,
    Fail,
    /// As for an account that may not reset.
    Hide,
    /// The ledger's bytes, spoiled.
    Bytes(Vec<u8>),
}

pub(crate) enum OnCommit {
    FailBefore,
    /// Where it took effect.
    FailAfter,
    /// It takes effect, others act, and the answer is an error.
    FailAfterAnd(Others),
    /// The answer is an error, and it takes effect when the next commit begins.
    FailAndHappenLater,
    /// Nothing takes effect, others act, and the answer is an error.
    FailBeforeAnd(Others),
    /// The answer is a conflict although nothing changed, and what is under way stays so.
    Conflict,
    /// Others act first.
    After(Others),
}

pub(crate) enum OnSend {
    Refuse,
    DeliverAndFail,
}

/// What an account's stamp is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Stamps {
    /// The password's hash.
    #[default]
    Hash,
    /// Nothing, whatever changes.
    Empty,
    /// A number that counts the changes of its credentials.
    Counter,
}

/// What the memory store does not keep of an account.
#[derive(Clone, Copy, Default)]
struct Credentials {
    changes: u64,
    has_second_factor: bool,
}

/// A port could not answer.
#[derive(Debug, thiserror::Error)]
#[error("the port is down")]
pub(crate) struct Down;

/// Ready when polled for the second time.
#[derive(Default)]
struct Turn(bool);

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Each call waits once before and once after it takes effect.
#[derive(Default)]
pub(crate) struct TestStore {
    pub(crate) memory: MemoryStore,
    pub(crate) calls: Calls,
    stamps: Stamps,
    credentials: Mutex<BTreeMap<u64, Credentials>>,
    finds: Mutex<VecDeque<OnFind>>,
    commits: Mutex<VecDeque<OnCommit>>,
    under_way: Mutex<Option<UnderWay>>,
}

/// A change whose answer came before its effect.
struct UnderWay {
    account: Account<u64>,
    present: Option<Ledger>,
    next: Ledger,
    password_hash: Option<String>,
}

impl TestStore {
    pub(crate) fn with(stamps: Stamps) -> Self {
        Self { stamps, ..Self::default() }
    }

    /// Another password by another path, which a counter counts.
    pub(crate) fn set_password(&self, id: u64, hash: &str) {
        assert!(self.memory.set_password_hash(id, hash));
        self.credentials.lock().unwrap().entry(id).or_default().changes += 1;
    }

    /// A second factor that is added or removed, which a counter counts.
    pub(crate) fn set_second_factor(&self, id: u64, is_needed: bool) {
        let mut credentials = self.credentials.lock().unwrap();
        let credentials = credentials.entry(id).or_default();
        credentials.has_second_factor = is_needed;
        credentials.changes += 1;
    }

    fn credentials(&self, id: u64) -> Credentials {
        self.credentials.lock().unwrap().get(&id).copied().unwrap_or_default()
    }

    /// The stamp of an account, which the memory store has this one of.
    pub(crate) fn stamp(&self, id: u64, hash: &[u8]) -> Vec<u8> {
        match self.stamps {
            Stamps::Hash => hash.to_vec(),
            Stamps::Empty => Vec::new(),
            Stamps::Counter => self.credentials(id).changes.to_string().into_bytes(),
        }
    }

    fn present(&self, id: u64) -> Option<Ledger> {
        self.memory.ledger(id).map(|bytes| Ledger::decode(&bytes).unwrap())
    }

    /// Has the memory store make the change, whose stamp is the hash.
    async fn take_effect(&self, change: &Change<'_, u64>) -> Commit {
        let id = *change.account_id();
        let Some(hash) = self.memory.password_hash(id) else { return Commit::Conflict };
        let present = self.present(id);
        let revision = present.as_ref().map_or(0, Ledger::revision);
        if change.stamp() != self.stamp(id, hash.as_bytes())
            || change.expected_revision() != revision
        {
            return Commit::Conflict;
        }
        let account = Account::new(id, change.address(), hash, None);
        let (next, hash) = (change.ledger(), change.password_hash());
        let change = Change::new(&account, present.as_ref(), next, hash);
        let commit = self.memory.commit(&change).await.unwrap();
        if commit.is_committed() && hash.is_some() {
            self.credentials.lock().unwrap().entry(id).or_default().changes += 1;
        }
        commit
    }

    fn put_under_way(&self, change: &Change<'_, u64>) {
        let id = *change.account_id();
        let present = self.present(id);
        *self.under_way.lock().unwrap() = Some(UnderWay {
            account: Account::new(id, change.address(), change.stamp(), None),
            present,
            next: change.ledger().clone(),
            password_hash: change.password_hash().map(str::to_owned),
        });
    }

    async fn finish_what_is_under_way(&self) {
        let Some(late) = self.under_way.lock().unwrap().take() else { return };
        let UnderWay { account, present, next, password_hash } = &late;
        let change = Change::new(account, present.as_ref(), next, password_hash.as_deref());
        assert!(self.take_effect(&change).await.is_committed());
    }

    pub(crate) fn next_finds(&self, finds: impl IntoIterator<Item = OnFind>) {
        self.finds.lock().unwrap().extend(finds);
    }

    pub(crate) fn next_commits(&self, commits: impl IntoIterator<Item = OnCommit>) {
        self.commits.lock().unwrap().extend(commits);
    }

    /// Forgets what is scripted, and says whether all of it had happened.
    pub(crate) fn end_script(&self) -> bool {
        let finds = std::mem::take(&mut *self.finds.lock().unwrap());
        let commits = std::mem::take(&mut *self.commits.lock().unwrap());
        finds.is_empty() && commits.is_empty()
    }

    fn called(&self, name: &'static str) {
        self.calls.lock().unwrap().push(name);
    }

    async fn found(&self, account: Option<Account<u64>>) -> Result<Option<Account<u64>>, Down> {
        Turn::default().await;
        let account = account.map(|mut account| {
            account.needs_second_factor = self.credentials(account.id).has_second_factor;
            account.stamp = self.stamp(account.id, &account.stamp);
            account
        });
        let on_find = self.finds.lock().unwrap().pop_front().unwrap_or(OnFind::Pass);
        match on_find {
            OnFind::Pass => Ok(account),
            OnFind::Fail => Err(Down),
            OnFind::Hide => Ok(None),
            OnFind::Bytes(bytes) => Ok(account.map(|mut account| {
                account.ledger = Some(bytes);
                account
            })),
        }
    }
}

impl Store for TestStore {
    type AccountId = u64;
    type Error = Down;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Down> {
        self.called("find_by_login");
        Turn::default().await;
        let account = self.memory.find_by_login(login).await.unwrap();
        self.found(account).await
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Down> {
        self.called("find_by_id");
        Turn::default().await;
        let account = self.memory.find_by_id(id).await.unwrap();
        self.found(account).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<u64>>, Down> {
        self.called("find_by_selector");
        Turn::default().await;
        let account = self.memory.find_by_selector(selector).await.unwrap();
        self.found(account).await
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Down> {
        self.called("commit");
        Turn::default().await;
        let on_commit = self.commits.lock().unwrap().pop_front();
        if !matches!(on_commit, Some(OnCommit::Conflict)) {
            self.finish_what_is_under_way().await;
        }
        let effect = async || {
            if self.stamps == Stamps::Hash {
                return self.memory.commit(change).await.unwrap();
            }
            self.take_effect(change).await
        };
        let answer = match on_commit {
            None => Ok(effect().await),
            Some(OnCommit::FailBefore) => Err(Down),
            Some(OnCommit::FailAndHappenLater) => {
                self.put_under_way(change);
                Err(Down)
            }
            Some(OnCommit::FailBeforeAnd(others)) => {
                others(&self.memory);
                Err(Down)
            }
            Some(OnCommit::FailAfter) => match effect().await {
                Commit::Committed { .. } => Err(Down),
                Commit::Conflict => Ok(Commit::Conflict),
            },
            Some(OnCommit::FailAfterAnd(others)) => {
                assert!(effect().await.is_committed());
                others(&self.memory);
                Err(Down)
            }
            Some(OnCommit::Conflict) => Ok(Commit::Conflict),
            Some(OnCommit::After(others)) => {
                others(&self.memory);
                Ok(effect().await)
            }
        };
        Turn::default().await;
        answer
    }
}

#[derive(Default)]
pub(crate) struct TestMailer {
    pub(crate) outbox: Outbox,
    calls: Calls,
    sends: Mutex<VecDeque<OnSend>>,
}

impl TestMailer {
    pub(crate) fn noting(calls: Calls) -> Self {
        Self { calls, ..Self::default() }
    }

    pub(crate) fn next_sends(&self, sends: impl IntoIterator<Item = OnSend>) {
        self.sends.lock().unwrap().extend(sends);
    }

    pub(crate) fn end_script(&self) {
        self.sends.lock().unwrap().clear();
    }
}

impl Mailer<u64> for TestMailer {
    type Error = Down;

    async fn send(&self, message: &Message<'_, u64>) -> Result<(), Down> {
        self.calls.lock().unwrap().push("send");
        Turn::default().await;
        let on_send = self.sends.lock().unwrap().pop_front();
        if !matches!(on_send, Some(OnSend::Refuse)) {
            self.outbox.send(message).await.unwrap();
        }
        Turn::default().await;
        on_send.map_or(Ok(()), |_| Err(Down))
    }
}
