//! The token for which a code is exchanged.

use super::{
    EXCHANGED, HOUR, MINUTE, NOW, account, digits, entropy, first, inviter, issue, issuer,
    mistyped, right, typed, wrong,
};
use password_reset::token::{
    Binding, Issue, IssueState, Issued, Ledger, RedeemError, Refusal, ResetToken, TokenIssuer,
};
use time::UtcDateTime;

fn changed() -> Binding {
    Binding::new("alice@example.com", b"new")
}

/// A link, what its code was exchanged for, and the ledger of both.
fn exchanged() -> (Ledger, Issued, ResetToken) {
    let issued = first();
    let (ledger, token) = right(&issued.ledger, &digits(&issued));
    (ledger, issued, token)
}

/// What the holder of each is told, which is the same.
#[track_caller]
fn told(
    ledger: &Ledger,
    (link, token): (&ResetToken, &ResetToken),
    now: UtcDateTime,
) -> Result<(), Refusal> {
    let [by_link, by_token] =
        [link, token].map(|token| issuer().check(ledger, token, &account(), now).map(drop));
    assert_eq!(by_link, by_token);
    by_link
}

#[test]
fn the_link_in_the_mail_stays_good_beside_it_and_nothing_lives_longer() {
    let (ledger, issued, token) = exchanged();
    assert_eq!(told(&ledger, (&issued.token, &token), NOW), Ok(()));
    let seen = |ledger: &Ledger| {
        let seen =
            |issue: &Issue| (issue.kind(), issue.issued_at(), issue.expires_at(), issue.state());
        ledger.issues().iter().map(seen).collect::<Vec<_>>()
    };
    assert_eq!(seen(&ledger), seen(&issued.ledger), "nothing is issued, and nothing prolonged");
    assert_eq!(ledger.forgettable_at(), issued.ledger.forgettable_at());
}

#[test]
fn an_exchange_is_not_a_mail_and_so_not_counted() {
    let (ledger, issued, _) = exchanged();
    for minutes in 0..90 {
        let now = NOW + MINUTE * minutes;
        let again = |ledger| {
            issuer().issue(Some(ledger), account(), now, entropy(2)).map(|next| next.expires_at)
        };
        assert_eq!(again(&ledger), again(&issued.ledger), "after {minutes} minutes");
    }
}

#[test]
fn either_redeems_the_link_and_then_both_are_used() {
    let (ledger, issued, token) = exchanged();
    for by in [&issued.token, &token] {
        let next = issuer().redeem(&ledger, by, &account(), NOW, changed()).unwrap();
        assert_eq!(next.newest().unwrap().state(), IssueState::Redeemed { at: NOW });
        assert_eq!(told(&next, (&issued.token, &token), NOW), Err(Refusal::Used));
        for again in [&issued.token, &token] {
            let told = issuer().redeem(&next, again, &account(), NOW, changed());
            assert_eq!(told, Err(RedeemError::Refused(Refusal::Used)));
        }
    }
}

#[test]
fn either_cancels_the_link_and_then_both_are_revoked() {
    let (ledger, issued, token) = exchanged();
    for by in [&issued.token, &token] {
        let next = issuer().cancel(&ledger, by, &account(), NOW).unwrap();
        assert_eq!(told(&next, (&issued.token, &token), NOW), Err(Refusal::Revoked));
    }
    let next = issuer().revoke(&ledger, NOW).unwrap().unwrap();
    assert_eq!(told(&next, (&issued.token, &token), NOW), Err(Refusal::Revoked));
}

#[test]
fn the_link_and_the_token_for_its_code_get_the_same_refusal() {
    let (ledger, issued, token) = exchanged();
    let both = (&issued.token, &token);
    let newer = issue(Some(&ledger), 2, NOW);
    assert_eq!(told(&newer.ledger, both, NOW), Err(Refusal::Superseded));
    assert_eq!(told(&ledger, both, NOW + HOUR), Err(Refusal::Expired));
    let signed_in = issuer().change(Some(&ledger), account(), NOW, entropy(3)).unwrap();
    assert_eq!(told(&signed_in, both, NOW), Err(Refusal::Changed));
    let by_binding = issuer().check(&ledger, &token, &changed(), NOW);
    assert_eq!(by_binding, Err(Refusal::Changed));

    let filled = (10..26).fold(ledger, |ledger, number| issue(Some(&ledger), number, NOW).ledger);
    assert_eq!(told(&filled, both, NOW), Err(Refusal::Unknown), "pushed out");
}

#[test]
fn the_holder_of_either_is_mailed_a_new_link_where_it_was_late() {
    let (ledger, issued, token) = exchanged();
    let newer = issue(Some(&ledger), 2, NOW);
    for token in [&issued.token, &token] {
        let can = |ledger, now| issuer().can_renew(ledger, token, &account(), now);
        assert!(!can(&ledger, NOW), "it is good");
        assert!(can(&ledger, NOW + HOUR));
        assert!(can(&newer.ledger, NOW));
        assert!(issuer().has_issued(&ledger, token));
        let used = issuer().redeem(&ledger, token, &account(), NOW, account()).unwrap();
        assert!(!can(&used, NOW + HOUR));
    }
}

