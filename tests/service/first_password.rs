//! Requests for accounts that have no password.

use crate::support::run;
use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore, Outbox};
use password_reset::mailer::Reason;
use password_reset::service::{Delivery, FirstPassword};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Refusal, Selector};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use time::SignedDuration;

const CAROL: &str = "carol@example.com";
const LINK: &str = "https://app.example.com/reset?token={token}";

type Resets<S = Arc<MemoryStore>> = PasswordReset<S, Outbox>;

fn resets<S: Store>(store: S, choice: FirstPassword, clock: &ManualClock) -> Resets<S>
where
    Outbox: password_reset::mailer::Mailer<S::AccountId>,
{
    PasswordReset::builder(store, Outbox::new(), LinkTemplate::new(LINK).unwrap())
        .first_password(choice)
        .clock(clock.clone())
        .build()
        .unwrap()
}

/// A store with Carol, who has no password, and Dave, who has one.
fn people() -> Arc<MemoryStore> {
    let store = MemoryStore::new();
    store.add_account(CAROL, "").unwrap();
    store.add_account("dave@example.com", "hash").unwrap();
    Arc::new(store)
}

fn clock() -> ManualClock {
    ManualClock::new(time::UtcDateTime::UNIX_EPOCH + SignedDuration::days(20_000))
}

fn ask(resets: &Resets, login: &str) -> (&'static str, Vec<Mail>) {
    let code = run(resets.request_in(login, "de")).outcome_for_logs().code();
    (code, resets.mailer().take())
}

#[test]
fn an_account_without_a_password_gets_an_explanation_if_the_host_chose_so() {
    let resets = resets(people(), FirstPassword::Explain, &clock());
    let (code, mails) = ask(&resets, CAROL);
    assert_eq!(code, "explained");
    let [Mail::Explanation { recipient, reason, language, asked_at, .. }] = &mails[..] else {
        panic!("{mails:?}")
    };
    assert_eq!(
        (recipient.as_str(), *reason, language.as_deref()),
        (CAROL, Reason::Forgotten, Some("de"))
    );
    assert_eq!(asked_at.unix_timestamp(), 20_000 * 86_400);

    let (code, mails) = ask(&resets, "dave@example.com");
    assert_eq!(code, "sent");
    assert!(mails[0].link().is_some());
}

#[test]
fn a_link_sets_a_first_password_where_the_host_allows_it() {
    let store = people();
    let resets = resets(Arc::clone(&store), FirstPassword::default(), &clock());
    let (code, mails) = ask(&resets, CAROL);
    assert_eq!(code, "sent");
    let token = mails[0].link().unwrap().expose_token();
    run(run(resets.accept(token, "Correct horse 7")).unwrap().commit("her first hash")).unwrap();
    assert_eq!(store.password_hash(1).as_deref(), Some("her first hash"));
}

#[test]
fn an_explanation_is_throttled_counted_and_answered_like_a_link() {
    let clock = clock();
    let resets = resets(people(), FirstPassword::Explain, &clock);
    let mut mails = 0;
    for _ in 0..1000 {
        let handled = run(resets.request(CAROL));
        assert_eq!(format!("{handled:?}"), "Handled");
        mails += resets.mailer().take().len();
        clock.advance(Duration::from_secs(3));
    }
    assert!((1..=5).contains(&mails), "{mails} in 50 minutes");
    assert_eq!(run(resets.request(CAROL)).outcome_for_logs().code(), "throttled");
}

#[test]
fn an_administrators_request_is_explained_too_and_not_throttled() {
    let resets = resets(people(), FirstPassword::Explain, &clock());
    for _ in 0..3 {
        assert_eq!(run(resets.request_for(&1)).outcome_for_logs().code(), "explained");
        let mails = resets.mailer().take();
        assert!(
            matches!(mails[..], [Mail::Explanation { reason: Reason::Administrator, .. }]),
            "{mails:?}"
        );
    }
}

#[test]
fn an_account_with_a_good_invitation_is_mailed_a_link_whatever_the_host_chose() {
    let clock = clock();
    let resets = resets(people(), FirstPassword::Explain, &clock);
    assert_eq!(run(resets.invite(&1)).delivery(), Delivery::Sent);
    let invitation = resets.mailer().take().remove(0);
    assert!(matches!(invitation, Mail::ResetLink { reason: Reason::Invitation, .. }));

    clock.advance(Duration::from_secs(86_400));
    assert_eq!(ask(&resets, CAROL).0, "sent");
    let invitation = invitation.link().unwrap().expose_token();
    assert!(run(resets.check(invitation)).is_ok(), "nobody's request ends it");

    clock.advance(Duration::from_secs(6 * 86_400));
    assert_eq!(ask(&resets, CAROL).0, "explained");
    let refused = run(resets.check(invitation)).unwrap_err().refusal();
    assert_eq!(refused, Some(Refusal::Expired));
}

/// A store whose stamp says the opposite of `has_password`.
struct Contrary(MemoryStore);

impl Contrary {
    fn turn(account: Option<Account<u64>>) -> Option<Account<u64>> {
        account.map(|mut account| {
            account.has_password = account.stamp.is_empty();
            account
        })
    }
}

impl Store for Contrary {
    type AccountId = u64;
    type Error = Infallible;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_login(login).await.map(Self::turn)
    }
    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_id(id).await.map(Self::turn)
    }
    async fn find_by_selector(&self, s: &Selector) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_selector(s).await.map(Self::turn)
    }
    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Infallible> {
        self.0.commit(change).await
    }
}

#[test]
fn has_password_says_it_and_never_the_stamp() {
    let store = MemoryStore::new();
    store.add_account(CAROL, "").unwrap();
    store.add_account("dave@example.com", "a stamp of somebody without a password").unwrap();
    let resets = resets(Contrary(store), FirstPassword::Explain, &clock());
    let code = |login| run(resets.request(login)).outcome_for_logs().code();
    assert_eq!(code(CAROL), "sent");
    assert_eq!(code("dave@example.com"), "explained");
}

#[test]
fn an_explanation_leaves_a_link_from_before_alone_and_no_link_behind() {
    let (store, clock) = (people(), clock());
    let allowing = resets(Arc::clone(&store), FirstPassword::Allow, &clock);
    let (_, mails) = ask(&allowing, CAROL);
    let token = mails[0].link().unwrap().expose_token();

    clock.advance(Duration::from_secs(120));
    let explaining = resets(Arc::clone(&store), FirstPassword::Explain, &clock);
    assert_eq!(ask(&explaining, CAROL).0, "explained");
    assert!(run(explaining.check(token)).is_ok());
}
