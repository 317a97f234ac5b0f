//! One account of a fixture, and the steps that a service takes with it.

use super::{Fixture, Id};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Binding, Entropy, Issued, Ledger, ResetToken, Selector, Throttle, TokenIssuer};
use core::fmt;
use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

pub(super) const OLD_HASH: &str = "$argon2id$the 'old' one";
pub(super) const NEW_HASH: &str = "$argon2id$the \"new\" one; ünïcode -- %";

/// The time at which a case starts. It has a fraction, which a store might round.
pub(super) const START: UtcDateTime = time_of(1_700_000_000_999_999_999);

/// The time of every purge of the suite. It lies before the ledgers of any host. It is the same for
/// all runs, so that runs at the same time never delete a ledger that another one needs.
///
/// Seconds, milliseconds and microseconds all lose its fraction. This finds a store that rounds the
/// time of a ledger down.
const PURGED_AT: UtcDateTime = time_of(999_999_999_500_000_500);

/// The time from which a ledger that the purge must keep may be forgotten.
pub(super) const NEEDED: UtcDateTime = time_of(999_999_999_500_000_501);

/// The time from which a ledger that the purge must delete may be forgotten: early enough for
/// stores that round.
pub(super) const OVER: UtcDateTime = time_of(999_999_939_500_000_500);

/// How often a change is tried, since the store may return a conflict or an error now and then.
pub(super) const ATTEMPTS: usize = 16;

const fn time_of(nanoseconds: i128) -> UtcDateTime {
    match UtcDateTime::from_unix_timestamp_nanos(nanoseconds) {
        Ok(time) => time,
        Err(_) => UtcDateTime::UNIX_EPOCH,
    }
}

/// One account of a fixture.
pub(super) struct Case<'a, F: Fixture> {
    pub(super) fixture: &'a F,
    pub(super) id: Id<F>,
    pub(super) address: String,
    /// The hash with which the account was added.
    pub(super) old_hash: String,
    /// The time of the first issue.
    pub(super) start: UtcDateTime,
    issuer: TokenIssuer,
}

impl<'a, F: Fixture> Case<'a, F> {
    pub(super) async fn new(fixture: &'a F) -> Self {
        Self::with(fixture, unused_address(), OLD_HASH.to_owned()).await
    }

    pub(super) async fn with(fixture: &'a F, address: String, old_hash: String) -> Self {
        let id = fixture.add_account(&address, &old_hash).await;
        assert!(fixture.sign_in(&id, &old_hash).await, "the present password signs in");
        Self { fixture, id, address, old_hash, start: START, issuer: eager_issuer() }
    }

    /// Returns a case whose first ledger may be forgotten from this time on.
    pub(super) async fn forgettable_at(fixture: &'a F, time: UtcDateTime) -> Self {
        let mut case = Self::new(fixture).await;
        let kept = case.issued(&case.account().await, None).ledger.forgettable_at() - START;
        case.start = time.saturating_sub(kept);
        case
    }

    /// Purges until the case's ledger is deleted. It takes several tries if the purge of another
    /// run is about to delete it.
    pub(super) async fn purge(&self) {
        for _ in 0..ATTEMPTS {
            self.fixture.purge(PURGED_AT).await;
            if self.account().await.ledger.is_none() {
                return;
            }
            give_way().await;
        }
        panic!("a ledger is forgotten when its time is over");
    }

    pub(super) async fn account(&self) -> Account<Id<F>> {
        let found = self.fixture.store().find_by_login(&self.address).await;
        found.expect("finding by login").expect("the account is found by its login")
    }

    /// Waits for this number of short reads.
    pub(super) async fn wait(&self, moments: usize) {
        for _ in 0..moments {
            self.fixture.password_hash(&self.id).await;
            give_way().await;
        }
    }

    pub(super) async fn find(&self, by: By<'_>) -> Option<Account<Id<F>>> {
        let store = self.fixture.store();
        let found = match by {
            By::Login => store.find_by_login(&self.address).await,
            By::Selector(selector) => store.find_by_selector(selector).await,
            By::Id => store.find_by_id(&self.id).await,
        };
        found.unwrap_or_else(|error| panic!("finding by {by} succeeds: {error:?}"))
    }

    /// Returns the ledger that is stored now.
    pub(super) async fn ledger(&self) -> Option<Ledger> {
        self.account()
            .await
            .ledger
            .map(|bytes| Ledger::decode(&bytes).expect("a ledger comes back to the byte"))
    }

    /// Returns a next ledger with one more link, without a commit.
    pub(super) fn issued(&self, account: &Account<Id<F>>, present: Option<&Ledger>) -> Issued {
        let minutes = present.map_or(0, Ledger::revision);
        let now = self.start.saturating_add(SignedDuration::minutes(minutes));
        self.issuer.issue(present, account.binding(), now, entropy()).expect("an issue")
    }

    /// Returns a next ledger in which the link is redeemed, without a commit.
    pub(super) fn redeemed(
        &self,
        account: &Account<Id<F>>,
        ledger: &Ledger,
        token: &ResetToken,
    ) -> Ledger {
        let now = ledger.newest().expect("an issue").issued_at();
        let successor = Binding::new(&account.address, NEW_HASH.as_bytes());
        self.issuer.redeem(ledger, token, &account.binding(), now, successor).expect("a good link")
    }

