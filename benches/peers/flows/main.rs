//! Whole resets by the crate and by Django on the same PostgreSQL, without HTTP and without
//! hashing: `TEST_POSTGRES_URL=postgres://… PEERS_PYTHON=… cargo bench --bench flows`.
//!
//! Both ask for a link, look at it and set a password with it, over one connection each and
//! with durability off. Whatever they did is checked when their time has been taken.
//!
//! torii 0.5 is not among them, since neither of its stores can keep a reset's token on
//! PostgreSQL: its own has no place for one, and SeaORM's writes `?` where that wants `$1`.

mod django;
mod ours;

use django::Django;
use ours::Ours;
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::error::Error;
use std::ops::Range;

type Failure = Box<dyn Error + Send + Sync>;

/// Seconds that the requests of a run took, its looks at the links, and its resets.
type Seconds = [f64; 3];

/// One run of each side, and another of the crate's, which tells the noise.
struct Round {
    ours: Seconds,
    django: Option<Seconds>,
    again: Seconds,
}

/// What is compared, of which steps, and the ratio that it should not exceed.
const ROWS: [(&str, Range<usize>, Option<f64>); 4] = [
    ("a request", 0..1, None),
    ("a look at the link", 1..2, None),
    ("a reset", 2..3, None),
    ("the whole flow", 0..3, Some(0.2)),
];

const ACCOUNTS: u32 = 1000;

/// Some accounts, each to go through one flow, and the password that all of them set.
struct Run {
    accounts: Range<u32>,
    password: String,
}

impl Run {
    fn new(number: u32, flows: u32) -> Self {
        let first = number * flows % ACCOUNTS;
        Self { accounts: first..first + flows, password: format!("Correct horse {number}") }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set");
        return Ok(());
    };
    let schema = format!("flows_{:016x}", getrandom::u64()?);
    let pool = PgPool::connect(&url).await?;
    raw_sql(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&pool).await?;
    // As a task, since the schema has to go even where it panics.
    let measured = tokio::spawn(measure(within(&url, &schema))).await;
    raw_sql(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).execute(&pool).await?;
    measured?
}

/// The URL that both sides connect to.
fn within(url: &str, schema: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    let options = format!("-c%20search_path%3D{schema}%20-c%20synchronous_commit%3Doff");
    format!("{url}{separator}sslmode=disable&options={options}")
}

async fn measure(url: String) -> Result<(), Failure> {
    // `cargo test --benches` only asks whether it runs.
    let is_trial = !std::env::args().any(|argument| argument == "--bench");
    let (count, flows) = if is_trial { (1, 5) } else { (7, 250) };
    let ours = Ours::open(&url).await?;
    let mut django = Django::start(&url)?;

    let mut runs = (0..).map(|number| Run::new(number, flows));
    let mut next = || runs.next().expect("it has no end");
    let mut rounds = Vec::new();
    for _ in 0..=count {
        rounds.push(Round {
            ours: ours.run(&next()).await?,
            django: django.as_mut().map(|django| django.run(&next())).transpose()?,
            again: ours.run(&next()).await?,
        });
    }
    if is_trial {
        println!("A trial, whose times mean nothing: every flow did what it should");
    } else {
        // The first has warmed everybody up.
        report(&rounds[1..], flows);
    }
    Ok(())
}

fn report(rounds: &[Round], flows: u32) {
    println!("\nMedians of {} rounds of {flows} flows:\n", rounds.len());
    println!("| what | ratio | spread | target | noise | microseconds, on this machine |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (what, steps, most) in ROWS {
        let sum = |seconds: Seconds| seconds[steps.clone()].iter().sum::<f64>();
        let each = sorted(rounds.iter().map(|round| sum(round.ours) / f64::from(flows) * 1e6));
        let noise = sorted(rounds.iter().map(|round| sum(round.again) / sum(round.ours)));
        let here = format!("{:.0}% | {:.0}", (median(&noise) - 1.0).abs() * 100.0, median(&each));
        let ratios = sorted(rounds.iter().filter_map(|r| Some(sum(r.ours) / sum(r.django?))));
        let (Some(least), Some(greatest)) = (ratios.first(), ratios.last()) else {
            println!("| flows: {what} | | | | {here} |");
            continue;
        };
        let ratio = median(&ratios);
        let target = most.map_or(String::new(), |most| {
            format!("{most:.2}, {}", if ratio <= most { "reached" } else { "missed" })
        });
        let spread = format!("{least:.2} to {greatest:.2}");
        println!("| flows: {what}, to Django | {ratio:.2} | {spread} | {target} | {here} |");
    }
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
