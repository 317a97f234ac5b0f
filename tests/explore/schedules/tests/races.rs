//! What must hold however the threads of a service are scheduled: at random, with few
//! changes of turn (which find most bugs), and exhaustively where there are few threads.

use password_reset::token::{IssueKind, Refusal};
use schedules::{FIRST, Letter, World, race};
use shuttle::future::block_on;

type Runner<T> = Box<dyn FnOnce(&World) -> T + Send>;

fn under_many_schedules(race: fn()) {
    let schedules = std::env::var("SCHEDULES").ok().and_then(|count| count.parse().ok());
    let schedules = schedules.unwrap_or(2000);
    shuttle::check_random(race, schedules);
    shuttle::check_pct(race, schedules, 3);
}

fn clicks(count: usize) {
    let world = World::new();
    let token = world.link_by(World::request);
    let click = |number: usize| -> Runner<_> {
        let token = token.clone();
        Box::new(move |world: &World| {
            let hash = format!("hash {number}");
            (world.redeem(&token, &hash).map_err(|error| error.refusal()), hash)
        })
    };
    let results = race(&world, (0..count).map(click));
    let (redeemed, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(|(r, _)| r.is_ok());
    assert_eq!(redeemed.len(), 1, "{redeemed:?}");
    assert!(refused.iter().all(|(result, _)| *result == Err(Some(Refusal::Used))), "{refused:?}");
    assert_eq!(world.hash(), redeemed[0].1);
    assert_eq!(world.store.sessions(world.alice), 0);
    assert_eq!(world.outbox.take().len(), 1, "one notice");
}

#[test]
fn of_several_clicks_at_once_exactly_one_redeems_the_link() {
    under_many_schedules(|| clicks(4));
    shuttle::check_dfs(|| clicks(2), None);
}

fn requests(count: usize) {
    let world = World::new();
    let request = |_| -> Runner<_> { Box::new(World::request) };
    let outcomes = race(&world, (0..count).map(request));
    let tokens = world.mailed();
    assert_eq!(tokens.len(), outcomes.iter().filter(|outcome| **outcome == "sent").count());
    let good = tokens.iter().filter(|token| world.told(token).is_none()).count();
    assert_eq!(good, 1, "{outcomes:?}");
    let superseded = |token: &String| world.told(token) == Some(Refusal::Superseded);
    assert_eq!(tokens.iter().filter(|token| superseded(token)).count(), tokens.len() - 1);
}

#[test]
fn of_several_requests_at_once_exactly_one_link_is_live() {
    under_many_schedules(|| requests(3));
    shuttle::check_dfs(|| requests(2), None);
}

/// The handlers are gone before their commits begin, as where the visitors close their pages.
fn commits_that_are_dropped(count: usize) {
    let world = World::new();
    let token = world.link_by(World::request);
    let click = |number: usize| -> Runner<_> {
        let token = token.clone();
        Box::new(move |world: &World| {
            let commit = World::spawn_redemption(&world.resets, &token, &format!("hash {number}"));
            (number, commit.map_err(|error| error.refusal()))
        })
    };
    let mut redeemed = vec![];
    for (number, commit) in race(&world, (0..count).map(click)) {
        let ended = commit.and_then(|commit| {
            block_on(commit).expect("nobody ends the task").map_err(|error| error.refusal())
        });
        match ended {
            Ok(_) => redeemed.push(number),
            Err(refusal) => assert_eq!(refusal, Some(Refusal::Used)),
        }
    }
    assert_eq!(redeemed.len(), 1);
    assert_eq!(world.hash(), format!("hash {}", redeemed[0]));
    assert_eq!(world.outbox.take().len(), 1, "one notice");
}

#[test]
fn a_commit_goes_on_although_its_handler_is_gone() {
    // Every schedule would be too many, since a task is one more that takes its turn.
    under_many_schedules(|| commits_that_are_dropped(3));
}

/// Each of two links is redeemed, one of each kind.
fn one_of_each_kind() {
    let world = World::without_password();
    let link = world.link_by(World::request);
    let invitation = world.link_by(World::invite);
    let click = |token: String| -> Runner<_> {
        Box::new(move |world: &World| {
            (world.redeem(&token, &token).map_err(|error| error.refusal()), token)
        })
    };
    let ends = race(&world, [link.clone(), invitation.clone()].map(click));
    let (redeemed, refused): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(r, _)| r.is_ok());
    assert_eq!((redeemed.len(), refused.len()), (1, 1));
    assert_eq!(refused[0].0, Err(Some(Refusal::Changed)));
    assert_eq!(world.hash(), redeemed[0].1);
    assert_eq!(world.outbox.take().len(), 1, "one notice");
    let of_each = [world.told(&link), world.told(&invitation)];
    assert!(of_each.contains(&Some(Refusal::Used)) && of_each.contains(&Some(Refusal::Changed)));
}

