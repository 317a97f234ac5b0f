//! Following a link: check, accept, commit, cancel, revoke.

use crate::support::ports::{Down, OnCommit, OnSend};
use crate::support::run;
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, hash};
use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore, Outbox};
use password_reset::hasher::PasswordHasher;
use password_reset::service::{Fault, ResetError};
use password_reset::store::{Account, Change};
use password_reset::token::{Ledger, Refusal, Selector, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use std::sync::Arc;
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const HOUR: Duration = Duration::from_secs(3600);

/// What makes a good link bad, and what its holder is told then.
type Row = (&'static str, fn(&World, &str), Refusal);

fn changes() -> Vec<Row> {
    vec![
        ("a newer link", |w, _| drop(w.later_link()), Refusal::Superseded),
        ("it was used", |w, token| assert!(w.reset(token, "Other123").is_ok()), Refusal::Used),
        ("cancelled", |w, token| run(w.resets.cancel(token)).unwrap(), Refusal::Revoked),
        ("revoked", |w, _| assert!(run(w.resets.revoke(ALICE)).unwrap()), Refusal::Revoked),
        ("an hour later", |w, _| w.clock.advance(HOUR), Refusal::Expired),
        (
            "a clock set back",
            |w, _| w.clock.set(UtcDateTime::UNIX_EPOCH - SignedDuration::seconds(61)),
            Refusal::Expired,
        ),
        (
            "another password",
            |w, _| assert!(w.store.memory.set_password_hash(w.alice, "by another path")),
            Refusal::Changed,
        ),
        (
            "another address",
            |w, _| assert!(w.store.memory.set_address(w.alice, "a@example.com").unwrap()),
            Refusal::Changed,
        ),
        (
            "the same address in another case",
            |w, _| assert!(w.store.memory.set_address(w.alice, "Alice@example.com").unwrap()),
            Refusal::Changed,
        ),
        ("deleted", |w, _| assert!(w.store.memory.delete_account(w.alice)), Refusal::Unknown),
        (
            "deleted and made again",
            |w, _| {
                assert!(w.store.memory.delete_account(w.alice));
                w.store.memory.add_account(ALICE, OLD_HASH).unwrap();
            },
            Refusal::Unknown,
        ),
        ("purged", |w, _| assert_eq!(w.store.memory.purge(UtcDateTime::MAX), 1), Refusal::Unknown),
        (
            "purged, and another link",
            |w, _| {
                assert_eq!(w.store.memory.purge(UtcDateTime::MAX), 1);
                w.link();
            },
            Refusal::Unknown,
        ),
        (
            "pushed out by sixteen newer ones",
            |w, _| {
                for _ in 0..16 {
                    let handled = run(w.resets.request_for(&w.alice));
                    assert_eq!(handled.outcome_for_logs().code(), "sent");
                }
            },
            Refusal::Unknown,
        ),
    ]
}

#[test]
fn check_accept_and_cancel_report_every_refusal_and_change_nothing() {
    for (name, change, refusal) in changes() {
        let world = World::new();
        let token = world.link();
        run(world.resets.check(&token)).unwrap();
        change(&world, &token);
        let before = world.state();
        drop(world.mailer.outbox.take());

        let told = run(world.resets.check(&token)).unwrap_err();
        assert_eq!(told.refusal(), Some(refusal), "check: {name}");
        for password in [GOOD, "weak"] {
            let told = run(world.resets.accept(&token, password)).unwrap_err();
            assert_eq!(told.refusal(), Some(refusal), "accept: {name}");
            assert!(told.violations().is_none());
        }
        let told = run(world.resets.cancel(&token)).unwrap_err();
        assert_eq!(told.refusal(), Some(refusal), "cancel: {name}");
        assert_eq!(world.state(), before, "{name}");
        assert!(world.mailer.outbox.take().is_empty(), "{name}");
    }
}

#[test]
fn a_change_between_accept_and_commit_kills_the_link_and_stays() {
    for (name, change, refusal) in changes() {
        let world = World::new();
        let token = world.link();
        let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
        change(&world, &token);
        let before = world.state();
        drop(world.mailer.outbox.take());

        let told = run(accepted.commit(&hash(GOOD))).unwrap_err();
        assert_eq!(told.refusal(), Some(refusal), "{name}");
        assert_eq!(world.state(), before, "{name}");
        assert!(world.mailer.outbox.take().is_empty(), "{name}");
    }
}

#[test]
fn a_change_while_the_store_is_asked_to_commit_kills_the_link_and_stays() {
    type Change = fn(&MemoryStore, u64);
    let changes: [(&str, Change, Refusal); 5] = [
        ("another password", |m, id| assert!(m.set_password_hash(id, "first")), Refusal::Changed),
        ("another address", |m, id| assert!(m.set_address(id, "b@c").unwrap()), Refusal::Changed),
        ("purged", |m, _| assert_eq!(m.purge(UtcDateTime::MAX), 1), Refusal::Unknown),
        ("deleted", |m, id| assert!(m.delete_account(id)), Refusal::Unknown),
        (
            "deleted and made again",
            |m, id| {
                assert!(m.delete_account(id));
                m.add_account(ALICE, OLD_HASH).unwrap();
            },
            Refusal::Unknown,
        ),
    ];
    for (name, change, refusal) in changes {
        let world = World::new();
        let token = world.link();
        let alice = world.alice;
        world.store.next_commits([OnCommit::After(Box::new(move |m| change(m, alice)))]);
        let told = world.reset(&token, GOOD).unwrap_err();
        assert_eq!(told.refusal(), Some(refusal), "{name}");
        let ids = [world.alice, world.alice + 1];
        let hashes = ids.map(|id| world.store.memory.password_hash(id));
        assert!(!hashes.contains(&Some(hash(GOOD))), "{name}: {hashes:?}");
        assert!(world.mailer.outbox.take().is_empty(), "{name}");
    }
}

#[test]
fn a_link_works_once() {
    let world = World::new();
    let token = world.link();
    let completed = world.reset(&token, GOOD).unwrap();
    assert_eq!(completed.account_id, world.alice);
    assert_eq!(world.hash(), hash(GOOD));
    let again = world.reset(&token, "Abcdefg2").unwrap_err();
    assert_eq!(again.refusal(), Some(Refusal::Used));
    assert_eq!(world.hash(), hash(GOOD));
}

#[test]
fn of_two_accepted_passwords_the_first_commit_wins() {
    let world = World::new();
    let token = world.link();
    let first = run(world.resets.accept(&token, "Abcdefg1")).unwrap();
    let second = run(world.resets.accept(&token, "Abcdefg2")).unwrap();
    run(second.commit("second")).unwrap();
    let told = run(first.commit("first")).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Used));
    assert_eq!(world.hash(), "second");
}

