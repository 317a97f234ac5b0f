//! What ends an invitation.

use crate::recipes::host::{ALICES, BOB, BOBS, Host, NEW, Server, asks, refusal, sets};
use password_reset::service::{Delivery, FirstPassword};
use password_reset::token::{IssueKind, Refusal};
use std::time::Duration;

pub(crate) async fn a_password_set_on_another_path_ends_an_invitation<DB: Server>(host: &Host<DB>) {
    // Where the stamp is the hash, where it is a counter, and where it says nothing of the password.
    let accounts = "SELECT id, email AS address, password_hash AS password, \
                    tenant AS stamp FROM users";
    let set_password = "UPDATE users SET password_hash = {hash}, tenant = tenant + 1 \
                        WHERE id = {id} AND tenant = {stamp}";
    for (builder, stamp_tells) in [
        (host.users(), true),
        (host.by_hand(), true),
        (host.counted(), false),
        (host.users_counted(), false),
        (host.by_hand().accounts(accounts).set_password(set_password), false),
    ] {
        let resets = host.resets(builder).await;
        assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
        let link = host.mailed_token();
        let accepted = resets.accept(&link, NEW).await.unwrap();
        host.run("UPDATE users SET password_hash = 'by another path' WHERE id = 2").await;
        assert_eq!(refusal(&resets, &link).await, Some(Refusal::Changed));
        sets(&resets, &link, NEW).await.unwrap_err();
        assert_eq!(resets.renew(&link).await.outcome_for_logs().code(), "not_renewable");
        assert!(host.outbox.take().is_empty());
        if stamp_tells {
            let error = accepted.commit("a hash").await.unwrap_err();
            assert_eq!(error.refusal(), Some(Refusal::Changed), "up to the commit");
        }
        assert_eq!(host.hash(BOB).await, "by another path");
        host.run("UPDATE users SET password_hash = NULL WHERE id = 2").await;
    }
}

pub(crate) async fn a_passkey_that_changes_the_stamp_ends_an_invitation<DB: Server>(
    host: &Host<DB>,
) {
    let resets = host.resets(host.users_counted()).await;
    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
    let link = host.mailed_token();
    let accepted = resets.accept(&link, NEW).await.unwrap();
    host.run("UPDATE users SET credentials = credentials + 1 WHERE id = 2").await;
    assert_eq!(refusal(&resets, &link).await, Some(Refusal::Changed));
    let error = accepted.commit("a hash").await.unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::Changed));
    assert_eq!(host.hash(BOB).await, "");

    // Without such a stamp nothing tells of the passkey.
    let resets = host.resets(host.users()).await;
    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
    let link = host.mailed_token();
    host.run("UPDATE users SET credentials = credentials + 1 WHERE id = 2").await;
    assert_eq!(refusal(&resets, &link).await, None);
}

pub(crate) async fn an_invitation_is_withdrawn_by_revoking_it_or_by_letting_the_account_reset_no_more<
    DB: Server,
>(
    host: &Host<DB>,
) {
    let resets = host.resets(host.users()).await;
    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
    let revoked = host.mailed_token();
    assert!(resets.revoke_for(&BOB).await.unwrap());
    assert_eq!(refusal(&resets, &revoked).await, Some(Refusal::Revoked));
    assert_eq!(resets.renew(&revoked).await.outcome_for_logs().code(), "not_renewable");
    assert!(!resets.revoke_for(&BOB).await.unwrap(), "there is none any more");
    host.clock.advance(Duration::from_secs(60));
    assert_eq!(asks(&resets, BOBS).await, "sent", "where a first password is allowed");
    assert!(resets.revoke_for(&BOB).await.unwrap());
    host.clock.advance(Duration::from_secs(60));
    let explains = host.builder(host.users(), host.outbox.clone()).await;
    let explains = explains.first_password(FirstPassword::Explain).build().unwrap();
    assert_eq!(asks(&explains, BOBS).await, "explained", "and where it is not");
    let _ = host.outbox.take();

    // One that has expired is renewed by its holder for a week, unless it is revoked.
    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
    let expired = host.mailed_token();
    host.clock.advance(Duration::from_secs(8 * 86_400));
    assert_eq!(refusal(&resets, &expired).await, Some(Refusal::Expired));
    assert_eq!(resets.renew(&expired).await.outcome_for_logs().code(), "sent");
    let renewed = host.mailed_token();
    assert_eq!(resets.check(&renewed).await.unwrap().kind, IssueKind::Invitation);
    host.clock.advance(Duration::from_secs(8 * 86_400));
    assert!(resets.revoke_for(&BOB).await.unwrap());
    assert_eq!(resets.renew(&renewed).await.outcome_for_logs().code(), "not_renewable");

    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::Sent);
    let link = host.mailed_token();
    assert_eq!(refusal(&resets, &revoked).await, Some(Refusal::Revoked));
    let accepted = resets.accept(&link, NEW).await.unwrap();
    host.run("UPDATE users SET deleted_at = 1 WHERE id = 2").await;
    assert_eq!(refusal(&resets, &link).await, Some(Refusal::Unknown));
    assert_eq!(accepted.commit("a hash").await.unwrap_err().refusal(), Some(Refusal::Unknown));
    assert_eq!(resets.invite(&BOB).await.delivery(), Delivery::MayNotReset);
    assert_eq!(host.hash(BOB).await, "");
    assert_eq!(asks(&resets, ALICES).await, "sent", "nobody else is concerned");
}
