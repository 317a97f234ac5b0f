//! The ledger at its edges: the boundaries of time, a full ledger, the last revision.
#![expect(clippy::similar_names, reason = "an issuer issues what is issued")]

use crate::support::entropy;
use crate::support::issuers::eager;
use password_reset::token::{
    Binding, Issue, IssueError, IssueKind, IssueState, Issued, Ledger, RedeemError, Refusal,
    ResetToken, RevisionExhausted, Selector, Throttle, TokenIssuer,
};
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const NANOSECOND: SignedDuration = SignedDuration::NANOSECOND;
const HOUR: SignedDuration = SignedDuration::HOUR;
const MINUTE: SignedDuration = SignedDuration::MINUTE;

fn account() -> Binding {
    Binding::new("alice@example.com", b"old")
}

fn inviter() -> TokenIssuer {
    TokenIssuer::default().invitations(Duration::from_secs(30 * 24 * 3600)).unwrap()
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
    let told = |now| TokenIssuer::default().check(&ledger, &token, &account(), now).map(drop);
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
    let told = |now| TokenIssuer::default().check(&ledger, &token, &account(), now).map(drop);
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
    assert!(issuer.check(&old.ledger, &old.token, &account(), first).is_ok());
    let told = issuer.check(&old.ledger, &old.token, &account(), last);
    assert_eq!(told.unwrap_err(), Refusal::Expired);
    assert_eq!(Ledger::decode(&old.ledger.encode()).unwrap(), old.ledger);

    let late = issuer.issue(None, account(), last, entropy(1)).unwrap_err();
    assert_eq!(late, IssueError::TimeOutOfRange);
    let just = issuer.issue(None, account(), last - HOUR, entropy(1)).unwrap();
    assert_eq!(just.expires_at, last);
    let told = issuer.check(&just.ledger, &just.token, &account(), last);
    assert_eq!(told.unwrap_err(), Refusal::Expired);
    assert!(issuer.check(&just.ledger, &just.token, &account(), last - NANOSECOND).is_ok());
    assert_eq!(just.ledger.forgettable_at(), last, "it saturates");
    assert_eq!(just.ledger.forgettable_second(), last.unix_timestamp() + 1, "and is rounded up");
    let told = issuer.issue(None, account(), last - HOUR + NANOSECOND, entropy(1)).unwrap_err();
    assert_eq!(told, IssueError::TimeOutOfRange);

    let next = issuer.issue(Some(&just.ledger), account(), first, entropy(2)).unwrap();
    let told = issuer.check(&next.ledger, &just.token, &account(), first);
    assert_eq!(told.unwrap_err(), Refusal::Superseded, "the latest wins, whatever the clock says");
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
        let told = |token| eager().check(&second.ledger, token, &changed, now).map(drop);
        assert_eq!(told(&first.token), Err(Refusal::Superseded), "{later}");
        assert_eq!(told(&second.token), Ok(()), "{later}");
    }
}

#[test]
fn a_refusal_names_the_state_before_the_time_and_the_time_before_a_change() {
    let issuer = eager();
    let other = Binding::new("alice@example.com", b"new");
    let late = NOW + HOUR;
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let told = |ledger: &Ledger, now, binding: &Binding| {
        issuer.check(ledger, &first.token, binding, now).map(drop)
    };
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
    let told = |ledger: &Ledger, number: usize| {
        eager().check(ledger, &tokens[number], &account(), now).map(drop)
    };
    assert_eq!(ledger.issues().len(), 16);
    assert_eq!(told(&ledger, 0), Err(Refusal::Superseded));
    assert_eq!(told(&ledger, 15), Ok(()));

    let issued = eager().issue(Some(&ledger), account(), now, entropy(16)).unwrap();
    assert_eq!((issued.ledger.issues().len(), issued.ledger.revision()), (16, 17));
    assert_eq!(told(&issued.ledger, 0), Err(Refusal::Unknown));
    assert_eq!(told(&issued.ledger, 1), Err(Refusal::Superseded));
    assert_eq!(told(&issued.ledger, 15), Err(Refusal::Superseded));
    assert!(eager().check(&issued.ledger, &issued.token, &account(), now).is_ok());
    assert!(ledger.issues()[1..15] == issued.ledger.issues()[..14], "the others stay");
}

