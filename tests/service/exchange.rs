//! Typed codes, over a store that fails, answers ambiguously or changes at the worst moment.

use crate::support::codes::{mistyped, with_codes};
use crate::support::issuers::eager;
use crate::support::ports::{Down, OnCommit, OnFind, OnSend};
use crate::support::run;
use crate::support::world::{ALICE, GOOD, OLD_HASH, Resets, World, hash, rival};
use futures_util::future::{join, join_all};
use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore};
use password_reset::service::{Fault, FirstPassword, Outcome, ResetError};
use password_reset::token::{CodeKey, Codes, Entropy, Ledger, Refusal, TokenIssuer};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const NO_ENTROPY: Result<Entropy, Down> = Err(Down);

fn ledger(world: &World) -> Ledger {
    Ledger::decode(&world.store.memory.ledger(world.alice).unwrap()).unwrap()
}

fn wrong_codes(world: &World) -> u8 {
    ledger(world).wrong_codes()
}

fn refusal(world: &World, token: &str) -> Option<Refusal> {
    run(world.resets.check(token)).err().and_then(|error| error.refusal())
}

/// Other visitors type this code at the same time.
fn others_type(world: &World, code: &str) -> OnCommit {
    let (clock, code) = (world.clock.clone(), code.to_owned());
    OnCommit::After(Box::new(move |memory| type_as_others(memory, &clock, &code)))
}

fn type_as_others(memory: &MemoryStore, clock: &ManualClock, code: &str) {
    let rival = rival(memory, clock, &with_codes(TokenIssuer::builder()));
    let (_, handled) = run(rival.exchange(ALICE, code));
    let outcome = handled.outcome_for_logs().code();
    assert!(["exchanged", "wrong_code", "no_code"].contains(&outcome), "{outcome}");
}

#[test]
fn a_right_code_is_exchanged_for_a_token_that_sets_a_password_as_its_link_would() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    let (token, outcome) = world.exchange(&code);
    assert_eq!(outcome, "exchanged");
    let token = token.unwrap();
    assert_ne!(token, link);
    let [by_link, by_token] = [&link, &token].map(|token| run(world.resets.check(token)).unwrap());
    assert_eq!(by_link.asked_at, by_token.asked_at);
    assert_eq!(by_link.expires_at, by_token.expires_at);
    assert_eq!(by_token.address, ALICE);

    world.reset(&token, GOOD).unwrap();
    assert_eq!((world.hash(), world.store.memory.sessions(world.alice)), (hash(GOOD), 0));
    assert!(matches!(world.mailer.outbox.take()[..], [Mail::PasswordChanged { .. }]));
    assert_eq!(refusal(&world, &link), Some(Refusal::Used));
    assert_eq!(refusal(&world, &token), Some(Refusal::Used));
}

#[test]
fn the_link_in_the_mail_works_beside_the_token() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    let (token, _) = world.exchange(&code);
    world.reset(&link, GOOD).unwrap();
    assert_eq!(refusal(&world, &token.unwrap()), Some(Refusal::Used));
}

#[test]
fn a_code_is_typed_with_the_login_as_it_was_asked_for() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let typed = |login: &str| {
        let (token, handled) = run(world.resets.exchange(login, &mistyped(&code)));
        assert!(token.is_none());
        handled.outcome_for_logs().code()
    };
    assert_eq!(typed(" Alice@EXAMPLE.com\n"), "wrong_code");
    world.take_calls();
    let long = "a".repeat(1025);
    for login in ["", " ", "alice@example.com\0", &long] {
        assert_eq!(typed(login), "unknown_account", "{login:.40}");
    }
    assert!(world.take_calls().is_empty(), "no store is asked about what is no login");
    assert_eq!(typed("nobody@example.com"), "unknown_account");
    assert_eq!(wrong_codes(&world), 1);
}

#[test]
fn five_wrong_codes_end_the_code_and_the_link_still_sets_a_password() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    for count in 1..=5 {
        assert_eq!(world.exchange(&mistyped(&code)).1, "wrong_code");
        assert_eq!(wrong_codes(&world), count);
    }
    let before = world.state();
    assert_eq!(world.exchange(&code), (None, "no_code"));
    assert_eq!(world.exchange(&mistyped(&code)), (None, "no_code"));
    assert_eq!(world.state(), before);
    world.reset(&link, GOOD).unwrap();
    assert_eq!(wrong_codes(&world), 0);
}

