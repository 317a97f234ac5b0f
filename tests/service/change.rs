//! A signed-in account holder changes the password.

use crate::support::issuers::eager;
use crate::support::ports::{Down, OnCommit, OnFind, OnSend, Stamps};
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, hash, rival};
use crate::support::{invariants, run};
use password_reset::PasswordReset;
use password_reset::adapters::memory::{Mail, MemoryStore};
use password_reset::service::{Completed, Fault, ResetError};
use password_reset::token::{IssueKind, IssueState, Ledger, Refusal};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

type Changed = Result<Completed<u64, Down>, ResetError<Down>>;

/// Alice's present stamp, as it is when her password is verified.
fn verified(world: &World) -> Vec<u8> {
    world.store.stamp(world.alice, world.hash().as_bytes())
}

/// Alice changes her password to this one.
fn change(world: &World, password: &str) -> Changed {
    run(async {
        let accepted = world.resets.accept_change(world.alice, verified(world), password).await?;
        let hash = hash(accepted.expose_password());
        accepted.commit(hash).await
    })
}

fn notices(world: &World) -> usize {
    let mails = world.mailer.outbox.take();
    mails.iter().filter(|mail| matches!(mail, Mail::PasswordChanged { .. })).count()
}

fn ledger(world: &World) -> Option<Ledger> {
    world.store.memory.ledger(world.alice).map(|bytes| invariants::read(&bytes))
}

fn refusal<T>(told: Result<T, ResetError<Down>>) -> Option<Refusal> {
    told.err().and_then(|error| error.refusal())
}

fn is_store_fault<T>(told: &Result<T, ResetError<Down>>) -> bool {
    matches!(told, Err(ResetError::Fault(Fault::Store(Down))))
}

/// A world of each kind of stamp, before and after Alice was mailed a link.
fn worlds() -> Vec<(String, World)> {
    let mut worlds = Vec::new();
    for stamps in [Stamps::Hash, Stamps::Empty, Stamps::Counter] {
        for has_ledger in [false, true] {
            let world = World::with_stamps(stamps, |builder| builder);
            if has_ledger {
                world.link();
            }
            worlds.push((format!("{stamps:?}, a ledger before: {has_ledger}"), world));
        }
    }
    worlds
}

#[test]
fn a_change_writes_the_hash_ends_links_and_sessions_and_sends_one_notice() {
    let world = World::new();
    let token = world.link();
    world.clock.advance(7 * SECOND);
    let accepted = run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
    assert_eq!(*accepted.account_id(), world.alice);
    assert_eq!((accepted.expose_password(), accepted.needs_second_factor()), (GOOD, false));
    let completed = run(accepted.commit(hash(GOOD))).unwrap();

    assert_eq!((completed.account_id, completed.ended_sessions), (world.alice, Some(1)));
    assert!(completed.notice.is_ok());
    assert_eq!((world.hash(), world.store.memory.sessions(world.alice)), (hash(GOOD), 0));
    let changed_at = UtcDateTime::UNIX_EPOCH + SignedDuration::seconds(7);
    let mails = world.mailer.outbox.take();
    let [Mail::PasswordChanged { recipient, changed_at: told, .. }] = mails.as_slice() else {
        panic!("one notice, not {mails:?}")
    };
    assert_eq!((recipient.as_str(), *told), (ALICE, changed_at));

    for told in [
        run(world.resets.check(&token)).map(drop),
        run(world.resets.accept(&token, GOOD)).map(drop),
        run(world.resets.cancel(&token)),
    ] {
        assert_eq!(refusal(told), Some(Refusal::Changed));
    }
    let ledger = ledger(&world).unwrap();
    let newest = ledger.newest().unwrap();
    assert_eq!(newest.state(), IssueState::Changed { at: changed_at });
    assert_eq!((newest.kind(), ledger.revision()), (IssueKind::Recovery, 2));
}

#[test]
fn nothing_has_changed_before_the_commit() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    drop(run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap());
    assert_eq!(world.state(), before);
    run(world.resets.check(&token)).unwrap();
    assert!(!world.take_calls().iter().skip(3).any(|call| *call == "commit"));
}

