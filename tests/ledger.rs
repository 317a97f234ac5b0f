//! The ledger at its edges: the boundaries of time, a full ledger, the last revision.

mod support;

use password_reset::token::{
    Binding, IssueError, Issued, Ledger, RedeemError, Refusal, ResetToken, RevisionExhausted,
    Selector, Throttle, TokenIssuer,
};
use std::time::Duration;
use support::entropy;
use time::{SignedDuration, UtcDateTime};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const NANOSECOND: SignedDuration = SignedDuration::NANOSECOND;
const HOUR: SignedDuration = SignedDuration::HOUR;
const MINUTE: SignedDuration = SignedDuration::MINUTE;

fn account() -> Binding {
    Binding::new("alice@example.com", b"old")
}

/// No cooldown, and as many links as a ledger remembers.
fn eager() -> TokenIssuer {
    let hour = Duration::from_secs(3600);
    let throttle = Throttle::new(Duration::ZERO, 16, hour).unwrap();
    TokenIssuer::new("password-reset", hour, throttle).unwrap()
}

/// The ledger after so many links, one a minute from `NOW`, and their tokens.
fn issue(count: i64) -> (Ledger, Vec<ResetToken>) {
    let (mut ledger, mut tokens) = (None, Vec::new());
    for number in 0..count {
        let now = NOW + MINUTE * i32::try_from(number).unwrap() * 4;
        let fresh = entropy(number.unsigned_abs());
        let issued = eager().issue(ledger.as_ref(), account(), now, fresh).unwrap();
        ledger = Some(issued.ledger);
        tokens.push(issued.token);
    }
    (ledger.unwrap(), tokens)
}

#[test]
fn a_link_is_good_until_one_nanosecond_before_its_end() {
    let Issued { ledger, token, expires_at, .. } =
        TokenIssuer::default().issue(None, account(), NOW, entropy(1)).unwrap();
    assert_eq!(expires_at, NOW + HOUR);
    let told = |now| TokenIssuer::default().check(&ledger, &token, &account(), now);
    assert_eq!(told(NOW), Ok(()));
    assert_eq!(told(expires_at - NANOSECOND), Ok(()));
    assert_eq!(told(expires_at), Err(Refusal::Expired));
    assert_eq!(told(expires_at + NANOSECOND), Err(Refusal::Expired));
    assert_eq!(told(UtcDateTime::MAX), Err(Refusal::Expired));
}

#[test]
fn a_link_is_good_from_sixty_seconds_before_its_issue() {
    let Issued { ledger, token, .. } =
        TokenIssuer::default().issue(None, account(), NOW, entropy(1)).unwrap();
    let told = |now| TokenIssuer::default().check(&ledger, &token, &account(), now);
    assert_eq!(told(NOW - MINUTE), Ok(()));
    assert_eq!(told(NOW - MINUTE - NANOSECOND), Err(Refusal::Expired));
    assert_eq!(told(UtcDateTime::MIN), Err(Refusal::Expired));
}

#[test]
fn the_first_and_the_last_representable_time_are_survived() {
    let issuer = TokenIssuer::default();
    let (first, last) = (UtcDateTime::MIN, UtcDateTime::MAX);
    assert_eq!((first.year(), last.year()), (-9999, 9999));

    let old = issuer.issue(None, account(), first, entropy(1)).unwrap();
    assert_eq!(issuer.check(&old.ledger, &old.token, &account(), first), Ok(()));
    let told = issuer.check(&old.ledger, &old.token, &account(), last);
    assert_eq!(told, Err(Refusal::Expired));
    assert_eq!(Ledger::decode(&old.ledger.encode()).unwrap(), old.ledger);

    let late = issuer.issue(None, account(), last, entropy(1)).unwrap_err();
    assert_eq!(late, IssueError::TimeOutOfRange);
    let just = issuer.issue(None, account(), last - HOUR, entropy(1)).unwrap();
    assert_eq!(just.expires_at, last);
    assert_eq!(issuer.check(&just.ledger, &just.token, &account(), last), Err(Refusal::Expired));
    let told = issuer.check(&just.ledger, &just.token, &account(), last - NANOSECOND);
    assert_eq!(told, Ok(()));
    assert_eq!(just.ledger.forgettable_at(), last, "it saturates");
    let told = issuer.issue(None, account(), last - HOUR + NANOSECOND, entropy(1)).unwrap_err();
    assert_eq!(told, IssueError::TimeOutOfRange);

    let next = issuer.issue(Some(&just.ledger), account(), first, entropy(2)).unwrap();
    let told = issuer.check(&next.ledger, &just.token, &account(), first);
    assert_eq!(told, Err(Refusal::Superseded), "the latest wins, whatever the clock says");
    assert_eq!(Ledger::decode(&next.ledger.encode()).unwrap(), next.ledger);
}

