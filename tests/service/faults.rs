//! Links over a store that fails, answers ambiguously or changes at the worst moment.

use crate::support::issuers::eager;
use crate::support::ports::{Down, OnCommit, OnFind, OnSend};
use crate::support::run;
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, hash, rival};
use password_reset::adapters::memory::{Mail, MemoryStore};
use password_reset::service::{Delivery, Fault, Outcome, ResetError};
use password_reset::token::{Refusal, TokenIssuer};
use std::error::Error;
use std::time::Duration;

fn fault(error: &ResetError<Down>) -> &Fault<Down> {
    match error {
        ResetError::Fault(fault) => fault,
        other => panic!("a fault, not {other:?}"),
    }
}

fn notices(world: &World) -> usize {
    let mails = world.mailer.outbox.take();
    mails.iter().filter(|mail| matches!(mail, Mail::PasswordChanged { .. })).count()
}

/// Another visitor redeems the same link first, with another password.
fn others_redeem(world: &World, token: &str) -> impl FnOnce(&MemoryStore) + Send + use<> {
    let (clock, token) = (world.clock.clone(), token.to_owned());
    move |memory| {
        let rival = rival(memory, &clock, &TokenIssuer::default());
        let accepted = run(rival.accept(&token, "Theirs12")).unwrap();
        run(accepted.commit("theirs")).unwrap();
    }
}

#[test]
fn a_commit_that_failed_before_it_took_effect_changed_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    world.store.next_commits((0..6).map(|_| OnCommit::FailBefore));

    let told = world.reset(&token, GOOD).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    let told = run(world.resets.cancel(&token)).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    let told = run(world.resets.revoke(ALICE)).unwrap_err();
    assert!(matches!(told, Fault::Store(Down)));
    assert!(world.store.end_script());
    assert_eq!(world.state(), before);
    assert!(world.mailer.outbox.take().is_empty());
    world.reset(&token, GOOD).expect("the link still works");
}

#[test]
fn a_request_whose_commit_failed_mails_nothing_and_kills_nothing() {
    let world = World::with(|builder| builder.issuer(eager()));
    let token = world.link();
    world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
    let handled = run(world.resets.request(ALICE));
    assert!(matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::Store(Down))));
    assert!(world.mailer.outbox.take().is_empty());
    run(world.resets.check(&token)).unwrap();
}

#[test]
fn a_redemption_that_reports_an_error_although_it_took_effect_is_a_success_with_one_notice() {
    let world = World::new();
    let token = world.link();
    world.store.next_commits([OnCommit::FailAfter]);
    let completed = world.reset(&token, GOOD).unwrap();
    assert_eq!(completed.account_id, world.alice);
    assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1));
    let again = world.reset(&token, GOOD).unwrap_err();
    assert_eq!(again.refusal(), Some(Refusal::Used));
}

#[test]
fn every_other_change_that_took_effect_in_spite_of_an_error_is_found_out_too() {
    let world = World::new();
    world.store.next_commits([OnCommit::FailAfter]);
    let token = world.link();
    run(world.resets.check(&token)).unwrap();
    world.store.next_commits([OnCommit::FailAfter]);
    run(world.resets.cancel(&token)).unwrap();

    let token = world.later_link();
    world.store.next_commits([OnCommit::FailAfter]);
    assert!(run(world.resets.revoke(ALICE)).unwrap());
    let told = run(world.resets.check(&token)).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Revoked));
}

#[test]
fn a_change_that_takes_effect_after_its_error_was_looked_into_is_a_success_all_the_same() {
    let world = World::new();
    world.store.next_commits([OnCommit::FailAndHappenLater]);
    let token = world.link();
    world.store.next_commits([OnCommit::FailAndHappenLater]);
    world.reset(&token, GOOD).unwrap();
    assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1));

    let token = world.later_link();
    world.store.next_commits([OnCommit::FailAndHappenLater]);
    run(world.resets.cancel(&token)).unwrap();
    let told = run(world.resets.check(&token)).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Revoked));
}

#[test]
fn a_commit_that_failed_once_is_tried_once_more() {
    let world = World::new();
    world.store.next_commits([OnCommit::FailBefore]);
    let token = world.link();
    world.store.next_commits([OnCommit::FailBefore]);
    world.reset(&token, GOOD).unwrap();
    assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1));
}

#[test]
fn a_redemption_is_found_out_although_others_went_on_from_it() {
    let world = World::new();
    let token = world.link();
    let clock = world.clock.clone();
    world.store.next_commits([OnCommit::FailAfterAnd(Box::new(move |memory| {
        run(rival(memory, &clock, &eager()).request(ALICE));
    }))]);
    world.reset(&token, GOOD).unwrap();

    let token = world.later_link();
    let alice = world.alice;
    world.store.next_commits([OnCommit::FailAfterAnd(Box::new(move |memory| {
        assert!(memory.set_password_hash(alice, "by another path"));
    }))]);
    world.reset(&token, GOOD).unwrap();
    assert_eq!(world.hash(), "by another path");
}

