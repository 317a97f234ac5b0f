//! Requests for a link: one answer for every login, the right recipient, and the throttle.

use crate::support::issuers::eager;
use crate::support::ports::{Down, OnCommit, OnSend};
use crate::support::world::{ALICE, GOOD, OLD_HASH, World, rival, six};
use crate::support::{entropy, entropy_of, run};
use password_reset::adapters::memory::{Mail, MemoryStore};
use password_reset::mailer::{Language, Reason};
use password_reset::service::{Fault, Outcome};
use password_reset::store::{Change, Commit, Store};
use password_reset::token::{Entropy, Ledger, Refusal, TokenIssuer};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

#[test]
fn the_answer_to_a_request_looks_the_same_for_every_outcome() {
    for (code, world) in six() {
        let handled = run(world.resets.request(ALICE));
        assert_eq!(handled.outcome_for_logs().code(), code);
        assert_eq!(format!("{handled:?} {handled:#?}"), "Handled Handled", "{code}");
    }
}

#[test]
fn every_request_begins_the_same_and_does_nothing_before_it_is_polled() {
    for (code, world) in six() {
        world.take_calls();
        let request = world.resets.request(ALICE);
        assert!(world.take_calls().is_empty(), "the visitor is answered first");
        run(request);
        assert_eq!(world.take_calls()[0], "find_by_login", "{code}");
    }
}

#[test]
fn a_request_calls_each_port_as_often_as_it_must() {
    let expected: [&[&str]; 6] = [
        &["find_by_login", "commit", "send"],
        &["find_by_login"],
        &["find_by_login"],
        &["find_by_login"],
        &["find_by_login", "commit", "send"],
        &["find_by_login", "commit", "find_by_selector", "commit", "find_by_selector"],
    ];
    for ((code, world), expected) in six().into_iter().zip(expected) {
        world.take_calls();
        world.request(ALICE);
        assert_eq!(world.take_calls(), expected, "{code}");
    }
}

#[test]
fn a_login_that_no_account_can_have_never_reaches_the_store() {
    let world = World::new();
    let longest = "a".repeat(1024);
    assert_eq!(world.request(&longest), "unknown_account");
    assert_eq!(world.take_calls(), ["find_by_login"]);
    // Composed, it has twice as many bytes.
    assert_eq!(world.request(&"\u{958}".repeat(341)), "unknown_account");
    assert_eq!(world.take_calls(), ["find_by_login"]);
    for login in [&"a".repeat(1025), &"é".repeat(513), &"a".repeat(1 << 20), "alice@example.com\0"]
    {
        assert_eq!(world.request(login), "unknown_account");
        assert!(!run(world.resets.revoke(login)).unwrap());
        assert!(world.take_calls().is_empty(), "{login:.40}");
    }
}

#[test]
fn mail_goes_to_the_stored_address_byte_for_byte_whatever_was_typed() {
    let world = World::new();
    for stored in
        ["Mike+Shop@Example.COM", "\"m, k\"@example.com", "kim@example.com", "ß@ß.example"]
    {
        let id = world.store.memory.add_account(stored, "hash").unwrap();
        for typed in [stored.to_owned(), stored.to_ascii_uppercase(), stored.to_ascii_lowercase()] {
            assert_eq!(world.request(&typed), "sent");
            let mails = world.mailer.outbox.take();
            assert_eq!(mails.iter().map(Mail::recipient).collect::<Vec<_>>(), [stored]);
            assert_eq!(world.store.memory.purge(UtcDateTime::MAX), 1);
        }
        assert!(world.store.memory.delete_account(id));
    }
}

#[test]
fn white_space_around_a_login_is_left_out() {
    for typed in
        ["alice@example.com ", " alice@example.com\r\n", "\u{3000}alice@example.com\u{a0}\t"]
    {
        let world = World::new();
        assert_eq!(world.request(typed), "sent", "{typed:?}");
        assert!(run(world.resets.revoke(typed)).unwrap(), "{typed:?}");
    }
}

