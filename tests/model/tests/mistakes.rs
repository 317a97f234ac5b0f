//! Each of the usual mistakes breaks what the shipped code, in the same model, keeps.

use model::Fault::{AnswerIsLost, DeliversAndFails};
use model::HostDeed::{PurgeAtOnce, SetAddress, SetPassword};
use model::Role::{Canceller, Redeemer, Requester, WeakRedeemer};
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
