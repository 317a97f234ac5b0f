//! What must be stored and reported, given only the order in which changes took effect.

use super::{Deed, Told, service, token_in};
use password_reset::adapters::memory::{Mail, Outbox};
use password_reset::conformance::{Fixture, Id};
use password_reset::store::Store;
use password_reset::token::{IssueState, Ledger, Refusal};

const OLD_HASH: &str = "the old hash";

/// An account with a link, and two who do something about it.
pub(crate) struct Story<'a, F: Fixture> {
    pub(crate) fixture: &'a F,
    pub(crate) deeds: [Deed; 2],
    pub(crate) hashes: [&'static str; 2],
    pub(crate) outboxes: [Outbox; 2],
    pub(crate) id: Id<F>,
    pub(crate) address: String,
    pub(crate) new_address: String,
    pub(crate) token: String,
}

impl<'a, F: Fixture> Story<'a, F> {
    pub(crate) async fn begin(fixture: &'a F, deeds: [Deed; 2]) -> Self {
        let address = format!("Story.{:016x}@example.com", getrandom::u64().unwrap());
        let id = fixture.add_account(&address, OLD_HASH).await;
        assert!(fixture.sign_in(&id, OLD_HASH).await);
        let resets = service(fixture.store(), Outbox::new(), Deed::Request);
        // Where the throttle is under test there is no link yet.
        let token = if deeds.contains(&Deed::ThrottledRequest) {
            String::new()
        } else {
            resets.request(&address).await;
            token_in(resets.mailer()).unwrap()
        };
        Self {
            fixture,
            deeds,
            hashes: ["the first's hash", "the second's hash"],
            outboxes: [Outbox::new(), Outbox::new()],
            id,
            new_address: format!("New.{address}"),
            address,
            token,
        }
    }

    /// `effects`: the tasks whose changes took effect, in this order.
    pub(crate) async fn verify(&self, effects: &[usize], told: [Told; 2]) {
        let (mut link, mut hash, mut redeemed, mut newest) = (Ok(()), OLD_HASH, None, None);
        let mut is_disabled = false;
        for &task in effects {
            assert!(!is_disabled, "nothing takes effect for a disabled account");
            match self.deeds[task] {
                Deed::Request | Deed::ThrottledRequest => {
                    newest = Some(task);
                    link = link.and(Err(Refusal::Superseded));
                }
                Deed::Redeem => {
                    assert_eq!(link, Ok(()), "only a good link is redeemed");
                    (link, hash, redeemed) = (Err(Refusal::Used), self.hashes[task], Some(task));
                }
                Deed::Cancel => {
                    assert_eq!(link, Ok(()), "only a good link is cancelled");
                    link = Err(Refusal::Revoked);
                }
                Deed::SetAddress => link = link.and(Err(Refusal::Changed)),
                Deed::Disable => is_disabled = true,
                Deed::SetPassword => {
                    link = link.and(Err(Refusal::Changed));
                    hash = self.hashes[task];
                }
            }
        }

        if is_disabled {
            self.verify_told(Err(Refusal::Unknown), effects).await;
            assert!(self.fixture.set_disabled(&self.id, false).await);
        }
        assert_eq!(self.fixture.password_hash(&self.id).await, hash, "{effects:?}, {told:?}");
        let sessions = self.fixture.sessions(&self.id).await.unwrap();
        assert_eq!(sessions, usize::from(redeemed.is_none()), "{effects:?}, {told:?}");
        for (task, told) in told.iter().enumerate() {
            let took_effect = effects.contains(&task);
            match told {
                Told::Followed(Ok(())) | Told::Nothing | Told::Requested("sent") => {
                    assert!(took_effect);
                }
                Told::Followed(refused) => {
                    let expected = if is_disabled { Err(Refusal::Unknown) } else { link };
                    assert_eq!((*refused, took_effect), (expected, false));
                }
                Told::Requested("unknown_account") => assert!(is_disabled && !took_effect),
                Told::Requested(other) => {
                    let is_throttled = self.deeds[task] == Deed::ThrottledRequest;
                    assert_eq!((*other, took_effect, is_throttled), ("throttled", false, true));
                }
            }
            let mails = self.outboxes[task].take();
            let notices = mails.iter().filter(|mail| mail.link().is_none()).count();
            assert_eq!(notices, usize::from(redeemed == Some(task)));
            assert!(mails.iter().all(|mail| mail.recipient() == self.address));
            self.verify_links(&mails, newest == Some(task)).await;
        }
        self.verify_ledger(link, effects).await;
    }

    async fn verify_links(&self, mails: &[Mail], is_newest: bool) {
        let resets = service(self.fixture.store(), Outbox::new(), Deed::Request);
        for link in mails.iter().filter_map(Mail::link) {
            let token = link.expose_url().rsplit('#').next().unwrap();
            let told =
                resets.check(token).await.map(drop).map_err(|error| error.refusal().unwrap());
            let expected = if is_newest { Ok(()) } else { Err(Refusal::Superseded) };
            assert_eq!(told, expected, "the link that was committed last is the good one");
        }
    }

    async fn verify_told(&self, link: Result<(), Refusal>, effects: &[usize]) {
        let resets = service(self.fixture.store(), Outbox::new(), Deed::Request);
        let told = resets.check(&self.token).await.map(drop);
        assert_eq!(told.map_err(|error| error.refusal().unwrap()), link, "{effects:?}");
    }

    async fn verify_ledger(&self, link: Result<(), Refusal>, effects: &[usize]) {
        if !self.token.is_empty() {
            self.verify_told(link, effects).await;
        }
        let moved = effects.iter().any(|task| self.deeds[*task] == Deed::SetAddress);
        let address = if moved { &self.new_address } else { &self.address };
        let account = self.fixture.store().find_by_login(address).await.unwrap().unwrap();
        let ledger = Ledger::decode(&account.ledger.unwrap()).unwrap();
        let live = ledger.issues().iter().filter(|issue| issue.state() == IssueState::Live);
        assert!(live.count() <= 1);
    }
}
