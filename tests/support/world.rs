//! A service over scripted ports, with one account.

#[cfg(feature = "codes")]
use super::codes::with_codes;
use super::invariants;
use super::ports::{Calls, Down, OnCommit, OnFind, OnSend, Stamps, TestMailer, TestStore};
use super::run;
use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore, Outbox};
use password_reset::service::{Completed, PasswordResetBuilder, ResetError};
use password_reset::token::TokenIssuer;
use password_reset::{LinkTemplate, PasswordReset};
use std::sync::Arc;
use std::time::Duration;
use time::UtcDateTime;

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const OLD_HASH: &str = "hash of the old one";
pub(crate) const GOOD: &str = "Abcdefg1";

pub(crate) type Resets = PasswordReset<Arc<TestStore>, Arc<TestMailer>>;
type TestBuilder = PasswordResetBuilder<Arc<TestStore>, Arc<TestMailer>>;

pub(crate) struct World {
    pub(crate) resets: Resets,
    pub(crate) store: Arc<TestStore>,
    pub(crate) mailer: Arc<TestMailer>,
    pub(crate) clock: ManualClock,
    pub(crate) calls: Calls,
    pub(crate) alice: u64,
}

/// All that a change of an account could change.
#[derive(Debug, PartialEq)]
pub(crate) struct State {
    ledger: Option<Vec<u8>>,
    hash: Option<String>,
    sessions: usize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(set: impl FnOnce(TestBuilder) -> TestBuilder) -> Self {
        Self::with_stamps(Stamps::default(), set)
    }

    pub(crate) fn with_stamps(
        stamps: Stamps,
        set: impl FnOnce(TestBuilder) -> TestBuilder,
    ) -> Self {
        let store = Arc::new(TestStore::with(stamps));
        let calls = store.calls.clone();
        let mailer = Arc::new(TestMailer::noting(calls.clone()));
        let alice = store.memory.add_account(ALICE, OLD_HASH).unwrap();
        assert!(store.memory.sign_in(alice, OLD_HASH));
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let resets = set(Self::builder(&store, &mailer, &clock)).build().unwrap();
        Self { resets, store, mailer, clock, calls, alice }
    }

    /// A second service on the same ports.
    pub(crate) fn another(&self, set: impl FnOnce(TestBuilder) -> TestBuilder) -> Resets {
        set(Self::builder(&self.store, &self.mailer, &self.clock)).build().unwrap()
    }

    fn builder(
        store: &Arc<TestStore>,
        mailer: &Arc<TestMailer>,
        clock: &ManualClock,
    ) -> TestBuilder {
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        PasswordReset::builder(store.clone(), mailer.clone(), link).clock(clock.clone())
    }

    pub(crate) fn request(&self, login: &str) -> &'static str {
        run(self.resets.request(login)).outcome_for_logs().code()
    }

    /// Asks for a link for Alice and gives the token in the mail.
    pub(crate) fn link(&self) -> String {
        assert_eq!(self.request(ALICE), "sent");
        let mut tokens = self.tokens();
        assert_eq!(tokens.len(), 1);
        tokens.remove(0)
    }

    /// The next link, as soon as the throttle admits one.
    pub(crate) fn later_link(&self) -> String {
        for _ in 0..60 {
            self.clock.advance(Duration::from_secs(60));
            if self.request(ALICE) == "sent" {
                return self.tokens().remove(0);
            }
        }
        panic!("throttled for an hour")
    }

    /// The tokens in the mails that were sent since last asked.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.mailer.outbox.take().iter().filter_map(token_in).collect()
    }

    pub(crate) fn reset(
        &self,
        token: &str,
        password: &str,
    ) -> Result<Completed<u64, Down>, ResetError<Down>> {
        run(async {
            let accepted = self.resets.accept(token, password).await?;
            let hash = hash(accepted.expose_password());
            accepted.commit(&hash).await
        })
    }

    pub(crate) fn state(&self) -> State {
        let memory = &self.store.memory;
        State {
            ledger: memory.ledger(self.alice).inspect(|bytes| drop(invariants::read(bytes))),
            hash: memory.password_hash(self.alice),
            sessions: memory.sessions(self.alice),
        }
    }

    pub(crate) fn hash(&self) -> String {
        self.store.memory.password_hash(self.alice).unwrap()
    }

    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

/// With codes in the mails.
#[cfg(feature = "codes")]
impl World {
    pub(crate) fn with_codes() -> Self {
        Self::with(|builder| builder.issuer(with_codes(TokenIssuer::builder())))
    }

    /// Asks for a link for Alice, and gives its token and its code in the mail.
    pub(crate) fn link_and_code(&self) -> (String, String) {
        assert_eq!(self.request(ALICE), "sent");
        let mail = self.mailer.outbox.take().pop().unwrap();
        (token_in(&mail).unwrap(), mail.code().unwrap().expose_digits().to_owned())
    }

    /// Types a code for Alice, and gives the token that it is exchanged for, and the outcome.
    pub(crate) fn exchange(&self, code: &str) -> (Option<String>, &'static str) {
        let (token, handled) = run(self.resets.exchange(ALICE, code));
        let outcome = handled.outcome_for_logs().code();
        assert_eq!(token.is_some(), outcome == "exchanged");
        (token.map(|token| token.expose_text().to_owned()), outcome)
    }
}

/// Six worlds in which a request ends differently, by the name of its outcome.
pub(crate) fn six() -> [(&'static str, World); 6] {
    let throttled = World::new();
    throttled.link();
    let unknown = World::new();
    assert!(unknown.store.memory.delete_account(unknown.alice));
    let disabled = World::new();
    disabled.store.next_finds([OnFind::Hide]);
    let mail_failed = World::new();
    mail_failed.mailer.next_sends([OnSend::Refuse]);
    let failed = World::new();
    failed.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
    [
        ("sent", World::new()),
        ("unknown_account", unknown),
        ("throttled", throttled),
        ("unknown_account", disabled),
        ("mail_failed", mail_failed),
        ("failed", failed),
    ]
}

/// A second service on the same accounts, to run a flow during another one.
pub(crate) fn rival<'a>(
    memory: &'a MemoryStore,
    clock: &ManualClock,
    issuer: &TokenIssuer,
) -> PasswordReset<&'a MemoryStore, Outbox> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let builder = PasswordReset::builder(memory, Outbox::new(), link);
    builder.clock(clock.clone()).issuer(issuer.clone()).build().unwrap()
}

pub(crate) fn hash(password: &str) -> String {
    format!("hash of {password}")
}

pub(crate) fn token_in(mail: &Mail) -> Option<String> {
    mail.link().map(|link| link.expose_token().to_owned())
}
