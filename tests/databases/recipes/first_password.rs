//! Accounts whose password hash is NULL, or empty.

use crate::recipes::host::{BOB, BOBS, Host, NEW, Resets, Server, asks, hash_of, sets};
use password_reset::adapters::memory::Mail;
use password_reset::mailer::Reason;
use password_reset::service::{Delivery, FirstPassword};
use password_reset::token::IssueKind;
use std::time::Duration;

/// Bob without a password, in each way that a table has for it, by each way to say so.
async fn each<DB: Server>(host: &Host<DB>, choice: FirstPassword, run: impl AsyncFn(&Resets<DB>)) {
    for none in ["NULL", "''"] {
        for builder in [host.users(), host.by_hand()] {
            host.run(&format!("UPDATE users SET password_hash = {none} WHERE id = 2")).await;
            host.run("DELETE FROM sessions").await;
            host.run("INSERT INTO sessions VALUES (2)").await;
            let builder = host.builder(builder, host.outbox.clone()).await;
            run(&builder.first_password(choice).build().unwrap()).await;
            let _ = host.outbox.take();
            host.clock.advance(Duration::from_secs(90_000));
        }
    }
}

pub(crate) async fn an_account_without_a_password_sets_one_by_a_request_where_that_is_allowed<
    DB: Server,
>(
    host: &Host<DB>,
) {
    each(host, FirstPassword::Allow, async |resets| {
        assert_eq!(asks(resets, BOBS).await, "sent");
        let link = host.mailed_token();
        assert_eq!(resets.check(&link).await.unwrap().kind, IssueKind::Recovery);
        let done = sets(resets, &link, NEW).await.unwrap();
        assert_eq!(done.ended_sessions, Some(1));
        assert_eq!(host.hash(BOB).await, hash_of(NEW));
        assert!(host.signs_in(BOB, NEW).await);
    })
    .await;
}

pub(crate) async fn an_account_without_a_password_is_told_how_it_signs_in_where_that_is_chosen<
    DB: Server,
>(
    host: &Host<DB>,
) {
    each(host, FirstPassword::Explain, async |resets| {
        assert_eq!(asks(resets, BOBS).await, "explained");
        assert_eq!(resets.request_for(&BOB).await.delivery(), Delivery::Explained);
        let mails = host.outbox.take();
        assert!(mails.iter().all(|mail| matches!(mail, Mail::Explanation { .. })), "{mails:?}");
        assert_eq!((mails.len(), host.sessions(BOB).await), (2, 1));
        assert_eq!(host.hash(BOB).await, "");
    })
    .await;
}

pub(crate) async fn an_account_without_a_password_is_invited<DB: Server>(host: &Host<DB>) {
    for choice in [FirstPassword::Allow, FirstPassword::Explain] {
        each(host, choice, async |resets| {
            assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
            let mails = host.outbox.take();
            let [Mail::ResetLink { reason: Reason::Invitation, link, .. }] = &mails[..] else {
                panic!("{mails:?}")
            };
            host.clock.advance(Duration::from_secs(6 * 86_400));
            let link = link.expose_token();
            assert_eq!(resets.check(link).await.unwrap().kind, IssueKind::Invitation);
            assert_eq!(asks(resets, BOBS).await, "sent", "beside it, a stranger's request");
            assert_eq!(host.mailed_token().len(), 48);
            sets(resets, link, NEW).await.unwrap();
            assert!(host.signs_in(BOB, NEW).await);
            assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::HasPassword);
        })
        .await;
    }
}