#[test]
fn the_newer_link_wins_also_at_the_same_or_an_earlier_reading() {
    for later in
        [SignedDuration::ZERO, NANOSECOND, -NANOSECOND, -MINUTE, SignedDuration::days(-365)]
    {
        let first = eager().issue(None, account(), NOW, entropy(1)).unwrap();
        let now = NOW + later;
        // A changed password frees the account from the throttle.
        let changed = Binding::new("alice@example.com", b"new");
        let second = eager().issue(Some(&first.ledger), changed, now, entropy(2)).unwrap();
        let told = |token| eager().check(&second.ledger, token, &changed, now);
        assert_eq!(told(&first.token), Err(Refusal::Superseded), "{later}");
        assert_eq!(told(&second.token), Ok(()), "{later}");
    }
}

#[test]
fn the_state_is_told_before_the_time_and_the_time_before_a_change() {
    let issuer = eager();
    let other = Binding::new("alice@example.com", b"new");
    let late = NOW + HOUR;
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let told =
        |ledger: &Ledger, now, binding: &Binding| issuer.check(ledger, &first.token, binding, now);
    assert_eq!(told(&first.ledger, late, &other), Err(Refusal::Expired));
    assert_eq!(told(&first.ledger, NOW, &other), Err(Refusal::Changed));

    let second = issuer.issue(Some(&first.ledger), account(), NOW, entropy(2)).unwrap();
    assert_eq!(told(&second.ledger, late, &other), Err(Refusal::Superseded));
    let used = issuer.redeem(&first.ledger, &first.token, &account(), NOW, other).unwrap();
    assert_eq!(told(&used, late, &other), Err(Refusal::Used));
    assert_eq!(told(&used, late, &account()), Err(Refusal::Used));
    let revoked = issuer.revoke(&first.ledger, NOW).unwrap().unwrap();
    assert_eq!(told(&revoked, late, &other), Err(Refusal::Revoked));
    let cancelled = issuer.cancel(&first.ledger, &first.token, &account(), NOW).unwrap();
    assert_eq!(told(&cancelled, late, &other), Err(Refusal::Revoked));
    assert_eq!(issuer.revoke(&cancelled, NOW), Ok(None), "there is none left to revoke");
}

#[test]
fn a_dead_link_can_be_neither_redeemed_nor_cancelled() {
    let issuer = eager();
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let second = issuer.issue(Some(&first.ledger), account(), NOW, entropy(2)).unwrap();
    let refused = Err(RedeemError::Refused(Refusal::Superseded));
    let (ledger, dead) = (&second.ledger, &first.token);
    assert_eq!(issuer.redeem(ledger, dead, &account(), NOW, account()), refused);
    assert_eq!(issuer.cancel(ledger, dead, &account(), NOW), refused);
}

