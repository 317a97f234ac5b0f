//! Wrong codes are counted, and five end a code.

use super::{
    EXCHANGED, MINUTE, NOW, account, digits, entropy, exchange, first, inviter, issue, issuer,
    mistyped, right, typed, used_up, wrong,
};
use password_reset::token::{
    Binding, ExchangeError, IssueState, Ledger, Refusal, RevisionExhausted, TokenIssuer,
};

/// The account after another password.
fn changed() -> Binding {
    Binding::new("alice@example.com", b"new")
}

fn has_good_code(ledger: &Ledger, digits: &str) -> bool {
    typed(ledger, digits).is_some_and(|exchange| exchange.token.is_some())
}

#[test]
fn five_wrong_codes_end_the_code_and_not_the_link() {
    let issued = first();
    let digits = digits(&issued);
    for count in 0..5 {
        let ledger = wrong(&issued.ledger, &digits, count);
        assert_eq!(ledger.wrong_codes(), count);
        assert!(has_good_code(&ledger, &digits), "after {count} wrong ones");
    }
    let ended = wrong(&issued.ledger, &digits, 5);
    assert!(typed(&ended, &digits).is_none());
    assert!(typed(&ended, &mistyped(&digits)).is_none(), "and no more are counted");
    assert_eq!(ended.wrong_codes(), 5);
    assert!(issuer().check(&ended, &issued.token, &account(), NOW).is_ok());
    issuer().redeem(&ended, &issued.token, &account(), NOW, changed()).unwrap();
}

#[test]
fn a_wrong_code_changes_nothing_but_its_count() {
    let issued = first();
    let ledger = wrong(&issued.ledger, &digits(&issued), 1);
    assert_eq!(ledger.issues(), issued.ledger.issues());
    assert_eq!(ledger.selector(), issued.ledger.selector());
    let again = |ledger| {
        issuer()
            .issue(Some(ledger), account(), NOW + MINUTE, entropy(2))
            .map(|next| next.expires_at)
    };
    assert_eq!(again(&ledger), again(&issued.ledger), "the throttle is as it was");
}

#[test]
fn a_right_code_is_spent_and_counts_nothing() {
    let issued = first();
    let digits = digits(&issued);
    let once = wrong(&issued.ledger, &digits, 1);
    let (ledger, _) = right(&once, &digits);
    assert_eq!(ledger.wrong_codes(), 1, "nor does it clear what was counted");
    assert!(typed(&ledger, &digits).is_none());
    assert!(typed(&ledger, &mistyped(&digits)).is_none());
}

#[test]
fn twenty_wrong_codes_in_all_stop_codes_and_not_links() {
    let (ledger, token) = used_up();
    assert_eq!(ledger.wrong_codes(), 20);
    assert!(issuer().check(&ledger, &token, &account(), NOW).is_ok());
    let next = issue(Some(&ledger), 9, NOW);
    assert!(next.code.is_none());
    assert!(issuer().check(&next.ledger, &next.token, &account(), NOW).is_ok());
    assert!(typed(&next.ledger, "00000000").is_none());
    let year = NOW + MINUTE * (366 * 24 * 60);
    assert!(issue(Some(&next.ledger), 10, year).code.is_none(), "however long it takes");
}

#[test]
fn the_twentieth_ends_a_code_that_had_fewer_than_five() {
    let mut ledger = None;
    for (number, count) in (0..4).zip([5, 5, 5, 4]) {
        let issued = issue(ledger.as_ref(), number, NOW);
        ledger = Some(wrong(&issued.ledger, &digits(&issued), count));
    }
    let last = issue(ledger.as_ref(), 9, NOW);
    assert!(has_good_code(&last.ledger, &digits(&last)), "after nineteen");
    let ended = wrong(&last.ledger, &digits(&last), 1);
    assert!(typed(&ended, &digits(&last)).is_none());
    assert_eq!(ended.wrong_codes(), 20);
}

#[test]
fn a_newer_link_has_five_tries_of_its_own_and_shares_the_twenty() {
    let issued = first();
    let four = wrong(&issued.ledger, &digits(&issued), 4);
    let newer = issue(Some(&four), 2, NOW);
    assert_eq!(newer.ledger.wrong_codes(), 4);
    let eight = wrong(&newer.ledger, &digits(&newer), 4);
    assert_eq!(eight.wrong_codes(), 8);
    assert!(has_good_code(&eight, &digits(&newer)));
}

