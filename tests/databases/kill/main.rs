//! After a process or a database server is killed, nothing is lost, half done or done twice.
//!
//! `KILLS` sets how often each is killed (20 by default). `KILL_SEED` repeats the moments of a run.

mod child;
mod cluster;
mod journal;
mod server;
mod verify;
mod workload;

#[path = "../../support/mod.rs"]
mod support;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{Pool, Postgres, Sqlite};
use support::host;
use support::url::url;

/// With a `main` of its own, this program can be the one that is killed.
const TESTS: [(&str, fn()); 4] = [
    ("a_process_killed_over_a_write_ahead_log_loses_nothing", sqlite_with_wal),
    ("a_process_killed_over_a_rollback_journal_loses_nothing", sqlite_with_rollback_journal),
    ("a_process_killed_over_postgres_loses_nothing", postgres),
    ("a_killed_server_loses_nothing_and_its_clients_recover", postgres_itself),
];

fn main() {
    if let Some(job) = child::Job::from_environment() {
        return run(job.work());
    }
    let is_asked = |option| std::env::args().any(|argument| argument == option);
    if is_asked("--list") {
        let names = TESTS.iter().map(|(name, _)| name).filter(|_| !is_asked("--ignored"));
        return names.for_each(|name| println!("{name}: test"));
    }
    let wanted: Vec<_> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for (name, test) in TESTS {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            println!("test {name} ...");
            test();
            println!("test {name} ... ok");
        }
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}

fn sqlite_with_wal() {
    run(on_sqlite(SqliteJournalMode::Wal));
}

fn sqlite_with_rollback_journal() {
    run(on_sqlite(SqliteJournalMode::Delete));
}

async fn on_sqlite(mode: SqliteJournalMode) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accounts.sqlite");
    let url = format!("sqlite://{}", file.display());
    let options = SqliteConnectOptions::new().filename(&file);
    let create = options.clone().create_if_missing(true).journal_mode(mode);
    let tables = host::Tables::new();
    let pool = Pool::<Sqlite>::connect_with(create).await.unwrap();
    tables.create(&pool, workload::ACCOUNTS).await;
    pool.close().await;
    let fresh = async || {
        let pool = SqlitePoolOptions::new().max_connections(1);
        pool.connect_with(options.clone()).await.unwrap()
    };
    child::kill_often(&url, &tables, directory.path(), fresh).await;
}

fn postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    run(async {
        let directory = tempfile::tempdir().unwrap();
        let tables = host::Tables::new();
        let pool = Pool::<Postgres>::connect(&url).await.unwrap();
        tables.create(&pool, workload::ACCOUNTS).await;
        let fresh = async || {
            let pool = Pool::<Postgres>::connect(&url).await.unwrap();
            child::are_gone(&pool, &tables).await;
            pool
        };
        child::kill_often(&url, &tables, directory.path(), fresh).await;
        tables.drop(&pool).await;
    });
}

fn postgres_itself() {
    let Some(programs) = cluster::Programs::find() else {
        println!("skipped: PostgreSQL's programs are not installed");
        return;
    };
    run(server::kill_often(&programs));
}

/// How often to kill.
fn kills() -> u32 {
    std::env::var("KILLS").map_or(20, |kills| kills.parse().unwrap())
}

/// Random numbers that a seed repeats.
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let seed = std::env::var("KILL_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = seed.unwrap_or_else(|| getrandom::u64().unwrap());
        println!("KILL_SEED={seed}");
        Self(seed)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % end
    }

    /// How many lines of the journal to wait for, and how long after the last.
    fn next(&mut self) -> (u64, std::time::Duration) {
        (1 + self.below(60), std::time::Duration::from_micros(self.below(4000)))
    }
}
