//! The password policy in the reset flow.

use crate::support::run;
use crate::support::world::World;
use password_reset::PasswordPolicy;
use password_reset::policy::{ContextWords, PasswordPolicyBuilder};

fn world(policy: PasswordPolicyBuilder) -> World {
    World::with(|builder| builder.policy(policy.build().unwrap()))
}

/// The codes of what `accept` says that the password misses, and none where it takes it.
fn rejected(world: &World, token: &str, password: &str) -> Vec<String> {
    let accepted = run(world.resets.accept(token, password));
    let error = accepted.err();
    let violations = error.as_ref().map(|error| error.violations().unwrap());
    violations.into_iter().flatten().map(|violation| violation.code().to_owned()).collect()
}

#[test]
fn the_accounts_address_is_passed_without_asking() {
    let words = ContextWords::Contained(vec!["Acme".into()]);
    let world = world(PasswordPolicy::builder().context_words(words));
    let token = world.link();
    for password in ["Alice2026!", "acmE2026!", "xxAlice77"] {
        assert_eq!(rejected(&world, &token, password), ["context_word"], "{password}");
        assert_eq!(world.resets.policy().check(password).is_ok(), !password.contains("acmE"));
    }
    let accepted = run(world.resets.accept(&token, "Looking-Glass-2")).unwrap();
    drop(accepted.check_words(&["Bob"]).unwrap());
    assert!(world.reset(&token, "Looking-Glass-2").is_ok());
}