#[test]
fn the_seventeenth_link_pushes_out_the_oldest_and_stays_the_newest() {
    let (ledger, tokens) = issue(16);
    let now = NOW + HOUR;
    let told =
        |ledger: &Ledger, number: usize| eager().check(ledger, &tokens[number], &account(), now);
    assert_eq!(ledger.issues().len(), 16);
    assert_eq!(told(&ledger, 0), Err(Refusal::Superseded));
    assert_eq!(told(&ledger, 15), Ok(()));

    let issued = eager().issue(Some(&ledger), account(), now, entropy(16)).unwrap();
    assert_eq!((issued.ledger.issues().len(), issued.ledger.revision()), (16, 17));
    assert_eq!(told(&issued.ledger, 0), Err(Refusal::Unknown));
    assert_eq!(told(&issued.ledger, 1), Err(Refusal::Superseded));
    assert_eq!(told(&issued.ledger, 15), Err(Refusal::Superseded));
    let newest = eager().check(&issued.ledger, &issued.token, &account(), now);
    assert_eq!(newest, Ok(()));
    assert!(ledger.issues()[1..15] == issued.ledger.issues()[..14], "the others stay");
}

#[test]
fn the_throttle_admits_at_the_cooldown_and_at_the_window_to_the_nanosecond() {
    let issuer = TokenIssuer::default();
    let try_at = |ledger: &Ledger, now| issuer.issue(Some(ledger), account(), now, entropy(9));
    let mut ledger = issuer.issue(None, account(), NOW, entropy(1)).unwrap().ledger;
    for earlier in [SignedDuration::ZERO, MINUTE - NANOSECOND, -MINUTE] {
        let told = try_at(&ledger, NOW + earlier).unwrap_err();
        assert_eq!(told, IssueError::Throttled, "{earlier}");
    }
    assert!(try_at(&ledger, NOW + MINUTE).is_ok());
    assert!(try_at(&ledger, NOW - MINUTE - NANOSECOND).is_ok(), "a clock set back");

    for minute in 1..5 {
        ledger = try_at(&ledger, NOW + MINUTE * minute).unwrap().ledger;
    }
    for late in [MINUTE * 5, HOUR - NANOSECOND] {
        assert_eq!(try_at(&ledger, NOW + late).unwrap_err(), IssueError::Throttled, "{late}");
    }
    assert!(try_at(&ledger, NOW + HOUR).is_ok());
}

#[test]
fn only_a_good_link_throttles() {
    let issuer = TokenIssuer::default();
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let again = |ledger: &Ledger, binding| {
        issuer.issue(Some(ledger), binding, NOW, entropy(2)).map(|issued| issued.token)
    };
    assert_eq!(again(&first.ledger, account()).unwrap_err(), IssueError::Throttled);
    let other = Binding::new("alice@example.com", b"new");
    assert!(again(&first.ledger, other).is_ok(), "the password changed");
    let revoked = issuer.revoke(&first.ledger, NOW).unwrap().unwrap();
    assert!(again(&revoked, account()).is_ok(), "the link was revoked");
    let used = issuer.redeem(&first.ledger, &first.token, &account(), NOW, other).unwrap();
    assert!(again(&used, other).is_ok(), "the link was used");
}

#[test]
fn a_clock_set_back_throttles_nobody_for_longer_than_the_window_and_a_minute() {
    let issuer = TokenIssuer::default();
    for back in (0..7200).step_by(97).map(SignedDuration::seconds) {
        let mut ledger = None;
        for minute in 0..5_u8 {
            let now = NOW + MINUTE * i32::from(minute);
            let fresh = entropy(minute.into());
            ledger = Some(issuer.issue(ledger.as_ref(), account(), now, fresh).unwrap().ledger);
        }
        let set_to = NOW + MINUTE * 4 - back;
        let mut ledger = ledger.unwrap();
        if let Ok(issued) = issuer.issue(Some(&ledger), account(), set_to, entropy(6)) {
            ledger = issued.ledger;
        }
        let later = set_to + HOUR + MINUTE;
        assert!(issuer.issue(Some(&ledger), account(), later, entropy(7)).is_ok(), "{back}");
    }
}

