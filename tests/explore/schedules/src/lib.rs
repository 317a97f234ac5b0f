//! Services over one memory store, whose threads and tasks a checker schedules.

#[cfg(not(shuttle))]
compile_error!("build with RUSTFLAGS=\"--cfg shuttle\", without which no lock is a choice");

#[path = "../../../support/invariants.rs"]
mod invariants;

use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::service::{Accepted, Completed};
use password_reset::token::{
    CodeKey, Codes, Ledger, Refusal, Throttle, TokenIssuer, TokenIssuerBuilder,
};
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use shuttle::future::{self, JoinHandle, block_on};
use shuttle::sync::Arc;
use shuttle::thread;
use std::convert::Infallible;
use std::time::Duration;
use time::UtcDateTime;

pub const ALICE: &str = "alice@example.com";
/// Alice's hash at first.
pub const FIRST: &str = "first";

pub type Resets = PasswordReset<Arc<MemoryStore>, Outbox>;
type Service<T> = Result<T, ResetError<Infallible>>;
type Committed = Service<Completed<u64, Infallible>>;

const PASSWORD: &str = "Looking-Glass-2";
/// A code that no mail has.
const WRONG_CODE: &str = "00000000";

/// A clone is what a handler has: the same service.
#[derive(Clone)]
pub struct World {
    pub resets: Resets,
    pub store: Arc<MemoryStore>,
    pub outbox: Outbox,
    pub alice: u64,
}

impl World {
    /// With no time between two links.
    #[must_use]
    pub fn new() -> Self {
        Self::with(FIRST, TokenIssuer::builder())
    }

    /// The same, and Alice has no password yet.
    #[must_use]
    pub fn without_password() -> Self {
        Self::with("", TokenIssuer::builder())
    }

    /// The same with codes, and a mail with one, for which so many wrong ones were typed.
    ///
    /// # Panics
    /// Where they were not counted.
    #[must_use]
    pub fn with_code(wrong: u8) -> (Self, Letter) {
        let key = CodeKey::new(b"a key that the database does not have").unwrap();
        let world = Self::with(FIRST, TokenIssuer::builder().codes(Codes::new(key)));
        assert_eq!(world.request(), "sent");
        let mail = world.outbox.take().remove(0);
        let token = mail.link().unwrap().expose_token().to_owned();
        let code = mail.code().unwrap().expose_digits().to_owned();
        (0..wrong).for_each(|_| assert_eq!(world.guess(), "wrong_code"));
        (world, Letter { token, code })
    }

    fn with(hash: &str, issuer: TokenIssuerBuilder) -> Self {
        let (store, outbox) = (Arc::new(MemoryStore::new()), Outbox::new());
        let alice = store.add_account(ALICE, hash).unwrap();
        assert!(store.sign_in(alice, hash));
        let throttle = Throttle::per_hour(14).unwrap().with_cooldown(Duration::ZERO).unwrap();
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let issuer = issuer.throttle(throttle).build().unwrap();
        let resets = PasswordReset::builder(store.clone(), outbox.clone(), link)
            .issuer(issuer)
            .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
            .build()
            .unwrap();
        Self { resets, store, outbox, alice }
    }