#[test]
fn a_preview_a_weak_password_a_failed_hash_and_a_refused_step_up_cost_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    for _ in 0..3 {
        run(world.resets.check(&token)).unwrap();
        let weak = run(world.resets.accept(&token, "password")).unwrap_err();
        let codes: Vec<_> = weak.violations().unwrap().codes().collect();
        assert_eq!(codes, ["missing_digit", "missing_uppercase"]);
        assert!(weak.refusal().is_none());
        let refused_step_up = run(world.resets.accept(&token, GOOD)).unwrap();
        assert_eq!(*refused_step_up.account_id(), world.alice);
        drop(refused_step_up);
    }
    assert_eq!(world.state(), before);
    assert!(!world.take_calls().iter().skip(3).any(|call| *call == "commit"));
    world.reset(&token, GOOD).unwrap();
}

#[test]
fn a_good_link_says_whose_it_is_and_how_long_it_is_good() {
    let world = World::new();
    let token = world.link();
    world.clock.advance(Duration::from_secs(7));
    let checked = run(world.resets.check(&token)).unwrap();
    assert_eq!((checked.account_id, checked.address.as_str()), (world.alice, ALICE));
    assert_eq!(checked.asked_at, UtcDateTime::UNIX_EPOCH);
    assert_eq!(checked.expires_at, UtcDateTime::UNIX_EPOCH + SignedDuration::HOUR);
    let shown = format!("{checked:?}");
    assert!(
        shown.starts_with("Checked { kind: Recovery, asked_at:") && !shown.contains("alice"),
        "{shown}"
    );
    assert!(!shown.contains("account_id"), "{shown}");
}

