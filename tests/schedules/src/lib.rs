//! Services over one memory store, whose threads and tasks a checker schedules.

#[cfg(not(shuttle))]
compile_error!("build with RUSTFLAGS=\"--cfg shuttle\", without which no lock is a choice");

#[path = "../../support/invariants.rs"]
mod invariants;

use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::service::Completed;
use password_reset::token::{IssueKind, Ledger, Refusal, Throttle, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use shuttle::future::{self, JoinHandle, block_on};
use shuttle::sync::Arc;
use shuttle::thread;
use std::convert::Infallible;
use std::time::Duration;
use time::UtcDateTime;

pub const ALICE: &str = "alice@example.com";
const HOUR: Duration = Duration::from_hours(1);

pub type Resets = PasswordReset<Arc<MemoryStore>, Outbox>;
type Committed = Result<Completed<u64, Infallible>, ResetError<Infallible>>;

/// A clone is what a handler has: the same services.
#[derive(Clone)]
pub struct World {
    pub resets: Resets,
    /// For invitations, over the same store.
    pub invites: Resets,
    pub store: Arc<MemoryStore>,
    pub outbox: Outbox,
    pub alice: u64,
}

impl World {
    /// With no time between two links.
    ///
    /// # Panics
    /// Never: what it is made of is good.
    #[must_use]
    pub fn new() -> Self {
        let (store, outbox) = (Arc::new(MemoryStore::new()), Outbox::new());
        let alice = store.add_account(ALICE, "first").unwrap();
        assert!(store.sign_in(alice, "first"));
        let throttle = Throttle::per_hour(14).unwrap().with_cooldown(Duration::ZERO).unwrap();
        let service = |purpose, kind| {
            let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
            let issuer = TokenIssuer::builder().purpose(purpose).kind(kind).throttle(throttle);
            PasswordReset::builder(store.clone(), outbox.clone(), link)
                .issuer(issuer.lifetime(HOUR).build().unwrap())
                .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
                .build()
                .unwrap()
        };
        let resets = service("schedules", IssueKind::Recovery);
        let invites = service("invitations", IssueKind::Invitation);
        Self { resets, invites, store, outbox, alice }
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
        block_on(self.invites.request_for(&self.alice)).outcome_for_logs().code()
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
    ) -> Result<JoinHandle<Committed>, ResetError<Infallible>> {
        let accepted = block_on(resets.accept(token, "Looking-Glass-2"))?;
        Ok(future::spawn(accepted.commit(hash.to_owned())))
    }

    /// Redeems a link for a password with this hash.
    ///
    /// # Errors
    /// As `accept` and `commit`.
    pub fn redeem(&self, token: &str, hash: &str) -> Result<(), ResetError<Infallible>> {
        redeem(&self.resets, token, hash)
    }

    /// What the holder of a link is told.
    #[must_use]
    pub fn told(&self, token: &str) -> Option<Refusal> {
        told(&self.resets, token)
    }

    #[must_use]
    pub fn hash(&self) -> String {
        self.store.password_hash(self.alice).unwrap_or_default()
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// Redeems a link of this service for a password with this hash.
///
/// # Errors
/// As `accept` and `commit`.
pub fn redeem(resets: &Resets, token: &str, hash: &str) -> Result<(), ResetError<Infallible>> {
    block_on(async {
        let accepted = resets.accept(token, "Looking-Glass-2").await?;
        accepted.commit(hash).await.map(drop)
    })
}

/// What the holder of a link of this service is told.
#[must_use]
pub fn told(resets: &Resets, token: &str) -> Option<Refusal> {
    block_on(resets.check(token)).err().and_then(|error| error.refusal())
}

/// Runs these side by side, each with its own clones of the services, and gives what each came to.
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