#[test]
fn mails_have_codes_until_twenty_wrong_ones_and_again_once_a_password_is_set() {
    let world = World::with_codes();
    for _ in 0..4 {
        let _ = run(world.resets.request_for(&world.alice));
        let mail = world.mailer.outbox.take().pop().unwrap();
        let code = mail.code().unwrap().expose_digits().to_owned();
        for _ in 0..5 {
            assert_eq!(world.exchange(&mistyped(&code)).1, "wrong_code");
        }
    }
    let _ = run(world.resets.request_for(&world.alice));
    let mail = world.mailer.outbox.take().pop().unwrap();
    assert!(mail.code().is_none(), "a mail with a link alone");
    world.reset(mail.link().unwrap().expose_token(), GOOD).unwrap();
    drop(world.mailer.outbox.take());
    let (_, code) = world.link_and_code();
    assert_eq!(world.exchange(&code).1, "exchanged");
}

/// The host's other ways to mail a link: a renewal, an administrator's, an invitation, and a mail
/// without a link.
#[test]
fn every_mail_with_a_link_for_recovery_has_a_code_and_no_other_mail_has() {
    let world = World::with(|builder| {
        let issuer = with_codes(TokenIssuer::builder());
        builder.issuer(issuer).first_password(FirstPassword::Explain)
    });
    let has_code = || {
        let mail = world.mailer.outbox.take().pop().unwrap();
        mail.code().is_some()
    };
    let (link, _) = world.link_and_code();
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(run(world.resets.renew(&link)).outcome_for_logs().code(), "sent");
    assert!(has_code());
    let _ = run(world.resets.request_for(&world.alice));
    assert!(has_code());
    assert!(world.store.memory.set_password_hash(world.alice, ""));
    assert_eq!(world.request(ALICE), "explained");
    assert!(!has_code());
    let _ = run(world.resets.invite(&world.alice));
    assert!(!has_code());
    world.clock.advance(Duration::from_secs(3600));
    let (_, code) = world.link_and_code();
    assert_eq!(world.exchange(&code).1, "exchanged", "beside an invitation");
}

#[test]
fn an_account_without_a_password_gets_its_first_one_by_a_code() {
    let world = World::with_codes();
    world.store.set_password(world.alice, "");
    let _ = run(world.resets.invite(&world.alice));
    let invitation = world.tokens().remove(0);
    world.clock.advance(Duration::from_secs(60));
    let (_, code) = world.link_and_code();
    let token = world.exchange(&code).0.unwrap();
    world.reset(&token, GOOD).unwrap();
    assert_eq!(world.hash(), hash(GOOD));
    assert_eq!(refusal(&world, &invitation), Some(Refusal::Changed), "and ends the invitation");
}

#[test]
fn a_code_leads_past_no_second_factor() {
    let world = World::with_codes();
    world.store.set_second_factor(world.alice, true);
    let (_, code) = world.link_and_code();
    let token = world.exchange(&code).0.unwrap();
    assert!(run(world.resets.check(&token)).unwrap().needs_second_factor);
    let told = world.reset(&token, GOOD);
    assert!(matches!(told, Err(ResetError::Fault(Fault::SecondFactorMissing))), "{told:?}");
}

/// Prepares a world in which a code was mailed, and gives what is typed.
type Prepare = fn(&World, &str) -> String;

const ENDS: [(&str, Prepare); 14] = [
    ("exchanged", |_, code| code.to_owned()),
    ("wrong_code", |_, code| mistyped(code)),
    ("wrong_code", |world, code| {
        world.store.next_commits([OnCommit::FailAfter]);
        mistyped(code)
    }),
    ("no_code", |_, code| code[..7].to_owned()),
    ("no_code", |_, _| "\0".repeat(1 << 20)),
    ("no_code", |world, code| {
        world.clock.advance(Duration::from_secs(600));
        code.to_owned()
    }),
    ("no_code", |world, code| {
        (0..5).for_each(|_| drop(world.exchange(&mistyped(code))));
        code.to_owned()
    }),
    ("no_code", |world, code| {
        assert_eq!(world.exchange(code).1, "exchanged");
        code.to_owned()
    }),
    ("unknown_account", |world, code| {
        assert!(world.store.memory.delete_account(world.alice));
        code.to_owned()
    }),
    ("unknown_account", |world, code| {
        world.store.next_finds([OnFind::Hide]);
        code.to_owned()
    }),
    ("failed", |world, code| {
        world.store.next_finds([OnFind::Fail]);
        code.to_owned()
    }),
    ("failed", |world, code| {
        world.store.next_finds([OnFind::Bytes(vec![9, 9])]);
        code.to_owned()
    }),
    ("failed", |world, code| {
        world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
        code.to_owned()
    }),
    ("failed", |world, code| {
        world.store.next_commits((0..9).map(|_| OnCommit::Conflict));
        code.to_owned()
    }),
];

