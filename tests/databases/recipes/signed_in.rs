//! A signed-in account holder changes the password.

use crate::recipes::host::{ALICE, ALICES, BOB, Host, NEW, OLD, Server, asks, hash_of, refusal};
use password_reset::ResetError;
use password_reset::adapters::sql::Trouble;
use password_reset::service::Fault;
use password_reset::store::Store as _;
use password_reset::token::Refusal;
use std::time::Duration;

pub(crate) async fn a_signed_in_change_ends_sessions_and_links_with_a_ledger_and_without<
    DB: Server,
>(
    host: &Host<DB>,
) {
    for builder in [host.users(), host.by_hand()] {
        let resets = host.resets(builder).await;
        host.run("DELETE FROM password_reset_ledgers").await;
        host.run("DELETE FROM sessions").await;
        host.run("UPDATE users SET password_hash = 'hash of Abcdefg1' WHERE id = 1").await;
        host.run("INSERT INTO sessions VALUES (1), (1), (2)").await;
        let weak = resets.accept_change(ALICE, hash_of(OLD), "weak").await.unwrap_err();
        assert!(weak.violations().is_some());

        let accepted = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap();
        let done = accepted.commit(hash_of(NEW)).await.unwrap();
        assert_eq!((done.account_id, done.ended_sessions), (ALICE, Some(2)));
        done.notice.unwrap();
        let notices = host.outbox.take();
        assert_eq!((notices.len(), notices[0].recipient()), (1, ALICES));
        assert_eq!([host.sessions(ALICE).await, host.sessions(BOB).await], [0, 1]);
        assert!(host.signs_in(ALICE, NEW).await);

        assert_eq!(asks(&resets, ALICES).await, "sent", "a change keeps nobody from a link");
        let link = host.mailed_token();
        let accepted = resets.accept_change(ALICE, hash_of(NEW), OLD).await.unwrap();
        assert_eq!(accepted.commit(hash_of(OLD)).await.unwrap().ended_sessions, Some(1));
        assert_eq!(refusal(&resets, &link).await, Some(Refusal::Changed));
        let _ = host.outbox.take();
        host.clock.advance(Duration::from_secs(90_000));
    }
}

pub(crate) async fn a_signed_in_change_of_a_password_that_has_since_changed_is_refused<
    DB: Server,
>(
    host: &Host<DB>,
) {
    for builder in [host.users(), host.by_hand()] {
        let resets = host.resets(builder).await;
        host.run("UPDATE users SET password_hash = 'hash of Abcdefg1' WHERE id = 1").await;
        let accepted = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap();
        host.run("UPDATE users SET password_hash = 'by another path' WHERE id = 1").await;
        let error = accepted.commit(hash_of(NEW)).await.unwrap_err();
        assert_eq!(error.refusal(), Some(Refusal::Changed));
        let error = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap_err();
        assert_eq!(error.refusal(), Some(Refusal::Changed));
        assert_eq!(host.hash(ALICE).await, "by another path");
        assert!(host.outbox.take().is_empty());
    }
}

/// The stamp is read before the hash that is verified, from the store, which gives it in its own way.
pub(crate) async fn a_signed_in_change_goes_by_the_stamp_where_there_is_one<DB: Server>(
    host: &Host<DB>,
) {
    let resets = host.resets(host.users_counted()).await;
    let stamp = resets.store().find_by_id(&ALICE).await.unwrap().unwrap().stamp;
    assert_eq!(host.hash(ALICE).await, hash_of(OLD), "the present password is verified");
    let accepted = resets.accept_change(ALICE, &stamp, NEW).await.unwrap();
    accepted.commit(hash_of(NEW)).await.unwrap();
    assert_eq!(host.hash(ALICE).await, hash_of(NEW));
    let error = resets.accept_change(ALICE, &stamp, OLD).await.unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::Changed));
    let stamp = resets.store().find_by_id(&ALICE).await.unwrap().unwrap().stamp;
    let accepted = resets.accept_change(ALICE, &stamp, OLD).await.unwrap();
    host.run("UPDATE users SET credentials = credentials + 1 WHERE id = 1").await;
    let error = accepted.commit(hash_of(OLD)).await.unwrap_err();
    assert_eq!(error.refusal(), Some(Refusal::Changed));
}

pub(crate) async fn an_account_without_a_password_adds_one_while_it_is_signed_in<DB: Server>(
    host: &Host<DB>,
) {
    for none in ["NULL", "''"] {
        for builder in [host.users(), host.by_hand()] {
            host.run(&format!("UPDATE users SET password_hash = {none} WHERE id = 2")).await;
            let resets = host.resets(builder).await;
            assert_eq!(resets.invite(&BOB).await.delivery().code(), "sent");
            let invitation = host.mailed_token();
            let accepted = resets.accept_change(BOB, "", NEW).await.unwrap();
            accepted.commit(hash_of(NEW)).await.unwrap();
            assert!(host.signs_in(BOB, NEW).await);
            assert_eq!(refusal(&resets, &invitation).await, Some(Refusal::Changed));
            let _ = host.outbox.take();
        }
    }
}

/// With a first ledger the database says no more than that a key is taken.
pub(crate) async fn a_key_that_a_statement_of_the_hosts_finds_taken_is_named_and_nothing_changes<
    DB: Server,
>(
    host: &Host<DB>,
) {
    host.run("CREATE TABLE audit (user_id BIGINT NOT NULL PRIMARY KEY)").await;
    host.run("INSERT INTO audit VALUES (1)").await;
    let audited = host.users().also("INSERT INTO audit (user_id) VALUES ({id})");
    let resets = host.resets(audited).await;
    for has_ledger in [false, true] {
        if has_ledger {
            assert_eq!(asks(&resets, ALICES).await, "sent");
        }
        let accepted = resets.accept_change(ALICE, hash_of(OLD), NEW).await.unwrap();
        let error = accepted.commit(hash_of(NEW)).await.unwrap_err();
        let ResetError::Fault(Fault::Store(error)) = error else { panic!("{error:?}") };
        assert_eq!(error.trouble(), Trouble::Duplicate, "a ledger before: {has_ledger}");
        assert_eq!(host.hash(ALICE).await, hash_of(OLD));
    }
}