#[tokio::test]
async fn a_commit_runs_to_its_end_in_a_task_of_its_own() {
    let world = World::new();
    let token = world.link();
    let accepted = world.resets.accept(&token, GOOD).await.unwrap();
    let handler = world.resets.clone();
    let hash = hash(accepted.expose_password());
    let completed = tokio::spawn(accepted.commit(hash)).await.unwrap().unwrap();
    assert_eq!(completed.account_id, world.alice);
    assert_eq!(world.mailer.outbox.take().len(), 1, "one notice");
    let told = tokio::spawn(async move { handler.check(&token).await.map(drop) });
    assert_eq!(told.await.unwrap().unwrap_err().refusal(), Some(Refusal::Used));
}

#[test]
fn the_host_rejects_a_password_in_the_policys_form_and_the_link_still_works() {
    let world = World::new();
    let token = world.link();
    let accept = || run(world.resets.accept(&token, GOOD)).unwrap();
    let sentence = "This was one of your last four passwords.";
    let told = accept().reject_if(true, "recent_password", sentence).unwrap_err();
    assert_eq!(told.codes().collect::<Vec<_>>(), ["recent_password"]);
    assert_eq!(told.iter().map(ToString::to_string).collect::<Vec<_>>(), [sentence]);
    let accepted = accept().reject_if(false, "recent_password", sentence).unwrap();
    assert_eq!(accepted.expose_password(), GOOD);
    run(accepted.commit("new")).unwrap();
    assert_eq!(world.hash(), "new");
}

#[test]
fn an_empty_hash_is_refused_and_costs_nothing() {
    let world = World::new();
    let token = world.link();
    for hash in ["", " ", "\t\n"] {
        let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
        let told = run(accepted.commit(hash)).unwrap_err();
        assert!(matches!(told, ResetError::Fault(Fault::EmptyHash)), "{told:?}");
    }
    assert_eq!(world.hash(), OLD_HASH);
    world.reset(&token, GOOD).unwrap();
}

/// Hashes by saying so, or fails.
struct Hasher(bool);

impl PasswordHasher for Hasher {
    type Error = Down;

    async fn hash(&self, password: &str) -> Result<String, Down> {
        if self.0 { Ok(hash(password)) } else { Err(Down) }
    }
}

#[test]
fn one_call_accepts_hashes_and_commits() {
    let world = World::new();
    let token = world.link();
    let reset =
        |token: &str, password, works| run(world.resets.reset(token, password, &Hasher(works)));
    let told = reset(&token, "weak", true).unwrap_err();
    assert!(told.violations().is_some());
    let told = reset(&token, GOOD, false).unwrap_err();
    assert!(matches!(told, ResetError::Fault(Fault::Hasher(_))), "{told:?}");
    assert_eq!(world.hash(), OLD_HASH);
    let completed = reset(&token, GOOD, true).unwrap();
    assert_eq!((completed.account_id, world.hash()), (world.alice, hash(GOOD)));
    let told = reset(&token, GOOD, true).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Used));
    let boxed: Arc<Box<Hasher>> = Arc::new(Box::new(Hasher(true)));
    assert!(run(world.resets.reset(&token, GOOD, &boxed)).is_err(), "pointers hash as well");
}

#[test]
fn the_hasher_gets_the_checked_password_byte_for_byte() {
    let world = World::new();
    let token = world.link();
    let long = format!("Aa1{}", "😀".repeat(253));
    for password in ["  Abcde1", "Abcde1  ", "A1a\u{301}\u{202e}\u{200b}bcd", "Abcde\r\n1", &long] {
        let accepted = run(world.resets.accept(&token, password)).unwrap();
        assert_eq!(accepted.expose_password().as_bytes(), password.as_bytes());
    }
}

#[test]
fn a_reset_ends_the_sessions_and_nothing_else_does() {
    let world = World::new();
    let bob = world.store.memory.add_account("bob@example.com", "bob's").unwrap();
    assert!(world.store.memory.sign_in(bob, "bob's"));
    assert!(run(world.resets.revoke(ALICE)).is_ok_and(|revoked| !revoked));
    let cancelled = world.link();
    run(world.resets.cancel(&cancelled)).unwrap();
    let token = world.later_link();
    drop(run(world.resets.accept(&token, GOOD)).unwrap());
    assert_eq!((world.hash().as_str(), world.store.memory.sessions(world.alice)), (OLD_HASH, 1));

    world.reset(&token, GOOD).unwrap();
    assert_eq!(world.store.memory.sessions(world.alice), 0);
    assert_eq!(world.store.memory.sessions(bob), 1);
    assert_eq!(world.store.memory.password_hash(bob).as_deref(), Some("bob's"));
}