    /// Asks for a link and gives how that went.
    #[must_use]
    pub fn request(&self) -> &'static str {
        block_on(self.resets.request(ALICE)).outcome_for_logs().code()
    }

    /// Has the host ask for one.
    #[must_use]
    pub fn request_for(&self) -> &'static str {
        block_on(self.resets.request_for(&self.alice)).outcome_for_logs().code()
    }

    /// Asks for a link in the place of a dead one.
    #[must_use]
    pub fn renew(&self, token: &str) -> &'static str {
        block_on(self.resets.renew(token)).outcome_for_logs().code()
    }

    /// Has the host invite.
    #[must_use]
    pub fn invite(&self) -> &'static str {
        block_on(self.resets.invite(&self.alice)).outcome_for_logs().code()
    }

    /// The one link that is mailed by what is done.
    ///
    /// # Panics
    /// Where it is not one.
    #[must_use]
    pub fn link_by(&self, ask: fn(&Self) -> &'static str) -> String {
        assert_eq!(ask(self), "sent");
        let mut mailed = self.mailed();
        assert_eq!(mailed.len(), 1);
        mailed.remove(0)
    }

    /// The tokens that were mailed since last asked.
    #[must_use]
    pub fn mailed(&self) -> Vec<String> {
        let mails = self.outbox.take();
        mails.iter().filter_map(|mail| Some(mail.link()?.expose_token().to_owned())).collect()
    }

    /// Redeems a link for a password with this hash, its commit in a task of its own, for which
    /// nobody waits here.
    ///
    /// # Errors
    /// As `accept`.
    pub fn spawn_redemption(
        resets: &Resets,
        token: &str,
        hash: &str,
    ) -> Service<JoinHandle<Committed>> {
        let accepted = block_on(resets.accept(token, PASSWORD))?;
        Ok(future::spawn(accepted.commit(hash.to_owned())))
    }

    /// Redeems a link for a password with this hash.
    ///
    /// # Errors
    /// As `accept` and `commit`.
    pub fn redeem(&self, token: &str, hash: &str) -> Service<()> {
        block_on(async { commit(self.resets.accept(token, PASSWORD).await?, hash).await })
    }

    /// Changes the password, whose hash was this when it was verified, to one with that hash.
    ///
    /// # Errors
    /// As `accept_change` and `commit`.
    pub fn change(&self, verified: &str, hash: &str) -> Service<()> {
        let accept = self.resets.accept_change(self.alice, verified, PASSWORD);
        block_on(async { commit(accept.await?, hash).await })
    }

    /// Types a code, and gives the token that it is exchanged for, and how that went.
    #[must_use]
    pub fn exchange(&self, typed: &str) -> (Option<String>, &'static str) {
        let (token, handled) = block_on(self.resets.exchange(ALICE, typed));
        let token = token.map(|token| token.expose_text().to_owned());
        (token, handled.outcome_for_logs().code())
    }

    /// Types a wrong code.
    ///
    /// # Panics
    /// Where there is a token for it.
    #[must_use]
    pub fn guess(&self) -> &'static str {
        let (token, outcome) = self.exchange(WRONG_CODE);
        assert!(token.is_none(), "a wrong code is exchanged for nothing");
        outcome
    }

    /// How many wrong codes are counted.
    #[must_use]
    pub fn wrong_codes(&self) -> u8 {
        ledger(self, None).map_or(0, |ledger| ledger.wrong_codes())
    }

    /// What the holder of a link is told.
    #[must_use]
    pub fn told(&self, token: &str) -> Option<Refusal> {
        block_on(self.resets.check(token)).err().and_then(|error| error.refusal())
    }

    #[must_use]
    pub fn hash(&self) -> String {
        self.store.password_hash(self.alice).unwrap_or_default()
    }
}

/// What a mail has in it.
#[derive(Clone)]
pub struct Letter {
    pub token: String,
    /// The digits.
    pub code: String,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

async fn commit(accepted: Accepted<Arc<MemoryStore>, Outbox>, hash: &str) -> Service<()> {
    accepted.commit(hash).await.map(drop)
}

/// Runs these side by side, each with its own clone of the service, and gives what each came to.
///
/// # Panics
/// Where one of them does.
pub fn race<T: Send + 'static>(
    world: &World,
    runners: impl IntoIterator<Item = Box<dyn FnOnce(&World) -> T + Send>>,
) -> Vec<T> {
    // Not while they run, when one more lock would make many more schedules.
    let before = ledger(world, None);
    let threads: Vec<_> = runners
        .into_iter()
        .map(|runner| {
            let world = world.clone();
            thread::spawn(move || runner(&world))
        })
        .collect();
    let ends = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    ledger(world, before.as_ref());
    ends
}

/// What is stored, of which the invariants hold.
fn ledger(world: &World, before: Option<&Ledger>) -> Option<Ledger> {
    let stored = world.store.ledger(world.alice);
    stored.map(|bytes| invariants::read_after(before, &bytes))
}
