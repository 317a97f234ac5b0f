//! Accounts that are marked as deleted.

use crate::recipes::host::{ALICE, ALICES, Host, NEW, OLD, Server, asks, hash_of, refusal, sets};
use password_reset::service::Delivery;
use password_reset::token::Refusal;

const DELETE: &str = "UPDATE users SET deleted_at = 1 WHERE id = 1";

pub(crate) async fn a_deleted_account_gets_no_mail_and_its_links_are_dead_at_once<DB: Server>(
    host: &Host<DB>,
) {
    for builder in [host.users(), host.by_hand()] {
        let resets = host.resets(builder).await;
        assert_eq!(resets.request_for(&ALICE).await.delivery(), Delivery::Sent);
        let link = host.mailed_token();
        host.run(DELETE).await;
        assert_eq!(refusal(&resets, &link).await, Some(Refusal::Unknown));
        sets(&resets, &link, NEW).await.unwrap_err();
        assert_eq!(asks(&resets, ALICES).await, "unknown_account");
        assert_eq!(resets.request_for(&ALICE).await.delivery(), Delivery::MayNotReset);
        assert_eq!(resets.renew(&link).await.outcome_for_logs().code(), "unknown_account");
        let change = resets.accept_change(ALICE, hash_of(OLD), NEW).await;
        assert_eq!(change.unwrap_err().refusal(), Some(Refusal::Unknown));
        assert!(host.outbox.take().is_empty());
        assert_eq!(host.hash(ALICE).await, hash_of(OLD));

        // A host that restores an account revokes its old links if they must not work.
        host.run("UPDATE users SET deleted_at = NULL").await;
        assert_eq!(refusal(&resets, &link).await, None);
        assert!(resets.revoke_for(&ALICE).await.unwrap());
        assert_eq!(refusal(&resets, &link).await, Some(Refusal::Revoked));
    }
}

pub(crate) async fn a_deletion_between_the_form_and_the_commit_comes_first<DB: Server>(
    host: &Host<DB>,
) {
    for builder in [host.users(), host.by_hand()] {
        let resets = host.resets(builder).await;
        assert_eq!(resets.request_for(&ALICE).await.delivery(), Delivery::Sent);
        let link = host.mailed_token();
        resets.check(&link).await.unwrap();
        let by_link = resets.accept(&link, NEW).await.unwrap();
        let by_session = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap();
        host.run(DELETE).await;
        for accepted in [by_link, by_session] {
            let error = accepted.commit(hash_of(NEW)).await.unwrap_err();
            assert_eq!(error.refusal(), Some(Refusal::Unknown));
        }
        assert_eq!((host.hash(ALICE).await, host.sessions(ALICE).await), (hash_of(OLD), 2));
        assert!(host.outbox.take().is_empty(), "no notice either");
        host.run("UPDATE users SET deleted_at = NULL").await;
    }
}
