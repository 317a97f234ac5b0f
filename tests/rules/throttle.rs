//! The throttle against random attackers: the mails an account gets, and the good links that die.
#![expect(clippy::similar_names, reason = "an issuer issues what is issued")]

use crate::support::{entropy, runner};
use password_reset::token::{Binding, IssueError, Ledger, ResetToken, TokenIssuer};
use proptest::prelude::*;
use std::cell::Cell;
use time::{SignedDuration, UtcDateTime};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const MINUTE: SignedDuration = SignedDuration::MINUTE;
const HOUR: SignedDuration = SignedDuration::HOUR;
const DAY: SignedDuration = SignedDuration::DAY;

/// What happens to a link as soon as it is issued.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Kept,
    Cancelled,
    Revoked,
    Redeemed,
    AddressChanged,
}

/// What is so after a history of requests, each of which was repeated until it was admitted.
#[derive(Default)]
struct Sent {
    at: Vec<UtcDateTime>,
    /// The times at which a good link was replaced.
    replaced: Vec<UtcDateTime>,
}

/// The first time from `now` on at which anything that the throttle counts may have become less.
fn next_chance(sent: &Sent, now: UtcDateTime) -> UtcDateTime {
    let spans = [60, 120, 240, 480, 960, 1920, 3600, 24 * 3600].map(SignedDuration::seconds);
    let chances = sent.at.iter().flat_map(|at| spans.map(|span| *at + span));
    chances.filter(|chance| *chance > now).min().expect("the last was issued a moment ago")
}

/// Waits so many seconds, then asks as soon as it may be admitted.
fn history(requests: &[(i64, Fate)]) -> Sent {
    let (issuer, mut sent, mut now) = (TokenIssuer::default(), Sent::default(), NOW);
    let (mut account, mut changes) = (Binding::new("alice@example.com", b"0"), 0_u64);
    let mut last: Option<(Ledger, ResetToken)> = None;
    for &(wait, fate) in requests {
        now += SignedDuration::seconds(wait);
        let issued = loop {
            let fresh = entropy(sent.at.len() as u64);
            let ledger = last.as_ref().map(|(ledger, _)| ledger);
            match issuer.issue(ledger, account, now, fresh) {
                Ok(issued) => break issued,
                Err(error) => assert_eq!(error, IssueError::Throttled),
            }
            now = next_chance(&sent, now);
        };
        let is_good = |(ledger, token)| issuer.check(ledger, token, &account, now).is_ok();
        if last.as_ref().is_some_and(|(ledger, token)| is_good((ledger, token))) {
            sent.replaced.push(now);
        }
        sent.at.push(now);
        changes += 1;
        let next = Binding::new("alice@example.com", &changes.to_be_bytes());
        let (ledger, token) = (issued.ledger, issued.token);
        let ledger = match fate {
            Fate::Kept | Fate::AddressChanged => ledger,
            Fate::Cancelled => issuer.cancel(&ledger, &token, &account, now).unwrap(),
            Fate::Revoked => issuer.revoke(&ledger, now).unwrap().unwrap(),
            Fate::Redeemed => issuer.redeem(&ledger, &token, &account, now, next).unwrap(),
        };
        if matches!(fate, Fate::Redeemed | Fate::AddressChanged) {
            account = next;
        }
        last = Some((ledger, token));
    }
    sent
}

/// The most of these times that lie within any such span.
fn most_within(span: SignedDuration, times: &[UtcDateTime]) -> usize {
    let from = |start: usize| times[start..].iter().take_while(move |t| **t < times[start] + span);
    (0..times.len()).map(|start| from(start).count()).max().unwrap_or_default()
}

/// Asks at once, at the times at which the cooldown ends, or whenever.
fn waits() -> impl Strategy<Value = i64> {
    prop_oneof![5 => Just(0), 1 => 0..120_i64, 1 => 0..3600_i64, 1 => Just(721), 1 => 0..90_000_i64]
}

#[test]
fn however_requests_are_paced_at_most_six_good_links_a_day_are_replaced_and_five_mails_an_hour_are_sent()
 {
    let (most_replaced, most_sent) = (Cell::new(0), Cell::new(0));
    runner(600)
        .run(&prop::collection::vec(waits(), 1..40), |waits| {
            let requests: Vec<_> = waits.into_iter().map(|wait| (wait, Fate::Kept)).collect();
            let sent = history(&requests);
            let (replaced, mails) = (most_within(DAY, &sent.replaced), most_within(HOUR, &sent.at));
            prop_assert!(replaced <= 6, "{} good links were replaced in a day", replaced);
            prop_assert!(mails <= 5, "{} mails in an hour", mails);
            most_replaced.set(most_replaced.get().max(replaced));
            most_sent.set(most_sent.get().max(mails));
            Ok(())
        })
        .unwrap();
    assert_eq!((most_replaced.get(), most_sent.get()), (6, 5), "and that many are reached");
}

#[test]
fn at_most_ten_mails_an_hour_are_sent_however_the_links_end() {
    let (with_changes, without) = (Cell::new(0), Cell::new(0));
    let fate = prop_oneof![
        1 => Just(Fate::Kept),
        1 => Just(Fate::Cancelled),
        1 => Just(Fate::Revoked),
        3 => Just(Fate::Redeemed),
        3 => Just(Fate::AddressChanged),
    ];
    runner(600)
        .run(&prop::collection::vec((waits(), fate), 1..40), |requests| {
            let mails = most_within(HOUR, &history(&requests).at);
            prop_assert!(mails <= 10, "{} mails in an hour", mails);
            with_changes.set(with_changes.get().max(mails));

            let is_change = |fate| matches!(fate, Fate::Redeemed | Fate::AddressChanged);
            let unchanged: Vec<_> =
                requests.into_iter().filter(|(_, fate)| !is_change(*fate)).collect();
            let mails = most_within(HOUR, &history(&unchanged).at);
            prop_assert!(mails <= 5, "{} mails in an hour, cancelled or not", mails);
            without.set(without.get().max(mails));
            Ok(())
        })
        .unwrap();
    assert_eq!((with_changes.get(), without.get()), (10, 5), "and that many are reached");
}

#[test]
fn one_request_every_twelve_minutes_lets_links_live() {
    let requests = [(12 * 60, Fate::Kept); 30];
    let sent = history(&requests);
    let lifetimes = sent.at.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(lifetimes.skip(7).all(|lifetime| lifetime >= HOUR), "from then on each lives its hour");
    assert!(sent.replaced.iter().all(|at| *at < NOW + HOUR * 4));
    assert!(most_within(MINUTE, &sent.at) <= 1);
}
