//! Each of the usual mistakes breaks what the shipped code, in the same model, keeps.

use model::Fault::{AnswerIsLost, CommitFails, DeliversAndFails};
use model::HostDeed::{PurgeAtOnce, SetAddress, SetPassword};
use model::Role::{Attacker, Canceller, Changer, Inviter, Redeemer, Requester, WeakRedeemer};
use model::pacing::{Claim, Deed, Moments, Pacing, Rule};
use model::{Bounds, Mistake, Property, explore};

fn assert_breaks(bounds: Bounds, mistake: Mistake, property: Property) {
    let shipped = explore(&bounds, None);
    assert!(shipped.violations.is_empty(), "{shipped}");
    let report = explore(&bounds.mistake(mistake), Some(property));
    println!("{report}");
    assert!(report.violations.contains_key(&property), "{mistake:?} is not found");
}

#[test]
fn check_then_write() {
    assert_breaks(
        Bounds::new("check, then write", &[Requester, Redeemer, Redeemer]),
        Mistake::CheckThenWrite,
        Property::RedeemedOnce,
    );
}

#[test]
fn delete_then_insert() {
    assert_breaks(
        Bounds::new("delete the old ledger, then insert the new one", &[Requester, Canceller]),
        Mistake::DeleteThenInsert,
        Property::LinksAreWhatTheCommitsMadeThem,
    );
}

#[test]
fn compare_the_revision_without_the_selector() {
    assert_breaks(
        Bounds::new("the selector is not compared", &[Requester, Requester, Redeemer])
            .deeds(&[(PurgeAtOnce, 1)]),
        Mistake::SelectorNotCompared,
        Property::PasswordCameFromTheGoodLink,
    );
}

#[test]
fn compare_without_the_stamp() {
    assert_breaks(
        Bounds::new("the stamp is not compared", &[Requester, Redeemer]).deeds(&[(SetPassword, 1)]),
        Mistake::StampNotCompared,
        Property::PasswordCameFromTheGoodLink,
    );
}

#[test]
fn compare_without_the_address() {
    assert_breaks(
        Bounds::new("the address is not compared", &[Requester]).deeds(&[(SetAddress, 1)]),
        Mistake::AddressNotCompared,
        Property::MailGoesToTheStoredAddress,
    );
}

#[test]
fn compare_clocks_for_the_newest() {
    assert_breaks(
        Bounds::new("the newest by the clock", &[Requester, Requester]).jumps(&[(-120, 1)]),
        Mistake::NewestByClock,
        Property::LinksAreWhatTheCommitsMadeThem,
    );
}

#[test]
fn undo_an_issue_when_its_mail_failed() {
    assert_breaks(
        Bounds::new("an issue is undone when its mail failed", &[Requester])
            .faults(&[DeliversAndFails], 1),
        Mistake::IssueUndoneWhenMailFails,
        Property::FlowsChangeOnlyTheirOwn,
    );
}

#[test]
fn mail_before_the_commit() {
    assert_breaks(
        Bounds::new("a link is mailed before it is committed", &[Requester]),
        Mistake::MailedBeforeTheCommit,
        Property::MailGoesToTheStoredAddress,
    );
}

#[test]
fn consume_the_link_before_the_policy_is_asked() {
    assert_breaks(
        Bounds::new("a link is consumed before the policy is asked", &[Requester, WeakRedeemer]),
        Mistake::ConsumedBeforeThePolicy,
        Property::FlowsChangeOnlyTheirOwn,
    );
}

#[test]
fn take_an_error_for_a_failure() {
    assert_breaks(
        Bounds::new("an error of the commit is taken for a failure", &[Requester, Redeemer])
            .faults(&[AnswerIsLost], 1),
        Mistake::ErrorTakenForFailure,
        Property::FailureIsTold,
    );
}

#[test]
fn look_for_the_newest_link_after_an_error() {
    assert_breaks(
        Bounds::new(
            "the look after an error goes by the newest link",
            &[Requester, Inviter, Redeemer, Redeemer],
        )
        .faults(&[CommitFails], 1)
        .without_password(),
        Mistake::LookGoesByTheNewest,
        Property::SuccessIsTold,
    );
}

#[test]
fn let_the_newest_of_any_kind_win() {
    assert_breaks(
        Bounds::new("the newest of any kind wins", &[Inviter, Attacker])
            .jumps(&[(60, 1)])
            .without_password(),
        Mistake::NewestOfAnyKind,
        Property::NoStrangerEndsAnInvitation,
    );
}