    /// Returns a next ledger for a password that is set without a link, without a commit.
    pub(super) fn changed(&self, account: &Account<Id<F>>, present: Option<&Ledger>) -> Ledger {
        let successor = Binding::new(&account.address, NEW_HASH.as_bytes());
        self.issuer.change(present, successor, self.start, entropy()).expect("a change")
    }

    /// Issues a link and commits it.
    pub(super) async fn issue(&self) -> Issued {
        let account = self.account().await;
        let present = self.ledger().await;
        let issued = self.issued(&account, present.as_ref());
        self.assert_committed(&account, present.as_ref(), &issued.ledger, None, "an issue").await;
        issued
    }

    /// Asserts that the store swaps `present` for `next`. After an error, or a conflict without a
    /// reason, it looks at the account and retries, as a service does.
    pub(super) async fn assert_committed(
        &self,
        account: &Account<Id<F>>,
        present: Option<&Ledger>,
        next: &Ledger,
        password_hash: Option<&str>,
        why: &str,
    ) {
        let change = Change::new(account, present, next, password_hash);
        let mut answers = Vec::new();
        for _ in 0..ATTEMPTS {
            let answer = self.fixture.store().commit(&change).await;
            if matches!(answer, Ok(Commit::Committed { .. })) {
                return;
            }
            answers.push(answer);
            if self.is_stored(next).await {
                let is_in_doubt = answers.iter().any(Result::is_err);
                assert!(is_in_doubt, "{why}: answered as a conflict, but it was written");
                return;
            }
        }
        panic!("{why}: a valid change is committed, if not at the first try: {answers:?}");
    }

    /// Asserts that the store does not swap `present` for `next`, neither with a password nor
    /// without, and returns a conflict.
    pub(super) async fn assert_conflict(
        &self,
        account: &Account<Id<F>>,
        present: Option<&Ledger>,
        next: &Ledger,
        why: &str,
    ) {
        for password_hash in [None, Some(NEW_HASH)] {
            let change = Change::new(account, present, next, password_hash);
            self.assert_refused(&change, why).await;
        }
    }

    async fn assert_refused(&self, change: &Change<'_, Id<F>>, why: &str) {
        let mut errors = Vec::new();
        for _ in 0..ATTEMPTS {
            let answer = self.fixture.store().commit(change).await;
            let is_stored = self.is_stored(change.ledger()).await;
            assert!(!is_stored, "{why}: but the ledger was written");
            match answer {
                Ok(commit) => return assert_eq!(commit, Commit::Conflict, "{why}"),
                Err(error) => errors.push(error),
            }
        }
        panic!("{why}: a commit returns no error, if not at the first try: {errors:?}");
    }

    /// Asserts that no account is found by the selector.
    pub(super) async fn assert_unknown(&self, selector: &Selector, why: &str) {
        let found = self.fixture.store().find_by_selector(selector).await;
        assert!(found.expect("an answer").is_none(), "{why} selector finds no account");
    }

    pub(super) async fn is_stored(&self, ledger: &Ledger) -> bool {
        let stored = self.fixture.store().find_by_selector(ledger.selector()).await;
        let stored = stored.expect("finding by selector").and_then(|account| account.ledger);
        stored == Some(ledger.encode())
    }

    /// Asserts that password and sessions are as they were at the start.
    pub(super) async fn assert_untouched(&self, why: &str) {
        assert_eq!(
            self.fixture.password_hash(&self.id).await,
            self.old_hash,
            "{why}: the password"
        );
        let sessions = self.fixture.sessions(&self.id).await;
        assert!(sessions.is_none_or(|count| count == 1), "{why}: the sessions");
    }
}

/// The three ways to find an account.
#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    Login,
    Selector(&'a Selector),
    Id,
}

impl<'a> By<'a> {
    pub(super) const fn all(selector: &'a Selector) -> [Self; 3] {
        [Self::Login, Self::Selector(selector), Self::Id]
    }
}

impl fmt::Display for By<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "its login",
            Self::Selector(_) => "its ledger's selector",
            Self::Id => "its id",
        })
    }
}

/// Is pending once, so that other futures of the same task go first.
pub(super) async fn give_way() {
    let mut gave_way = false;
    poll_fn(|context| {
        if gave_way {
            return Poll::Ready(());
        }
        gave_way = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Returns an issuer that throttles as little as possible.
pub(super) fn eager_issuer() -> TokenIssuer {
    let throttle = Throttle::per_window(14, Duration::from_nanos(1))
        .and_then(|throttle| throttle.with_cooldown(Duration::ZERO))
        .expect("a throttle");
    TokenIssuer::builder().purpose("conformance").throttle(throttle).build().expect("an issuer")
}

pub(super) fn entropy() -> Entropy {
    Entropy::from_system().expect("the system's generator")
}

pub(super) fn unused_address() -> String {
    let random = getrandom::u64().expect("the system's generator");
    format!("Conformance.{random:016x}@example.com")
}