/// With a request every second: each one that is admitted, and how the good links ended.
fn requests_each_second(hours: i32) -> Vec<i64> {
    let (issuer, mut ledger, mut admitted) = (TokenIssuer::default(), None, Vec::new());
    for second in 0..hours * 3600 {
        let now = NOW + SignedDuration::SECOND * second;
        let fresh = entropy(second.unsigned_abs().into());
        match issuer.issue(ledger.as_ref(), account(), now, fresh) {
            Ok(issued) => {
                admitted.push(second.into());
                ledger = Some(issued.ledger);
            }
            Err(error) => assert_eq!(error, IssueError::Throttled),
        }
    }
    admitted
}

#[test]
fn a_request_every_second_replaces_links_less_and_less_often() {
    let minutes: Vec<_> = requests_each_second(6).iter().map(|second| second / 60).collect();
    assert_eq!(minutes, [0, 1, 3, 7, 15, 60, 92, 152, 212, 272, 332]);
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
    assert!(try_at(&ledger, NOW - MINUTE - NANOSECOND).is_ok(), "a clock set back");

    for minute in [1, 3, 7, 15] {
        let told = try_at(&ledger, NOW + MINUTE * minute - NANOSECOND).unwrap_err();
        assert_eq!(told, IssueError::Throttled, "{minute}");
        ledger = try_at(&ledger, NOW + MINUTE * minute).unwrap().ledger;
    }
    for late in [MINUTE * 31, HOUR - NANOSECOND] {
        assert_eq!(try_at(&ledger, NOW + late).unwrap_err(), IssueError::Throttled, "{late}");
    }
    assert!(try_at(&ledger, NOW + HOUR).is_ok());
}

#[test]
fn a_link_that_has_expired_was_used_or_no_longer_fits_does_not_throttle() {
    let issuer = TokenIssuer::default();
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let again = |ledger: &Ledger, binding, now| {
        issuer.issue(Some(ledger), binding, now, entropy(2)).map(|issued| issued.token)
    };
    let told = again(&first.ledger, account(), NOW).unwrap_err();
    assert_eq!(told, IssueError::Throttled);
    let other = Binding::new("alice@example.com", b"new");
    assert!(again(&first.ledger, other, NOW).is_ok(), "the password changed");
    let used = issuer.redeem(&first.ledger, &first.token, &account(), NOW, other).unwrap();
    assert!(again(&used, other, NOW).is_ok(), "the link was used");
    assert!(again(&first.ledger, account(), NOW + HOUR).is_ok(), "the link has expired");
}

/// Otherwise everybody who reads along could have a mailbox filled, link by link.
#[test]
fn a_link_that_was_cancelled_or_revoked_throttles_for_the_first_cooldown() {
    type End<'a> = &'a dyn Fn(&Ledger, &ResetToken, UtcDateTime) -> Ledger;
    let issuer = TokenIssuer::default();
    let cancelled = |ledger: &Ledger, token: &ResetToken, now| {
        issuer.cancel(ledger, token, &account(), now).unwrap()
    };
    let revoked =
        |ledger: &Ledger, _: &ResetToken, now| issuer.revoke(ledger, now).unwrap().unwrap();
    for end in [&cancelled as End<'_>, &revoked] {
        let (mut ledger, mut now) = (None, NOW);
        for link in 0..5 {
            let issued = issuer.issue(ledger.as_ref(), account(), now, entropy(link)).unwrap();
            let ended = end(&issued.ledger, &issued.token, now);
            let again = |now| issuer.issue(Some(&ended), account(), now, entropy(9)).map(drop);
            assert_eq!(again(now + MINUTE - NANOSECOND), Err(IssueError::Throttled));
            let expected = if link < 4 { Ok(()) } else { Err(IssueError::Throttled) };
            assert_eq!(again(now + MINUTE), expected, "five an hour, cancelled or not");
            let other = Binding::new("alice@example.com", b"new");
            let changed = issuer.issue(Some(&ended), other, now, entropy(9));
            assert!(changed.is_ok(), "it would not be good any more");
            (ledger, now) = (Some(ended), now + MINUTE);
        }
        let issued = issuer.issue(ledger.as_ref(), account(), NOW + HOUR, entropy(9));
        assert!(issued.is_ok(), "an hour after the first");
    }
}

