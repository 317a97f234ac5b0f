//! Kills the database server while its clients live on.

use crate::cluster::{Cluster, Programs};
use crate::journal::{Journal, Reader};
use crate::support::host::Tables;
use crate::verify::Verifier;
use crate::workload::{ACCOUNTS, RunningClock, Workload, resets};
use crate::{Moments, kills};
use sqlx::postgres::PgPoolOptions;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use time::UtcDateTime;
use tokio::sync::{RwLock, mpsc};

/// Kills the server while requests and redemptions are under way, and looks at what it
/// has when it is back, over the pool that lived through it.
pub(crate) async fn kill_often(programs: &Programs) {
    let mut cluster = Cluster::create(programs).await;
    let pool = PgPoolOptions::new().max_connections(8).connect_with(cluster.options()).await;
    let (pool, tables) = (pool.unwrap(), Tables::new());
    tables.create(&pool, ACCOUNTS).await;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let (appended, mut progress) = mpsc::unbounded_channel();
    let journal = Arc::new(Journal::open(&path, move || {
        let _ = appended.send(());
    }));
    let clock = RunningClock::new(UtcDateTime::UNIX_EPOCH);
    let resets = resets(&pool, &tables, journal.clone(), clock.clone(), Duration::ZERO).await;
    let workload = Workload {
        pool: pool.clone(),
        tables: tables.clone(),
        resets,
        gate: RwLock::new(()),
        failures: Some(AtomicUsize::new(0)),
    };
    let workload = Arc::new(workload);
    let mut tasks = workload.start();

    let mut verifier = Verifier::new(Reader::open(&path));
    let mut moments = Moments::new();
    for kill in 1..=kills() {
        let (lines, pause) = moments.next();
        for _ in 0..lines {
            progress.recv().await.unwrap();
        }
        tokio::time::sleep(pause).await;
        cluster.kill();
        cluster.restart().await;
        let nothing_is_under_way = workload.gate.write().await;
        assert!(tasks.try_join_next().is_none(), "no task ends by itself");
        verifier.context = format!("after {kill} kills of the server");
        let now = verifier.verify(&pool, &tables).await;
        let start = verifier.mail_again_after_a_loss(&pool, &tables, journal.clone(), now).await;
        clock.set(start);
        while progress.try_recv().is_ok() {}
        drop(nothing_is_under_way);
    }
    let failures = workload.failures.as_ref().unwrap().load(Ordering::Relaxed);
    println!("{}; clients saw {failures} failures", verifier.summary(kills()));
    tasks.shutdown().await;
}