#[test]
fn an_empty_login_is_unknown_and_never_reaches_the_store() {
    let world = World::new();
    world.store.memory.add_account("", "hash").unwrap();
    for login in ["", " ", "\t\r\n", "\u{2003}"] {
        assert_eq!(world.request(login), "unknown_account", "{login:?}");
        assert!(!run(world.resets.revoke(login)).unwrap());
    }
    assert!(world.take_calls().is_empty());
}

#[test]
fn odd_logins_send_no_mail() {
    let world = World::new();
    world.store.memory.add_account("mike@example.com", "hash").unwrap();
    let logins = [
        "",
        " ",
        "mıke@example.com",
        "MİKE@example.com",
        "mi\u{212a}e@example.com",
        "alice@example.com\r\nBcc: eve@example.com",
        "alice @example.com",
        "alice@example.com\u{200b}",
        "alice@example.com,eve@example.com",
        "alice@example.com;eve@example.com",
        "<alice@example.com>",
        "\"alice\"@example.com",
        "alice+x@example.com",
    ];
    for login in logins {
        assert_eq!(world.request(login), "unknown_account", "{login:?}");
    }
    assert!(world.mailer.outbox.take().is_empty());
}

#[test]
fn a_stored_address_that_is_not_one_clean_mailbox_is_an_error_and_gets_no_link() {
    let addresses = [
        "a@b.example\r\nBcc: eve@example.com",
        "a@b.example\n",
        "a\u{7f}@b.example",
        "a@b.example,eve@example.com",
        "a@b.example eve@example.com",
        "no mailbox",
    ];
    for address in addresses {
        let world = World::new();
        let id = world.store.memory.add_account(address, "hash").unwrap();
        let handled = run(world.resets.request_for(&id));
        let outcome = handled.outcome_for_logs();
        assert!(matches!(outcome, Outcome::Failed(Fault::Address(_))), "{address:?}: {outcome:?}");
        assert_eq!(world.take_calls(), ["find_by_id"]);
        assert_eq!(world.store.memory.ledger(id), None);
    }
}

#[test]
fn the_mail_carries_the_link_and_its_times() {
    let world = World::new();
    let now = UtcDateTime::UNIX_EPOCH + SignedDuration::seconds(90);
    world.clock.set(now);
    assert_eq!(world.request(ALICE), "sent");
    let mails = world.mailer.outbox.take();
    let [Mail::ResetLink { recipient, link, asked_at, expires_at, .. }] = mails.as_slice() else {
        panic!("one link, not {mails:?}")
    };
    assert_eq!((recipient.as_str(), *asked_at), (ALICE, now));
    assert_eq!(*expires_at, now + SignedDuration::HOUR);
    let token = link.expose_url().strip_prefix("https://app.example.com/reset?token=").unwrap();
    run(world.resets.check(token)).unwrap();
}

/// What the mail says of why it was sent, and in which language.
fn asked(world: &World) -> (Reason, Option<String>) {
    match world.mailer.outbox.take().remove(0) {
        Mail::ResetLink { reason, language, .. } => (reason, language),
        other => panic!("a link, not {other:?}"),
    }
}

#[test]
fn a_mail_says_that_an_administrator_asked_only_where_the_host_said_so() {
    let world = World::new();
    assert_eq!(world.request(ALICE), "sent");
    assert_eq!(asked(&world), (Reason::Forgotten, None));
    let _ = run(world.resets.request_for(&world.alice));
    assert_eq!(asked(&world), (Reason::Administrator, None));
    let _ = run(world.resets.request_for(&world.alice));
    let token = world.tokens().remove(0);
    world.clock.advance(Duration::from_secs(3600));
    run(world.resets.renew(&token));
    assert_eq!(asked(&world), (Reason::Forgotten, None));
}