/// Each link is redeemed, or the account changes, as soon as it is issued.
#[test]
fn at_most_twice_the_links_are_issued_per_window_however_they_end() {
    for (per_window, most) in [(1, 2), (5, 10), (7, 14), (8, 14), (14, 14)] {
        let throttle = Throttle::per_hour(per_window).unwrap();
        let issuer = TokenIssuer::builder().throttle(throttle).build().unwrap();
        for redeems in [true, false] {
            let (mut ledger, mut sent) = (None, 0);
            for change in 0..100_u8 {
                let binding = Binding::new("alice@example.com", &[change]);
                let fresh = entropy(change.into());
                match issuer.issue(ledger.as_ref(), binding, NOW, fresh) {
                    Ok(issued) => {
                        sent += 1;
                        let next = Binding::new("alice@example.com", &[change + 1]);
                        let Issued { ledger: before, token, .. } = issued;
                        let redeemed = issuer.redeem(&before, &token, &binding, NOW, next);
                        ledger = Some(if redeems { redeemed.unwrap() } else { before });
                    }
                    Err(error) => assert_eq!(error, IssueError::Throttled),
                }
            }
            assert_eq!(sent, most, "{per_window} per hour");
        }
    }
}

/// Changes without a link are not counted, and take no place from what is.
#[test]
fn changing_the_password_repeatedly_brings_at_most_twice_the_links() {
    let (issuer, mut ledger, mut sent) = (TokenIssuer::default(), None, 0);
    for step in 0..300_u16 {
        let now = NOW + SignedDuration::SECOND * i32::from(step) * 10;
        let account = |step: u16| Binding::new("alice@example.com", &step.to_be_bytes());
        let fresh = |offset| entropy(u64::from(step) * 2 + offset);
        if let Ok(issued) = issuer.issue(ledger.as_ref(), account(step), now, fresh(0)) {
            (ledger, sent) = (Some(issued.ledger), sent + 1);
        }
        let changed = issuer.change(ledger.as_ref(), account(step + 1), now, fresh(1));
        ledger = Some(changed.unwrap());
    }
    assert_eq!(sent, 10);
}

/// Two live links of long ago leave fourteen places, in which the others are counted.
#[test]
fn explanations_are_bounded_beside_an_old_invitation_and_an_expired_link() {
    let throttle = Throttle::per_hour(14).unwrap().with_cooldown(Duration::ZERO).unwrap();
    let issuer = TokenIssuer::builder().throttle(throttle).build().unwrap();
    let invited = inviter().issue(None, account(), NOW, entropy(1)).unwrap().ledger;
    let expired = issuer.issue(Some(&invited), account(), NOW, entropy(2)).unwrap().ledger;
    let (mut ledger, mut told) = (expired, 0);
    for number in 0..100 {
        let next = issuer.explain(Some(&ledger), account(), NOW + HOUR * 24, entropy(3 + number));
        (ledger, told) = next.map_or_else(|_| (ledger.clone(), told), |next| (next, told + 1));
    }
    assert_eq!(told, 14);
}

#[test]
fn what_the_host_issues_is_not_throttled_and_counts() {
    let issuer = TokenIssuer::default();
    let mut ledger = None;
    for link in 0..5 {
        let issued = issuer.issue_unthrottled(ledger.as_ref(), account(), NOW, entropy(link));
        ledger = Some(issued.unwrap().ledger);
    }
    let visitors = |now| issuer.issue(ledger.as_ref(), account(), now, entropy(9)).map(drop);
    assert_eq!(visitors(NOW + HOUR - NANOSECOND), Err(IssueError::Throttled));
    assert_eq!(visitors(NOW + HOUR), Ok(()));
}

#[test]
fn an_explanation_counts_as_a_link_and_is_none() {
    let issuer = TokenIssuer::default();
    let told = issuer.explain(None, account(), NOW, entropy(1)).unwrap();
    assert_eq!(told.newest().unwrap().state(), IssueState::Explained { at: NOW });
    let again = |now| issuer.explain(Some(&told), account(), now, entropy(2)).map(drop);
    assert_eq!(again(NOW + MINUTE - NANOSECOND), Err(IssueError::Throttled));
    assert_eq!(again(NOW + MINUTE), Ok(()));

    let link = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let told = issuer.explain(Some(&link.ledger), account(), NOW + MINUTE, entropy(2)).unwrap();
    let good = issuer.check(&told, &link.token, &account(), NOW + MINUTE);
    assert!(good.is_ok(), "it supersedes nothing");
    assert_eq!(Ledger::decode(&told.encode()).unwrap(), told);
}