#[test]
fn a_password_that_is_set_clears_the_counts_whatever_set_it() {
    type Sets = fn(&Ledger, &TokenIssuer) -> Ledger;
    let ways: [(&str, Sets); 4] = [
        ("a link", |ledger, issuer| {
            let issued =
                issuer.issue_unthrottled(Some(ledger), account(), NOW, entropy(2)).unwrap();
            issuer.redeem(&issued.ledger, &issued.token, &account(), NOW, changed()).unwrap()
        }),
        ("an exchanged token", |ledger, issuer| {
            let issued =
                issuer.issue_unthrottled(Some(ledger), account(), NOW, entropy(2)).unwrap();
            let (ledger, token) = right(&issued.ledger, &digits(&issued));
            issuer.redeem(&ledger, &token, &account(), NOW, changed()).unwrap()
        }),
        ("an invitation", |ledger, _| {
            let invited = inviter().issue_unthrottled(Some(ledger), account(), NOW, entropy(2));
            let invited = invited.unwrap();
            let token = &invited.token;
            inviter().redeem(&invited.ledger, token, &account(), NOW, changed()).unwrap()
        }),
        ("somebody who is signed in", |ledger, issuer| {
            issuer.change(Some(ledger), changed(), NOW, entropy(2)).unwrap()
        }),
    ];
    let issued = first();
    let four = wrong(&issued.ledger, &digits(&issued), 4);
    for (name, set) in ways {
        let ledger = set(&four, &issuer());
        assert_eq!(ledger.wrong_codes(), 0, "{name}");
        assert_eq!(
            exchange_as(&ledger, &digits(&issued), &changed()),
            None,
            "{name}: no code is left"
        );
        let next = issuer().issue_unthrottled(Some(&ledger), changed(), NOW, entropy(4)).unwrap();
        assert_eq!(next.ledger.wrong_codes(), 0, "{name}");
        let again = exchange_as(&next.ledger, &digits(&next), &changed());
        assert_eq!(again, Some(true), "{name}: the next mail has a code");
    }
    let (used_up, token) = used_up();
    let redeemed = issuer().redeem(&used_up, &token, &account(), NOW, changed()).unwrap();
    let next = issuer().issue_unthrottled(Some(&redeemed), changed(), NOW, entropy(4)).unwrap();
    assert!(next.code.is_some() && next.ledger.wrong_codes() == 0, "also after twenty");
}

/// Whether a code was right; `None` where none is good.
fn exchange_as(ledger: &Ledger, digits: &str, binding: &Binding) -> Option<bool> {
    let exchange = issuer().exchange(ledger, digits, binding, NOW, entropy(EXCHANGED)).unwrap();
    exchange.map(|exchange| exchange.token.is_some())
}

/// Only a new password clears the counts of an account.
#[test]
fn what_sets_no_password_clears_no_count() {
    let issued = first();
    let three = wrong(&issued.ledger, &digits(&issued), 3);
    let cancelled = issuer().cancel(&three, &issued.token, &account(), NOW).unwrap();
    let revoked = issuer().revoke(&three, NOW).unwrap().unwrap();
    let told = issuer().explain_unthrottled(Some(&three), account(), NOW, entropy(2)).unwrap();
    let invited = inviter().issue_unthrottled(Some(&three), account(), NOW, entropy(2)).unwrap();
    let (exchanged, _) = right(&three, &digits(&issued));
    for ledger in [&cancelled, &revoked, &told, &invited.ledger, &exchanged] {
        assert_eq!(ledger.wrong_codes(), 3);
        assert_eq!(issue(Some(ledger), 3, NOW).ledger.wrong_codes(), 3);
    }
    let without_codes = TokenIssuer::default();
    let next = without_codes.issue_unthrottled(Some(&three), account(), NOW, entropy(2)).unwrap();
    assert_eq!(next.ledger.wrong_codes(), 3, "nor does an issuer that has no codes");
}

#[test]
fn links_that_a_visitor_a_holder_or_an_administrator_asked_for_have_codes() {
    let issued = issuer().issue(None, account(), NOW, entropy(1)).unwrap();
    assert!(has_good_code(&issued.ledger, &digits(&issued)));
    let hour = NOW + MINUTE * 60;
    assert!(issuer().can_renew(&issued.ledger, &issued.token, &account(), hour));
    let renewed = issuer().issue(Some(&issued.ledger), account(), hour, entropy(2)).unwrap();
    let told = exchange(&issuer(), &renewed.ledger, &digits(&renewed), hour).unwrap();
    assert!(told.unwrap().token.is_some());
    let by_host = issue(Some(&renewed.ledger), 3, NOW);
    assert!(has_good_code(&by_host.ledger, &digits(&by_host)));
}

