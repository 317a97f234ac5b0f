//! Accounts whose holders must pass a second factor before a new password is set.

use crate::support::ports::{Down, OnCommit, Stamps};
use crate::support::run;
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, hash};
use password_reset::hasher::PasswordHasher;
use password_reset::service::{Completed, Fault, ResetError};
use password_reset::store::Account;
use password_reset::token::{IssueKind, Refusal};
use std::convert::Infallible;
use std::time::Duration;

type Committed = Result<Completed<u64, Down>, ResetError<Down>>;

/// A world in which Alice has a second factor, and a link for her.
fn guarded() -> (World, String) {
    let world = World::new();
    world.store.set_second_factor(world.alice, true);
    let token = world.link();
    (world, token)
}

fn is_missing(committed: &Committed) -> bool {
    matches!(committed, Err(ResetError::Fault(Fault::SecondFactorMissing)))
}

/// Commits with the host's word that the factor was passed.
fn reset_with_factor(world: &World, token: &str) -> Committed {
    let accepted = run(world.resets.accept(token, GOOD)).unwrap();
    run(accepted.second_factor_passed().commit(hash(GOOD)))
}

#[test]
fn an_account_needs_no_second_factor_unless_its_store_says_so() {
    assert!(!Account::new(1_u64, ALICE, OLD_HASH, None).needs_second_factor);
    let world = World::new();
    let token = world.link();
    assert!(!run(world.resets.check(&token)).unwrap().needs_second_factor);
    assert!(!run(world.resets.accept(&token, GOOD)).unwrap().needs_second_factor());
    world.reset(&token, GOOD).unwrap();
}

#[test]
fn check_says_that_a_second_factor_is_needed() {
    let (world, token) = guarded();
    assert!(run(world.resets.check(&token)).unwrap().needs_second_factor);
    assert!(run(world.resets.accept(&token, GOOD)).unwrap().needs_second_factor());
}

#[test]
fn without_the_hosts_confirmation_nothing_changes_and_the_link_works_afterwards() {
    let (world, token) = guarded();
    let before = world.state();
    world.take_calls();
    for _ in 0..3 {
        let told = world.reset(&token, GOOD);
        assert!(is_missing(&told), "{told:?}");
        assert!(!world.take_calls().contains(&"commit"), "the store is not asked to");
    }
    assert_eq!(world.state(), before);
    assert!(world.mailer.outbox.take().is_empty(), "no notice of what did not happen");
    run(world.resets.check(&token)).unwrap();

    let completed = reset_with_factor(&world, &token).unwrap();
    assert_eq!((completed.account_id, completed.ended_sessions), (world.alice, Some(1)));
    assert_eq!((world.hash(), world.mailer.outbox.take().len()), (hash(GOOD), 1));
    assert_eq!(run(world.resets.check(&token)).unwrap_err().refusal(), Some(Refusal::Used));
}

#[test]
fn the_fault_tells_the_host_what_to_call() {
    let (world, token) = guarded();
    let told = world.reset(&token, GOOD).unwrap_err().to_string();
    assert!(told.contains("`second_factor_passed`"), "{told}");
}

#[test]
fn the_hosts_word_changes_nothing_where_no_factor_is_needed() {
    let world = World::new();
    let token = world.link();
    reset_with_factor(&world, &token).unwrap();
    assert_eq!(world.hash(), hash(GOOD));
}

#[test]
fn the_hosts_word_is_kept_through_further_checks_and_not_made_by_them() {
    let (world, token) = guarded();
    let accept = || run(world.resets.accept(&token, GOOD)).unwrap();
    let sentence = "This was your last password.";
    let told = accept().check_words(&["Liddell"]).unwrap();
    let told = run(told.reject_if(false, "recent", sentence).unwrap().commit("new"));
    assert!(is_missing(&told), "{told:?}");

    let passed = accept().second_factor_passed().check_words(&["Liddell"]).unwrap();
    run(passed.reject_if(false, "recent", sentence).unwrap().commit("new")).unwrap();
    assert_eq!(world.hash(), "new");
}

struct Hasher;

impl PasswordHasher for Hasher {
    type Error = Infallible;

    async fn hash(&self, password: &str) -> Result<String, Infallible> {
        Ok(hash(password))
    }
}