/// A ledger with a good link and a good invitation, and their tokens.
fn both_kinds() -> (Ledger, ResetToken, ResetToken) {
    let invited = inviter().issue(None, account(), NOW, entropy(1)).unwrap();
    let later = NOW + MINUTE;
    let link = eager().issue(Some(&invited.ledger), account(), later, entropy(2)).unwrap();
    (link.ledger, link.token, invited.token)
}

#[test]
fn a_request_does_not_end_an_invitation_and_only_a_newer_one_supersedes_it() {
    let (ledger, link, invitation) = both_kinds();
    let now = NOW + MINUTE * 2;
    let kind = |issued: Result<&Issue, Refusal>| issued.map(Issue::kind);
    let told = |ledger: &Ledger| {
        let recovery = kind(eager().check(ledger, &link, &account(), now));
        (recovery, kind(inviter().check(ledger, &invitation, &account(), now)))
    };
    let (recovery, invited) = (Ok(IssueKind::Recovery), Ok(IssueKind::Invitation));
    assert_eq!(told(&ledger), (recovery, invited));
    let newer = eager().issue(Some(&ledger), account(), now, entropy(3)).unwrap().ledger;
    assert_eq!(told(&newer), (Err(Refusal::Superseded), invited));
    let newer = inviter().issue_unthrottled(Some(&ledger), account(), now, entropy(3)).unwrap();
    assert_eq!(told(&newer.ledger), (recovery, Err(Refusal::Superseded)));
}

#[test]
fn a_token_of_one_kind_is_unknown_to_the_other_even_with_the_same_purpose() {
    let lookalike = TokenIssuer::builder().purpose(inviter().purpose()).build().unwrap();
    let link = inviter().issue(None, account(), NOW, entropy(1)).unwrap();
    let told = lookalike.check(&link.ledger, &link.token, &account(), NOW);
    assert_eq!(told.unwrap_err(), Refusal::Unknown);
    assert!(inviter().has_issued(&link.ledger, &link.token));
    assert!(!lookalike.has_issued(&link.ledger, &link.token));
}

#[test]
fn one_password_ends_the_links_of_both_kinds_whatever_the_stamp_does() {
    let (ledger, link, invitation) = both_kinds();
    let now = NOW + MINUTE * 2;
    let used = eager().redeem(&ledger, &link, &account(), now, account()).unwrap();
    let told = inviter().check(&used, &invitation, &account(), now);
    assert_eq!(told.unwrap_err(), Refusal::Changed);
    assert_eq!(used.revision(), ledger.revision() + 1);
    assert_eq!(Ledger::decode(&used.encode()).unwrap(), used);
    let used = inviter().redeem(&ledger, &invitation, &account(), now, account()).unwrap();
    assert_eq!(eager().check(&used, &link, &account(), now).unwrap_err(), Refusal::Changed);
    assert_eq!(eager().check(&used, &invitation, &account(), now).unwrap_err(), Refusal::Unknown);
}

#[test]
fn cancelling_ends_the_link_alone_and_revoking_every_live_one() {
    let (ledger, link, invitation) = both_kinds();
    let now = NOW + MINUTE * 2;
    let told = |ledger: &Ledger| {
        let recovery = eager().check(ledger, &link, &account(), now).map(drop);
        (recovery, inviter().check(ledger, &invitation, &account(), now).map(drop))
    };
    let cancelled = eager().cancel(&ledger, &link, &account(), now).unwrap();
    assert_eq!(told(&cancelled), (Err(Refusal::Revoked), Ok(())));
    let cancelled = inviter().cancel(&ledger, &invitation, &account(), now).unwrap();
    assert_eq!(told(&cancelled), (Ok(()), Err(Refusal::Revoked)));
    let revoked = eager().revoke(&ledger, now).unwrap().unwrap();
    assert_eq!(told(&revoked), (Err(Refusal::Revoked), Err(Refusal::Revoked)));
    assert_eq!(revoked.revision(), ledger.revision() + 1);
    assert_eq!(Ledger::decode(&revoked.encode()).unwrap(), revoked);
}