/// A world for each way in which a typed code can end, what is typed, and the name of its outcome.
fn every_end() -> Vec<(&'static str, World, String)> {
    let prepared = |(outcome, prepare): (&'static str, Prepare)| {
        let world = World::with_codes();
        let (_, code) = world.link_and_code();
        let typed = prepare(&world, &code);
        (outcome, world, typed)
    };
    let without_codes = World::new();
    without_codes.link();
    let key_missing = World::with_codes();
    let (_, code) = key_missing.link_and_code();
    let key_missing = World { resets: without_key(&key_missing), ..key_missing };
    let no_entropy = World::with(|builder| {
        builder.issuer(with_codes(TokenIssuer::builder())).entropy(|| NO_ENTROPY)
    });
    let any = || "12345678".to_owned();
    let mut ends: Vec<_> = ENDS.into_iter().map(prepared).collect();
    ends.push(("no_code", World::with_codes(), any()));
    ends.push(("no_code", without_codes, any()));
    ends.push(("failed", key_missing, code));
    ends.push(("failed", no_entropy, any()));
    for (_, world, _) in &ends {
        world.take_calls();
    }
    ends
}

/// A second service, whose issuer has another key alone.
fn without_key(world: &World) -> Resets {
    let key = CodeKey::new(b"fedcba9876543210fedcba9876543210").unwrap();
    let issuer = TokenIssuer::builder().codes(Codes::new(key)).build().unwrap();
    world.another(|builder| builder.issuer(issuer))
}

#[test]
fn the_answer_to_a_typed_code_looks_the_same_for_every_outcome() {
    for (position, (code, world, typed)) in every_end().into_iter().enumerate() {
        let (token, handled) = run(world.resets.exchange(ALICE, &typed));
        assert_eq!(handled.outcome_for_logs().code(), code, "{position}");
        assert_eq!(format!("{handled:?} {handled:#?}"), "Handled Handled", "{position}");
        assert_eq!(token.is_some(), code == "exchanged", "{position}");
        assert!(world.mailer.outbox.take().is_empty(), "{position}: nobody is mailed");
    }
}

/// A look tells whether there is anything to count, and counting takes a commit.
#[test]
fn a_right_and_a_wrong_code_make_the_same_calls_and_a_login_without_a_code_one_find() {
    for (position, (code, world, typed)) in every_end().into_iter().enumerate() {
        if code == "failed" || !world.store.end_script() {
            continue;
        }
        run(world.resets.exchange(ALICE, &typed));
        let expected: &[_] = match code {
            "exchanged" | "wrong_code" => &["find_by_login", "commit"],
            _ => &["find_by_login"],
        };
        assert_eq!(world.take_calls(), expected, "{position}: {code}");
    }
}

#[test]
fn no_debug_of_the_outcome_of_a_code_holds_its_digits() {
    for (_, world, typed) in every_end() {
        let done = run(world.resets.exchange(ALICE, &typed));
        let shown = format!("{done:?} {:?}", done.1.outcome_for_logs());
        let digits = typed.trim_matches('\0');
        assert!(digits.is_empty() || !shown.contains(digits), "{shown}");
    }
}

#[test]
fn a_store_that_fails_before_it_counts_changes_nothing_and_tells_nothing() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    let before = world.state();
    for typed in [&code, &mistyped(&code)] {
        world.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]);
        assert_eq!(world.exchange(typed), (None, "failed"));
        world.store.next_finds([OnFind::Fail]);
        assert_eq!(world.exchange(typed), (None, "failed"));
        assert!(world.store.end_script());
        assert_eq!(world.state(), before);
    }
    assert_eq!(world.exchange(&code).1, "exchanged");
    assert_eq!(refusal(&world, &link), None);
}

