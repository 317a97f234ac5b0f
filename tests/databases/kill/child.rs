//! The process that is killed, and the one that kills it.

use crate::journal::{Journal, Reader};
use crate::support::host::{Server, Tables};
use crate::verify::Verifier;
use crate::workload::{RunningClock, Workload, resets};
use crate::{Moments, kills};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{Pool, Postgres};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use time::UtcDateTime;
use tokio::sync::RwLock;

/// What the process is to do.
pub(crate) struct Job {
    url: String,
    tables: String,
    journal: PathBuf,
    start: UtcDateTime,
}

impl Job {
    /// `None` in the process that kills.
    pub(crate) fn from_environment() -> Option<Self> {
        let url = env::var("KILL_CHILD_DATABASE").ok()?;
        let start = env::var("KILL_CHILD_CLOCK").unwrap().parse().unwrap();
        Some(Self {
            url,
            tables: env::var("KILL_CHILD_TABLES").unwrap(),
            journal: env::var_os("KILL_CHILD_JOURNAL").unwrap().into(),
            start: UtcDateTime::from_unix_timestamp_nanos(start).unwrap(),
        })
    }

    fn spawn(&self) -> Running {
        let child = Command::new(env::current_exe().unwrap())
            .env("KILL_CHILD_DATABASE", &self.url)
            .env("KILL_CHILD_TABLES", &self.tables)
            .env("KILL_CHILD_JOURNAL", &self.journal)
            .env("KILL_CHILD_CLOCK", self.start.unix_timestamp_nanos().to_string())
            .stdout(Stdio::piped())
            .spawn();
        Running(child.unwrap())
    }

    /// Works until it is killed or its output is closed.
    pub(crate) async fn work(self) {
        if self.url.starts_with("sqlite:") {
            let pool = SqlitePoolOptions::new().max_connections(4).connect(&self.url).await;
            self.work_over(pool.unwrap()).await;
        } else {
            let options: PgConnectOptions = self.url.parse().unwrap();
            let options = options.application_name(&self.tables);
            let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await;
            self.work_over(pool.unwrap()).await;
        }
    }

    async fn work_over<DB: Server>(self, pool: Pool<DB>) {
        let appended = || {
            if writeln!(std::io::stdout()).is_err() {
                std::process::exit(0);
            }
        };
        let journal = Arc::new(Journal::open(&self.journal, appended));
        let tables = Tables::with_prefix(&self.tables);
        let clock = RunningClock::new(self.start);
        let resets = resets(&pool, &tables, journal, clock, Duration::ZERO).await;
        let gate = RwLock::new(());
        let workload = Arc::new(Workload { pool, tables, resets, gate, failures: None });
        let ended = workload.start().join_next().await;
        panic!("{ended:?}");
    }
}

/// Killed at the latest when it is dropped.
struct Running(Child);

impl Running {
    /// Kills it so long after it has done so much.
    fn kill_after(mut self, lines: u64, pause: Duration) {
        let mut output = BufReader::new(self.0.stdout.take().unwrap()).lines();
        for _ in 0..lines {
            output.next().expect("it does not end by itself").unwrap();
        }
        std::thread::sleep(pause);
        assert!(self.0.try_wait().unwrap().is_none(), "it does not end by itself");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Starts processes, kills them at random moments, and looks at what they left over a
/// fresh pool each time.
pub(crate) async fn kill_often<DB: Server>(
    url: &str,
    tables: &Tables,
    directory: &Path,
    fresh_pool: impl AsyncFn() -> Pool<DB>,
) {
    let journal = directory.join("journal");
    let mut verifier = Verifier::new(Reader::open(&journal));
    let mut moments = Moments::new();
    let mut start = UtcDateTime::UNIX_EPOCH;
    for kill in 1..=kills() {
        let job = Job {
            url: url.into(),
            tables: tables.prefix().into(),
            journal: journal.clone(),
            start,
        };
        let (lines, pause) = moments.next();
        job.spawn().kill_after(lines, pause);
        let pool = fresh_pool().await;
        verifier.context = format!("after {kill} kills");
        let now = verifier.verify(&pool, tables).await;
        let mailer = Arc::new(Journal::open(&journal, || {}));
        start = verifier.mail_again_after_a_loss(&pool, tables, mailer, now).await;
        pool.close().await;
    }
    println!("{}", verifier.summary(kills()));
}

/// Waits until the server has noticed that the process is dead and has ended its
/// transactions.
pub(crate) async fn are_gone(pool: &Pool<Postgres>, tables: &Tables) {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1";
    loop {
        let left: i64 =
            sqlx::query_scalar(count).bind(tables.prefix()).fetch_one(pool).await.unwrap();
        if left == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