#[test]
fn the_language_that_a_visitor_wished_is_in_the_mail_and_a_bad_tag_is_none() {
    let longest = "a1234567-b1234567-c1234567-d1234567";
    assert_eq!(longest.len(), 35);
    for tag in ["de", "pt-BR", "zh-Hant-TW", "x-klingon", longest] {
        let world = World::new();
        run(world.resets.request_in(ALICE, tag));
        assert_eq!(asked(&world), (Reason::Forgotten, Some(tag.to_owned())));
    }
    let too_long = format!("{longest}-e");
    let odd = [
        "",
        " ",
        "-",
        "de-",
        "-de",
        "de--AT",
        "de_AT",
        "de-CH;q=0.8",
        "*",
        "dé",
        "abcdefghi",
        "de\r\nX: y",
        "<b>",
        "de\0",
        &too_long,
    ];
    for tag in odd {
        let world = World::new();
        run(world.resets.request_in(ALICE, tag));
        assert_eq!(asked(&world), (Reason::Forgotten, None), "{tag:?}");
    }
    let wished = Language::parse("de-x-canary").unwrap();
    assert_eq!((wished.as_str(), format!("{wished:?}")), ("de-x-canary", "Language(..)".into()));
}

#[test]
fn what_the_host_asks_for_is_counted_and_not_throttled() {
    let world = World::new();
    for _ in 0..7 {
        let handled = run(world.resets.request_for(&world.alice));
        assert_eq!(handled.outcome_for_logs().code(), "sent");
    }
    let tokens = world.tokens();
    assert_eq!(tokens.len(), 7);
    run(world.resets.check(&tokens[6])).unwrap();
    let told = run(world.resets.check(&tokens[5])).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Superseded));
    world.clock.advance(Duration::from_secs(3599));
    assert_eq!(world.request(ALICE), "throttled");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.request(ALICE), "sent");
    let handled = run(world.resets.request_for(&u64::MAX));
    assert_eq!(handled.outcome_for_logs().code(), "unknown_account");
}

#[test]
fn a_thousand_cancelled_links_cause_at_most_five_mails_in_an_hour() {
    let (world, mut mails) = (World::new(), 0);
    for second in 0..1000 {
        world.clock.set(UtcDateTime::UNIX_EPOCH + SignedDuration::SECOND * second);
        if world.request(ALICE) == "sent" {
            run(world.resets.cancel(&world.tokens()[0])).unwrap();
            mails += 1;
        }
    }
    assert_eq!(mails, 5);
}

/// An expired link, a superseded one, a good one, an unknown one, and a text that is no token.
#[test]
fn a_dead_link_is_renewed_and_every_other_renewal_gets_the_same_answer() {
    let world = World::new();
    let superseded = world.link();
    let good = world.later_link();
    let unknown = format!("{}{}", &good[..16], "A".repeat(32));
    let nobodys = format!("{}{}", "B".repeat(16), &good[16..]);
    let renew = |token: &str| {
        world.take_calls();
        let handled = run(world.resets.renew(token));
        assert_eq!(format!("{handled:?}"), "Handled");
        (handled.outcome_for_logs().code(), world.take_calls())
    };
    for token in [&good, &unknown] {
        assert_eq!(renew(token), ("not_renewable", vec!["find_by_selector"]));
    }
    for token in [nobodys.as_str(), "", "x", &good[1..], &"A".repeat(1 << 20)] {
        assert_eq!(renew(token), ("unknown_account", vec!["find_by_selector"]), "{token:.60}");
    }
    assert_eq!(renew(&superseded), ("throttled", vec!["find_by_selector"]));
    assert!(world.tokens().is_empty());
    run(world.resets.check(&good)).expect("nothing was superseded");

    world.clock.advance(Duration::from_secs(3600));
    let calls = vec!["find_by_selector", "commit", "send"];
    assert_eq!(renew(&good), ("sent", calls));
    let renewed = world.tokens().remove(0);
    world.reset(&renewed, GOOD).unwrap();
    for token in [&superseded, &good, &renewed] {
        assert_eq!(renew(token).0, "not_renewable", "a password was set");
    }
}

