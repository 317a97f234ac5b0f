//! A future that is dropped at any await leaves no half change.

use crate::support::invariants::read_after;
use crate::support::ports::OnCommit;
use crate::support::run;
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, hash};
use password_reset::token::{Ledger, Refusal};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Polls a future so many times and drops it; `None` where it was not done by then.
fn poll_and_drop<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// What the store does with the commits of the flow that is dropped.
const SCRIPTS: [fn() -> Vec<OnCommit>; 5] = [
    Vec::new,
    || vec![OnCommit::FailAfter],
    || vec![OnCommit::FailBefore],
    || vec![OnCommit::FailBefore, OnCommit::FailBefore],
    || vec![OnCommit::Conflict, OnCommit::Conflict],
];

/// Drops a flow at each of its awaits, in a world of its own with a good link,
/// and calls `verify` with whether the flow was dropped before its end.
fn at_every_await(
    flow: impl Fn(&World, &str, usize) -> bool,
    verify: impl FnMut(&World, &str, bool),
) {
    let linked = || {
        let world = World::new();
        let token = world.link();
        (world, token)
    };
    in_each_world(linked, flow, verify);
}

/// The same in worlds that are made with what the flow is about: a token or a code.
fn in_each_world(
    make: impl Fn() -> (World, String),
    flow: impl Fn(&World, &str, usize) -> bool,
    mut verify: impl FnMut(&World, &str, bool),
) {
    for script in SCRIPTS {
        let mut times = 0;
        loop {
            let (world, token) = make();
            world.clock.advance(Duration::from_secs(60));
            world.store.next_commits(script());
            let ledger = |before: Option<&Ledger>| {
                read_after(before, &world.store.memory.ledger(world.alice).unwrap())
            };
            let before = ledger(None);
            let was_done = flow(&world, &token, times);
            world.store.end_script();
            let after = ledger(Some(&before));
            verify(&world, &token, !was_done);
            the_flow_still_works(&world);
            ledger(Some(&after));
            if was_done {
                break;
            }
            times += 1;
        }
        assert!(times >= 2, "it was dropped midway");
    }
}

fn the_flow_still_works(world: &World) {
    drop(world.mailer.outbox.take());
    let token = world.later_link();
    world.reset(&token, "Another1").unwrap();
    assert_eq!(world.hash(), hash("Another1"));
    assert_eq!(world.store.memory.sessions(world.alice), 0);
}

fn refusal(world: &World, token: &str) -> Option<Refusal> {
    run(world.resets.check(token)).err().map(|error| error.refusal().unwrap())
}

#[test]
fn a_redemption_that_is_dropped_happened_wholly_or_not_at_all() {
    let (mut none, mut all) = (0, 0);
    at_every_await(
        |world, token, times| {
            let accepted = run(world.resets.accept(token, GOOD)).unwrap();
            poll_and_drop(accepted.commit(&hash(GOOD)), times).is_some()
        },
        |world, token, was_dropped| {
            let sessions = world.store.memory.sessions(world.alice);
            match refusal(world, token) {
                None => {
                    assert_eq!((world.hash().as_str(), sessions), (OLD_HASH, 1));
                    assert!(world.mailer.outbox.take().is_empty());
                    none += usize::from(was_dropped);
                }
                Some(refusal) => {
                    assert_eq!(refusal, Refusal::Used);
                    assert_eq!((world.hash(), sessions), (hash(GOOD), 0));
                    assert!(world.mailer.outbox.take().len() <= 1, "at most one notice");
                    all += usize::from(was_dropped);
                }
            }
        },
    );
    assert!(none > 4 && all > 4, "{none} times nothing, {all} times everything");
}

#[test]
fn a_request_that_is_dropped_issued_a_link_or_did_nothing() {
    let (mut none, mut issued, mut mailed) = (0, 0, 0);
    at_every_await(
        |world, _, times| poll_and_drop(world.resets.request(ALICE), times).is_some(),
        |world, token, was_dropped| {
            let sessions = world.store.memory.sessions(world.alice);
            assert_eq!((world.hash().as_str(), sessions), (OLD_HASH, 1));
            let mut tokens = world.tokens();
            match refusal(world, token) {
                None => {
                    assert!(tokens.is_empty());
                    none += usize::from(was_dropped);
                }
                Some(refusal) => {
                    assert_eq!(refusal, Refusal::Superseded);
                    assert_eq!(world.request(ALICE), "throttled", "one cooldown of waiting");
                    issued += usize::from(was_dropped);
                }
            }
            if let Some(token) = tokens.pop() {
                run(world.resets.check(&token)).unwrap();
                mailed += usize::from(was_dropped);
            }
            assert!(tokens.is_empty());
        },
    );
    assert!(none > 4 && issued > mailed && mailed > 0, "{none}, {issued}, {mailed}");
}

#[test]
fn a_cancellation_that_is_dropped_revoked_the_link_or_did_nothing() {
    let (mut none, mut revoked) = (0, 0);
    at_every_await(
        |world, token, times| poll_and_drop(world.resets.cancel(token), times).is_some(),
        |world, token, was_dropped| {
            assert_eq!(world.hash(), OLD_HASH);
            match refusal(world, token) {
                None => none += usize::from(was_dropped),
                Some(Refusal::Revoked) => revoked += usize::from(was_dropped),
                Some(other) => panic!("{other:?}"),
            }
        },
    );
    assert!(none > 4 && revoked > 0, "{none}, {revoked}");
}