#[test]
fn an_account_that_never_asked_for_a_link_changes_its_password_too() {
    let world = World::new();
    let completed = change(&world, GOOD).unwrap();
    assert_eq!((completed.ended_sessions, world.hash()), (Some(1), hash(GOOD)));
    assert_eq!((notices(&world), ledger(&world).unwrap().revision()), (1, 1));

    let token = world.link();
    run(world.resets.check(&token)).expect("the next link is good");
    change(&world, "Abcdefg2").unwrap();
    assert_eq!(refusal(run(world.resets.check(&token))), Some(Refusal::Changed));
    assert_eq!(ledger(&world).unwrap().revision(), 3);
}

#[test]
fn a_weak_password_is_answered_with_what_it_misses_and_costs_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    let told = change(&world, "password").unwrap_err();
    let codes: Vec<_> = told.violations().unwrap().codes().collect();
    assert_eq!(codes, ["missing_digit", "missing_uppercase"]);
    assert_eq!(world.state(), before);
    run(world.resets.check(&token)).unwrap();
    assert_eq!(notices(&world), 0);
}

#[test]
fn a_password_that_was_set_since_the_present_one_was_verified_stays() {
    let world = World::new();
    world.link();
    assert!(world.store.memory.set_password_hash(world.alice, "by another path"));
    let before = world.state();
    drop(world.mailer.outbox.take());
    let told = run(world.resets.accept_change(world.alice, OLD_HASH, "weak"));
    assert_eq!(refusal(told), Some(Refusal::Changed), "before the password is judged");
    assert_eq!(world.state(), before);

    let accepted = run(world.resets.accept_change(world.alice, "by another path", GOOD)).unwrap();
    assert!(world.store.memory.set_password_hash(world.alice, "once more"));
    let before = world.state();
    assert_eq!(refusal(run(accepted.commit("new"))), Some(Refusal::Changed));
    assert_eq!((world.state(), notices(&world)), (before, 0));
}

#[test]
fn a_password_that_is_set_while_the_store_is_asked_to_commit_stays() {
    for has_ledger in [false, true] {
        let world = World::new();
        if has_ledger {
            world.link();
        }
        let alice = world.alice;
        world.store.next_commits([OnCommit::After(Box::new(move |memory| {
            assert!(memory.set_password_hash(alice, "by another path"));
        }))]);
        assert_eq!(refusal(change(&world, GOOD)), Some(Refusal::Changed));
        assert_eq!((world.hash().as_str(), notices(&world)), ("by another path", 0));
        assert_eq!(ledger(&world).map(|ledger| ledger.revision()), has_ledger.then_some(1));
    }
}

#[test]
fn of_two_changes_from_one_password_the_first_commit_wins() {
    for stamps in [Stamps::Hash, Stamps::Empty, Stamps::Counter] {
        let world = World::with_stamps(stamps, |builder| builder);
        let accept = || run(world.resets.accept_change(world.alice, verified(&world), GOOD));
        let (first, second) = (accept().unwrap(), accept().unwrap());
        run(second.commit("second")).unwrap();
        assert_eq!(refusal(run(first.commit("first"))), Some(Refusal::Changed), "{stamps:?}");
        assert_eq!((world.hash().as_str(), notices(&world)), ("second", 1));
    }
}

#[test]
fn a_reset_and_a_change_from_one_password_do_not_both_take_effect() {
    for stamps in [Stamps::Hash, Stamps::Empty, Stamps::Counter] {
        let world = World::with_stamps(stamps, |builder| builder);
        let accept = || run(world.resets.accept_change(world.alice, verified(&world), GOOD));
        let token = world.link();
        let (changing, resetting) = (accept().unwrap(), run(world.resets.accept(&token, GOOD)));
        run(changing.commit("changed")).unwrap();
        let told = run(resetting.unwrap().commit("reset"));
        assert_eq!(refusal(told), Some(Refusal::Changed), "{stamps:?}");
        assert_eq!(world.hash(), "changed");

        let token = world.later_link();
        let changing = accept().unwrap();
        world.reset(&token, GOOD).unwrap();
        let told = run(changing.commit("changed again"));
        assert_eq!(refusal(told), Some(Refusal::Changed), "{stamps:?}");
        assert_eq!(world.hash(), hash(GOOD));
    }
}

