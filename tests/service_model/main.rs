//! The service against a model of it: random flows, changes by other paths,
//! failing ports and jumping clocks over three accounts.
#![cfg(all(feature = "std", feature = "getrandom"))]

mod any_op;
mod model;
mod ops;
#[path = "../support/mod.rs"]
mod support;

use model::{Model, Reached};
use support::runner;

#[test]
fn the_service_does_what_its_model_does() {
    let reached = Reached::default();
    runner(600)
        .run(&proptest::collection::vec(any_op::any_op(), 1..70), |ops| {
            let mut model = Model::new(&reached);
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
    let outcomes = ["sent", "unknown_account", "throttled", "mail_failed", "failed"];
    let refusals = ["unknown", "superseded", "used", "revoked", "expired", "changed"];
    let others =
        ["rejected", "cancelled", "purged", "a look fails", "Store", "UnexplainedConflict"];
    let meanwhile = refusals.map(|code| format!("{code} meanwhile"));
    let redeemed = ["Pass", "FailAfter", "Conflicts(3)"].map(|fate| format!("redeemed {fate}"));
    let newest = ["no link", "good", "used", "revoked", "expired", "changed"];
    let issued = newest.map(|newest| format!("issued over {newest}"));
    let revoked = ["good", "expired", "changed"].map(|newest| format!("revoked where {newest}"));
    let all = outcomes.iter().chain(&refusals).chain(&others).map(|what| (*what).to_owned());
    let asked = [
        "sent: request_for",
        "sent: invite",
        "one password ends two",
        "revoked two",
        "sent: renew",
        "not_renewable: renew",
        "throttled: renew",
    ];
    let all = all.chain(asked.map(str::to_owned));
    for what in all.chain(meanwhile).chain(redeemed).chain(issued).chain(revoked) {
        let count = reached.get(&what).copied().unwrap_or_default();
        assert!(count >= 5, "{what}: {count} times in {reached:?}");
    }
}
