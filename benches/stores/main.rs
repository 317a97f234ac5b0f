//! Times the SQL stores beside the same SQL by hand; a row is an operation, a column a ratio.

mod accounts;
#[path = "../support/by_hand.rs"]
mod by_hand;
#[path = "../../tests/support/host.rs"]
#[allow(dead_code, reason = "the tests use the other part")]
mod host;
mod operations;
mod rate;
#[path = "../support/mod.rs"]
mod support;
#[path = "../../tests/support/url.rs"]
mod url;

use accounts::{Accounts, Database};
use by_hand::{ByHand, Purge};
use operations::{OPERATIONS, Operation, Side, Subject};
use password_reset::store::Store;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, Pool};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::Duration;
use support::is_trial;
use support::statistics::Effect;
use tokio::runtime::Runtime;
use url::url;

const CONNECTIONS: u32 = 8;

struct Size {
    samples: usize,
    few: i64,
    many: i64,
    time: Duration,
}

impl Size {
    /// `SAMPLES` is the number of samples of each side, and `ACCOUNTS` that of the many accounts.
    fn from_environment() -> Self {
        let number = |name| {
            let text = std::env::var(name).ok()?;
            Some(text.parse::<u32>().expect("it is a number").max(1))
        };
        if is_trial() {
            return Self { samples: 20, few: 50, many: 100, time: Duration::from_millis(100) };
        }
        Self {
            samples: number("SAMPLES").map_or(3000, |samples| samples as usize),
            few: 1000,
            many: number("ACCOUNTS").unwrap_or(1_000_000).into(),
            time: Duration::from_secs(5),
        }
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let (runtime, size) = (runtime.expect("there is a runtime"), Size::from_environment());
    // On MariaDB, durability is what the server's settings say.
    let durable = std::env::var_os("DURABLE").is_some();

    let directory = tempfile::tempdir().expect("there is a place for files");
    let sqlite = SqliteConnectOptions::new().filename(directory.path().join("accounts"));
    let sqlite = sqlite.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let level = if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Off };
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
    let pool = pool.connect_with(sqlite.synchronous(level));
    measure(&runtime, &runtime.block_on(pool).expect("it is a file"), &size);

    if let Some(url) = url("TEST_POSTGRES_URL") {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
        let pool = pool.after_connect(move |connection, _| {
            Box::pin(async move {
                if !durable {
                    connection.execute("SET synchronous_commit = off").await?;
                }
                Ok(())
            })
        });
        measure(&runtime, &runtime.block_on(pool.connect(&url)).expect("it answers"), &size);
    }

    if let Some(url) = url("TEST_MYSQL_URL") {
        let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS);
        measure(&runtime, &runtime.block_on(pool.connect(&url)).expect("it answers"), &size);
    }
}

fn measure<DB: Database>(runtime: &Runtime, pool: &Pool<DB>, size: &Size)
where
    ByHand<DB>: Store<AccountId = i64> + Purge,
{
    let durability = runtime.block_on(DB::rows(pool, DB::DURABILITY.into()));
    let durability = &durability.expect("the database knows")[0].1;
    println!("\n## {}, durability {durability}\n", DB::TITLE);
    let few = Arc::new(runtime.block_on(Accounts::create(pool, size.few)));
    let many = Arc::new(runtime.block_on(Accounts::create(pool, size.many)));
    let result = catch_unwind(AssertUnwindSafe(|| compare(runtime, [&few, &many], size)));
    runtime.block_on(async {
        few.tables.drop(pool).await;
        many.tables.drop(pool).await;
    });
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

fn compare<DB: Database>(runtime: &Runtime, [few, many]: [&Arc<Accounts<DB>>; 2], size: &Size)
where
    ByHand<DB>: Store<AccountId = i64> + Purge,
{
    let pool = &few.pool;
    let store = |accounts: &Accounts<DB>| runtime.block_on(accounts.tables.store(pool));
    let ours = Side::new(runtime, few, store(few));
    let by_hand = |accounts: &Accounts<DB>| ByHand::new(pool.clone(), accounts.statements());
    let hand = Side::new(runtime, few, by_hand(few));
    let ours_of_many = Side::new(runtime, many, store(many));
    let hand_of_many = Side::new(runtime, many, by_hand(many));

    let at = format!("of {} accounts to {}", size.many, size.few);
    println!("| operation | by hand, µs | the store, to that | noise | {at} | by hand |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for operation in OPERATIONS {
        let [base, store] = medians(size.samples, operation, [&hand, &ours]);
        let [one, other] = medians(size.samples, operation, [&hand, &hand]);
        let [small, large] = medians(size.samples, operation, [&ours, &ours_of_many]);
        let [small_by_hand, large_by_hand] =
            medians(size.samples, operation, [&hand, &hand_of_many]);
        let (ratio, noise, base) = (store / base, 100.0 * (other / one - 1.0), base / 1000.0);
        let (growth, by_hand) = (large / small, large_by_hand / small_by_hand);
        println!(
            "| {operation} | {base:.0} | {ratio:.2} | {noise:+.0}% | {growth:.2} | {by_hand:.2} |"
        );
    }
    println!("\nOf {} accounts, each with a link:", many.count);
    println!("{} bytes of the ledgers' table and indexes each", many.ledger_bytes / many.count);
    runtime.block_on(rate::measure(many, size.time));
}

/// The median of each side's times, in nanoseconds.
fn medians(samples: usize, operation: Operation, sides: [&dyn Subject; 2]) -> [f64; 2] {
    let prepare = |side: usize| sides[side].prepare(operation);
    Effect::after(samples, prepare, |side, step| sides[side].run(step)).median
}
