//! What must hold however the threads of a service are scheduled: at random, with few
//! changes of turn (which find most bugs), and exhaustively where there are few threads.

use password_reset::token::Refusal;
use schedules::{World, race};

type Runner<T> = Box<dyn FnOnce(&World) -> T + Send>;

fn under_many_schedules(race: fn()) {
    let schedules = std::env::var("SCHEDULES").ok().and_then(|count| count.parse().ok());
    let schedules = schedules.unwrap_or(2000);
    shuttle::check_random(race, schedules);
    shuttle::check_pct(race, schedules, 3);
}

fn clicks(count: usize) {
    let world = World::new();
    assert_eq!(world.request(), "sent");
    let token = world.mailed().remove(0);
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
    assert_eq!(world.resets.store().sessions(world.alice), 0);
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

/// Somebody redeems the link while somebody asks for another and the owner acts.
fn meanwhile(owner: fn(&World)) {
    let world = World::new();
    assert_eq!(world.request(), "sent");
    let older = world.mailed().remove(0);
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
        assert_eq!(world.request(), "sent");
        let token = world.mailed().remove(0);
        let runners: [Runner<bool>; 2] = [
            Box::new(move |world| world.redeem(&token, "redeemed").is_ok()),
            Box::new(|world| world.resets.store().set_password_hash(world.alice, "owner's")),
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
            assert!(world.resets.store().set_password_hash(world.alice, "set by the owner"));
        });
    });
    under_many_schedules(|| {
        meanwhile(|world| {
            assert!(world.resets.store().delete_account(world.alice));
        });
    });
    under_many_schedules(|| {
        meanwhile(|world| {
            let moved = world.resets.store().set_address(world.alice, "alice@example.org");
            assert!(moved.unwrap());
        });
    });
}