#[test]
fn of_two_redemptions_that_race_with_one_link_only_the_winner_reports_success() {
    let world = World::new();
    let token = world.link();
    let others = others_redeem(&world, &token);
    world.store.next_commits([OnCommit::FailBeforeAnd(Box::new(others))]);
    let told = world.reset(&token, GOOD).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Used));
    assert_eq!((world.hash().as_str(), notices(&world)), ("theirs", 0));

    let world = World::new();
    let token = world.link();
    let others = others_redeem(&world, &token);
    world.store.next_commits([OnCommit::After(Box::new(others))]);
    let told = world.reset(&token, GOOD).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Used));
    assert_eq!((world.hash().as_str(), notices(&world)), ("theirs", 0));
}

#[test]
fn a_link_of_others_is_not_taken_for_the_one_that_was_asked_for() {
    let world = World::with(|builder| builder.issuer(eager()));
    world.link();
    let clock = world.clock.clone();
    world.store.next_commits([OnCommit::FailBeforeAnd(Box::new(move |memory| {
        run(rival(memory, &clock, &eager()).request(ALICE));
    }))]);
    assert_eq!(world.request(ALICE), "sent");
    let mailed = world.tokens();
    assert_eq!(mailed.len(), 1, "its own link, issued after theirs");
    run(world.resets.check(&mailed[0])).unwrap();
}

/// The newest issue is the invitation, which a redemption of the link leaves where it is.
#[test]
fn after_an_error_the_changed_link_is_looked_up_and_not_the_newest() {
    let mut world = World::new();
    world.alice = world.store.memory.add_account("carol@example.com", "").unwrap();
    assert_eq!(world.request("carol@example.com"), "sent");
    let token = world.tokens().remove(0);
    assert_eq!(run(world.resets.invite(&world.alice)).delivery(), Delivery::Sent);
    drop(world.mailer.outbox.take());
    let before = world.state();

    world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
    let told = world.reset(&token, GOOD).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    assert_eq!(world.state(), before);
    world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
    assert!(run(world.resets.revoke_for(&world.alice)).is_err());
    assert_eq!(world.state(), before);
    world.store.next_commits([OnCommit::FailAfter]);
    world.reset(&token, GOOD).unwrap();
    assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1));
}

/// An error whose `Debug` prints what no log may hold.
#[derive(Debug, thiserror::Error)]
#[error("the store said no")]
struct Indiscreet(&'static str);

#[test]
fn no_debug_of_a_fault_holds_an_address_or_a_hash() {
    let indiscreet = || Indiscreet("alice@example.com has hash-97531");
    let fault = Fault::Store(indiscreet());
    let error = ResetError::from(Fault::Store(indiscreet()));
    let outcomes: [Outcome<Indiscreet, Indiscreet>; 2] =
        [Outcome::MailFailed(indiscreet()), Outcome::Failed(Fault::Store(indiscreet()))];
    let world = World::new();
    let completed = world.link();
    world.mailer.next_sends([OnSend::Refuse]);
    let completed = format!("{:?}", world.reset(&completed, GOOD).unwrap());
    let told = "account_id: 1, ended_sessions: Some(1), notice: Err(\"the port is down\")";
    assert_eq!(completed, format!("Completed {{ {told} }}"));
    let [mail_failed, failed] = outcomes.map(|outcome| format!("{outcome:?}"));
    for shown in [format!("{fault:?} {fault:#?}"), format!("{error:?}"), mail_failed, failed] {
        assert!(shown.contains("the store said no"), "{shown}");
        assert!(!shown.contains("alice") && !shown.contains("97531"), "{shown}");
    }
}

#[test]
fn a_commit_that_cannot_be_looked_up_again_is_a_fault() {
    let world = World::new();
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.next_commits([OnCommit::FailAfter]);
    world.store.next_finds([OnFind::Fail]);
    let told = run(accepted.commit("new")).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    assert_eq!(notices(&world), 0);
}

#[test]
fn a_conflict_after_an_error_is_no_answer_while_nothing_has_changed() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    world.store.next_commits([OnCommit::FailBefore, OnCommit::Conflict]);
    let told = world.reset(&token, GOOD).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)), "the first may still be under way");
    assert!(world.store.end_script());
    assert_eq!(world.state(), before);
    world.reset(&token, GOOD).expect("the link still works");
}

#[test]
fn a_ledger_that_is_gone_after_an_error_is_no_answer_and_is_not_written_again() {
    let world = World::new();
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.take_calls();
    world.store.next_commits([OnCommit::FailBefore]);
    world.store.next_finds([OnFind::Hide]);
    let told = run(accepted.commit("new")).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    assert_eq!(world.take_calls(), ["commit", "find_by_selector"]);
    assert_eq!(world.hash(), OLD_HASH);
}

type Flow = fn(&World, &str) -> bool;

