//! `PgBouncer` before the primary.

use crate::postgres::direct;
use clusters::{Cluster, Conforming, Load, Options, POOLER, POSTGRES, Server};
use password_reset::conformance;
use sqlx::Postgres;
use sqlx::postgres::PgPoolOptions;
use std::slice;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) async fn session_mode_conforms(_: &mut Cluster) {
    let url = format!("{POOLER}/session");
    let pool = PgPoolOptions::new().max_connections(20).connect(&url).await.unwrap();
    let host = Conforming::open(&direct(POSTGRES[0]).await, pool).await;
    conformance::run(&host).await;
}

/// Neither works with a pooler that keeps no prepared statements, and neither harms anything.
pub(crate) async fn transaction_and_statement_mode_break_nothing(_: &mut Cluster) {
    let direct = direct(POSTGRES[0]).await;
    for mode in ["transaction", "statement"] {
        let url = format!("{POOLER}/{mode}");
        let pool = PgPoolOptions::new().max_connections(16).connect(&url).await.unwrap();
        let load = Load::prepare(&direct, Options::default()).await;
        match Postgres::open(&pool, &load.tables).await {
            Ok(store) => load.run(store, sleep(Duration::from_secs(4))).await,
            Err(error) => assert!(error.to_string().contains("pooler"), "{mode}: {error}"),
        }
        load.print(mode);
        assert_eq!(load.check(slice::from_ref(&direct)).await, []);
        pool.close().await;
    }
}
