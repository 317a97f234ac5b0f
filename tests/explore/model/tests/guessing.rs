//! How many wrong codes an account can get within a month and a year.

use model::guessing::{Guessing, Reached, most_within};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[track_caller]
fn explore(guessing: &Guessing, least_states: usize) -> Reached {
    let reached = guessing.explore();
    println!("{} states", reached.states());
    assert!(reached.states() >= least_states, "{} states are too few", reached.states());
    reached
}

#[test]
fn at_most_twenty_wrong_codes_in_30_days_and_260_in_a_year() {
    let reached = explore(&Guessing::every(DAY), 8_000);
    for (days, most) in [(1, 20), (30, 20), (31, 40), (60, 40), (360, 240), (361, 260), (365, 260)]
    {
        let guesses = reached.most_within(days * DAY);
        assert_eq!(guesses.len(), most, "in {days} days: {guesses:?}");
    }
    let reached = explore(&Guessing::every(12 * HOUR), 15_000);
    for (days, most) in [(30, 20), (365, 260)] {
        assert_eq!(reached.most_within(days * DAY).len(), most, "in {days} days");
    }
}

#[test]
fn at_most_twenty_wrong_codes_in_30_days_in_which_no_password_is_set() {
    let reached = explore(&Guessing::every(DAY).setting_passwords(), 8_000);
    assert_eq!(reached.most_within(30 * DAY).len(), 20);
    assert_eq!(reached.most_within(365 * DAY).len(), 260);
}

#[test]
fn an_attacker_who_guesses_as_soon_as_he_can_gets_260_wrong_codes_in_a_year() {
    let guesses = Guessing::by_the_defaults().as_soon_as_possible(3 * 365 * DAY);
    assert_eq!(most_within(&guesses, 30 * DAY), 20);
    assert_eq!(most_within(&guesses, 365 * DAY), 260);
    // Twenty by the fourth mail, seven minutes after the first; and again 30 days later.
    assert_eq!((guesses[19], guesses[20]), (7 * MINUTE, 30 * DAY + 7 * MINUTE));
}