#[test]
fn a_store_that_failed_once_is_asked_once_more() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    world.store.next_commits([OnCommit::FailBefore]);
    assert_eq!(world.exchange(&mistyped(&code)).1, "wrong_code");
    assert_eq!(wrong_codes(&world), 1);
    world.store.next_commits([OnCommit::FailBefore]);
    assert_eq!(world.exchange(&code).1, "exchanged");
}

/// Another visitor's wrong code leads to the same count, so looking at the ledger proves nothing.
#[test]
fn a_count_whose_answer_is_lost_is_counted_again() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    world.store.next_commits([OnCommit::FailAfter]);
    assert_eq!(world.exchange(&mistyped(&code)), (None, "wrong_code"));
    assert_eq!(wrong_codes(&world), 2);
    world.store.next_commits([OnCommit::FailAndHappenLater]);
    assert_eq!(world.exchange(&mistyped(&code)), (None, "wrong_code"));
    assert_eq!(wrong_codes(&world), 4);
    world.store.next_commits([OnCommit::FailAfter]);
    assert_eq!(world.exchange(&mistyped(&code)), (None, "no_code"), "the fifth ended it");
    assert_eq!(wrong_codes(&world), 5);
}

/// A guess is answered only once it is counted: another visitor's count does not stand in for it.
#[test]
fn a_count_by_another_visitor_is_not_taken_for_this_one() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let (clock, wrong) = (world.clock.clone(), mistyped(&code));
    world.store.next_commits([OnCommit::FailBeforeAnd(Box::new(move |memory| {
        type_as_others(memory, &clock, &wrong);
    }))]);
    assert_eq!(world.exchange(&mistyped(&code)), (None, "wrong_code"));
    assert_eq!(wrong_codes(&world), 2);
    let clock = world.clock.clone();
    let wrong = mistyped(&code);
    world.store.next_commits([
        OnCommit::FailBeforeAnd(Box::new(move |memory| type_as_others(memory, &clock, &wrong))),
        OnCommit::FailBefore,
    ]);
    world.store.next_finds([OnFind::Pass, OnFind::Fail]);
    let (token, outcome) = world.exchange(&mistyped(&code));
    assert_eq!((token, outcome), (None, "failed"), "whoever cannot tell says so");
    assert_eq!(wrong_codes(&world), 3);
}

#[test]
fn a_right_code_whose_answer_was_lost_is_found() {
    type Fate = fn() -> OnCommit;
    let fates: [Fate; 2] = [|| OnCommit::FailAfter, || OnCommit::FailAndHappenLater];
    for fate in fates {
        let world = World::with_codes();
        let (link, code) = world.link_and_code();
        world.store.next_commits([fate()]);
        let (token, outcome) = world.exchange(&code);
        assert_eq!(outcome, "exchanged");
        assert_eq!(refusal(&world, &token.unwrap()), None);
        assert_eq!(refusal(&world, &link), None);
        assert_eq!(ledger(&world).revision(), 2, "it is written once");
    }
}

#[test]
fn a_right_code_is_found_although_others_went_on_from_it() {
    let world = World::with(|builder| builder.issuer(with_codes(TokenIssuer::builder())));
    let (link, code) = world.link_and_code();
    let clock = world.clock.clone();
    world.store.next_commits([OnCommit::FailAfterAnd(Box::new(move |memory| {
        let rival = rival(memory, &clock, &eager());
        let _ = run(rival.request_for(&1));
    }))]);
    let (token, outcome) = world.exchange(&code);
    assert_eq!(outcome, "exchanged");
    assert_eq!(refusal(&world, &token.unwrap()), Some(Refusal::Superseded));
    assert_eq!(refusal(&world, &link), Some(Refusal::Superseded));
}

#[test]
fn if_the_answer_to_a_right_code_is_lost_the_link_still_works() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    world.store.next_commits([OnCommit::FailAfter]);
    world.store.next_finds([OnFind::Pass, OnFind::Fail]);
    assert_eq!(world.exchange(&code), (None, "failed"));
    assert_eq!(world.exchange(&code), (None, "no_code"), "it is spent");
    world.reset(&link, GOOD).unwrap();
}

