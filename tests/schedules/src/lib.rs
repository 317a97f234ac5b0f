//! A service over the memory store, whose threads a checker schedules.

#[cfg(not(shuttle))]
compile_error!("build with RUSTFLAGS=\"--cfg shuttle\", without which no lock is a choice");

#[path = "../../support/invariants.rs"]
mod invariants;

use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::token::{Ledger, Refusal, Throttle, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use shuttle::future::block_on;
use shuttle::sync::Arc;
use shuttle::thread;
use std::convert::Infallible;
use std::time::Duration;
use time::UtcDateTime;

pub const ALICE: &str = "alice@example.com";
const HOUR: Duration = Duration::from_hours(1);

pub struct World {
    pub resets: PasswordReset<MemoryStore, Outbox>,
    pub outbox: Outbox,
    pub alice: u64,
}

impl World {
    /// With no time between two links.
    ///
    /// # Panics
    /// Never: what it is made of is good.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let (store, outbox) = (MemoryStore::new(), Outbox::new());
        let alice = store.add_account(ALICE, "first").unwrap();
        assert!(store.add_session(alice));
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let throttle = Throttle::new(Duration::ZERO, 16, HOUR).unwrap();
        let resets = PasswordReset::builder(store, outbox.clone(), link)
            .issuer(TokenIssuer::new("schedules", HOUR, throttle).unwrap())
            .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
            .build()
            .unwrap();
        Arc::new(Self { resets, outbox, alice })
    }

    /// Asks for a link and gives how that went.
    #[must_use]
    pub fn request(&self) -> &'static str {
        block_on(self.resets.request(ALICE)).outcome_for_logs().code()
    }

    /// The tokens that were mailed since last asked.
    #[must_use]
    pub fn mailed(&self) -> Vec<String> {
        let mails = self.outbox.take();
        let urls = mails.iter().filter_map(|mail| Some(mail.link()?.expose_url().to_owned()));
        urls.filter_map(|url| Some(url.split_once("token=")?.1.to_owned())).collect()
    }

    /// Redeems a link for a password with this hash.
    ///
    /// # Errors
    /// As `accept` and `commit`.
    pub fn redeem(&self, token: &str, hash: &str) -> Result<(), ResetError<Infallible>> {
        block_on(async {
            let accepted = self.resets.accept(token, "Looking-Glass-2").await?;
            accepted.commit(hash).await.map(drop)
        })
    }

    /// What the holder of a link is told.
    #[must_use]
    pub fn told(&self, token: &str) -> Option<Refusal> {
        block_on(self.resets.check(token)).err().and_then(|error| error.refusal())
    }

    #[must_use]
    pub fn hash(&self) -> String {
        self.resets.store().password_hash(self.alice).unwrap_or_default()
    }
}

/// Runs these side by side and gives what each came to.
///
/// # Panics
/// Where one of them does.
pub fn race<T: Send + 'static>(
    world: &Arc<World>,
    runners: impl IntoIterator<Item = Box<dyn FnOnce(&World) -> T + Send>>,
) -> Vec<T> {
    // Not while they run, when one more lock would make many more schedules.
    let before = ledger(world, None);
    let threads: Vec<_> = runners
        .into_iter()
        .map(|runner| {
            let world = Arc::clone(world);
            thread::spawn(move || runner(&world))
        })
        .collect();
    let ends = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    ledger(world, before.as_ref());
    ends
}

/// What is stored, of which the invariants hold.
fn ledger(world: &World, before: Option<&Ledger>) -> Option<Ledger> {
    let stored = world.resets.store().ledger(world.alice);
    stored.map(|bytes| invariants::read_after(before, &bytes))
}
