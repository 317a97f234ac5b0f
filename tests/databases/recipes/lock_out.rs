//! What else a reset ends, and what it proves about the address.

use crate::recipes::host::{
    ALICE, ALICES, BOB, Builder, Host, NEW, OLD, Server, asks, hash_of, sets,
};

const END_LOCK_OUT: &str =
    "UPDATE users SET failed_sign_ins = 0, locked_until = NULL WHERE id = {id}";
const VERIFY: &str = "UPDATE users SET verified = TRUE WHERE id = {id}";

fn links<DB: Server>(host: &Host<DB>) -> Builder<DB> {
    host.users().also(END_LOCK_OUT).also_by_link(VERIFY)
}

/// Everybody typed too many wrong passwords.
async fn lock_everybody_out<DB: Server>(host: &Host<DB>) {
    host.run("UPDATE users SET failed_sign_ins = 9, locked_until = 9999999999").await;
    assert!(!host.signs_in(ALICE, OLD).await);
}

async fn locked_out<DB: Server>(host: &Host<DB>) -> Vec<String> {
    host.texts("id", "users WHERE locked_until IS NOT NULL AND failed_sign_ins > 0 ORDER BY id")
        .await
}

pub(crate) async fn a_reset_ends_a_lock_out_and_verifies_the_address<DB: Server>(host: &Host<DB>) {
    let resets = host.resets(links(host)).await;
    lock_everybody_out(host).await;
    assert_eq!(asks(&resets, ALICES).await, "sent");
    assert_eq!(host.count("users WHERE verified").await, 0, "a request shows nothing");
    sets(&resets, &host.mailed_token(), NEW).await.unwrap();
    assert_eq!(locked_out(host).await, ["2"], "another's stays");
    assert_eq!(host.texts("id", "users WHERE verified").await, ["1"]);
    assert!(host.signs_in(ALICE, NEW).await);
}

pub(crate) async fn an_invitation_activates_the_account<DB: Server>(host: &Host<DB>) {
    let resets = host.resets(links(host)).await;
    assert_eq!(resets.invite(&BOB).await.delivery().code(), "sent");
    sets(&resets, &host.mailed_token(), NEW).await.unwrap();
    assert_eq!(host.texts("id", "users WHERE verified").await, ["2"]);
    assert!(host.signs_in(BOB, NEW).await);
}

pub(crate) async fn a_password_that_is_rejected_or_not_committed_ends_no_lock_out<DB: Server>(
    host: &Host<DB>,
) {
    let resets = host.resets(links(host)).await;
    lock_everybody_out(host).await;
    asks(&resets, ALICES).await;
    let token = host.mailed_token();
    sets(&resets, &token, "weak").await.unwrap_err();
    drop(resets.accept(&token, NEW).await.unwrap());
    resets.accept(&token, NEW).await.unwrap().commit("").await.unwrap_err();
    assert_eq!(locked_out(host).await, ["1", "2"]);
    assert_eq!(host.count("users WHERE verified").await, 0);
}

/// A signed-in account holder has not shown control of the mailbox.
pub(crate) async fn a_signed_in_change_ends_a_lock_out_and_verifies_no_address<DB: Server>(
    host: &Host<DB>,
) {
    let resets = host.resets(links(host)).await;
    lock_everybody_out(host).await;
    let accepted = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap();
    accepted.commit(hash_of(NEW)).await.unwrap();
    assert_eq!(locked_out(host).await, ["2"]);
    assert_eq!(host.count("users WHERE verified").await, 0, "with a first ledger");

    let accepted = resets.accept_change(ALICE, hash_of(NEW), OLD).await.unwrap();
    accepted.commit(hash_of(OLD)).await.unwrap();
    assert_eq!(host.count("users WHERE verified").await, 0, "and with one that was there");

    drop(host.outbox.take());
    asks(&resets, ALICES).await;
    sets(&resets, &host.mailed_token(), NEW).await.unwrap();
    assert_eq!(host.texts("id", "users WHERE verified").await, ["1"], "a link after it does");
}