#[test]
fn a_live_invitation_is_never_pushed_out() {
    let invited = inviter().issue(None, account(), NOW, entropy(1)).unwrap();
    let mut ledger = invited.ledger;
    for link in 2..60 {
        let issued = eager().issue_unthrottled(Some(&ledger), account(), NOW, entropy(link));
        ledger = issued.unwrap().ledger;
        assert!(inviter().check(&ledger, &invited.token, &account(), NOW).is_ok(), "{link}");
        assert_eq!(Ledger::decode(&ledger.encode()).unwrap(), ledger);
    }
    assert_eq!(ledger.issues().len(), 16);
}

#[test]
fn a_dead_link_can_be_renewed_until_seven_days_after_its_expiry() {
    let issuer = TokenIssuer::default();
    let first = issuer.issue(None, account(), NOW, entropy(1)).unwrap();
    let renews = |ledger: &Ledger, token: &ResetToken, binding: &Binding, now| {
        issuer.can_renew(ledger, token, binding, now)
    };
    let other = Binding::new("alice@example.com", b"new");
    let (ledger, token, end) = (&first.ledger, &first.token, NOW + HOUR);
    let last = end + SignedDuration::days(7);
    assert!(!renews(ledger, token, &account(), end - NANOSECOND), "it is good");
    assert!(renews(ledger, token, &account(), end), "it has expired");
    assert!(renews(ledger, token, &account(), last - NANOSECOND));
    assert!(!renews(ledger, token, &account(), last));
    assert!(!renews(ledger, token, &other, end), "the account has changed");
    assert!(!renews(
        ledger,
        &issuer.issue(None, account(), NOW, entropy(2)).unwrap().token,
        &account(),
        end
    ));

    let second = issuer.issue(Some(ledger), account(), NOW + MINUTE, entropy(2)).unwrap();
    let now = NOW + MINUTE * 2;
    assert!(renews(&second.ledger, token, &account(), now), "it was superseded");
    assert!(!renews(&second.ledger, token, &other, now));
    assert!(!renews(&second.ledger, &second.token, &account(), now), "the newest is good");
    for ended in [
        issuer.cancel(&second.ledger, &second.token, &account(), now).unwrap(),
        issuer.revoke(&second.ledger, now).unwrap().unwrap(),
        issuer.redeem(&second.ledger, &second.token, &account(), now, account()).unwrap(),
    ] {
        for token in [token, &second.token] {
            assert!(!renews(&ended, token, &account(), now), "the newest was ended");
            assert!(!renews(&ended, token, &account(), end + HOUR));
        }
    }
    assert!(!inviter().can_renew(ledger, token, &account(), end), "of another kind");
}

/// The account's binding stays as it was, as with an empty stamp.
#[test]
fn no_link_is_renewed_after_a_password_was_set_with_the_other_kind() {
    let first = inviter().issue(None, account(), NOW, entropy(1)).unwrap();
    let second = inviter().issue_unthrottled(Some(&first.ledger), account(), NOW, entropy(2));
    let second = second.unwrap();
    assert!(inviter().can_renew(&second.ledger, &first.token, &account(), NOW));
    let link = eager().issue(Some(&second.ledger), account(), NOW, entropy(3)).unwrap();
    let used = eager().redeem(&link.ledger, &link.token, &account(), NOW, account()).unwrap();
    for token in [&first.token, &second.token] {
        assert!(!inviter().can_renew(&used, token, &account(), NOW));
    }
}