#[test]
fn of_two_links_of_two_kinds_one_password_ends_both() {
    under_many_schedules(one_of_each_kind);
}

/// Strangers ask while the host invites.
fn an_invitation_among(count: usize) {
    let world = World::without_password();
    let request = |_| -> Runner<_> { Box::new(World::request) };
    let invite: Runner<_> = Box::new(World::invite);
    let outcomes = race(&world, (0..count).map(request).chain([invite]));
    let sent = outcomes.iter().filter(|outcome| **outcome == "sent").count();
    let tokens = world.mailed();
    assert_eq!(tokens.len(), sent);
    let good = |wanted| {
        let checked = tokens.iter().filter_map(|token| block_on(world.resets.check(token)).ok());
        checked.filter(|link| link.kind == wanted).count()
    };
    let is_invited = outcomes[count] == "sent";
    assert_eq!(good(IssueKind::Invitation), usize::from(is_invited), "{outcomes:?}");
    let is_asked = outcomes[..count].contains(&"sent");
    assert_eq!(good(IssueKind::Recovery), usize::from(is_asked), "{outcomes:?}");
}

#[test]
fn no_request_ends_an_invitation_that_is_issued_at_the_same_time() {
    under_many_schedules(|| an_invitation_among(2));
    shuttle::check_dfs(|| an_invitation_among(1), None);
}

/// The host invites while a link sets the first password.
fn an_invitation_and_a_first_password() {
    let world = World::without_password();
    let link = world.link_by(World::request);
    let runners: [Runner<_>; 2] = [
        Box::new(
            move |world| if world.redeem(&link, "redeemed").is_ok() { "redeemed" } else { "" },
        ),
        Box::new(World::invite),
    ];
    let ends = race(&world, runners);
    assert_eq!(ends[0], "redeemed");
    assert!(["sent", "has_password"].contains(&ends[1]), "{ends:?}");
    let invitations = world.mailed();
    assert_eq!(invitations.len(), usize::from(ends[1] == "sent"));
    assert!(invitations.iter().all(|token| world.told(token) == Some(Refusal::Changed)));
}

#[test]
fn no_invitation_outlives_a_first_password_that_is_set_at_the_same_time() {
    under_many_schedules(an_invitation_and_a_first_password);
    shuttle::check_dfs(an_invitation_and_a_first_password, None);
}

/// Somebody who is signed in changes the password while somebody redeems a link and others ask for
/// more; with or without links before.
fn a_change_among(requests: usize, is_redeemed: bool) {
    let world = World::new();
    let older = is_redeemed.then(|| world.link_by(World::request));
    let runners = [older.clone().map(|token| -> Runner<_> {
        Box::new(move |world| {
            let redeemed = world.redeem(&token, "redeemed");
            ("redeemed", redeemed.map_err(|error| error.refusal()))
        })
    })];
    let request = |_| -> Runner<_> {
        Box::new(|world| {
            let _ = world.request();
            ("", Ok(()))
        })
    };
    let change: Runner<_> = Box::new(|world| {
        let changed = world.change(FIRST, "changed");
        ("changed", changed.map_err(|error| error.refusal()))
    });
    let runners = runners.into_iter().flatten().chain((0..requests).map(request));
    let ends = race(&world, runners.chain([change]));

    let set = |end: &&(&str, Result<(), _>)| !end.0.is_empty() && end.1.is_ok();
    let winners: Vec<_> = ends.iter().filter(set).collect();
    // A request that came first supersedes the link.
    assert_eq!(winners.len(), 1, "{ends:?}");
    assert_eq!(world.hash(), winners[0].0);
    assert_eq!(world.store.sessions(world.alice), 0);
    for (_, end) in &ends {
        let refused = [Refusal::Changed, Refusal::Superseded, Refusal::Used];
        assert!(end.is_ok() || refused.contains(&end.unwrap_err().unwrap()), "{ends:?}");
    }
    let mails = world.outbox.take();
    assert_eq!(mails.iter().filter(|mail| mail.link().is_none()).count(), 1, "one notice");
    assert!(older.is_none_or(|token| world.told(&token).is_some()), "the older link is dead");
    let newer = mails.iter().filter_map(|mail| Some(mail.link()?.expose_token().to_owned()));
    assert!(newer.filter(|token| world.told(token).is_none()).count() <= 1);
}

#[test]
fn of_a_change_and_a_redemption_at_once_exactly_one_sets_its_password() {
    under_many_schedules(|| a_change_among(0, true));
    under_many_schedules(|| a_change_among(1, true));
    shuttle::check_dfs(|| a_change_among(0, true), None);
}

