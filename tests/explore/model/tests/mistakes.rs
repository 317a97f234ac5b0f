//! Each of the usual mistakes breaks a property that the shipped code keeps.

use model::Fault::{AnswerIsLost, CommitFails, DeliversAndFails};
use model::HostDeed::{Purge, PurgeAtOnce, SetAddress, SetPassword};
use model::Role::{
    Attacker, Canceller, Changer, Exchanger, Guesser, Inviter, Redeemer, Requester, WeakRedeemer,
};
use model::guessing::{self, Guessing};
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
fn leave_links_good_after_a_signed_in_change() {
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
fn invite_an_account_with_a_password() {
    assert_breaks(
        Bounds::new("an account is invited whatever it has", &[Inviter]),
        Mistake::InvitedWithAPassword,
        Property::InvitationsAreForFirstPasswords,
    );
}

#[test]
fn answer_a_typed_code_although_its_swap_met_a_conflict() {
    assert_breaks(
        Bounds::new("a code is compared before it is counted", &[Guesser, Guesser])
            .wrong_codes(0, &[]),
        Mistake::ComparedBeforeCounted,
        Property::WrongCodesAreCountedFirst,
    );
    assert_breaks(
        Bounds::new("a code is compared before it is spent", &[Exchanger, Exchanger])
            .wrong_codes(0, &[]),
        Mistake::ComparedBeforeCounted,
        Property::TokensAreForTheRightCode,
    );
}

#[test]
fn count_wrong_codes_in_memory() {
    assert_breaks(
        Bounds::new("wrong codes are counted in memory", &[Guesser]).wrong_codes(0, &[]),
        Mistake::CountedInMemory,
        Property::WrongCodesAreCountedFirst,
    );
}

#[test]
fn count_wrong_codes_for_each_link_alone() {
    assert_breaks(
        Bounds::new("a new mail forgives wrong codes", &[Guesser, Guesser, Requester])
            .wrong_codes(4, &[5, 5, 5])
            .jumps(&[(60, 1)]),
        Mistake::CountedForTheLinkAlone,
        Property::FewWrongCodesAreCounted,
    );
}

#[test]
fn prove_a_count_by_looking() {
    assert_breaks(
        Bounds::new("a count is proved by looking", &[Guesser, Guesser])
            .wrong_codes(0, &[])
            .faults(&[CommitFails], 1),
        Mistake::CountProvedByLooking,
        Property::WrongCodesAreCountedFirst,
    );
}

#[test]
fn use_the_link_up_for_its_code() {
    assert_breaks(
        Bounds::new("an exchange uses the link up", &[Exchanger, Redeemer]).wrong_codes(0, &[]),
        Mistake::ExchangeUsesUpTheLink,
        Property::LinksAreWhatTheCommitsMadeThem,
    );
}

#[test]
fn issue_a_link_for_a_code() {
    assert_breaks(
        Bounds::new("an exchange issues a link", &[Exchanger]).wrong_codes(0, &[]),
        Mistake::ExchangeIssuesALink,
        Property::LinksAreWhatTheCommitsMadeThem,
    );
}

#[test]
fn throttle_after_a_typed_code() {
    assert_breaks(
        Bounds::new("an exchange counts for the throttle", &[Exchanger, Requester])
            .wrong_codes(0, &[])
            .jumps(&[(60, 1)]),
        Mistake::ExchangeIsThrottled,
        Property::TheThrottleIsKept,
    );
}

#[test]
fn end_the_link_with_its_code() {
    assert_breaks(
        Bounds::new("five wrong codes end the link", &[Guesser]).wrong_codes(4, &[]),
        Mistake::FiveWrongCodesEndTheLink,
        Property::LinksAreWhatTheCommitsMadeThem,
    );
}

#[test]
fn forget_wrong_codes_with_the_links() {
    assert_breaks(
        Bounds::new("a ledger is kept for its links alone", &[Guesser])
            .wrong_codes(4, &[5, 5, 5])
            .jumps(&[(8 * DAY, 1)])
            .deeds(&[(Purge, 1)]),
        Mistake::KeptForTheLinksAlone,
        Property::NoPurgeForgives,
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
fn do_not_throttle_after_a_cancellation() {
    let pacing = Pacing::new(
        "a cancelled link counts for nothing",
        &[Deed::Request, Deed::Cancel],
        Moments::After(vec![0, MINUTE]),
    );
    let rule = Rule::CancellingReopens;
    assert_rule_breaks(&pacing.steps(12), rule, Claim::FewMailsInAWindow);
}

/// How many wrong codes there are in a year by another rule: at least, on a grid of days, and by
/// somebody who does all he can by the defaults.
#[track_caller]
fn assert_guesses_in_a_year(rule: guessing::Rule, on_a_grid: usize, by_the_defaults: usize) {
    let reached = Guessing::every(DAY).rule(rule).explore();
    let course = Guessing::by_the_defaults().rule(rule).as_soon_as_possible(366 * DAY);
    let guesses = guessing::most_within(&course, 365 * DAY);
    println!("{rule:?}: {} states, {guesses} wrong codes in a year", reached.states());
    assert_eq!(reached.most_within(365 * DAY).len(), on_a_grid);
    assert_eq!(guesses, by_the_defaults);
}

#[test]
fn keep_wrong_codes_for_seven_days() {
    assert_guesses_in_a_year(guessing::Rule::Shipped, 260, 260);
    assert_guesses_in_a_year(guessing::Rule::KeptForTheLinksAlone, 920, 1040);
}

#[test]
fn forgive_wrong_codes_with_each_mail() {
    assert_guesses_in_a_year(guessing::Rule::CountedForTheLinkAlone, 25_550, 43_825);
}