#[test]
fn leave_the_other_link_when_a_password_is_set() {
    assert_breaks(
        Bounds::new("a password ends one link of two", &[Requester, Inviter, Redeemer])
            .without_password()
            .telling_no_passwords()
            .without_stamp(),
        Mistake::OneLinkEndsByAPassword,
        Property::OnePasswordEndsEveryLink,
    );
}

#[test]
fn leave_links_good_when_somebody_signed_in_changes_the_password() {
    assert_breaks(
        Bounds::new("a change leaves links good", &[Requester, Changer]).without_stamp(),
        Mistake::ChangeLeavesLinks,
        Property::OnePasswordEndsEveryLink,
    );
}

#[test]
fn change_the_password_whatever_it_is_by_then() {
    assert_breaks(
        Bounds::new("a change compares no stamp", &[Requester, Redeemer, Changer]),
        Mistake::ChangeComparesNoStamp,
        Property::ChangeFollowsTheVerifiedPassword,
    );
}

#[test]
fn take_an_error_for_a_failure_of_a_change() {
    assert_breaks(
        Bounds::new("an error of a change is taken for a failure", &[Changer])
            .faults(&[AnswerIsLost], 1),
        Mistake::ErrorTakenForFailure,
        Property::FailureIsTold,
    );
}

#[test]
fn let_an_invitation_set_a_second_password() {
    assert_breaks(
        Bounds::new("an invitation of an account with a password", &[Inviter, Redeemer])
            .deeds(&[(SetPassword, 1)])
            .without_password()
            .without_stamp(),
        Mistake::InvitationSetsASecondPassword,
        Property::PasswordCameFromTheGoodLink,
    );
}

#[test]
fn invite_somebody_who_has_a_password() {
    assert_breaks(
        Bounds::new("an account is invited whatever it has", &[Inviter]),
        Mistake::InvitedWithAPassword,
        Property::InvitationsAreForFirstPasswords,
    );
}

/// A throttle by another rule breaks what the shipped one, in the same bounds, keeps.
#[track_caller]
fn assert_rule_breaks(pacing: &Pacing, rule: Rule, claim: Claim) {
    let shipped = pacing.explore(None);
    assert!(shipped.violations.is_empty(), "{shipped}");
    let course = pacing.clone().rule(rule).explore(Some(claim));
    println!("{course}");
    assert!(course.violations.contains_key(&claim), "{rule:?} is not found");
}

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

fn every_twelve_minutes(name: &'static str) -> Pacing {
    let moments = Moments::After(vec![12 * MINUTE]);
    Pacing::new(name, &[Deed::Request, Deed::Wait], moments).steps(15)
}

#[test]
fn throttle_with_a_fixed_cooldown() {
    let pacing = every_twelve_minutes("a fixed cooldown");
    assert_rule_breaks(&pacing, Rule::FixedCooldown, Claim::FewGoodLinksReplacedInADay);
    assert_rule_kills_every_link(pacing, Rule::FixedCooldown);
}

#[test]
fn throttle_with_a_cooldown_that_doubles_within_the_window() {
    let pacing = every_twelve_minutes("a cooldown that doubles with the links of the window");
    let rule = Rule::DoublesWithinTheWindow;
    assert_rule_breaks(&pacing, rule, Claim::FewGoodLinksReplacedInADay);
    assert_rule_kills_every_link(pacing, rule);
}

/// A request every twelve minutes replaces every link, but for the last.
fn assert_rule_kills_every_link(pacing: Pacing, rule: Rule) {
    let often = |pacing: Pacing| pacing.replaced_at(12 * MINUTE, 3 * DAY).len();
    assert_eq!(often(pacing.clone()), 6, "and none after the first hours");
    assert_eq!(often(pacing.rule(rule)), 3 * 24 * 5 - 1);
}

#[test]
fn throttle_without_a_cap_for_accounts_that_change() {
    for (name, deed) in [
        ("no cap where the account changes", Deed::ChangeAddress),
        ("no cap where links are redeemed", Deed::Redeem),
    ] {
        let pacing = Pacing::new(name, &[Deed::Request, deed], Moments::After(vec![0])).steps(24);
        assert_rule_breaks(&pacing, Rule::NoCapForChangedAccounts, Claim::FewMailsInAWindow);
    }
}

#[test]
fn throttle_nobody_who_cancelled() {
    let pacing = Pacing::new(
        "a cancelled link counts for nothing",
        &[Deed::Request, Deed::Cancel],
        Moments::After(vec![0, MINUTE]),
    );
    let rule = Rule::CancellingReopens;
    assert_rule_breaks(&pacing.steps(12), rule, Claim::FewMailsInAWindow);
}