#[test]
fn the_password_of_an_account_that_is_unknown_or_may_not_reset_cannot_be_changed() {
    let world = World::new();
    let told = run(world.resets.accept_change(u64::MAX, OLD_HASH, GOOD));
    assert_eq!(refusal(told), Some(Refusal::Unknown));
    let accepted = run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
    assert!(world.store.memory.set_disabled(world.alice, true));
    assert_eq!(refusal(change(&world, GOOD)), Some(Refusal::Unknown));
    assert_eq!(refusal(run(accepted.commit("new"))), Some(Refusal::Unknown));
    assert_eq!((world.hash().as_str(), notices(&world)), (OLD_HASH, 0));

    assert!(world.store.memory.set_disabled(world.alice, false));
    let accepted = run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
    assert!(world.store.memory.delete_account(world.alice));
    world.store.memory.add_account(ALICE, OLD_HASH).unwrap();
    assert_eq!(refusal(run(accepted.commit("new"))), Some(Refusal::Unknown));
    let made_again = world.store.memory.password_hash(world.alice + 1);
    assert_eq!(made_again.as_deref(), Some(OLD_HASH));
}

#[test]
fn a_change_whose_answer_was_lost_is_a_success_with_one_notice() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        world.store.next_commits([OnCommit::FailAfter]);
        let completed = change(&world, GOOD).unwrap();
        assert_eq!(completed.account_id, world.alice, "{name}");
        assert_eq!(completed.ended_sessions, None, "nobody knows how many: {name}");
        assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1), "{name}");
        assert_eq!(world.store.memory.sessions(world.alice), 0, "{name}");
        let changed = |ledger: &Ledger| {
            let states = ledger.issues().iter().map(|issue| issue.state().code());
            states.filter(|code| *code == "changed").count()
        };
        assert_eq!(ledger(&world).as_ref().map(changed), Some(1), "written once: {name}");
    }
}

#[test]
fn a_change_whose_answer_was_lost_is_a_success_although_others_went_on_from_it() {
    for (name, world) in worlds() {
        let (alice, clock) = (world.alice, world.clock.clone());
        world.store.next_commits([OnCommit::FailAfterAnd(Box::new(move |memory| {
            run(rival(memory, &clock, &eager()).request(ALICE));
            assert!(memory.set_password_hash(alice, "by another path"));
        }))]);
        change(&world, GOOD).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(world.hash(), "by another path", "{name}");
    }
}

#[test]
fn a_change_that_takes_effect_after_its_error_was_looked_into_is_a_success_all_the_same() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        world.store.next_commits([OnCommit::FailAndHappenLater]);
        change(&world, GOOD).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1), "{name}");
    }
}

#[test]
fn a_change_that_may_still_be_under_way_is_not_said_to_have_failed() {
    for (name, world) in worlds() {
        world.store.next_commits([OnCommit::FailAndHappenLater, OnCommit::Conflict]);
        let told = change(&world, GOOD);
        assert!(is_store_fault(&told), "{name}: {told:?}");
        assert!(world.store.end_script(), "{name}");
    }
}

#[test]
fn a_change_that_failed_once_is_tried_once_more() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        world.store.next_commits([OnCommit::FailBefore]);
        let completed = change(&world, GOOD).unwrap();
        assert_eq!(completed.ended_sessions, Some(1), "{name}");
        assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1), "{name}");
    }
}

#[test]
fn a_change_that_failed_before_it_took_effect_changed_nothing() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        let before = world.state();
        world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
        let told = change(&world, GOOD);
        assert!(is_store_fault(&told), "{name}: {told:?}");
        assert!(world.store.end_script(), "{name}");
        assert_eq!((world.state(), notices(&world)), (before, 0), "{name}");
        change(&world, GOOD).expect("it can be tried again");
    }
}

#[test]
fn a_change_that_cannot_be_looked_up_again_is_a_fault() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        let accepted = run(world.resets.accept_change(world.alice, verified(&world), GOOD));
        world.store.next_commits([OnCommit::FailAfter]);
        world.store.next_finds([OnFind::Fail]);
        let told = run(accepted.unwrap().commit("new"));
        assert!(is_store_fault(&told), "{name}: {told:?}");
        assert_eq!(notices(&world), 0, "{name}");
    }
}

