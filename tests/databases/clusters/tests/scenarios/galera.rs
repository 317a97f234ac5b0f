//! A pool spread over three Galera nodes.

use clusters::{Balancer, Cluster, Conforming, GALERA, Load, Options, Server, Violation};
use password_reset::conformance;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, MySql, Pool};
use std::time::Duration;
use time::UtcDateTime;
use tokio::time::sleep;

const PORTS: [u16; 3] = [3401, 3402, 3403];

/// A pool over whatever a port leads to, each of whose sessions began with a statement.
async fn pool(port: u16, connections: u32, begin: &'static str) -> Pool<MySql> {
    let options: MySqlConnectOptions = GALERA[0].parse().unwrap();
    let pool = MySqlPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(2))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(begin)).execute(connection).await.map(drop)
            })
        });
    pool.connect_with(options.port(port).database("test")).await.unwrap()
}

/// A pool on each node, which waits until the node has what the others have.
async fn nodes() -> Vec<Pool<MySql>> {
    let one: Pool<MySql> = Pool::connect(GALERA[0]).await.unwrap();
    let create = "CREATE DATABASE IF NOT EXISTS test CHARACTER SET utf8mb4";
    // The group may still be forming again.
    for _ in 0..1200 {
        match MySql::run(&one, create.to_owned()).await {
            Ok(_) => break,
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
    let mut nodes = Vec::new();
    for port in PORTS {
        while !has_database(port).await {
            sleep(Duration::from_millis(50)).await;
        }
        nodes.push(pool(port, 2, "SET SESSION wsrep_sync_wait = 15").await);
    }
    nodes
}

async fn has_database(port: u16) -> bool {
    let options: MySqlConnectOptions = GALERA[0].parse().unwrap();
    let options = options.port(port).database("test");
    MySqlPoolOptions::new().max_connections(1).connect_with(options).await.is_ok()
}

/// A load of tables that every node has, and a store over the pool.
async fn load_over(nodes: &[Pool<MySql>], pool: &Pool<MySql>) -> (Load, <MySql as Server>::Store) {
    let load = Load::prepare(&nodes[0], Options::default()).await;
    sleep(Duration::from_millis(200)).await;
    let store = MySql::open(pool, &load.tables).await.unwrap();
    (load, store)
}

/// What is written on one node is there on the next only for a session that waits for it: before
/// reads (1), updates (2) and inserts (4).
pub(crate) async fn a_pool_over_three_nodes_conforms(_: &mut Cluster) {
    let nodes = nodes().await;
    let balancer = Balancer::to(&PORTS).await;
    let pool = pool(balancer.port(), 12, "SET SESSION wsrep_sync_wait = 7").await;
    let host = Conforming::open(&nodes[0], pool).await;
    conformance::run(&host).await;
}

pub(crate) async fn every_isolation_level_keeps_what_it_answered(_: &mut Cluster) {
    let nodes = nodes().await;
    let balancer = Balancer::to(&PORTS).await;
    for set in [
        "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    ] {
        let pool = pool(balancer.port(), 12, set).await;
        let (load, store) = load_over(&nodes, &pool).await;
        load.run(store, sleep(Duration::from_secs(3))).await;
        load.print(set);
        let mut violations = load.check(&nodes).await;
        if set.ends_with("READ UNCOMMITTED") {
            // A find may read a ledger that another node's write is about to undo, and the swap
            // compares its revision alone.
            violations.retain(|violation| !matches!(violation, Violation::MailLost(_)));
        }
        assert_eq!(violations, [], "{set}");
        pool.close().await;
    }
}

/// Some are told of a deadlock, and run again in an hour.
pub(crate) async fn a_purge_on_three_nodes_at_once_forgets_all(_: &mut Cluster) {
    const FORGETTABLE: u64 = 3000;
    let nodes = nodes().await;
    let load = Load::prepare(&nodes[0], Options::default()).await;
    let ledgers = load.tables.name("ledgers");
    let insert = format!(
        "INSERT INTO {ledgers} SELECT 1000 + seq, UNHEX(LPAD(HEX(seq), 24, '0')), 1, '', '', 0, 0, \
         IF(seq <= {FORGETTABLE}, 0, 9999999999) FROM seq_1_to_{}",
        FORGETTABLE + 10
    );
    MySql::run(&nodes[0], insert).await.unwrap();
    let mut stores = Vec::new();
    for node in &nodes {
        stores.push(MySql::open(node, &load.tables).await.unwrap());
    }
    let now = UtcDateTime::from_unix_timestamp(1_000_000_000).unwrap();
    let purges = stores.iter().map(|store| {
        let store = store.clone();
        tokio::spawn(async move { MySql::purge(&store, now).await })
    });
    let mut forgotten = 0;
    for purge in purges.collect::<Vec<_>>() {
        match purge.await.unwrap() {
            Ok(count) => {
                println!("forgot {count}");
                forgotten += count;
            }
            Err(error) => println!("{}", clusters::code(&error)),
        }
    }
    assert!(forgotten <= FORGETTABLE);
    MySql::purge(&stores[0], now).await.unwrap();
    for node in &nodes {
        let left = format!("SELECT CONCAT(count(*), '') FROM {ledgers}");
        assert_eq!(MySql::texts(node, left).await.unwrap(), ["10"]);
    }
}

pub(crate) async fn a_node_killed_and_a_node_halted_lose_nothing(cluster: &mut Cluster) {
    let nodes = nodes().await;
    let balancer = Balancer::to(&PORTS).await;
    let pool = pool(balancer.port(), 12, "DO 0").await;
    let (load, store) = load_over(&nodes, &pool).await;
    let meanwhile = async {
        sleep(Duration::from_secs(2)).await;
        cluster.tell("kill 2");
        sleep(Duration::from_secs(4)).await;
        cluster.tell("start 2");
        sleep(Duration::from_secs(2)).await;
        cluster.tell("stop 3");
        sleep(Duration::from_secs(5)).await;
        cluster.tell("continue 3");
        sleep(Duration::from_secs(4)).await;
    };
    load.run(store, meanwhile).await;
    load.print("a node killed, a node halted");
    assert_eq!(load.check(&self::nodes().await).await, []);
}

/// The checker finds a node that has something else.
pub(crate) async fn a_node_that_is_written_past_the_group_is_found(_: &mut Cluster) {
    let nodes = nodes().await;
    let load = Load::prepare(&nodes[0], Options::default()).await;
    assert_eq!(load.check(&nodes).await, []);
    let past = pool(PORTS[2], 1, "SET SESSION wsrep_on = OFF").await;
    let users = load.tables.name("users");
    let update = format!("UPDATE {users} SET password_hash = 'another' WHERE id = 1");
    assert_eq!(MySql::run(&past, update).await.unwrap(), 1);
    let found = load.check(&nodes).await;
    assert_eq!(found, [Violation::ServersDiffer(2)]);
}

/// A node without its group answers errors only, and once it is told that it is the group now,
/// everything is there that was ever answered.
pub(crate) async fn a_node_that_is_left_alone_loses_nothing(cluster: &mut Cluster) {
    let nodes = nodes().await;
    let balancer = Balancer::to(&PORTS).await;
    let pool = pool(balancer.port(), 12, "DO 0").await;
    let (load, store) = load_over(&nodes, &pool).await;
    let meanwhile = async {
        sleep(Duration::from_secs(2)).await;
        cluster.tell("kill 2");
        cluster.tell("kill 3");
        sleep(Duration::from_secs(5)).await;
        let alone = "SET GLOBAL wsrep_provider_options = 'pc.bootstrap=1'";
        let administrator: Pool<MySql> = Pool::connect(GALERA[0]).await.unwrap();
        MySql::run(&administrator, alone.to_owned()).await.unwrap();
        sleep(Duration::from_secs(2)).await;
    };
    load.run(store, meanwhile).await;
    load.print("a node left alone");
    assert_eq!(load.check(&nodes[..1]).await, []);
}