#[test]
fn after_a_reset_one_notice_goes_to_the_stored_address() {
    let world = World::new();
    let token = world.link();
    world.clock.advance(Duration::from_secs(7));
    let completed = world.reset(&token, GOOD).unwrap();
    assert!(completed.notice.is_ok());
    let mails = world.mailer.outbox.take();
    let [Mail::PasswordChanged { recipient, changed_at, .. }] = mails.as_slice() else {
        panic!("one notice, not {mails:?}")
    };
    assert_eq!(recipient, ALICE);
    assert_eq!(*changed_at, UtcDateTime::UNIX_EPOCH + SignedDuration::seconds(7));
}

#[test]
fn a_notice_that_fails_is_reported_and_undoes_nothing() {
    for (fate, arrived) in [(OnSend::Refuse, 0), (OnSend::DeliverAndFail, 1)] {
        let world = World::new();
        let token = world.link();
        world.mailer.next_sends([fate]);
        let completed = world.reset(&token, GOOD).unwrap();
        assert!(completed.notice.is_err());
        assert_eq!(world.hash(), hash(GOOD));
        assert_eq!(world.mailer.outbox.take().len(), arrived, "it is sent at most once");
    }
}

#[test]
fn the_holder_of_a_cancelled_link_waits_a_minute_for_the_next() {
    let world = World::new();
    let token = world.link();
    run(world.resets.cancel(&token)).unwrap();
    assert_eq!((world.hash().as_str(), world.store.memory.sessions(world.alice)), (OLD_HASH, 1));
    assert_eq!(world.request(ALICE), "throttled");
    world.clock.advance(Duration::from_secs(60));
    let next = world.link();
    world.reset(&next, GOOD).unwrap();
}

#[test]
fn revoking_sends_no_mail_and_says_whether_there_was_a_link() {
    let world = World::new();
    assert!(!run(world.resets.revoke("nobody@example.com")).unwrap());
    assert!(!run(world.resets.revoke(ALICE)).unwrap(), "no ledger");
    let token = world.link();
    world.take_calls();
    assert!(run(world.resets.revoke(ALICE)).unwrap());
    assert_eq!(world.take_calls(), ["find_by_login", "commit"]);
    assert!(!run(world.resets.revoke(ALICE)).unwrap(), "it is revoked already");
    let told = run(world.resets.check(&token)).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Revoked));
    assert!(!run(world.resets.revoke_for(&world.alice)).unwrap());
    assert_eq!(world.take_calls().last(), Some(&"find_by_id"));
}

#[test]
fn what_is_not_a_token_is_unknown_and_never_reaches_the_store() {
    let world = World::new();
    let token = world.link();
    world.take_calls();
    let megabyte = "A".repeat(1 << 20);
    for text in
        ["", "x", &token[1..], &format!("{token}."), &token.replace(&token[..1], "+"), &megabyte]
    {
        for told in [
            run(world.resets.check(text)).unwrap_err(),
            run(world.resets.cancel(text)).unwrap_err(),
            run(world.resets.accept(text, GOOD)).unwrap_err(),
        ] {
            assert_eq!(told.refusal(), Some(Refusal::Unknown));
        }
    }
    assert!(world.take_calls().is_empty());
    world.reset(&format!(" {token}\r\n"), GOOD).unwrap();
}

#[test]
fn a_token_changes_only_its_own_account() {
    let world = World::new();
    let bob = world.store.memory.add_account("bob@example.com", "bob's").unwrap();
    let alices = world.link();
    assert_eq!(world.request("bob@example.com"), "sent");
    let bobs = world.tokens().remove(0);

    let crossed = [[&bobs[..16], &alices[16..]].concat(), [&alices[..16], &bobs[16..]].concat()];
    for token in crossed {
        let told = world.reset(&token, GOOD).unwrap_err();
        assert_eq!(told.refusal(), Some(Refusal::Unknown));
    }
    world.reset(&bobs, GOOD).unwrap();
    assert_eq!(world.hash(), OLD_HASH);
    assert_eq!(world.store.memory.password_hash(bob), Some(hash(GOOD)));
    run(world.resets.check(&alices)).unwrap();
}

