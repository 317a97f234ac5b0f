use super::{Fixture, Id};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Binding, Entropy, Issued, Ledger, ResetToken, Selector, Throttle, TokenIssuer};
use core::time::Duration;
use time::{SignedDuration, UtcDateTime};

pub(super) const OLD_HASH: &str = "$argon2id$the 'old' one";
pub(super) const NEW_HASH: &str = "$argon2id$the \"new\" one; ünïcode -- %";

/// The time at which a case starts, with a fraction that stores may be tempted to round.
pub(super) const START: UtcDateTime =
    match UtcDateTime::from_unix_timestamp_nanos(1_700_000_000_999_999_999) {
        Ok(time) => time,
        Err(_) => UtcDateTime::UNIX_EPOCH,
    };

/// How often a change is tried that the store may answer with a conflict or an error.
pub(super) const ATTEMPTS: usize = 16;

/// One account of a fixture, and the steps that a service would take with it.
pub(super) struct Case<'a, F: Fixture> {
    pub(super) fixture: &'a F,
    pub(super) id: Id<F>,
    pub(super) address: String,
    issuer: TokenIssuer,
}

impl<'a, F: Fixture> Case<'a, F> {
    pub(super) async fn new(fixture: &'a F) -> Self {
        let address = unused_address();
        let id = fixture.add_account(&address, OLD_HASH).await;
        fixture.add_session(&id).await;
        Self { fixture, id, address, issuer: eager_issuer() }
    }

    pub(super) async fn account(&self) -> Account<Id<F>> {
        let found = self.fixture.store().find_by_login(&self.address).await;
        found.expect("finding by login").expect("the account is found by its login")
    }

    /// The ledger that the store has now.
    pub(super) async fn ledger(&self) -> Option<Ledger> {
        self.account().await.ledger.map(|bytes| Ledger::decode(&bytes).expect("a ledger"))
    }

    /// A next ledger with one more link; nothing is committed.
    pub(super) fn issued(&self, account: &Account<Id<F>>, present: Option<&Ledger>) -> Issued {
        let minutes = present.map_or(0, Ledger::revision);
        let now = START.saturating_add(SignedDuration::minutes(minutes));
        self.issuer.issue(present, account.binding(), now, entropy()).expect("an issue")
    }

    /// A next ledger in which the link is redeemed; nothing is committed.
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

    /// Issues a link and commits it.
    pub(super) async fn issue(&self) -> Issued {
        let account = self.account().await;
        let present = self.ledger().await;
        let issued = self.issued(&account, present.as_ref());
        self.assert_committed(&account, present.as_ref(), &issued.ledger, None, "an issue").await;
        issued
    }

    /// That the store goes from `present` to `next`. A conflict without a reason or an error
    /// is met as a service would: by looking again, and by trying again.
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
            if matches!(answer, Ok(Commit::Committed)) {
                return;
            }
            answers.push(answer);
            if self.is_stored(next).await {
                let is_in_doubt = answers.iter().any(Result::is_err);
                assert!(is_in_doubt, "{why}: answered as a conflict, and yet it was written");
                return;
            }
        }
        panic!("{why}: an expected change is committed, if not at once: {answers:?}");
    }

    /// That the store refuses to go from `present` to `next`, with a password and without,
    /// and that what it has stays as it is.
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
            assert!(!is_stored, "{why}: and yet the ledger was written");
            match answer {
                Ok(commit) => return assert_eq!(commit, Commit::Conflict, "{why}"),
                Err(error) => errors.push(error),
            }
        }
        panic!("{why}: an answer, if not at once: {errors:?}");
    }

    /// That no account is found by the selector.
    pub(super) async fn assert_nobodys(&self, selector: &Selector, why: &str) {
        let found = self.fixture.store().find_by_selector(selector).await;
        assert!(found.expect("an answer").is_none(), "{why} selector finds nobody");
    }

    async fn is_stored(&self, ledger: &Ledger) -> bool {
        let stored = self.fixture.store().find_by_selector(ledger.selector()).await;
        let stored = stored.expect("finding by selector").and_then(|account| account.ledger);
        stored == Some(ledger.encode())
    }

    /// That password and sessions are as they were at the start.
    pub(super) async fn assert_untouched(&self, why: &str) {
        assert_eq!(self.fixture.password_hash(&self.id).await, OLD_HASH, "{why}: the password");
        let sessions = self.fixture.sessions(&self.id).await;
        assert!(sessions.is_none_or(|count| count == 1), "{why}: the sessions");
    }
}

/// An issuer that throttles as little as it can.
pub(super) fn eager_issuer() -> TokenIssuer {
    let throttle = Throttle::per_window(15, Duration::from_nanos(1))
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