#[test]
fn a_change_wins_over_requests_that_bring_the_first_ledger() {
    under_many_schedules(|| a_change_among(2, false));
    shuttle::check_dfs(|| a_change_among(1, false), None);
}

/// Two changes that verified the same password.
fn two_changes() {
    let world = World::new();
    let change = |hash: &'static str| -> Runner<_> {
        Box::new(move |world| (hash, world.change(FIRST, hash).map_err(|error| error.refusal())))
    };
    let ends = race(&world, ["one", "two"].map(change));
    let (set, refused): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(_, end)| end.is_ok());
    assert_eq!((set.len(), refused[0].1), (1, Err(Some(Refusal::Changed))));
    assert_eq!(world.hash(), set[0].0);
    assert_eq!(world.outbox.take().len(), 1, "one notice");
}

#[test]
fn of_two_changes_at_once_exactly_one_is_made() {
    under_many_schedules(two_changes);
    shuttle::check_dfs(two_changes, None);
}

/// The holder of a dead link and the host ask at once.
fn renewals() {
    let world = World::new();
    let older = world.link_by(World::request);
    let newer = world.link_by(World::request);
    let runners: [Runner<_>; 2] =
        [Box::new(move |world| world.renew(&older)), Box::new(World::request_for)];
    assert_eq!(race(&world, runners), ["sent", "sent"]);
    assert_eq!(world.told(&newer), Some(Refusal::Superseded));
    let tokens = world.mailed();
    let good = tokens.iter().filter(|token| world.told(token).is_none()).count();
    assert_eq!((tokens.len(), good), (2, 1));
}

#[test]
fn of_a_renewal_and_a_request_of_the_host_at_once_exactly_one_link_is_live() {
    under_many_schedules(renewals);
    shuttle::check_dfs(renewals, None);
}

/// Somebody redeems the link while somebody asks for another and the owner acts.
fn meanwhile(owner: fn(&World)) {
    let world = World::new();
    let older = world.link_by(World::request);
    let redeemed = older.clone();
    let runners: [Runner<Option<_>>; 3] = [
        Box::new(move |world| Some(world.redeem(&redeemed, "redeemed").is_ok())),
        Box::new(|world| {
            let _ = world.request();
            None
        }),
        Box::new(move |world| {
            owner(world);
            None
        }),
    ];
    let was_redeemed = race(&world, runners).into_iter().flatten().any(|redeemed| redeemed);
    assert!(world.told(&older).is_some(), "a link over which another was issued is dead");
    let hash = world.hash();
    if was_redeemed {
        assert!(["redeemed", "set by the owner", ""].contains(&&*hash), "{hash}");
    } else {
        assert_ne!(hash, "redeemed");
    }
    let good = world.mailed().iter().filter(|token| world.told(token).is_none()).count();
    assert!(good <= 1, "{good} links are good");
}

#[test]
fn a_password_that_the_owner_sets_is_never_overwritten_by_an_older_link() {
    under_many_schedules(|| {
        let world = World::new();
        let token = world.link_by(World::request);
        let runners: [Runner<bool>; 2] = [
            Box::new(move |world| world.redeem(&token, "redeemed").is_ok()),
            Box::new(|world| world.store.set_password_hash(world.alice, "owner's")),
        ];
        let results = race(&world, runners);
        assert!(results[1]);
        assert_eq!(world.hash(), "owner's", "redeemed before it, or not at all");
    });
}

#[test]
fn nothing_comes_apart_while_the_owner_acts() {
    under_many_schedules(|| {
        meanwhile(|world| {
            assert!(world.store.set_password_hash(world.alice, "set by the owner"));
        });
    });
    under_many_schedules(|| {
        meanwhile(|world| {
            assert!(world.store.delete_account(world.alice));
        });
    });
    under_many_schedules(|| {
        meanwhile(|world| {
            let moved = world.store.set_address(world.alice, "alice@example.org");
            assert!(moved.unwrap());
        });
    });
}

/// Somebody types the right code while strangers type wrong ones, after so many others.
fn codes_at_once(right: usize, wrong: usize, before: u8) {
    let (world, letter) = World::with_code(before);
    let exchange = |_| -> Runner<_> {
        let code = letter.code.clone();
        Box::new(move |world| world.exchange(&code))
    };
    let guess = |_| -> Runner<_> { Box::new(|world| (None, world.guess())) };
    let ends = race(&world, (0..right).map(exchange).chain((0..wrong).map(guess)));

    let told = |outcome| ends.iter().filter(|(_, told)| *told == outcome).count();
    assert_eq!(told("exchanged") + told("wrong_code") + told("no_code"), ends.len(), "{ends:?}");
    let tokens: Vec<_> = ends.iter().filter_map(|(token, _)| token.as_deref()).collect();
    assert_eq!(tokens.len(), told("exchanged"), "{ends:?}");
    assert!(tokens.len() <= 1, "{ends:?}");
    let counted = usize::from(world.wrong_codes());
    assert_eq!(counted, usize::from(before) + told("wrong_code"), "{ends:?}");
    assert!(
        !tokens.is_empty() || counted == 5,
        "five wrong ones end a code, or a right one: {ends:?}"
    );
    assert_eq!(world.exchange(&letter.code), (None, "no_code"));

    assert_eq!(world.told(&letter.token), None, "the link is as good as before");
    assert!(world.outbox.take().is_empty(), "nothing is mailed");
    if let Some(token) = tokens.first() {
        world.redeem(token, "by the token").unwrap();
        assert_eq!(world.told(&letter.token), Some(Refusal::Used));
        assert_eq!(world.hash(), "by the token");
    }
}

