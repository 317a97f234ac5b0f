//! Known limits: these tests fail once a limit is removed.

use model::Fault::{AnswerIsLost, StaysUnderWay};
use model::HostDeed::{PurgeAtOnce, SetAddress};
use model::Role::{Changer, Redeemer, Requester};
use model::{Bounds, Property, explore};

fn assert_only_breaks(bounds: &Bounds, property: Property) {
    let report = explore(bounds, None);
    println!("{report}");
    assert!(report.violations.keys().eq([&property]), "{report}");
}

/// A swap whose asker was told of an error may take effect later than the service can wait. That
/// somebody changed the account meanwhile does not show that it never will: the change may be
/// taken back.
#[test]
fn a_swap_under_way_and_an_address_that_comes_back() {
    assert_only_breaks(
        &Bounds::new("an address comes back to a swap under way", &[Requester, Redeemer])
            .deeds(&[(SetAddress, 2)])
            .faults(&[StaysUnderWay], 1),
        Property::FailureIsTold,
    );
}

/// A change that brings the account's first ledger is not told from another path's where the host
/// purges that ledger at once, as no host should.
#[test]
fn a_first_ledger_that_is_purged_before_its_time() {
    assert_only_breaks(
        &Bounds::new("a first ledger whose answer is lost is purged at once", &[Changer])
            .deeds(&[(PurgeAtOnce, 1)])
            .faults(&[AnswerIsLost], 1),
        Property::FailureIsTold,
    );
    assert_only_breaks(
        &Bounds::new("a first ledger under way, and a purge at once", &[Changer, Requester])
            .deeds(&[(PurgeAtOnce, 1)])
            .faults(&[StaysUnderWay], 1),
        Property::FailureIsTold,
    );
}
