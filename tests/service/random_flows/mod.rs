//! Random flows of the service against a naive model.
//!
//! Three accounts, one of them without a password at first; changes on other paths, failing ports
//! and a clock that jumps.

mod any_op;
mod model;
mod ops;

use crate::support::runner;
use model::{Model, Reached};
use proptest::collection::vec;

#[test]
fn the_service_does_what_its_model_does() {
    let reached = Reached::default();
    runner(1100)
        .run(&(any_op::any_host(), vec(any_op::any_op(), 1..70)), |(host, ops)| {
            let mut model = Model::new(host, &reached);
            for op in &ops {
                model.apply(op);
                model.verify();
            }
            Ok(())
        })
        .unwrap();
    let reached = reached.into_inner();
    for (what, count) in &reached {
        println!("{count:6} × {what}");
    }
    for what in must_be_reached() {
        let count = reached.get(&what).copied().unwrap_or_default();
        assert!(count >= 5, "{what}: {count} times in {reached:?}");
    }
}

/// Every answer and every transition.
fn must_be_reached() -> Vec<String> {
    let refusals = ["unknown", "superseded", "used", "revoked", "expired", "changed"];
    let fates = ["Pass", "FailOnce", "FailAfter", "Conflicts(8)"];
    let mut all: Vec<String> = Vec::new();
    all.extend(refusals.map(|code| format!("{code}: reset")));
    all.extend(refusals.map(|code| format!("{code} meanwhile: reset")));
    all.extend(["unknown", "changed"].map(|code| format!("{code}: change")));
    all.extend(["unknown", "changed"].map(|code| format!("{code} meanwhile: change")));
    for flow in ["reset", "change"] {
        all.extend(fates.map(|fate| format!("completed {fate}: {flow}")));
        let others = ["rejected", "Store", "UnexplainedConflict", "SecondFactorMissing"];
        all.extend(others.map(|what| format!("{what}: {flow}")));
        let factor = ["a factor was passed", "a factor was added meanwhile", "begins a ledger"];
        all.extend(factor.map(|what| format!("{what}: {flow}")));
    }
    all.retain(|what| what != "begins a ledger: reset");
    let over = ["no link", "good", "used", "revoked", "expired", "changed"];
    let over = over.iter().chain(&["an explanation", "a change"]);
    all.extend(over.map(|newest| format!("issued over {newest}")));
    all.extend(["good", "expired", "changed"].map(|newest| format!("revoked where {newest}")));
    let others = [
        "sent: request",
        "sent: request_for",
        "sent: invite",
        "sent: renew",
        "explained: request",
        "explained: request_for",
        "unknown_account",
        "unknown_account: invite",
        "throttled",
        "throttled: renew",
        "has_password: invite",
        "not_renewable: renew",
        "mail_failed",
        "failed",
        "cancelled",
        "purged",
        "a look fails",
        "one password ends two",
        "an invitation is redeemed",
        "a change ends 1",
        "a change ends 2",
        "a change that no stamp shows",
        "a change at another address",
        "a first password by a change",
        "a password that no stamp shows",
        "a password that only the ledger shows",
        "revoked two",
    ];
    all.extend(others.map(str::to_owned));
    #[cfg(feature = "codes")]
    all.extend(OF_CODES.map(str::to_owned));
    all
}

#[cfg(feature = "codes")]
const OF_CODES: [&str; 14] = [
    "exchanged Pass",
    "exchanged FailOnce",
    "exchanged FailAfter",
    "exchanged Conflicts(8)",
    "wrong_code Pass",
    "wrong_code FailAfter",
    "wrong_code Conflicts(8)",
    "no_code Pass",
    "failed FindFails: exchange",
    "failed FailBefore: exchange",
    "failed Conflicts(9): exchange",
    "unknown_account Pass: exchange",
    "the fifth wrong code",
    "an older code",
];
