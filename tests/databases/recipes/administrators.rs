//! An administrator starts a reset and sees whether its mail was handed over.

use crate::recipes::host::{ALICE, ALICES, BOB, Host, NEW, OLD, Server, asks, sets};
use password_reset::adapters::memory::Mail;
use password_reset::mailer::{Mailer, Message, Reason};
use password_reset::service::{Delivery, FirstPassword};

pub(crate) async fn an_account_that_must_reset_signs_in_only_with_a_new_password<DB: Server>(
    host: &Host<DB>,
) {
    let clear = "UPDATE users SET must_reset = FALSE WHERE id = {id}";
    let resets = host.resets(host.users().also(clear)).await;
    assert!(host.signs_in(ALICE, OLD).await);

    // A signed-in attacker may be the reason, so the sessions end too.
    host.run("UPDATE users SET must_reset = TRUE WHERE id = 1").await;
    host.run("DELETE FROM sessions WHERE user_id = 1").await;
    let dispatched = resets.request_for(&ALICE).await;
    assert_eq!(dispatched.delivery(), Delivery::Sent);

    let mails = host.outbox.take();
    let [Mail::ResetLink { recipient, reason, link, .. }] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!((recipient.as_str(), *reason), (ALICES, Reason::Administrator));
    let seen = format!("{dispatched:?} {} {}", dispatched.delivery(), dispatched.delivery().code());
    assert!(!seen.contains(link.expose_token()), "{seen}");

    assert!(!host.signs_in(ALICE, OLD).await, "the password is right, and the sign-in refuses");
    assert_eq!(
        asks(&resets, ALICES).await,
        "throttled",
        "and may mail a link, as a visitor's press"
    );
    sets(&resets, link.expose_token(), NEW).await.unwrap();
    assert!(!host.signs_in(ALICE, OLD).await);
    assert!(host.signs_in(ALICE, NEW).await);
}

#[derive(Debug, thiserror::Error)]
#[error("the mail server is down")]
struct Down;

impl Mailer<i64> for Down {
    type Error = Self;

    async fn send(&self, _: &Message<'_, i64>) -> Result<(), Self> {
        Err(Self)
    }
}

pub(crate) async fn an_administrator_learns_whether_the_mail_was_sent_and_never_the_link<
    DB: Server,
>(
    host: &Host<DB>,
) {
    for account in ["3, 'no address', 'x', NULL", "4, '', 'x', NULL", "5, NULL, 'x', NULL"] {
        let insert = "INSERT INTO users (id, email, password_hash, deleted_at) VALUES";
        host.run(&format!("{insert} ({account})")).await;
    }
    host.run(
        "INSERT INTO users (id, email, password_hash, deleted_at) \
         VALUES (6, 'gone@example.com', 'x', 1)",
    )
    .await;
    let explain = host.builder(host.users(), host.outbox.clone()).await;
    let explain = explain.first_password(FirstPassword::Explain).build().unwrap();
    for (id, requested, invited) in [
        (ALICE, Delivery::Sent, Delivery::HasPassword),
        (BOB, Delivery::Explained, Delivery::Sent),
        (3, Delivery::NoAddress, Delivery::HasPassword),
        (4, Delivery::NoAddress, Delivery::HasPassword),
        (5, Delivery::MayNotReset, Delivery::MayNotReset),
        (6, Delivery::MayNotReset, Delivery::MayNotReset),
        (7, Delivery::MayNotReset, Delivery::MayNotReset),
    ] {
        let outcomes = (explain.request_for(&id).await, explain.invite(&id).await);
        assert_eq!((outcomes.0.delivery(), outcomes.1.delivery()), (requested, invited), "{id}");
    }
    let links: Vec<_> = host.outbox.take().iter().map(|mail| mail.link().is_some()).collect();
    assert_eq!(links, [true, false, true]);

    let down = host.builder(host.users(), Down).await.build().unwrap();
    assert_eq!(down.request_for(&ALICE).await.delivery(), Delivery::MailFailed);

    host.run("DROP TABLE password_reset_ledgers").await;
    assert_eq!(explain.request_for(&ALICE).await.delivery(), Delivery::Failed);
    assert!(host.outbox.take().is_empty());
}