#[test]
fn the_one_call_cannot_set_the_password_of_an_account_that_needs_a_factor() {
    let (world, token) = guarded();
    let before = world.state();
    let told = run(world.resets.reset(&token, GOOD, &Hasher));
    assert!(is_missing(&told), "{told:?}");
    assert_eq!(world.state(), before);

    let passed = run(world.resets.accept(&token, GOOD)).unwrap().second_factor_passed();
    run(passed.commit_by(&Hasher)).unwrap();
    assert_eq!(world.hash(), hash(GOOD));
}

#[test]
fn a_bad_link_is_refused_before_a_factor_is_missed() {
    let (world, token) = guarded();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.clock.advance(Duration::from_secs(3600));
    let told = run(accepted.commit("new")).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Expired));
}

#[test]
fn an_invitation_needs_the_factor_too() {
    let world = World::new();
    world.store.set_password(world.alice, "");
    world.store.set_second_factor(world.alice, true);
    let _ = run(world.resets.invite(&world.alice));
    let token = world.tokens().remove(0);
    let checked = run(world.resets.check(&token)).unwrap();
    assert_eq!((checked.kind, checked.needs_second_factor), (IssueKind::Invitation, true));
    assert!(is_missing(&world.reset(&token, GOOD)));
    assert_eq!(world.hash(), "");
    reset_with_factor(&world, &token).unwrap();
}

#[test]
fn a_factor_whose_addition_changes_the_stamp_ends_a_link_that_is_under_way() {
    let world = World::with_stamps(Stamps::Counter, |builder| builder);
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.set_second_factor(world.alice, true);
    let before = world.state();
    let told = run(accepted.commit("new")).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Changed));
    assert_eq!(run(world.resets.check(&token)).unwrap_err().refusal(), Some(Refusal::Changed));
    assert_eq!(world.state(), before);
}

#[test]
fn a_factor_that_changes_no_stamp_is_seen_when_the_account_is_looked_at_again() {
    for stamps in [Stamps::Hash, Stamps::Empty] {
        let world = World::with_stamps(stamps, |builder| builder);
        let token = world.link();
        let accept = || run(world.resets.accept(&token, GOOD)).unwrap();
        let (first, second) = (accept(), accept());
        world.store.set_second_factor(world.alice, true);
        let before = world.state();
        world.store.next_commits([OnCommit::Conflict]);
        let told = run(first.commit("new"));
        assert!(is_missing(&told), "{stamps:?}: {told:?}");
        assert!(world.store.end_script());
        assert_eq!(world.state(), before, "{stamps:?}");

        world.store.next_commits([OnCommit::Conflict]);
        run(second.second_factor_passed().commit("new")).unwrap();
        assert_eq!(world.hash(), "new", "{stamps:?}");
    }
}

/// Why a store lets its stamp change with a factor: nothing else tells a commit that is under way.
#[test]
fn a_factor_that_changes_no_stamp_is_missed_where_nothing_makes_the_service_look_again() {
    let world = World::new();
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.set_second_factor(world.alice, true);
    run(accepted.commit("new")).unwrap();
    assert_eq!(world.hash(), "new");
}

#[test]
fn a_factor_removed_between_accept_and_commit_is_required_once_more() {
    let (world, token) = guarded();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    world.store.set_second_factor(world.alice, false);
    let told = run(accepted.commit("new"));
    assert!(is_missing(&told), "{told:?}");
    world.reset(&token, GOOD).expect("the next attempt sees it");
}

#[test]
fn a_lost_answer_ends_as_a_success_with_a_factor_as_without() {
    let (world, token) = guarded();
    world.store.next_commits([OnCommit::FailAfter]);
    reset_with_factor(&world, &token).unwrap();
    assert_eq!((world.hash(), world.mailer.outbox.take().len()), (hash(GOOD), 1));
}

#[test]
fn no_session_comes_with_a_reset_with_or_without_a_factor() {
    for needs_factor in [false, true] {
        let world = World::new();
        world.store.set_second_factor(world.alice, needs_factor);
        let token = world.link();
        reset_with_factor(&world, &token).unwrap();
        let memory = &world.store.memory;
        assert_eq!(memory.sessions(world.alice), 0);
        assert!(!memory.sign_in(world.alice, OLD_HASH), "nor with the old password");
        assert!(memory.sign_in(world.alice, &hash(GOOD)), "the holder signs in");
    }
}

#[test]
fn cancelling_asking_and_renewing_need_no_factor() {
    let (world, token) = guarded();
    run(world.resets.cancel(&token)).unwrap();
    let token = world.later_link();
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(run(world.resets.renew(&token)).outcome_for_logs().code(), "sent");
    assert!(run(world.resets.revoke(ALICE)).unwrap());
}
