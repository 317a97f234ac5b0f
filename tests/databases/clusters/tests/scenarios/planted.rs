//! The checker finds planted lies.

use crate::postgres::direct;
use clusters::{Cluster, Liar, Lie, Load, Options, POSTGRES, Violation};
use std::collections::BTreeSet;
use std::slice;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) async fn a_store_that_lies_is_found(_: &mut Cluster) {
    let pool = direct(POSTGRES[0]).await;
    for (lie, kind) in [
        (Lie::ForgetsPasswords, "success lost"),
        (Lie::ForgetsLinks, "mail lost"),
        (Lie::IgnoresConflicts, "set twice"),
        (Lie::TrustsAReplica, "older link worked"),
        (Lie::HidesPasswords, "refused and set"),
    ] {
        let load = Load::prepare(&pool, Options::default()).await;
        let mut kinds = BTreeSet::new();
        for _ in 0..10 {
            let liar = Liar::open(&pool, &load.tables, lie).await;
            load.run(liar, sleep(Duration::from_secs(1))).await;
            let violations = load.check(slice::from_ref(&pool)).await;
            kinds.extend(violations.iter().map(Violation::kind));
            if kinds.contains(kind) {
                break;
            }
        }
        println!("{lie:?}: {kinds:?}");
        assert!(kinds.contains(kind), "{lie:?} is found");
    }
}