#[test]
fn of_two_who_type_the_right_code_one_gets_a_token() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    world.store.next_commits([others_type(&world, &code)]);
    assert_eq!(world.exchange(&code), (None, "no_code"));
    assert!(world.store.end_script());

    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let (clock, theirs) = (world.clock.clone(), code.clone());
    world.store.next_commits([OnCommit::FailBeforeAnd(Box::new(move |memory| {
        type_as_others(memory, &clock, &theirs);
    }))]);
    assert_eq!(world.exchange(&code), (None, "no_code"), "theirs is not taken for ours");
}

#[test]
fn of_many_right_codes_at_once_exactly_one_gets_a_token() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let ends = run(join_all((0..16).map(|_| world.resets.exchange(ALICE, &code))));
    let tokens = ends.iter().filter(|(token, _)| token.is_some());
    assert_eq!(tokens.count(), 1);
    assert_eq!(wrong_codes(&world), 0);
}

/// However many guess at once, each learns of a guess that was counted, and only five are.
#[test]
fn many_guesses_at_once_are_no_more_than_five() {
    for guesses in [5, 6, 16, 64] {
        let world = World::with_codes();
        let (link, code) = world.link_and_code();
        let wrong: Vec<_> = (1..=guesses).map(|number| other(&code, number)).collect();
        let ends = run(join_all(wrong.iter().map(|wrong| world.resets.exchange(ALICE, wrong))));
        let count = |outcome| {
            let outcomes = ends.iter().map(|(_, handled)| handled.outcome_for_logs().code());
            outcomes.filter(|code| *code == outcome).count()
        };
        assert_eq!((count("wrong_code"), count("exchanged")), (5, 0));
        assert_eq!(count("no_code"), wrong.len() - 5);
        assert_eq!(wrong_codes(&world), 5);
        assert_eq!(world.exchange(&code), (None, "no_code"));
        assert_eq!(refusal(&world, &link), None);
    }
}

/// As many digits that are others, and differ for each number.
fn other(code: &str, number: u64) -> String {
    format!("{:08}", (code.parse::<u64>().unwrap() + number) % 100_000_000)
}

#[test]
fn a_right_code_outlasts_four_wrong_ones_that_race_it() {
    for wrong in [4, 5] {
        let world = World::with_codes();
        let (_, code) = world.link_and_code();
        world.store.next_commits((0..wrong).map(|_| others_type(&world, &mistyped(&code))));
        let expected = if wrong < 5 { "exchanged" } else { "no_code" };
        assert_eq!(world.exchange(&code).1, expected, "{wrong}");
        assert!(world.store.end_script());
    }
}

/// Strangers cause five conflicts at most, and a redemption retries eight.
#[test]
fn a_redemption_outlasts_all_the_wrong_codes_that_race_it() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    world.store.next_commits((0..8).map(|_| others_type(&world, &mistyped(&code))));
    world.reset(&link, GOOD).unwrap();
    assert_eq!((world.hash(), wrong_codes(&world)), (hash(GOOD), 0));

    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    let resets = &world.resets;
    let accepted = run(resets.accept(&link, GOOD)).unwrap();
    let wrong: Vec<_> = (1..=64).map(|number| other(&code, number)).collect();
    let guesses = join_all(wrong.iter().map(|wrong| resets.exchange(ALICE, wrong)));
    let (committed, _) = run(join(accepted.commit(hash(GOOD)), guesses));
    committed.unwrap();
    assert_eq!(world.hash(), hash(GOOD));
}

#[test]
fn an_account_that_changes_at_every_attempt_is_contended_and_gives_no_token() {
    for attempts in [8, 9] {
        let world = World::with_codes();
        world.store.set_password(world.alice, "");
        let (_, code) = world.link_and_code();
        // An invitation leaves the link and its code as they are.
        world.store.next_commits((0..attempts).map(|_| {
            let clock = world.clock.clone();
            OnCommit::After(Box::new(move |memory: &MemoryStore| {
                let _ = run(rival(memory, &clock, &eager()).invite(&1));
            }))
        }));
        let (token, handled) = run(world.resets.exchange(ALICE, &code));
        match handled.outcome_for_logs() {
            Outcome::Exchanged => assert_eq!((attempts, token.is_some()), (8, true)),
            Outcome::Failed(Fault::Contended) => {
                assert_eq!((attempts, token.is_some()), (9, false));
            }
            other => panic!("{attempts}: {other:?}"),
        }
        assert!(world.store.end_script());
    }
}