#[test]
fn a_clock_set_back_throttles_for_at_most_the_window_and_a_minute() {
    let issuer = TokenIssuer::default();
    for back in (0..7200).step_by(97).map(SignedDuration::seconds) {
        let mut ledger = None;
        for minute in [0, 1, 3, 7, 15_u8] {
            let now = NOW + MINUTE * i32::from(minute);
            let fresh = entropy(minute.into());
            ledger = Some(issuer.issue(ledger.as_ref(), account(), now, fresh).unwrap().ledger);
        }
        let set_to = NOW + MINUTE * 15 - back;
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
    assert!(issuer.check(ledger, token, &account(), NOW).is_ok(), "reading still works");
}

#[test]
fn a_ledger_proves_the_changes_that_it_came_from_and_nothing_else() {
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

    let (none, one, two) = (None, Some(&first.ledger), Some(&second.ledger));
    for (stored, before, after) in [
        (&first.ledger, none, &first.ledger),
        (&second.ledger, none, &first.ledger),
        (&second.ledger, one, &second.ledger),
        (&mine, two, &mine),
        (&later, two, &mine),
        (&mine, one, &second.ledger),
        (&later, one, &second.ledger),
        (&revoked, one, &second.ledger),
        (&revoked, two, &revoked),
    ] {
        assert!(stored.proves(before, after));
    }
    let newer = issuer.issue(Some(&second.ledger), account(), NOW, entropy(5)).unwrap().ledger;
    let elsewhere = issuer.issue(None, account(), NOW, entropy(9)).unwrap().ledger;
    for (stored, before, after) in [
        (&first.ledger, one, &second.ledger),
        (&rival.ledger, one, &second.ledger),
        (&second.ledger, two, &mine),
        (&mine, two, &theirs),
        (&theirs, two, &mine),
        (&revoked, two, &mine),
        (&newer, two, &revoked),
        (&newer, two, &mine),
        (&later, two, &theirs),
        (&mine, Some(&mine), &later),
        (&elsewhere, none, &first.ledger),
    ] {
        assert!(!stored.proves(before, after));
    }
    let empty = Ledger::new(Selector::from_bytes([0; 12]));
    assert!(!empty.proves(None, &empty), "nothing was changed");
}

#[test]
fn a_change_is_proved_although_older_links_were_forgotten_since() {
    let first = eager().issue(None, account(), NOW, entropy(1)).unwrap();
    let used = eager().redeem(&first.ledger, &first.token, &account(), NOW, account()).unwrap();
    let issue = |ledger: &Ledger, number| {
        eager().issue_unthrottled(Some(ledger), account(), NOW, entropy(number)).unwrap().ledger
    };
    let after = issue(&used, 2);
    let later = (3..18).fold(after.clone(), |ledger, number| issue(&ledger, number));
    assert_eq!(later.issues().len(), 16, "the first is forgotten, and the second is not");
    assert!(later.proves(Some(&used), &after));
}

/// Not the newest: a redemption of the older link leaves the newer invitation where it is.
#[test]
fn a_change_is_proved_by_the_link_that_was_changed() {
    let link = eager().issue(None, account(), NOW, entropy(1)).unwrap();
    let invited = inviter().issue_unthrottled(Some(&link.ledger), account(), NOW, entropy(2));
    let before = invited.unwrap().ledger;
    let redeemed = |hash: &[u8]| {
        let successor = Binding::new("alice@example.com", hash);
        eager().redeem(&before, &link.token, &account(), NOW, successor).unwrap()
    };
    let (mine, theirs) = (redeemed(b"mine"), redeemed(b"theirs"));
    assert!(mine.proves(Some(&before), &mine));
    assert!(!theirs.proves(Some(&before), &mine));
    let cancelled = eager().cancel(&before, &link.token, &account(), NOW).unwrap();
    assert!(cancelled.proves(Some(&before), &cancelled));
    assert!(!mine.proves(Some(&before), &cancelled));
    assert!(!before.proves(Some(&before), &cancelled));

    let revoked = eager().revoke(&before, NOW).unwrap().unwrap();
    assert!(revoked.proves(Some(&before), &revoked));
    assert!(!cancelled.proves(Some(&before), &revoked), "the invitation is still good");
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

#[test]
fn the_second_from_which_a_ledger_may_be_forgotten_is_rounded_up() {
    for (nanoseconds, more) in [(0, 0), (1, 1), (999_999_999, 1)] {
        let now = NOW - SignedDuration::days(30) + SignedDuration::nanoseconds(nanoseconds);
        let ledger = eager().issue(None, account(), now, entropy(1)).unwrap().ledger;
        let floor = (now + HOUR + SignedDuration::days(7)).unix_timestamp();
        assert_eq!(ledger.forgettable_second(), floor + more);
    }
}
