//! What must hold however the threads of a service are scheduled: at random, with few
//! changes of turn (which find most bugs), and exhaustively where there are few threads.

use password_reset::token::Refusal;
use schedules::{World, race, redeem, told};
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
fn commits_that_nobody_waits_for(count: usize) {
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
    under_many_schedules(|| commits_that_nobody_waits_for(3));
}

/// Each of two links is redeemed, one of each kind.
fn one_of_each_kind() {
    let world = World::new();
    let link = world.link_by(World::request);
    let invitation = world.link_by(World::invite);
    let tokens = [link.clone(), invitation.clone()];
    let click = |is_invitation: bool| -> Runner<_> {
        let token = tokens[usize::from(is_invitation)].clone();
        Box::new(move |world: &World| {
            let resets = if is_invitation { &world.invites } else { &world.resets };
            (redeem(resets, &token, &token).map_err(|error| error.refusal()), token)
        })
    };
    let ends = race(&world, [false, true].map(click));
    let (redeemed, refused): (Vec<_>, Vec<_>) = ends.into_iter().partition(|(r, _)| r.is_ok());
    assert_eq!((redeemed.len(), refused.len()), (1, 1));
    assert_eq!(refused[0].0, Err(Some(Refusal::Changed)));
    assert_eq!(world.hash(), redeemed[0].1);
    assert_eq!(world.outbox.take().len(), 1, "one notice");
    let of_each = [world.told(&link), told(&world.invites, &invitation)];
    assert!(of_each.contains(&Some(Refusal::Used)) && of_each.contains(&Some(Refusal::Changed)));
}

#[test]
fn of_two_links_of_two_kinds_one_password_ends_both() {
    under_many_schedules(one_of_each_kind);
}

/// Strangers ask while the host invites.
fn an_invitation_among(count: usize) {
    let world = World::new();
    let request = |_| -> Runner<_> { Box::new(World::request) };
    let invite: Runner<_> = Box::new(World::invite);
    let outcomes = race(&world, (0..count).map(request).chain([invite]));
    let sent = outcomes.iter().filter(|outcome| **outcome == "sent").count();
    let tokens = world.mailed();
    assert_eq!(tokens.len(), sent);
    let good = |resets| tokens.iter().filter(|token| told(resets, token).is_none()).count();
    assert_eq!(good(&world.invites), usize::from(outcomes[count] == "sent"), "{outcomes:?}");
    let is_asked = outcomes[..count].contains(&"sent");
    assert_eq!(good(&world.resets), usize::from(is_asked), "{outcomes:?}");
}

#[test]
fn no_request_ends_an_invitation_that_is_issued_meanwhile() {
    under_many_schedules(|| an_invitation_among(2));
    shuttle::check_dfs(|| an_invitation_among(1), None);
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
fn a_password_that_the_owner_sets_meanwhile_is_never_overwritten_by_an_older_link() {
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
