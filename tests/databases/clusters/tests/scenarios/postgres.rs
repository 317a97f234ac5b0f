//! A primary and a standby.

use clusters::{Balancer, Cluster, Load, Options, POSTGRES, Server, Violation};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Pool, Postgres};
use std::slice;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) async fn direct(url: &str) -> Pool<Postgres> {
    PgPoolOptions::new().max_connections(4).connect(url).await.unwrap()
}

/// A pool over whatever a port leads to, as hosts have one.
async fn pool(port: u16) -> Pool<Postgres> {
    let options: PgConnectOptions = POSTGRES[0].parse().unwrap();
    let pool = PgPoolOptions::new().max_connections(12).acquire_timeout(Duration::from_secs(2));
    pool.connect_with(options.port(port)).await.unwrap()
}

pub(crate) async fn every_isolation_level_keeps_what_it_answered(_: &mut Cluster) {
    let direct = direct(POSTGRES[0]).await;
    for level in ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
        let pool = PgPoolOptions::new().max_connections(12).after_connect(move |connection, _| {
            Box::pin(async move {
                let set = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL";
                let set = sqlx::AssertSqlSafe(format!("{set} {level}"));
                sqlx::raw_sql(set).execute(connection).await.map(drop)
            })
        });
        let pool = pool.connect(POSTGRES[0]).await.unwrap();
        let load = Load::prepare(&direct, Options::default()).await;
        let store = Postgres::open(&pool, &load.tables).await.unwrap();
        load.run(store, sleep(Duration::from_secs(2))).await;
        load.print(level);
        assert_eq!(load.check(slice::from_ref(&direct)).await, []);
        pool.close().await;
    }
}

/// Kills the primary under load, promotes its standby, and gives what does not hold afterwards.
async fn fail_over(cluster: &mut Cluster, parts_first: bool) -> Vec<Violation> {
    let primary = direct(POSTGRES[0]).await;
    let load = Load::prepare(&primary, Options::default()).await;
    let balancer = Balancer::to(&[5501]).await;
    let pool = pool(balancer.port()).await;
    let store = Postgres::open(&pool, &load.tables).await.unwrap();
    let meanwhile = async {
        sleep(Duration::from_secs(3)).await;
        if parts_first {
            cluster.tell("part");
            sleep(Duration::from_secs(1)).await;
        }
        cluster.tell("kill 1");
        balancer.lead_to(&[5502]);
        sleep(Duration::from_millis(500)).await;
        cluster.tell("promote 2");
        sleep(Duration::from_secs(4)).await;
    };
    load.run(store, meanwhile).await;
    load.print("a failover");
    load.check(&[direct(POSTGRES[1]).await]).await
}

pub(crate) async fn a_standby_that_is_promoted_loses_nothing(cluster: &mut Cluster) {
    assert_eq!(fail_over(cluster, false).await, []);
}

/// That is why the guide calls it a restored backup; and the checker finds what is lost.
pub(crate) async fn a_standby_that_lags_loses_what_was_answered(cluster: &mut Cluster) {
    let violations = fail_over(cluster, true).await;
    let count = |kind| violations.iter().filter(|violation| violation.kind() == kind).count();
    println!("lost: {} successes", count("success lost"));
    assert!(count("success lost") > 0);
    assert_eq!(count("set twice") + count("servers differ"), 0, "{violations:?}");
}
