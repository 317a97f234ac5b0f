//! What the throttle promises, however requests are paced and however the links end.

use model::pacing::Deed::{
    self, Cancel, Change, ChangeAddress, Invite, Redeem, Request, Revoke, Tell, Wait,
};
use model::pacing::{Course, Moments, Pacing};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[track_caller]
fn explore(pacing: &Pacing, least_states: usize) -> Course {
    let course = pacing.explore(None);
    println!("{course}");
    assert!(course.violations.is_empty(), "{course}");
    assert!(course.states >= least_states, "{} states are too few", course.states);
    course
}

/// Three links in six hours and a cooldown that starts at an hour and a half: a day of so few
/// moments that all that can be done at any of them is explored for ever.
fn of_sixteen_moments(name: &'static str, deeds: &[Deed]) -> Pacing {
    let grid = Moments::After(vec![0, 90 * MINUTE]);
    Pacing::new(name, deeds, grid).throttled(3, 6 * HOUR, 90 * MINUTE)
}

/// A day of fewer moments, for more that can be done at them.
fn of_four_moments(name: &'static str, deeds: &[Deed]) -> Pacing {
    let grid = Moments::After(vec![0, 6 * HOUR]);
    Pacing::new(name, deeds, grid).throttled(2, 12 * HOUR, 6 * HOUR)
}

#[test]
fn a_request_every_second_replaces_ever_fewer_good_links() {
    let pacing = Pacing::new("every second", &[Request], Moments::After(vec![]));
    let replaced = pacing.replaced_at(1, DAY);
    assert_eq!(replaced, [1, 3, 7, 15, 60, 92].map(|minutes| minutes * MINUTE));
}

#[test]
fn whatever_the_pace_six_good_links_a_day_are_replaced_at_most() {
    for every in (1..=60).map(|minutes| minutes * MINUTE) {
        let pacing = Pacing::new("a steady pace", &[Request], Moments::After(vec![]));
        let replaced = pacing.replaced_at(every, 4 * DAY);
        for (position, first) in replaced.iter().enumerate() {
            let in_a_day = replaced[position..].iter().take_while(|at| *at - first < DAY).count();
            assert!(in_a_day <= 6, "every {every} s: {replaced:?}");
        }
    }
}

#[test]
fn no_course_of_requests_replaces_seven_good_links_in_a_day() {
    let moments = Moments::WhenTheAnswerMayChange;
    let course = explore(
        &Pacing::new("nine requests by the defaults", &[Request], moments).steps(9).aiming_at(7),
        400_000,
    );
    assert_eq!((course.most_replaced, course.most_mails), (6, 5));
}

#[test]
fn an_hour_brings_five_mails_and_ten_where_links_are_redeemed_or_the_account_changes() {
    for (deed, most_mails, gaps, steps) in [
        (Cancel, 5, vec![0, 12 * MINUTE], 12),
        (Revoke, 5, vec![0, 12 * MINUTE], 12),
        (Tell, 5, vec![0, 12 * MINUTE], 10),
        (Redeem, 10, vec![0], 24),
        (ChangeAddress, 10, vec![0], 24),
        (Change, 10, vec![0], 40),
    ] {
        let deeds = [Request, deed, Wait];
        let pacing = Pacing::new("an hour by the defaults", &deeds, Moments::After(gaps));
        let course = explore(&pacing.steps(steps), 20);
        assert_eq!(course.most_mails, most_mails, "{deed:?}");
    }
}

#[test]
fn three_links_in_six_hours_for_ever() {
    let course = explore(&of_sixteen_moments("requests alone, for ever", &[Request, Wait]), 1_500);
    assert_eq!((course.most_replaced, course.most_mails), (2, 3));
    let deeds = [Request, Cancel, Wait];
    let course =
        explore(&of_sixteen_moments("requests and cancellations, for ever", &deeds), 300_000);
    assert_eq!((course.most_replaced, course.most_mails), (2, 3));
}

#[test]
fn two_links_in_twelve_hours_for_ever() {
    let deeds = [Request, Tell, Cancel, Revoke, Invite, Wait];
    let course = explore(
        &of_four_moments("requests, where nobody redeems and nothing changes, for ever", &deeds),
        1_000,
    );
    assert_eq!((course.most_replaced, course.most_mails), (1, 2));
    let course = explore(
        &of_four_moments(
            "requests, and whatever becomes of the links, for ever",
            &[Request, Tell, Cancel, Revoke, Redeem, ChangeAddress, Invite, Wait],
        ),
        190_000,
    );
    assert_eq!((course.most_replaced, course.most_mails), (1, 4));
    let deeds = [Request, Change, Wait];
    let changes = "requests, and changes by somebody who is signed in";
    let course = explore(&of_four_moments(changes, &deeds).steps(16), 100_000);
    assert_eq!((course.most_replaced, course.most_mails), (1, 4));
}

#[test]
fn no_number_of_links_pushes_an_invitation_out() {
    let moments = Moments::After(vec![8 * MINUTE]);
    let pacing = Pacing::new("an invitation, and twenty requests", &[Request, Invite], moments);
    explore(&pacing.throttled(14, HOUR, 0).steps(21), 250);
}