#[test]
fn the_checklist_of_a_rejected_password_knows_what_the_flow_knew() {
    let world = world(PasswordPolicy::builder().context_words(ContextWords::Contained(Vec::new())));
    let token = world.link();
    let missing = |password: &str| {
        let error = run(world.resets.accept(&token, password)).unwrap_err();
        let policy = world.resets.policy();
        let missing = policy.checklist_of(error.violations().unwrap()).filter(|(_, met)| !met);
        missing.map(|(requirement, _)| requirement.code().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(missing("Alice2026"), ["context_word"]);
    assert_eq!(
        missing("alice"),
        ["too_short", "missing_digit", "missing_uppercase", "context_word"]
    );
    let unread = missing(&"Aa1".repeat(100_000));
    assert_eq!(unread.len(), world.resets.policy().requirements().count() - 1, "{unread:?}");
}

#[test]
fn a_policy_that_does_not_ask_gets_no_address() {
    let world = World::new();
    let token = world.link();
    assert!(rejected(&world, &token, "Alice2026!").is_empty());
}

#[test]
fn names_that_only_the_host_knows_are_checked_before_the_commit() {
    let words = ContextWords::Contained(Vec::new());
    let world = world(PasswordPolicy::builder().context_words(words));
    let token = world.link();
    let before = world.state();
    let accept = |password| run(world.resets.accept(&token, password)).unwrap();
    let violations = accept("Liddell-2026").check_words(&["Alice Liddell"]).unwrap_err();
    assert_eq!(violations.codes().collect::<Vec<_>>(), ["context_word"]);
    assert_eq!(world.state(), before, "and nothing is left to commit");

    let accepted = accept("Looking-Glass-2").check_words(&["Alice Liddell"]).unwrap();
    assert_eq!(world.state(), before);
    assert!(run(accepted.commit("hash")).is_ok());
}

#[cfg(feature = "nfc")]
#[test]
fn what_is_hashed_at_a_reset_is_what_is_verified_at_sign_in() {
    let world = world(PasswordPolicy::builder().nfc(true));
    let (composed, decomposed) = ("Caf\u{e9}-2026", "Cafe\u{301}-2026");
    let token = world.link();
    let accepted = run(world.resets.accept(&token, decomposed)).unwrap();
    assert_eq!(accepted.expose_password(), composed);
    for typed in [composed, decomposed] {
        let at_sign_in = world.resets.policy().prepare(typed);
        assert_eq!(at_sign_in.expose_password(), accepted.expose_password());
    }
}

#[test]
fn without_normalization_what_is_hashed_is_what_was_typed() {
    let world = World::new();
    let token = world.link();
    let typed = " Cafe\u{301}\u{212a}-2026\u{feff} ";
    let accepted = run(world.resets.accept(&token, typed)).unwrap();
    assert_eq!(accepted.expose_password(), typed);
}

#[cfg(feature = "hibp")]
mod breaches {
    use super::{World, run, world};
    use password_reset::PasswordPolicy;
    use password_reset::policy::{Breach, BreachService};
    use password_reset::service::{Fault, ResetError};

    const PASSWORD: &str = " Looking-Glass-2 ";
    const CLEAN: &str = "003D68EB55068C33ACE09247EE4C639306B:3\r\n";

    fn asking(service: BreachService) -> World {
        world(PasswordPolicy::builder().breach_service(service))
    }

    #[test]
    fn a_commit_without_the_look_is_a_fault_and_changes_nothing() {
        let world = asking(BreachService::FailOpen);
        let token = world.link();
        let before = world.state();
        let error = world.reset(&token, PASSWORD).unwrap_err();
        assert!(matches!(error, ResetError::Fault(Fault::BreachNotChecked)), "{error:?}");
        assert_eq!(world.state(), before);
        assert!(run(world.resets.check(&token)).is_ok());
    }

    #[test]
    fn a_breached_password_is_rejected_and_the_link_still_works() {
        let world = asking(BreachService::FailClosed);
        let token = world.link();
        let before = world.state();
        run(async {
            let accepted = world.resets.accept(&token, PASSWORD).await.unwrap();
            let range = accepted.breach_range().unwrap();
            let row = row_of(PASSWORD);
            assert_eq!(range.prefix(), &row[..5]);
            let answer = format!("{CLEAN}{}:4\r\n", &row[5..]);
            let error = accepted.check_breach(Some(&answer)).unwrap_err();
            let codes: Vec<_> = error.violations().unwrap().codes().collect();
            assert_eq!(codes, ["breached_password"]);
        });
        assert_eq!(world.state(), before);

        run(async {
            let accepted = world.resets.accept(&token, PASSWORD).await.unwrap();
            let (accepted, breach) = accepted.check_breach(Some(CLEAN)).unwrap();
            assert_eq!(breach, Breach::Absent);
            assert!(accepted.breach_range().is_none(), "no look is owed any more");
            accepted.commit("hash").await.unwrap();
        });
        assert_eq!(world.hash(), "hash");
    }

    #[test]
    fn an_unreachable_service_stops_the_commit_unless_the_host_says_otherwise() {
        let closed = asking(BreachService::FailClosed);
        let token = closed.link();
        run(async {
            for answer in [None, Some("<html>")] {
                let accepted = closed.resets.accept(&token, PASSWORD).await.unwrap();
                let error = accepted.check_breach(answer).unwrap_err();
                let ResetError::Fault(Fault::BreachUnknown(why)) = error else {
                    panic!("{error:?}")
                };
                assert_eq!(why.is_some(), answer.is_some());
            }
            assert!(closed.resets.check(&token).await.is_ok());
        });
        assert_eq!(closed.hash(), "hash of the old one");

        let open = asking(BreachService::FailOpen);
        let token = open.link();
        run(async {
            let accepted = open.resets.accept(&token, PASSWORD).await.unwrap();
            let (accepted, breach) = accepted.check_breach(None).unwrap();
            assert_eq!(breach, Breach::Unknown(None));
            accepted.commit("hash").await.unwrap();
        });
        assert_eq!(open.hash(), "hash");
    }

    #[test]
    fn a_policy_that_asks_no_service_needs_no_look() {
        let world = World::new();
        let token = world.link();
        let accepted = run(world.resets.accept(&token, PASSWORD)).unwrap();
        assert!(accepted.breach_range().is_none());
        assert!(run(accepted.commit("hash")).is_ok());
    }

    /// SHA-1 in hexadecimal.
    fn row_of(password: &str) -> String {
        use sha1::{Digest, Sha1};
        use std::fmt::Write as _;
        Sha1::digest(password).iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02X}").unwrap();
            digits
        })
    }
}

#[cfg(feature = "zxcvbn")]
#[test]
fn the_estimate_of_strength_knows_the_address_and_the_names_together() {
    let lenient =
        PasswordPolicy::builder().min_length(1).digit(false).lowercase(false).uppercase(false);
    let world = world(lenient.min_score(3));
    assert!(world.store.memory.set_address(world.alice, "zbrzezny@example.org").unwrap());
    assert_eq!(world.request("zbrzezny@example.org"), "sent");
    let token = world.tokens().remove(0);
    let accepted = run(world.resets.accept(&token, "zbrzeznykowalska")).unwrap();
    let violations = accepted.check_words(&["Kowalska"]).unwrap_err();
    assert_eq!(violations.codes().next(), Some("too_guessable"));
}
