//! Many tasks at once on one account, over any store.

use super::at_once::at_once;
use super::issuers::eager;
use super::world::{ALICE, OLD_HASH, token_in};
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::store::Store;
use password_reset::token::{Refusal, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::UtcDateTime;

/// A store with Alice's account, and a way to look at it.
pub(crate) trait Fixture: Clone + Send + Sync + 'static {
    type Store: Store + 'static;

    fn new() -> impl Future<Output = Self> + Send;

    fn store(&self) -> Arc<Self::Store>;

    /// The stored hash and the number of sessions.
    fn alice(&self) -> impl Future<Output = (String, usize)> + Send;
}

type Resets<F> = Arc<PasswordReset<Arc<<F as Fixture>::Store>, Outbox>>;

fn service<F: Fixture>(fixture: &F, issuer: TokenIssuer) -> Resets<F> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let builder = PasswordReset::builder(fixture.store(), Outbox::new(), link).issuer(issuer);
    Arc::new(builder.clock(ManualClock::new(UtcDateTime::UNIX_EPOCH)).build().unwrap())
}

async fn a_link<F: Fixture>(resets: &Resets<F>) -> String {
    resets.request(ALICE).await;
    token_in(&resets.mailer().take().remove(0)).unwrap()
}

/// Redeems with a hash of its own, and gives it.
async fn redeem<F: Fixture>(
    resets: Resets<F>,
    token: String,
    number: usize,
) -> Result<String, Refusal> {
    let refusal = |error: ResetError<_>| error.refusal().expect("no fault");
    let accepted = resets.accept(&token, "Abcdefg1").await.map_err(refusal)?;
    let hash = format!("hash {number}");
    accepted.commit(&hash).await.map_err(refusal)?;
    Ok(hash)
}

pub(crate) async fn of_64_redemptions_of_one_token_exactly_one_wins<F: Fixture>(fixture: F) {
    let resets = service(&fixture, TokenIssuer::default());
    let token = a_link::<F>(&resets).await;
    let told = at_once(64, |number| redeem::<F>(resets.clone(), token.clone(), number)).await;
    let (won, lost): (Vec<_>, Vec<_>) = told.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.iter().all(|told| *told == Err(Refusal::Used)), "{lost:?}");
    assert_eq!(fixture.alice().await, (won[0].clone().unwrap(), 0));
    assert_eq!(resets.mailer().take().len(), 1, "one notice");
}

pub(crate) async fn after_32_requests_at_once_exactly_one_mailed_link_lives<F: Fixture>(
    fixture: F,
) {
    let resets = service(&fixture, eager());
    let codes = at_once(32, |_| {
        let resets = resets.clone();
        async move {
            let handled = resets.request(ALICE).await;
            if let Outcome::Failed(fault) = handled.outcome_for_logs() {
                assert!(matches!(fault, Fault::Contended), "{fault:?}");
            }
            handled.outcome_for_logs().code()
        }
    })
    .await;
    let sent = codes.iter().filter(|code| **code == "sent").count();
    let mails = resets.mailer().take();
    assert_eq!(mails.len(), sent);

    let mut told = BTreeMap::new();
    for token in mails.iter().filter_map(token_in) {
        let judged = resets.check(&token).await.map_err(|error| error.refusal().unwrap());
        *told.entry(judged.map_or_else(Refusal::code, |_| "good")).or_insert(0) += 1;
    }
    assert_eq!(told.remove("good"), Some(1));
    assert_eq!(told.remove("superseded").unwrap_or_default(), sent - 1);
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(fixture.alice().await, (OLD_HASH.to_owned(), 1));
}

pub(crate) async fn of_32_requests_at_once_the_throttle_lets_one_pass<F: Fixture>(fixture: F) {
    let resets = service(&fixture, TokenIssuer::default());
    let codes = at_once(32, |_| {
        let resets = resets.clone();
        async move { resets.request(ALICE).await.outcome_for_logs().code() }
    })
    .await;
    let count = |code: &str| codes.iter().filter(|other| **other == code).count();
    assert_eq!((count("sent"), count("throttled")), (1, 31), "{codes:?}");
    let mails = resets.mailer().take();
    assert_eq!(mails.len(), 1);
    resets.check(&token_in(&mails[0]).unwrap()).await.unwrap();
}

pub(crate) async fn issuing_against_redeeming_leaves_one_story<F: Fixture>(fixture: F) {
    let resets = service(&fixture, eager());
    let token = a_link::<F>(&resets).await;
    let told = at_once(16, |number| {
        let (resets, token) = (resets.clone(), token.clone());
        async move {
            if number % 2 == 0 {
                return Some(redeem::<F>(resets, token, number).await);
            }
            resets.request(ALICE).await;
            None
        }
    })
    .await;
    let (won, lost): (Vec<_>, Vec<_>) = told.into_iter().flatten().partition(Result::is_ok);
    let reason = match won.as_slice() {
        [] => {
            assert_eq!(fixture.alice().await, (OLD_HASH.to_owned(), 1));
            Refusal::Superseded
        }
        [winner] => {
            assert_eq!(fixture.alice().await, (winner.clone().unwrap(), 0));
            Refusal::Used
        }
        more => panic!("redeemed {} times", more.len()),
    };
    assert!(lost.iter().all(|told| *told == Err(reason)), "{lost:?}, {reason:?}");

    let mut good = 0;
    for mailed in resets.mailer().take().iter().filter_map(token_in) {
        good += usize::from(resets.check(&mailed).await.is_ok());
    }
    let told = resets.check(&token).await.unwrap_err().refusal();
    assert_eq!(told, Some(reason));
    assert!(good <= 1);
}