#[test]
fn a_right_code_among_wrong_ones_is_exchanged_once_and_five_are_answered() {
    under_many_schedules(|| codes_at_once(1, 3, 0));
    under_many_schedules(|| codes_at_once(2, 3, 3));
    shuttle::check_dfs(|| codes_at_once(1, 1, 4), None);
    shuttle::check_dfs(|| codes_at_once(2, 0, 0), None);
}

/// Of so many wrong codes no more are answered than are left.
fn wrong_codes_at_once(wrong: usize, before: u8) {
    let (world, letter) = World::with_code(before);
    let guess = |_| -> Runner<_> { Box::new(World::guess) };
    let ends = race(&world, (0..wrong).map(guess));
    let told = |outcome| ends.iter().filter(|told| **told == outcome).count();
    let answered = wrong.min(5 - usize::from(before));
    assert_eq!((told("wrong_code"), told("no_code")), (answered, wrong - answered), "{ends:?}");
    assert_eq!(usize::from(world.wrong_codes()), usize::from(before) + answered);
    assert_eq!(world.told(&letter.token), None, "the link is as good as before");
}

#[test]
fn of_wrong_codes_at_once_no_more_are_answered_than_are_left() {
    under_many_schedules(|| wrong_codes_at_once(4, 3));
    shuttle::check_dfs(|| wrong_codes_at_once(2, 4), None);
}

/// Somebody types the code, and a stranger a wrong one, while the holder redeems the link.
fn an_exchange_and_a_redemption(wrong: usize) {
    let (world, letter) = World::with_code(0);
    let Letter { token, code } = letter.clone();
    let redeem: Runner<_> = Box::new(move |world| {
        world.redeem(&token, "by the link").unwrap();
        (None, "redeemed")
    });
    let exchange: Runner<_> = Box::new(move |world| world.exchange(&code));
    let guess = |_| -> Runner<_> { Box::new(|world| (None, world.guess())) };
    let ends = race(&world, [redeem, exchange].into_iter().chain((0..wrong).map(guess)));
    assert_eq!(world.hash(), "by the link", "no code keeps anybody from the link: {ends:?}");
    assert_eq!(world.wrong_codes(), 0, "a password was set");
    let exchanged = &ends[1];
    assert!(["exchanged", "no_code"].contains(&exchanged.1), "{ends:?}");
    assert_eq!(exchanged.0.is_some(), exchanged.1 == "exchanged", "{ends:?}");
    let tokens = exchanged.0.iter().chain([&letter.token]);
    assert!(tokens.map(|token| world.told(token)).all(|told| told == Some(Refusal::Used)));
    assert_eq!(world.outbox.take().len(), 1, "one notice");
}

#[test]
fn of_an_exchange_and_a_redemption_at_once_the_redemption_sets_its_password() {
    under_many_schedules(|| an_exchange_and_a_redemption(2));
    shuttle::check_dfs(|| an_exchange_and_a_redemption(0), None);
}

/// Somebody types a code while somebody asks for another mail.
fn an_exchange_and_a_request() {
    let (world, letter) = World::with_code(0);
    let code = letter.code.clone();
    let runners: [Runner<_>; 2] =
        [Box::new(move |world| world.exchange(&code)), Box::new(|world| (None, world.request()))];
    let ends = race(&world, runners);
    assert_eq!(ends[1].1, "sent");
    // Behind the request, the code is a wrong one for the newer mail.
    assert!(["exchanged", "wrong_code"].contains(&ends[0].1), "{ends:?}");
    assert_eq!(usize::from(world.wrong_codes()), usize::from(ends[0].1 == "wrong_code"));
    let older = ends[0].0.iter().chain([&letter.token]);
    assert!(older.map(|token| world.told(token)).all(|told| told == Some(Refusal::Superseded)));
}

#[test]
fn a_token_for_a_code_is_superseded_by_a_later_request() {
    under_many_schedules(an_exchange_and_a_request);
    shuttle::check_dfs(an_exchange_and_a_request, None);
}
