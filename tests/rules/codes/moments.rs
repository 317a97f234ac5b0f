//! When a code is good, and how long its ledger is kept.

use super::{
    Codes, HOUR, KEY, MINUTE, NANOSECOND, NOW, SECOND, account, digits, entropy, exchange, first,
    issue, issuer, key, mistyped, right, wrong,
};
use password_reset::token::{Binding, Issued, Refusal, Throttle, TokenIssuer};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

/// Whether a code is exchanged then, and a wrong one counted.
fn is_good_at(issuer: &TokenIssuer, issued: &Issued, now: UtcDateTime) -> bool {
    let digits = digits(issued);
    let [right, wrong] = [digits.clone(), mistyped(&digits)]
        .map(|text| exchange(issuer, &issued.ledger, &text, now).unwrap());
    assert_eq!(right.is_some(), wrong.is_some(), "what is not good is not counted");
    if let (Some(right), Some(wrong)) = (&right, &wrong) {
        assert!(right.token.is_some() && wrong.token.is_none());
    }
    right.is_some()
}

#[test]
fn a_code_is_good_until_one_nanosecond_before_ten_minutes_are_over() {
    let issued = first();
    let end = NOW + MINUTE * 10;
    assert_eq!(issued.code.as_ref().unwrap().expires_at(), end);
    for (now, is_good) in [
        (NOW, true),
        (end - NANOSECOND, true),
        (end, false),
        (end + NANOSECOND, false),
        (issued.expires_at - NANOSECOND, false),
        (issued.expires_at, false),
        (UtcDateTime::MAX, false),
    ] {
        assert_eq!(is_good_at(&issuer(), &issued, now), is_good, "{now}");
    }
}

#[test]
fn a_code_is_good_from_sixty_seconds_before_its_issue() {
    let issued = first();
    for (now, is_good) in
        [(NOW - MINUTE, true), (NOW - MINUTE - NANOSECOND, false), (UtcDateTime::MIN, false)]
    {
        assert_eq!(is_good_at(&issuer(), &issued, now), is_good, "{now}");
    }
}

#[test]
fn a_code_does_not_outlive_a_link_that_lives_for_less() {
    let lifetime = Duration::from_secs(5 * 60);
    let throttle = Throttle::per_window(5, lifetime).unwrap();
    let builder = TokenIssuer::builder().codes(Codes::new(key(KEY)));
    let issuer = builder.throttle(throttle).lifetime(lifetime).build().unwrap();
    let issued = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    assert_eq!(issued.expires_at, NOW + MINUTE * 5);
    assert_eq!(issued.code.as_ref().unwrap().expires_at(), issued.expires_at);
    assert!(is_good_at(&issuer, &issued, issued.expires_at - NANOSECOND));
    assert!(!is_good_at(&issuer, &issued, issued.expires_at));
}

#[test]
fn what_a_code_was_exchanged_for_lives_as_long_as_its_link_and_no_longer() {
    let issued = first();
    let late = NOW + MINUTE * 10 - NANOSECOND;
    let exchanged = exchange(&issuer(), &issued.ledger, &digits(&issued), late).unwrap().unwrap();
    let token = exchanged.token.unwrap();
    let told = |now| issuer().check(&exchanged.ledger, &token, &account(), now).map(drop);
    assert_eq!(told(late), Ok(()));
    assert_eq!(told(NOW - MINUTE), Ok(()));
    assert_eq!(told(issued.expires_at - NANOSECOND), Ok(()));
    assert_eq!(told(issued.expires_at), Err(Refusal::Expired));
    assert_eq!(told(NOW - MINUTE - NANOSECOND), Err(Refusal::Expired));
}

#[test]
fn the_first_and_the_last_representable_time_are_survived() {
    for now in [UtcDateTime::MIN, UtcDateTime::MAX - HOUR] {
        let issued = issue(None, 1, now);
        assert!(is_good_at(&issuer(), &issued, now));
        for other in [UtcDateTime::MIN, NOW, UtcDateTime::MAX] {
            assert_eq!(is_good_at(&issuer(), &issued, other), other == now, "{now}, {other}");
        }
        let typed = exchange(&issuer(), &issued.ledger, "00000000", now).unwrap().unwrap();
        let kept = now.saturating_add(SignedDuration::days(30));
        assert_eq!(typed.ledger.forgettable_at(), kept, "it saturates");
    }
}

#[test]
fn a_ledger_is_kept_for_thirty_days_after_its_last_wrong_code() {
    let issued = first();
    let of_links = issued.expires_at + SignedDuration::days(7);
    assert_eq!(issued.ledger.forgettable_at(), of_links);
    let at = |ledger, now| {
        exchange(&issuer(), ledger, &mistyped(&digits(&issued)), now).unwrap().unwrap().ledger
    };
    let later = NOW + SECOND * 100 + NANOSECOND;
    let (one, two) = (at(&issued.ledger, NOW), at(&at(&issued.ledger, NOW), later));
    assert_eq!(one.forgettable_at(), NOW + SignedDuration::days(30));
    assert_eq!(two.forgettable_at(), later + SignedDuration::days(30));
    assert_eq!(two.forgettable_second(), 30 * 86400 + 101, "rounded up");

    let (exchanged, _) = right(&one, &digits(&issued));
    assert_eq!(exchanged.forgettable_at(), NOW + SignedDuration::days(30), "also of a right one");
    let days = NOW + SignedDuration::days(25);
    let newer = issue(Some(&one), 2, days);
    let of_newer = days + HOUR + SignedDuration::days(7);
    assert_eq!(newer.ledger.forgettable_at(), of_newer, "or seven after the last link");

    let new = Binding::new("alice@example.com", b"new");
    let used = issuer().redeem(&two, &issued.token, &account(), NOW, new).unwrap();
    assert_eq!(used.forgettable_at(), of_links, "until a password is set");
}

#[test]
fn a_clock_that_is_set_back_makes_no_wrong_code_be_forgotten_sooner() {
    let issued = first();
    let at = |ledger, seconds| {
        let now = NOW + SECOND * seconds;
        exchange(&issuer(), ledger, &mistyped(&digits(&issued)), now).unwrap().unwrap().ledger
    };
    let ledger = at(&at(&at(&issued.ledger, 300), -60), 60);
    assert_eq!(ledger.wrong_codes(), 3);
    assert_eq!(ledger.forgettable_at(), NOW + SECOND * 300 + SignedDuration::days(30));
    let _ = wrong(&ledger, &digits(&issued), 2);
}
