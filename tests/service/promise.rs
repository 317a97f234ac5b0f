//! What users were promised, in order.

use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore, Outbox};
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset};
use std::time::Duration;
use time::UtcDateTime;

struct Service {
    resets: PasswordReset<MemoryStore, Outbox>,
    outbox: Outbox,
    clock: ManualClock,
    alice: u64,
}

impl Service {
    fn new() -> Self {
        let store = MemoryStore::new();
        let alice = store.add_account("alice@example.com", "hash of the old one").unwrap();
        let outbox = Outbox::new();
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let resets = PasswordReset::builder(store, outbox.clone(), link)
            .clock(clock.clone())
            .build()
            .unwrap();
        Self { resets, outbox, clock, alice }
    }

    /// Requests a link and returns the token in the mail.
    async fn forgotten_password(&self) -> String {
        self.resets.request("alice@example.com").await;
        let mails = self.outbox.take();
        let [Mail::ResetLink { recipient, link, .. }] = mails.as_slice() else {
            panic!("one mail with a link, not {mails:?}")
        };
        assert_eq!(recipient, "alice@example.com");
        link.expose_url().rsplit_once('=').unwrap().1.to_owned()
    }

    async fn set_password(&self, token: &str, password: &str) -> Result<(), Vec<String>> {
        match self.resets.accept(token, password).await {
            Ok(accepted) => {
                let hash = format!("hash of {}", accepted.expose_password());
                let completed = accepted.commit(&hash).await.unwrap();
                assert_eq!(completed.account_id, self.alice);
                Ok(())
            }
            Err(error) => match error.violations() {
                Some(violations) => Err(violations.codes().map(str::to_owned).collect()),
                None => Err(vec![error.refusal().unwrap().code().to_owned()]),
            },
        }
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_through_a_mailed_link() {
    let service = Service::new();
    let token = service.forgotten_password().await;
    service.resets.check(&token).await.unwrap();
    service.set_password(&token, "Abcdefg1").await.unwrap();

    let stored = service.resets.store().password_hash(service.alice);
    assert_eq!(stored.as_deref(), Some("hash of Abcdefg1"));
    assert!(matches!(service.outbox.take().as_slice(), [Mail::PasswordChanged { .. }]));
}

#[tokio::test]
async fn a_weak_password_is_answered_with_what_is_missing_and_costs_nothing() {
    let service = Service::new();
    let token = service.forgotten_password().await;
    assert_eq!(
        service.set_password(&token, "abc").await.unwrap_err(),
        ["too_short", "missing_digit", "missing_uppercase"]
    );
    service.set_password(&token, "Abcdefg1").await.unwrap();
}

#[tokio::test]
async fn a_newer_link_supersedes_the_older() {
    let service = Service::new();
    let older = service.forgotten_password().await;
    service.clock.advance(Duration::from_secs(60));
    let newer = service.forgotten_password().await;

    let refused = service.resets.check(&older).await.unwrap_err();
    assert_eq!(refused.refusal(), Some(Refusal::Superseded));
    assert_eq!(service.set_password(&older, "Abcdefg1").await.unwrap_err(), ["superseded"]);
    service.set_password(&newer, "Abcdefg1").await.unwrap();
    assert_eq!(service.set_password(&newer, "Abcdefg2").await.unwrap_err(), ["used"]);
}
