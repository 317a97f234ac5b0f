//! Where a property does not hold, and how little it takes: whoever mends it will see these fail.

use model::Fault::{Collides, StaysUnderWay};
use model::HostDeed::{Delete, MakeAgainWithItsId, PurgeAtOnce, SetAddress};
use model::Role::{Redeemer, Requester};
use model::{Bounds, Property, explore};

fn assert_only_breaks(bounds: &Bounds, property: Property) {
    let report = explore(bounds, None);
    println!("{report}");
    assert!(report.violations.keys().eq([&property]), "{report}");
}

/// A swap whose asker was told of an error may take effect later than the service can wait, and
/// what it is told meanwhile, that the same swap met a conflict, does not show that it never will.
#[test]
fn a_swap_under_way_and_a_collision() {
    assert_only_breaks(
        &Bounds::new("a swap under way collides with itself", &[Requester, Redeemer])
            .faults(&[StaysUnderWay, Collides], 2),
        Property::FailureIsTold,
    );
}

/// As above; here it meets a conflict with an address which then comes back.
#[test]
fn a_swap_under_way_and_an_address_that_comes_back() {
    assert_only_breaks(
        &Bounds::new("an address comes back to a swap under way", &[Requester, Redeemer])
            .deeds(&[(SetAddress, 2)])
            .faults(&[StaysUnderWay], 1),
        Property::FailureIsTold,
    );
}

/// A ledger that is gone can come back by the swap of its first issue, where that is still under
/// way; and then a redemption of that ledger finds what it expects. A ledger that is kept for its
/// seven days is safe from this, and so is an account whose id is not given to another.
#[test]
fn swaps_under_way_and_a_ledger_that_is_gone() {
    for (name, deeds) in [
        ("a purge before its time, and swaps under way", vec![(PurgeAtOnce, 1)]),
        (
            "an account made again with its id, and swaps under way",
            vec![(Delete, 1), (MakeAgainWithItsId, 1)],
        ),
    ] {
        assert_only_breaks(
            &Bounds::new(name, &[Requester, Redeemer]).deeds(&deeds).faults(&[StaysUnderWay], 2),
            Property::FailureIsTold,
        );
    }
}