#[test]
fn conflicts_that_nothing_explains_end_after_eight_retries() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let before = world.state();
    for typed in [&code, &mistyped(&code)] {
        world.store.next_commits((0..9).map(|_| OnCommit::Conflict));
        let (token, handled) = run(world.resets.exchange(ALICE, typed));
        let outcome = handled.outcome_for_logs();
        assert!(matches!(outcome, Outcome::Failed(Fault::UnexplainedConflict)), "{outcome:?}");
        assert!(token.is_none() && world.store.end_script());
        assert_eq!(world.state(), before);
    }
}

#[test]
fn the_link_of_a_deleted_account_is_unknown() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let alice = world.alice;
    world.store.next_commits([OnCommit::After(Box::new(move |memory| {
        assert!(memory.delete_account(alice));
    }))]);
    assert_eq!(world.exchange(&code), (None, "unknown_account"));
}

#[test]
fn a_change_of_the_account_ends_its_code() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let alice = world.alice;
    world.store.next_commits([OnCommit::After(Box::new(move |memory| {
        assert!(memory.set_password_hash(alice, "by another path"));
    }))]);
    assert_eq!(world.exchange(&code), (None, "no_code"));
    assert_eq!(wrong_codes(&world), 0);
}

#[test]
fn a_failing_generator_gives_no_token_and_costs_no_code() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let before = world.state();
    let resets = world.another(|builder| {
        builder.issuer(with_codes(TokenIssuer::builder())).entropy(|| NO_ENTROPY)
    });
    for typed in [&code, &mistyped(&code)] {
        let (token, handled) = run(resets.exchange(ALICE, typed));
        let outcome = handled.outcome_for_logs();
        assert!(matches!(outcome, Outcome::Failed(Fault::Entropy(_))), "{outcome:?}");
        assert!(token.is_none());
        assert_eq!(world.state(), before);
    }
    assert_eq!(world.exchange(&code).1, "exchanged");
}

#[test]
fn a_key_that_is_missing_is_a_fault_counts_nothing_and_leaves_the_link() {
    let world = World::with_codes();
    let (link, code) = world.link_and_code();
    let before = world.state();
    for typed in [&code, &mistyped(&code)] {
        let (token, handled) = run(without_key(&world).exchange(ALICE, typed));
        let outcome = handled.outcome_for_logs();
        assert!(matches!(outcome, Outcome::Failed(Fault::CodeKeyMissing)), "{outcome:?}");
        assert!(format!("{outcome:?}").contains("keep the old key"), "{outcome:?}");
        assert!(token.is_none());
        assert_eq!(world.state(), before);
    }
    world.reset(&link, GOOD).unwrap();
}

#[test]
fn a_ledger_at_its_last_revision_is_a_fault() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    let mut bytes = ledger(&world).encode();
    bytes[13..21].copy_from_slice(&i64::MAX.to_be_bytes());
    world.store.next_finds([OnFind::Bytes(bytes)]);
    let (_, handled) = run(world.resets.exchange(ALICE, &code));
    let outcome = handled.outcome_for_logs();
    assert!(matches!(outcome, Outcome::Failed(Fault::Exhausted(_))), "{outcome:?}");
}

/// A stranger who waits for the purge is not forgiven.
#[test]
fn a_purge_keeps_a_ledger_for_thirty_days_after_its_last_wrong_code() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(world.exchange(&mistyped(&code)).1, "wrong_code");
    let memory = &world.store.memory;
    let last = UtcDateTime::UNIX_EPOCH + SignedDuration::MINUTE + SignedDuration::days(30);
    assert_eq!(memory.purge(last - SignedDuration::SECOND), 0);
    assert_eq!(memory.purge(last), 1);
}

#[test]
fn a_mail_that_could_not_be_handed_over_leaves_its_code_good() {
    let world = World::with_codes();
    world.mailer.next_sends([OnSend::DeliverAndFail]);
    assert_eq!(world.request(ALICE), "mail_failed");
    let mail = world.mailer.outbox.take().pop().unwrap();
    assert_eq!(world.exchange(mail.code().unwrap().expose_digits()).1, "exchanged");
}

#[test]
fn nothing_of_the_account_changes_when_a_code_is_typed() {
    let world = World::with_codes();
    let (_, code) = world.link_and_code();
    for typed in [mistyped(&code), code] {
        let _ = world.exchange(&typed);
        assert_eq!((world.hash().as_str(), world.store.memory.sessions(1)), (OLD_HASH, 1));
    }
}