#[test]
fn a_dead_link_of_an_account_that_has_changed_is_not_renewed() {
    type Change = fn(&World);
    let changes: [(&str, Change); 3] = [
        ("password", |w| assert!(w.store.memory.set_password_hash(w.alice, "another"))),
        ("address", |w| assert!(w.store.memory.set_address(w.alice, "a@b.example").unwrap())),
        ("a week later", |w| w.clock.advance(Duration::from_secs(7 * 24 * 3600))),
    ];
    for (name, change) in changes {
        let world = World::new();
        let token = world.link();
        world.clock.advance(Duration::from_secs(3600));
        change(&world);
        let handled = run(world.resets.renew(&token));
        assert_eq!(handled.outcome_for_logs().code(), "not_renewable", "{name}");
        assert!(world.tokens().is_empty());
    }
}

#[test]
fn a_request_changes_nothing_about_the_account() {
    let world = World::new();
    for _ in 0..100 {
        world.request(ALICE);
        world.clock.advance(Duration::from_secs(61));
    }
    assert_eq!(world.hash(), OLD_HASH);
    assert_eq!(world.store.memory.sessions(world.alice), 1);
}

#[test]
fn within_the_cooldown_a_request_mails_nothing_and_kills_nothing() {
    let world = World::new();
    let token = world.link();
    let before = world.state();
    world.clock.advance(Duration::from_nanos(59_999_999_999));
    assert_eq!(world.request(ALICE), "throttled");
    assert!(world.mailer.outbox.take().is_empty());
    assert_eq!(world.state(), before);
    run(world.resets.check(&token)).unwrap();
    world.clock.advance(Duration::from_nanos(1));
    world.link();
}

#[test]
fn a_thousand_requests_cause_at_most_five_mails_in_an_hour() {
    for fails in [false, true] {
        let world = World::new();
        let mut sent = Vec::new();
        for request in 0..4000_u32 {
            if fails {
                world.mailer.next_sends([OnSend::DeliverAndFail]);
            }
            let now = UtcDateTime::UNIX_EPOCH
                + SignedDuration::milliseconds(3600) * request.cast_signed();
            world.clock.set(now);
            match world.request(ALICE) {
                "throttled" => {
                    assert!(world.mailer.outbox.take().is_empty());
                }
                code => {
                    assert_eq!(code, if fails { "mail_failed" } else { "sent" });
                    sent.push((now, world.tokens().remove(0)));
                }
            }
            let newest = &sent.last().unwrap().1;
            run(world.resets.check(newest)).expect("whoever is throttled has a good link");
        }
        assert_eq!(sent.len(), 9, "at minutes 0, 1, 3, 7, 15, 60, 92, 152 and 212");
        for six in sent.windows(6) {
            assert!(six[5].0 - six[0].0 >= SignedDuration::HOUR);
        }
    }
}

#[test]
fn a_link_whose_mailer_failed_although_it_delivered_works() {
    let world = World::new();
    world.mailer.next_sends([OnSend::DeliverAndFail]);
    assert_eq!(world.request(ALICE), "mail_failed");
    let token = world.tokens().remove(0);
    world.reset(&token, GOOD).unwrap();
}

#[test]
fn after_a_failed_mail_a_new_link_is_admitted_after_the_cooldown() {
    let world = World::new();
    world.mailer.next_sends([OnSend::Refuse]);
    assert_eq!(world.request(ALICE), "mail_failed");
    assert_eq!(world.request(ALICE), "throttled");
    let token = world.later_link();
    world.reset(&token, GOOD).unwrap();
}

#[test]
fn a_failing_generator_writes_and_mails_nothing() {
    let world = World::with(|builder| builder.entropy(|| Err::<Entropy, _>(Down)));
    let before = world.state();
    let handled = run(world.resets.request(ALICE));
    assert!(matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::Entropy(_))));
    assert_eq!(world.take_calls(), ["find_by_login"]);
    assert_eq!(world.state(), before);
}

#[test]
fn a_selector_that_belongs_to_another_account_is_drawn_again() {
    let draws = AtomicU64::new(0);
    let world = World::with(|builder| {
        builder.entropy(move || match draws.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => Ok::<_, Down>(entropy_of([1; 36])),
            draw => Ok(entropy(draw)),
        })
    });
    world.store.memory.add_account("bob@example.com", "hash").unwrap();
    let alices = world.link();
    assert_eq!(world.request("bob@example.com"), "sent");
    let bobs = world.tokens().remove(0);
    assert_ne!(alices[..16], bobs[..16]);
    run(world.resets.check(&alices)).unwrap();
    run(world.resets.check(&bobs)).unwrap();
}