#[test]
fn an_invitation_beside_has_no_code_and_ends_none() {
    let issued = first();
    let digits = digits(&issued);
    let one = wrong(&issued.ledger, &digits, 1);
    let invited = inviter().issue_unthrottled(Some(&one), account(), NOW, entropy(2)).unwrap();
    assert!(invited.code.is_none() && !inviter().has_codes());
    let five = wrong(&invited.ledger, &digits, 4);
    assert!(typed(&five, &digits).is_none(), "the fifth in all");
    let (ledger, token) = right(&invited.ledger, &digits);
    assert!(issuer().check(&ledger, &token, &account(), NOW).is_ok());
    assert!(inviter().check(&ledger, &invited.token, &account(), NOW).is_ok());
    let told = inviter().exchange(&invited.ledger, &digits, &account(), NOW, entropy(3));
    assert!(told.unwrap().is_none(), "an issuer of invitations exchanges nothing");

    let alone = inviter().issue(None, account(), NOW, entropy(2)).unwrap();
    assert!(typed(&alone.ledger, &digits).is_none());
    let told = issuer().explain_unthrottled(Some(&one), account(), NOW, entropy(2)).unwrap();
    assert!(has_good_code(&told, &digits), "nor does a mail without a link end one");
}

#[test]
fn a_code_ends_with_its_link_and_nothing_is_counted() {
    let issued = first();
    let digits = digits(&issued);
    let account = account();
    let revoked = issuer().revoke(&issued.ledger, NOW).unwrap().unwrap();
    let cancelled = issuer().cancel(&issued.ledger, &issued.token, &account, NOW).unwrap();
    let redeemed = issuer().redeem(&issued.ledger, &issued.token, &account, NOW, account).unwrap();
    let changed = issuer().change(Some(&issued.ledger), account, NOW, entropy(2)).unwrap();
    let superseded =
        TokenIssuer::default().issue_unthrottled(Some(&issued.ledger), account, NOW, entropy(2));
    let superseded = superseded.unwrap().ledger;
    for ledger in [revoked, cancelled, redeemed, changed, superseded] {
        assert!(typed(&ledger, &digits).is_none(), "{ledger:?}");
        assert!(typed(&ledger, &mistyped(&digits)).is_none(), "{ledger:?}");
    }
}

#[test]
fn a_code_that_was_superseded_is_a_wrong_one_for_the_newer() {
    let older = first();
    let newer = issue(Some(&older.ledger), 2, NOW);
    let exchange = typed(&newer.ledger, &digits(&older)).unwrap();
    assert!(exchange.token.is_none());
    assert_eq!(exchange.ledger.wrong_codes(), 1);
    assert!(has_good_code(&exchange.ledger, &digits(&newer)));
}

#[test]
fn a_code_of_an_account_that_has_changed_is_not_good_until_it_is_as_before() {
    let issued = first();
    let digits = digits(&issued);
    let others = [
        Binding::new("alice@example.com", b"new"),
        Binding::new("a@example.com", b"old"),
        Binding::without_password("alice@example.com", b"old"),
    ];
    for other in others {
        assert_eq!(exchange_as(&issued.ledger, &digits, &other), None);
        assert_eq!(exchange_as(&issued.ledger, &mistyped(&digits), &other), None, "not counted");
    }
    assert!(has_good_code(&issued.ledger, &digits));
}

#[test]
fn where_there_is_no_link_there_is_no_code() {
    let ledger = Ledger::new(*first().ledger.selector());
    assert!(typed(&ledger, "12345678").is_none());
}

#[test]
fn at_the_last_revision_nothing_is_exchanged_or_counted() {
    let issued = first();
    let mut bytes = issued.ledger.encode();
    bytes[13..21].copy_from_slice(&i64::MAX.to_be_bytes());
    let last = Ledger::decode(&bytes).unwrap();
    for text in [digits(&issued), mistyped(&digits(&issued))] {
        let told = exchange(&issuer(), &last, &text, NOW).unwrap_err();
        assert_eq!(told, ExchangeError::Exhausted(RevisionExhausted));
    }
    assert!(typed(&last, "no code").is_none());
}

#[test]
fn a_code_that_is_used_up_leaves_its_link_to_be_told_as_any_other() {
    let issued = first();
    let ended = wrong(&issued.ledger, &digits(&issued), 5);
    let newer = issue(Some(&ended), 2, NOW);
    let told = issuer().check(&newer.ledger, &issued.token, &account(), NOW).unwrap_err();
    assert_eq!(told, Refusal::Superseded);
    assert_eq!(newer.ledger.issues()[0].state(), IssueState::Superseded { at: NOW });
    assert!(has_good_code(&newer.ledger, &digits(&newer)), "the newer has a code of its own");
}