#[test]
fn a_token_of_another_purpose_or_tenant_is_unknown() {
    let world = World::new();
    let token = world.link();
    let issuer = TokenIssuer::builder().purpose("tenant 2").build().unwrap();
    let other = world.another(|builder| builder.issuer(issuer));
    assert_eq!(run(other.check(&token)).unwrap_err().refusal(), Some(Refusal::Unknown));
    run(world.resets.check(&token)).unwrap();
}

#[test]
fn the_ports_may_be_boxed() {
    let (store, outbox) = (Box::new(MemoryStore::new()), Outbox::new());
    store.add_account(ALICE, OLD_HASH).unwrap();
    let link = LinkTemplate::new("https://app.example.com/{token}").unwrap();
    let resets = PasswordReset::builder(store, Box::new(outbox.clone()), link).build().unwrap();
    run(resets.request(ALICE));
    assert_eq!(outbox.take().len(), 1);
}

#[test]
fn every_future_of_the_service_can_cross_threads() {
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let world = World::new();
    run(is_send(world.resets.request(ALICE)));
    let token = world.tokens().remove(0);
    run(is_send(world.resets.check(&token))).unwrap();
    let accepted = run(is_send(world.resets.accept(&token, GOOD))).unwrap();
    run(is_send(accepted.commit("new"))).unwrap();
    assert!(run(is_send(world.resets.cancel(&token))).is_err());
    assert!(run(is_send(world.resets.revoke(ALICE))).is_ok());
}

#[test]
fn a_clock_that_is_shared_goes_on_for_every_service() {
    let world = World::new();
    let clock = Arc::new(ManualClock::new(UtcDateTime::UNIX_EPOCH));
    let shared = world.another(|builder| builder.clock(clock.clone()));
    let token = world.link();
    run(shared.check(&token)).unwrap();
    clock.advance(HOUR);
    let told = run(shared.check(&token)).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Expired));
    run(world.resets.check(&token)).expect("the other clock stands still");
}

#[test]
fn what_is_printed_of_an_account_and_of_a_service_is_what_names_it() {
    let account = Account::new(7_u64, ALICE, b"stamp", None);
    assert_eq!(format!("{account:?}"), "Account { id: 7, .. }");
    let selector = Selector::from_bytes([7; 12]);
    let ledger = Ledger::new(selector);
    let change = Change::new(&account, None, &ledger, Some("hash"));
    assert_eq!(
        format!("{change:?}"),
        "Change { account_id: 7, expected_revision: 0, sets_password: true, .. }"
    );

    let world = World::new();
    let token = world.link();
    let accepted = run(world.resets.accept(&token, GOOD)).unwrap();
    assert_eq!(format!("{accepted:?}"), format!("Accepted {{ account_id: {}, .. }}", world.alice));
    let memory = format!("{:?}", world.store.memory);
    assert!(memory.contains("Accounts { count: 1, .. }"), "{memory}");
    let shown = format!("{:?}", world.resets);
    let fields = ["PasswordReset { link: ", "policy: PasswordPolicy", "issuer: TokenIssuer"];
    assert!(fields.iter().all(|field| shown.contains(field)), "{shown}");
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let builder = PasswordReset::builder(MemoryStore::new(), Outbox::new(), link);
    assert_eq!(format!("{builder:?}"), "PasswordResetBuilder { .. }");
}

#[test]
fn a_ledger_is_forgotten_at_its_time_and_not_a_nanosecond_before() {
    let world = World::new();
    world.link();
    let ledger = Ledger::decode(&world.store.memory.ledger(world.alice).unwrap()).unwrap();
    let time = ledger.forgettable_at();
    assert_eq!(world.store.memory.purge(time - SignedDuration::nanoseconds(1)), 0);
    assert!(world.store.memory.ledger(world.alice).is_some());
    assert_eq!(world.store.memory.purge(time), 1);
    assert_eq!(world.store.memory.ledger(world.alice), None);
}