/// Runs a request for Alice while which others act on the store.
fn request_while(others: fn(&MemoryStore, u64)) -> (World, &'static str) {
    let world = World::new();
    world.link();
    world.clock.advance(Duration::from_secs(60));
    let alice = world.alice;
    world.store.next_commits([OnCommit::After(Box::new(move |memory| others(memory, alice)))]);
    let code = world.request(ALICE);
    (world, code)
}

#[test]
fn what_happens_between_load_and_commit_is_seen() {
    let (world, code) = request_while(|m, _| assert_eq!(m.purge(UtcDateTime::MAX), 1));
    assert_eq!(code, "sent", "a purged ledger starts again");
    run(world.resets.check(&world.tokens()[0])).unwrap();

    let (world, code) = request_while(|m, id| assert!(m.delete_account(id)));
    assert_eq!((code, world.tokens().len()), ("unknown_account", 0));

    let (world, code) = request_while(|m, id| assert!(m.set_address(id, "new@b.example").unwrap()));
    assert_eq!((code, world.tokens().len()), ("unknown_account", 0));

    let (world, code) =
        request_while(|m, id| assert!(m.set_address(id, "ALICE@example.com").unwrap()));
    assert_eq!(code, "sent");
    assert_eq!(world.mailer.outbox.take()[0].recipient(), "ALICE@example.com");

    let (world, code) = request_while(|m, id| {
        assert!(m.delete_account(id));
        m.add_account(ALICE, "hash of another person").unwrap();
    });
    assert_eq!(code, "sent");
    let token = world.tokens().remove(0);
    assert_eq!(world.reset(&token, GOOD).unwrap().account_id, world.alice + 1);
}

#[test]
fn a_retry_asks_the_throttle_again() {
    let world = World::new();
    let (clock, issuer) = (world.clock.clone(), TokenIssuer::default());
    world.store.next_commits([OnCommit::After(Box::new(move |memory| {
        let handled = run(rival(memory, &clock, &issuer).request(ALICE));
        assert_eq!(handled.outcome_for_logs().code(), "sent");
    }))]);
    assert_eq!(world.request(ALICE), "throttled");
    assert!(world.mailer.outbox.take().is_empty());
}

#[test]
fn the_end_of_time_and_of_revisions_are_faults() {
    let world = World::with(|builder| builder.issuer(eager()));
    world.clock.set(UtcDateTime::MAX);
    let handled = run(world.resets.request(ALICE));
    assert!(matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::TimeOutOfRange)));

    world.clock.set(UtcDateTime::UNIX_EPOCH);
    let token = world.link();
    let mut bytes = world.store.memory.ledger(world.alice).unwrap();
    assert_eq!(world.store.memory.purge(UtcDateTime::MAX), 1);
    bytes[13..21].copy_from_slice(&i64::MAX.to_be_bytes());
    let last = Ledger::decode(&bytes).unwrap();
    let account = run(world.store.memory.find_by_login(ALICE)).unwrap().unwrap();
    let planted = run(world.store.memory.commit(&Change::new(&account, None, &last, None)));
    assert!(planted.is_ok_and(Commit::is_committed));

    let handled = run(world.resets.request(ALICE));
    assert!(matches!(handled.outcome_for_logs(), Outcome::Failed(Fault::Exhausted(_))));
    for told in [
        world.reset(&token, GOOD).map(drop).unwrap_err(),
        run(world.resets.cancel(&token)).unwrap_err(),
    ] {
        assert!(told.refusal().is_none() && told.violations().is_none(), "{told:?}");
    }
    assert!(matches!(run(world.resets.revoke(ALICE)), Err(Fault::Exhausted(_))));
    run(world.resets.check(&token)).unwrap();
}