#[test]
fn a_change_at_the_last_revision_is_a_typed_error() {
    let issuer = eager();
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let mut bytes = first.ledger.encode();
    bytes[13..21].copy_from_slice(&(i64::MAX - 1).to_be_bytes());
    let near = Ledger::decode(&bytes).unwrap();
    let last = issuer.issue(Some(&near), account(), NOW, entropy(2)).unwrap();
    assert_eq!(last.ledger.revision(), i64::MAX);
    assert_eq!(Ledger::decode(&last.ledger.encode()).unwrap(), last.ledger);

    let (ledger, token) = (&last.ledger, &last.token);
    let exhausted = RedeemError::Exhausted(RevisionExhausted);
    let told = issuer.issue(Some(ledger), account(), NOW, entropy(3)).unwrap_err();
    assert_eq!(told, IssueError::Exhausted(RevisionExhausted));
    let redeemed = issuer.redeem(ledger, token, &account(), NOW, account());
    assert_eq!(redeemed, Err(exhausted));
    assert_eq!(issuer.cancel(ledger, token, &account(), NOW), Err(exhausted));
    assert_eq!(issuer.revoke(ledger, NOW), Err(RevisionExhausted));
    assert_eq!(issuer.check(ledger, token, &account(), NOW), Ok(()), "reading still works");
}

#[test]
fn a_ledger_includes_itself_and_what_it_came_from_and_nothing_else() {
    let issuer = eager();
    let new = |hash: &[u8]| Binding::new("alice@example.com", hash);
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let second = issuer.issue(Some(&first.ledger), account(), NOW, entropy(2)).unwrap();
    let rival = issuer.issue(Some(&first.ledger), account(), NOW, entropy(3)).unwrap();
    let redeem = |hash: &[u8]| {
        let Issued { ledger, token, .. } = &second;
        issuer.redeem(ledger, token, &account(), NOW, new(hash)).unwrap()
    };
    let (mine, theirs) = (redeem(b"mine"), redeem(b"theirs"));
    let later = issuer.issue(Some(&mine), new(b"mine"), NOW, entropy(4)).unwrap().ledger;
    let revoked = issuer.revoke(&second.ledger, NOW).unwrap().unwrap();

    for (stored, wanted) in [
        (&first.ledger, &first.ledger),
        (&second.ledger, &first.ledger),
        (&mine, &mine),
        (&later, &mine),
        (&mine, &second.ledger),
        (&later, &second.ledger),
        (&revoked, &second.ledger),
    ] {
        assert!(stored.includes(wanted));
    }
    let newer = issuer.issue(Some(&second.ledger), account(), NOW, entropy(5)).unwrap().ledger;
    let elsewhere = issuer.issue(None, account(), NOW, entropy(9)).unwrap().ledger;
    for (stored, wanted) in [
        (&first.ledger, &second.ledger),
        (&rival.ledger, &second.ledger),
        (&second.ledger, &mine),
        (&mine, &theirs),
        (&theirs, &mine),
        (&revoked, &mine),
        (&newer, &revoked),
        (&newer, &mine),
        (&later, &theirs),
        (&mine, &later),
        (&elsewhere, &first.ledger),
    ] {
        assert!(!stored.includes(wanted));
    }
    let empty = Ledger::new(Selector::from_bytes([0; 12]));
    assert!(!empty.includes(&empty), "nothing was wanted");
}

#[test]
fn a_ledger_is_forgettable_seven_days_after_the_last_of_its_links_expired() {
    let (ledger, _) = issue(2);
    assert_eq!(ledger.forgettable_at(), NOW + MINUTE * 4 + HOUR + SignedDuration::days(7));
    let back = NOW - SignedDuration::days(365);
    let issued = eager().issue(Some(&ledger), account(), back, entropy(3)).unwrap();
    assert_eq!(issued.ledger.forgettable_at(), ledger.forgettable_at(), "the last, not the newest");
    assert_eq!(Ledger::new(*ledger.selector()).forgettable_at(), UtcDateTime::MIN);
}
