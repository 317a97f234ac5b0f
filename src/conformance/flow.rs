//! Properties of a whole service over the store, with many requests at once.

use super::Fixture;
use super::case::{ATTEMPTS, Case, NEW_HASH, START, eager_issuer, give_way};
use crate::adapters::memory::{ManualClock, Outbox};
use crate::link::LinkTemplate;
use crate::service::{Handled, PasswordReset, ResetError};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{IssueState, Ledger, Refusal, Selector};
use futures_util::future::{join, join_all};

/// Of 64 redemptions of one link at once, one succeeds and the others report that it was used.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn of_many_redemptions_of_one_link_one_succeeds<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let flow = Flow::new(&case);
    let token = flow.link().await;
    let outcomes = join_all((0..64).map(|one| flow.redeem(&token, format!("hash {one}")))).await;

    let succeeded: Vec<_> = outcomes.iter().flatten().collect();
    assert_eq!(succeeded.len(), 1, "of many redemptions of one link one succeeds");
    let stored = fixture.password_hash(&case.id).await;
    assert!(
        succeeded.contains(&&stored),
        "the password is the one of the redemption that succeeded"
    );
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(
        refused.clone().all(|refusal| *refusal == Refusal::Used),
        "the others report that the link was used"
    );
}

/// Of 32 requests at once, only the last to be committed has a good link, and no change is lost.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn of_many_requests_at_once_one_link_is_live<F: Fixture>(fixture: &F) {
    let case = Case::new(fixture).await;
    let flow = Flow::new(&case);
    join_all((0..32).map(|_| flow.resets.request(&case.address))).await;
    let tokens = flow.mailed();
    let checks = join_all(tokens.iter().map(|token| flow.resets.check(token))).await;
    let good = checks.iter().filter(|check| check.is_ok()).count();
    assert_eq!(good, 1, "of many links one is good");
    let ledger = case.ledger().await.expect("a ledger");
    let live = ledger.issues().iter().filter(|issue| issue.state() == IssueState::Live).count();
    assert_eq!(live, 1, "of many links one is live");
    assert_none_is_lost(&ledger, tokens.len());
    case.assert_untouched("many requests").await;
}

/// Of a request and a redemption at once, either the redemption comes first, or the new link
/// supersedes the old one. No change is lost.
///
/// # Panics
/// Panics if the store breaks this property.
pub async fn a_request_and_a_redemption_at_once_leave_one_order<F: Fixture>(fixture: &F) {
    for request_first in [true, false] {
        let case = Case::new(fixture).await;
        let flow = Flow::new(&case);
        let token = flow.link().await;
        let before = case.ledger().await.map_or(0, |ledger| ledger.revision());
        let redeem = flow.redeem(&token, NEW_HASH.into());
        let redeemed = if request_first {
            join(flow.resets.request(&case.address), redeem).await.1
        } else {
            join(redeem, flow.resets.request(&case.address)).await.0
        };
        let changed = fixture.password_hash(&case.id).await == NEW_HASH;
        assert_eq!(
            redeemed.is_ok(),
            changed,
            "a redemption succeeds exactly if the password changed"
        );
        let ledger = case.ledger().await.expect("a ledger");
        let before = usize::try_from(before).expect("a revision");
        let count = before + flow.mailed().len() + usize::from(changed);
        assert_none_is_lost(&ledger, count);
        if let Err(refusal) = redeemed {
            assert_eq!(refusal, Refusal::Superseded, "or the newer link superseded the older one");
        }
    }
}

fn assert_none_is_lost(ledger: &Ledger, changes: usize) {
    let stored = usize::try_from(ledger.revision()).expect("a revision");
    assert!(stored >= changes, "no change is lost: of {changes}, {stored} are stored");
}

/// A service over the store, in which all requests find before any of them commits.
struct Flow<'a, F: Fixture> {
    resets: PasswordReset<Slowly<'a, F::Store>, Outbox>,
    outbox: Outbox,
    address: &'a str,
}

impl<'a, F: Fixture> Flow<'a, F> {
    fn new(case: &'a Case<'a, F>) -> Self {
        let outbox = Outbox::new();
        let link = LinkTemplate::new("https://app.example.com/#{token}").expect("a link");
        let store = Slowly(case.fixture.store());
        let resets = PasswordReset::builder(store, outbox.clone(), link)
            .issuer(eager_issuer())
            .clock(ManualClock::new(START))
            .build()
            .expect("a service");
        Self { resets, outbox, address: &case.address }
    }

    /// Requests a link until one is mailed, and returns its token.
    async fn link(&self) -> String {
        let mut handled = Vec::new();
        for _ in 0..ATTEMPTS {
            handled.push(self.resets.request(self.address).await);
            if let Some(token) = self.mailed().pop() {
                return token;
            }
        }
        let outcomes: Vec<_> = handled.iter().map(Handled::outcome_for_logs).collect();
        panic!("a request mails a link, if not at the first try: {outcomes:?}");
    }

    /// Returns the tokens that were mailed since the last call.
    fn mailed(&self) -> Vec<String> {
        let token = |link: &str| link.rsplit('#').next().map(str::to_owned);
        let mails = self.outbox.take();
        mails.iter().filter_map(|mail| token(mail.link()?.expose_url())).collect()
    }

    /// Retries until the hash is set or the link is refused. Returns the hash if it was set.
    async fn redeem(&self, token: &str, hash: String) -> Result<String, Refusal> {
        let mut faults = Vec::new();
        for _ in 0..ATTEMPTS {
            let committed = match self.resets.accept(token, "Abcdefg1").await {
                Ok(accepted) => accepted.commit(&hash).await.map(drop),
                Err(error) => Err(error),
            };
            match committed {
                Ok(()) => return Ok(hash),
                Err(ResetError::Refused(refusal)) => return Err(refusal),
                Err(fault) => faults.push(fault),
            }
        }
        panic!("a redemption succeeds or is refused, if not at the first try: {faults:?}");
    }
}

/// A store that lets other futures go first before it commits.
struct Slowly<'a, S>(&'a S);

impl<S: Store> Store for Slowly<'_, S> {
    type AccountId = S::AccountId;
    type Error = S::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.0.find_by_login(login).await
    }

    async fn find_by_id(
        &self,
        id: &S::AccountId,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.0.find_by_id(id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.0.find_by_selector(selector).await
    }

    async fn commit(&self, change: &Change<'_, S::AccountId>) -> Result<Commit, S::Error> {
        give_way().await;
        self.0.commit(change).await
    }
}
