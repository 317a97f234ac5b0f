//! When the visitor gets an answer, on a paused clock and over slow ports.

use crate::support::ports::{Down, TestMailer, TestStore};
use crate::support::world::{ALICE, World, six};
use password_reset::mailer::{Mailer, Message};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Selector, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const FIND: Duration = Duration::from_secs(1);
const COMMIT: Duration = Duration::from_secs(10);
const SEND: Duration = Duration::from_secs(100);

/// A port that is far away.
struct Slow<P>(Arc<P>);

impl Store for Slow<TestStore> {
    type AccountId = u64;
    type Error = Down;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Down> {
        sleep(FIND).await;
        self.0.find_by_login(login).await
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Down> {
        sleep(FIND).await;
        self.0.find_by_id(id).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<u64>>, Down> {
        sleep(FIND).await;
        self.0.find_by_selector(selector).await
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Down> {
        sleep(COMMIT).await;
        self.0.commit(change).await
    }
}

impl Mailer<u64> for Slow<TestMailer> {
    type Error = Down;

    async fn send(&self, message: &Message<'_, u64>) -> Result<(), Down> {
        sleep(SEND).await;
        self.0.send(message).await
    }
}

fn slow(world: &World, issuer: TokenIssuer) -> PasswordReset<Slow<TestStore>, Slow<TestMailer>> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let (store, mailer) = (Slow(world.store.clone()), Slow(world.mailer.clone()));
    let builder = PasswordReset::builder(store, mailer, link).clock(world.clock.clone());
    builder.issuer(issuer).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_answer_before_the_request_takes_no_time_however_slow_the_ports_are() {
    for (code, world) in six() {
        let resets = slow(&world, TokenIssuer::default());
        let asked = Instant::now();
        let request = tokio::spawn(async move {
            let handled = resets.request(ALICE).await;
            (handled.outcome_for_logs().code(), asked.elapsed())
        });
        // Here a handler answers.
        assert_eq!(asked.elapsed(), Duration::ZERO, "{code}");
        let (outcome, took) = request.await.unwrap();
        assert_eq!(outcome, code);
        assert!(took >= FIND, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_request_reveals_who_has_an_account() {
    let took = async |world: &World| {
        let asked = Instant::now();
        slow(world, TokenIssuer::default()).request(ALICE).await;
        asked.elapsed()
    };
    let [(_, sent), (_, unknown), (_, throttled), (_, disabled), (_, mail_failed), _] = six();
    assert_eq!(took(&sent).await, FIND + COMMIT + SEND);
    assert_eq!(took(&mail_failed).await, FIND + COMMIT + SEND);
    for nothing_to_do in [unknown, throttled, disabled] {
        assert_eq!(took(&nothing_to_do).await, FIND);
    }
}

#[cfg(feature = "codes")]
#[tokio::test(start_paused = true)]
async fn waiting_for_a_typed_code_reveals_who_has_one_and_not_whether_it_is_right() {
    use crate::support::codes::{mistyped, with_codes};

    let took = async |world: &World, code: &str| {
        let asked = Instant::now();
        let issuer = with_codes(TokenIssuer::builder());
        let (token, _) = slow(world, issuer).exchange(ALICE, code).await;
        (asked.elapsed(), token.is_some())
    };
    let world = World::with_codes();
    assert_eq!(took(&world, "12345678").await, (FIND, false));
    let (_, code) = world.link_and_code();
    assert_eq!(took(&world, &code[1..]).await, (FIND, false));
    assert_eq!(took(&world, &mistyped(&code)).await, (FIND + COMMIT, false));
    assert_eq!(took(&world, &code).await, (FIND + COMMIT, true));
    assert_eq!(took(&world, &code).await, (FIND, false));
    assert!(world.store.memory.delete_account(world.alice));
    assert_eq!(took(&world, &code).await, (FIND, false));
}