#[test]
fn a_token_that_a_code_was_not_exchanged_for_is_unknown() {
    let (ledger, issued, token) = exchanged();
    let other = |number| {
        let fresh = issuer().issue_unthrottled(Some(&ledger), account(), NOW, entropy(number));
        fresh.unwrap().token
    };
    let told = |issuer: &TokenIssuer, ledger: &Ledger, token: &ResetToken| {
        issuer.check(ledger, token, &account(), NOW).map(drop)
    };
    assert_eq!(told(&issuer(), &ledger, &other(EXCHANGED)), Ok(()), "the very bytes");
    assert_eq!(told(&issuer(), &ledger, &other(EXCHANGED + 1)), Err(Refusal::Unknown));
    assert_eq!(told(&issuer(), &issued.ledger, &token), Err(Refusal::Unknown), "before it was");
    assert_eq!(told(&inviter(), &ledger, &token), Err(Refusal::Unknown), "of another kind");
    let tenant = TokenIssuer::builder().purpose("tenant 2").build().unwrap();
    assert_eq!(told(&tenant, &ledger, &token), Err(Refusal::Unknown));
    assert!(told(&TokenIssuer::default(), &ledger, &token).is_ok(), "codes may be switched off");
}

#[test]
fn a_right_code_that_was_spent_gives_no_second_token() {
    let (ledger, issued, _) = exchanged();
    let told = issuer().exchange(&ledger, &digits(&issued), &account(), NOW, entropy(2)).unwrap();
    assert!(told.is_none());
}

#[test]
fn an_exchange_is_proved_by_its_token_and_by_no_other() {
    let (ledger, issued, _) = exchanged();
    let before = Some(&issued.ledger);
    assert!(ledger.proves(before, &ledger));
    assert!(!issued.ledger.proves(before, &ledger), "what has not happened");
    assert!(!ledger.proves(Some(&ledger), &ledger), "nothing was changed");
    let of_others =
        issuer().exchange(&issued.ledger, &digits(&issued), &account(), NOW, entropy(2));
    let of_others = of_others.unwrap().unwrap().ledger;
    assert!(!of_others.proves(before, &ledger), "somebody else was quicker");
    assert!(!ledger.proves(before, &of_others));
    let counted = wrong(&issued.ledger, &digits(&issued), 1);
    assert!(!counted.proves(before, &ledger));

    let later = [
        issue(Some(&ledger), 2, NOW).ledger,
        issuer().redeem(&ledger, &issued.token, &account(), NOW, changed()).unwrap(),
        issuer().cancel(&ledger, &issued.token, &account(), NOW).unwrap(),
        issuer().change(Some(&ledger), changed(), NOW, entropy(3)).unwrap(),
    ];
    for later in later {
        assert!(later.proves(before, &ledger), "{later:?}");
    }
}

#[test]
fn a_wrong_code_is_never_proved_counted() {
    let issued = first();
    let mut ledger = issued.ledger.clone();
    for _ in 0..5 {
        let next = wrong(&ledger, &digits(&issued), 1);
        assert!(!next.proves(Some(&ledger), &next), "somebody else's makes the same");
        assert!(!next.proves(Some(&issued.ledger), &next));
        ledger = next;
    }
    let newer = issue(Some(&ledger), 2, NOW);
    assert!(!newer.ledger.proves(Some(&issued.ledger), &ledger));
}

#[test]
fn what_comes_after_an_exchange_is_proved_as_ever() {
    let (ledger, issued, token) = exchanged();
    let redeemed = issuer().redeem(&ledger, &token, &account(), NOW, changed()).unwrap();
    assert!(redeemed.proves(Some(&ledger), &redeemed));
    assert!(!ledger.proves(Some(&ledger), &redeemed));
    // Others took the link without the code, and it came to the same end.
    let of_others = issuer().redeem(&issued.ledger, &issued.token, &account(), NOW, changed());
    assert!(!of_others.unwrap().proves(Some(&issued.ledger), &redeemed));
    let newer = issue(Some(&ledger), 2, NOW);
    assert!(newer.ledger.proves(Some(&ledger), &newer.ledger));
    assert!(!ledger.proves(Some(&ledger), &newer.ledger));
}

#[test]
fn a_wrong_code_leaves_its_link_to_be_redeemed() {
    let issued = first();
    let typed = typed(&issued.ledger, &mistyped(&digits(&issued))).unwrap();
    let next = issuer().redeem(&typed.ledger, &issued.token, &account(), NOW, changed()).unwrap();
    assert_eq!(next.newest().unwrap().state(), IssueState::Redeemed { at: NOW });
}