#[test]
fn a_revocation_that_is_dropped_revoked_the_link_or_did_nothing() {
    let (mut none, mut revoked) = (0, 0);
    at_every_await(
        |world, _, times| poll_and_drop(world.resets.revoke(ALICE), times).is_some(),
        |world, token, was_dropped| match refusal(world, token) {
            None => none += usize::from(was_dropped),
            Some(Refusal::Revoked) => revoked += usize::from(was_dropped),
            Some(other) => panic!("{other:?}"),
        },
    );
    assert!(none > 4 && revoked > 0, "{none}, {revoked}");
}

#[test]
fn looking_that_is_dropped_changes_nothing() {
    type Look = fn(&World, &str, usize) -> bool;
    let looks: [Look; 2] = [
        |world, token, times| poll_and_drop(world.resets.check(token), times).is_some(),
        |world, token, times| poll_and_drop(world.resets.accept(token, GOOD), times).is_some(),
    ];
    for look in looks {
        at_every_await(
            |world, token, times| {
                let before = world.state();
                let was_done = look(world, token, times);
                assert_eq!(world.state(), before);
                was_done
            },
            |world, token, _| assert_eq!(refusal(world, token), None),
        );
    }
}

/// A code that is dropped halfway costs its holder no more than the code.
#[cfg(feature = "codes")]
mod of_codes {
    use super::{ALICE, Ledger, OLD_HASH, Refusal, World, in_each_world, poll_and_drop, refusal};
    use crate::support::codes::mistyped;
    use crate::support::run;
    use crate::support::world::{GOOD, hash};
    use std::cell::RefCell;

    /// The outcome of an exchange that was dropped.
    struct Typed<'a> {
        world: &'a World,
        link: &'a str,
        code: &'a str,
        /// What it was exchanged for, and the outcome; where it was dropped, neither.
        token: Option<String>,
        outcome: &'static str,
        was_dropped: bool,
    }

    impl Typed<'_> {
        fn ledger(&self) -> Ledger {
            Ledger::decode(&self.world.store.memory.ledger(self.world.alice).unwrap()).unwrap()
        }

        /// Nothing but the code and the count can have changed.
        fn assert_that_the_link_is_as_it_was(&self) {
            let sessions = self.world.store.memory.sessions(self.world.alice);
            assert_eq!((self.world.hash().as_str(), sessions), (OLD_HASH, 1));
            assert_eq!(refusal(self.world, self.link), None);
            assert_eq!(self.ledger().issues().len(), 1, "nothing is issued");
            assert!(self.world.mailer.outbox.take().is_empty(), "nothing is mailed");
        }
    }

    /// Types what `typed` makes of the code in the mail, and drops it at each of its awaits.
    fn at_every_await(typed: fn(&str) -> String, mut verify: impl FnMut(&Typed<'_>)) {
        let ended = RefCell::new((None, ""));
        in_each_world(
            || {
                let world = World::with_codes();
                let (link, code) = world.link_and_code();
                (world, format!("{link} {code}"))
            },
            |world, mail, times| {
                let typed = typed(mail.split_once(' ').unwrap().1);
                let done = poll_and_drop(world.resets.exchange(ALICE, &typed), times);
                let was_done = done.is_some();
                *ended.borrow_mut() = done.map_or((None, ""), |(token, handled)| {
                    let token = token.map(|token| token.expose_text().to_owned());
                    (token, handled.outcome_for_logs().code())
                });
                was_done
            },
            |world, mail, was_dropped| {
                let (link, code) = mail.split_once(' ').unwrap();
                let (token, outcome) = ended.take();
                let typed = Typed { world, link, code, token, outcome, was_dropped };
                typed.assert_that_the_link_is_as_it_was();
                verify(&typed);
            },
        );
    }

    #[test]
    fn a_right_code_that_is_dropped_was_exchanged_or_is_as_good_as_before() {
        let (mut good, mut spent) = (0, 0);
        at_every_await(str::to_owned, |typed| {
            assert_eq!(typed.ledger().wrong_codes(), 0);
            let token = match typed.world.exchange(typed.code) {
                (Some(token), "exchanged") => {
                    assert!(typed.token.is_none(), "a code is exchanged once");
                    good += usize::from(typed.was_dropped);
                    token
                }
                (None, "no_code") => {
                    spent += usize::from(typed.was_dropped);
                    // If the answer is lost, the link still works.
                    typed.token.clone().unwrap_or_else(|| typed.link.to_owned())
                }
                other => panic!("{other:?}"),
            };
            typed.assert_that_the_link_is_as_it_was();
            typed.world.reset(&token, GOOD).unwrap();
            assert_eq!(typed.world.hash(), hash(GOOD));
            assert_eq!(refusal(typed.world, typed.link), Some(Refusal::Used));
        });
        assert!(good > 4 && spent > 0, "{good}, {spent}");
    }

    #[test]
    fn a_wrong_code_that_is_dropped_was_counted_or_not_and_the_right_one_is_still_good() {
        let mut counted = [0; 3];
        at_every_await(mistyped, |typed| {
            let count = usize::from(typed.ledger().wrong_codes());
            counted[count] += usize::from(typed.was_dropped);
            assert!(typed.token.is_none());
            let is_answered = typed.outcome == "wrong_code";
            assert!(!is_answered || count > 0, "it is counted before it is answered");
            let (token, outcome) = typed.world.exchange(typed.code);
            assert_eq!(outcome, "exchanged");
            typed.assert_that_the_link_is_as_it_was();
            run(typed.world.resets.check(&token.unwrap())).unwrap();
        });
        assert!(counted.iter().all(|times| *times > 0), "{counted:?}");
    }
}