#[test]
fn conflicts_that_nothing_explains_end_after_eight_retries() {
    let conflicts = |count| (0..count).map(|_| OnCommit::Conflict);
    let world = World::new();
    let token = world.link();
    let before = world.state();

    let flows: [(&str, Flow); 6] = [
        ("commit", |w, token| {
            let told = w.reset(token, GOOD).unwrap_err();
            matches!(fault(&told), Fault::UnexplainedConflict)
        }),
        ("cancel", |w, token| {
            let told = run(w.resets.cancel(token)).unwrap_err();
            matches!(fault(&told), Fault::UnexplainedConflict)
        }),
        ("revoke", |w, _| matches!(run(w.resets.revoke(ALICE)), Err(Fault::UnexplainedConflict))),
        ("request", |w, _| {
            w.clock.advance(Duration::from_secs(60));
            let handled = run(w.resets.request(ALICE));
            matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::UnexplainedConflict))
        }),
        ("request_for", |w, _| {
            let handled = run(w.resets.request_for(&w.alice));
            matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::UnexplainedConflict))
        }),
        ("revoke_for", |w, _| {
            matches!(run(w.resets.revoke_for(&w.alice)), Err(Fault::UnexplainedConflict))
        }),
    ];
    for (name, flow) in flows {
        world.store.next_commits(conflicts(50));
        world.take_calls();
        assert!(flow(&world, &token), "{name}");
        assert_eq!(world.take_calls().iter().filter(|call| **call == "commit").count(), 9);
        assert!(!world.store.end_script());
        assert_eq!(world.state(), before, "{name}");
    }
    world.store.next_commits(conflicts(8));
    world.reset(&token, GOOD).expect("the eighth retry is made");
    assert_eq!(notices(&world), 1);
    world.store.next_commits(conflicts(8));
    world.link();
}

#[test]
fn a_deleted_account_has_nothing_to_revoke() {
    let world = World::new();
    world.link();
    let alice = world.alice;
    world.store.next_commits([OnCommit::After(Box::new(move |memory| {
        assert!(memory.delete_account(alice));
    }))]);
    assert!(!run(world.resets.revoke(ALICE)).unwrap());
    assert!(world.store.end_script());
}

#[test]
fn an_account_that_others_change_at_every_attempt_is_contended() {
    let world = World::with(|builder| builder.issuer(eager()));
    for attempts in [8, 9] {
        let clock = &world.clock;
        world.store.next_commits((0..attempts).map(|_| {
            let clock = clock.clone();
            OnCommit::After(Box::new(move |memory: &MemoryStore| {
                run(rival(memory, &clock, &eager()).request(ALICE));
            }))
        }));
        let handled = run(world.resets.request(ALICE));
        match handled.outcome_for_logs() {
            Outcome::Sent => assert_eq!(attempts, 8),
            Outcome::Failed(Fault::Contended) => assert_eq!(attempts, 9),
            other => panic!("{attempts}: {other:?}"),
        }
        assert!(world.store.end_script());
        world.clock.advance(Duration::from_secs(1));
    }
}

#[test]
fn a_store_that_cannot_be_asked_is_a_fault_and_never_a_refusal() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    for (on_find, name) in [
        (&(|| OnFind::Fail) as &dyn Fn() -> OnFind, "the store failed"),
        (&|| OnFind::Bytes(vec![9, 9]), "an account's ledger cannot be read"),
    ] {
        world.store.next_finds((0..5).map(|_| on_find()));
        for told in [
            run(world.resets.check(&token)).unwrap_err(),
            run(world.resets.accept(&token, GOOD)).map(drop).unwrap_err(),
            run(world.resets.cancel(&token)).unwrap_err(),
            run(world.resets.revoke(ALICE)).unwrap_err().into(),
        ] {
            assert!(told.refusal().is_none() && told.violations().is_none());
            assert_eq!(told.to_string(), name);
            assert!(told.source().is_some(), "the cause is kept");
        }
        assert_eq!(world.request(ALICE), "failed");
        assert!(world.store.end_script());
    }
    assert_eq!(world.state(), before);
    run(world.resets.check(&token)).unwrap();
}

#[test]
fn a_store_that_fails_after_a_conflict_is_a_fault_and_nothing_changed() {
    let world = World::new();
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.next_commits([OnCommit::Conflict]);
    world.store.next_finds([OnFind::Fail]);
    let told = run(accepted.commit("new")).unwrap_err();
    assert!(matches!(fault(&told), Fault::Store(Down)));
    assert_eq!((world.hash().as_str(), notices(&world)), (OLD_HASH, 0));
    run(world.resets.check(&token)).unwrap();
}

#[test]
fn an_account_that_may_not_reset_any_more_has_no_good_link() {
    let world = World::new();
    let token = world.link();
    world.store.next_finds((0..3).map(|_| OnFind::Hide));
    for told in [
        run(world.resets.check(&token)).unwrap_err(),
        run(world.resets.accept(&token, GOOD)).map(drop).unwrap_err(),
        run(world.resets.cancel(&token)).unwrap_err(),
    ] {
        assert_eq!(told.refusal(), Some(Refusal::Unknown));
    }

    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.next_commits([OnCommit::Conflict]);
    world.store.next_finds([OnFind::Hide]);
    let told = run(accepted.commit("new")).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Unknown), "disabled before the commit");
    assert_eq!(world.hash(), OLD_HASH);
}