#[test]
fn a_change_that_meets_a_request_at_the_same_time_is_tried_again() {
    for (name, world) in worlds() {
        drop(world.mailer.outbox.take());
        let resets = world.another(|builder| builder.issuer(eager()));
        let accepted = run(world.resets.accept_change(world.alice, verified(&world), GOOD));
        assert_eq!(run(resets.request(ALICE)).outcome_for_logs().code(), "sent", "{name}");
        let token = world.tokens().remove(0);
        run(resets.check(&token)).unwrap();

        run(accepted.unwrap().commit(hash(GOOD))).unwrap();
        assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1), "{name}");
        assert_eq!(refusal(run(resets.check(&token))), Some(Refusal::Changed), "{name}");
    }
}

#[test]
fn a_change_that_meets_a_conflict_is_tried_eight_times_more() {
    for conflicts in [8, 9] {
        let world = World::new();
        world.store.next_commits((0..conflicts).map(|_| OnCommit::Conflict));
        match change(&world, GOOD) {
            Ok(_) => assert_eq!((conflicts, world.hash()), (8, hash(GOOD))),
            Err(error) => {
                let fault = matches!(error, ResetError::Fault(Fault::UnexplainedConflict));
                assert!(fault && conflicts == 9, "{error:?}");
                assert_eq!((world.hash().as_str(), notices(&world)), (OLD_HASH, 0));
            }
        }
        assert!(world.store.end_script());
    }
}

#[test]
fn a_store_that_cannot_be_asked_is_a_fault_and_never_a_refusal() {
    let world = World::new();
    world.link();
    let before = world.state();
    world.store.next_finds([OnFind::Fail]);
    assert!(is_store_fault(&change(&world, GOOD)));
    world.store.next_finds([OnFind::Bytes(vec![9, 9])]);
    let told = change(&world, GOOD);
    assert!(matches!(told, Err(ResetError::Fault(Fault::Ledger(_)))), "{told:?}");
    assert_eq!(world.state(), before);
}

#[test]
fn an_empty_hash_is_refused_and_costs_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    for hash in ["", " ", "\t\n"] {
        let accepted = run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
        let told = run(accepted.commit(hash)).unwrap_err();
        assert!(matches!(told, ResetError::Fault(Fault::EmptyHash)), "{told:?}");
    }
    assert_eq!(world.state(), before);
    run(world.resets.check(&token)).unwrap();
}

#[test]
fn a_signed_in_change_neither_throttles_links_nor_is_throttled() {
    let world = World::new();
    for number in 0..20 {
        change(&world, &format!("Abcdefg{number}")).unwrap();
    }
    let token = world.link();
    assert_eq!(world.request(ALICE), "throttled");
    change(&world, GOOD).expect("whoever is throttled may change the password");
    assert_eq!(refusal(run(world.resets.check(&token))), Some(Refusal::Changed));
    world.link();
    assert_eq!(world.request(ALICE), "throttled");
    for _ in 0..14 {
        let _ = run(world.resets.request_for(&world.alice));
    }
    change(&world, "Abcdefg2").expect("however many mails were sent");
}

/// The rule that no link is good after a password was set does not rest on the stamp.
#[test]
fn an_invitation_and_a_link_both_end_with_a_change_whatever_the_stamp_does() {
    for stamps in [Stamps::Hash, Stamps::Empty, Stamps::Counter] {
        let world = World::with_stamps(stamps, |builder| builder);
        world.store.set_password(world.alice, "");
        let _ = run(world.resets.invite(&world.alice));
        let _ = run(world.resets.request_for(&world.alice));
        let tokens = world.tokens();
        assert_eq!(tokens.len(), 2);
        for token in &tokens {
            run(world.resets.check(token)).unwrap();
        }

        change(&world, GOOD).expect("whoever has no password chooses a first one");
        for token in &tokens {
            let told = refusal(run(world.resets.check(token)));
            assert_eq!(told, Some(Refusal::Changed), "{stamps:?}");
        }
        world.store.set_password(world.alice, "");
        let told = refusal(run(world.resets.check(&tokens[0])));
        assert_eq!(told, Some(Refusal::Changed), "nor is it good without one again: {stamps:?}");
        assert!(run(world.resets.revoke(ALICE)).unwrap(), "they may still be withdrawn");
    }
}

#[test]
fn a_link_from_before_a_change_is_not_renewed() {
    for stamps in [Stamps::Hash, Stamps::Empty, Stamps::Counter] {
        let world = World::with_stamps(stamps, |builder| builder);
        let token = world.link();
        change(&world, GOOD).unwrap();
        world.clock.advance(HOUR);
        assert_eq!(notices(&world), 1);
        let renewed = run(world.resets.renew(&token)).outcome_for_logs().code();
        assert_eq!((renewed, world.tokens().len()), ("not_renewable", 0), "{stamps:?}");
    }
}

#[test]
fn a_change_at_a_new_address_is_noticed_there() {
    let world = World::new();
    let accepted = run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
    assert!(world.store.memory.set_address(world.alice, "a@example.com").unwrap());
    run(accepted.commit(hash(GOOD))).unwrap();
    let mails = world.mailer.outbox.take();
    assert_eq!(mails.iter().map(Mail::recipient).collect::<Vec<_>>(), ["a@example.com"]);
}

#[test]
fn a_stored_address_that_no_mail_goes_to_is_a_fault_and_nothing_changes() {
    let world = World::new();
    assert!(world.store.memory.set_address(world.alice, "a@b, c@d").unwrap());
    let before = world.state();
    let told = change(&world, GOOD);
    assert!(matches!(told, Err(ResetError::Fault(Fault::Address(_)))), "{told:?}");
    assert_eq!(world.state(), before);
}

#[test]
fn a_notice_that_was_not_taken_undoes_nothing() {
    let world = World::new();
    world.mailer.next_sends([OnSend::Refuse]);
    let completed = change(&world, GOOD).unwrap();
    assert!(completed.notice.is_err());
    assert_eq!(world.hash(), hash(GOOD));
}

#[test]
fn a_change_at_the_end_of_time_is_a_fault_and_nothing_changes() {
    let world = World::new();
    world.clock.set(UtcDateTime::MAX);
    let before = world.state();
    let told = change(&world, GOOD);
    assert!(matches!(told, Err(ResetError::Fault(Fault::TimeOutOfRange))), "{told:?}");
    assert_eq!(world.state(), before);
}

#[test]
fn a_change_needs_a_second_factor_where_the_account_does() {
    let world = World::new();
    world.store.set_second_factor(world.alice, true);
    let before = world.state();
    let accept = || run(world.resets.accept_change(world.alice, OLD_HASH, GOOD)).unwrap();
    assert!(accept().needs_second_factor());
    let told = run(accept().commit(hash(GOOD)));
    assert!(matches!(told, Err(ResetError::Fault(Fault::SecondFactorMissing))), "{told:?}");
    assert_eq!((world.state(), notices(&world)), (before, 0));

    run(accept().second_factor_passed().commit(hash(GOOD))).unwrap();
    assert_eq!((world.hash(), notices(&world)), (hash(GOOD), 1));
}

#[test]
fn a_change_of_one_account_leaves_the_others_alone() {
    let world = World::new();
    let memory: &MemoryStore = &world.store.memory;
    let bob = memory.add_account("bob@example.com", "bob's").unwrap();
    assert!(memory.sign_in(bob, "bob's"));
    assert_eq!(world.request("bob@example.com"), "sent");
    let bobs = world.tokens().remove(0);
    change(&world, GOOD).unwrap();
    assert_eq!((memory.password_hash(bob).as_deref(), memory.sessions(bob)), (Some("bob's"), 1));
    run(world.resets.check(&bobs)).unwrap();
}

#[tokio::test]
async fn a_change_runs_to_its_end_in_a_task_of_its_own() {
    let world = World::new();
    let resets: &PasswordReset<_, _> = &world.resets;
    let accepted = resets.accept_change(world.alice, OLD_HASH, GOOD).await.unwrap();
    let hash = hash(accepted.expose_password());
    let completed = tokio::spawn(accepted.commit(hash)).await.unwrap().unwrap();
    assert_eq!(completed.account_id, world.alice);
}
