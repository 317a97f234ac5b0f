//! Whole resets by the crate and by other frameworks on the same PostgreSQL, without HTTP and
//! without hashing: `TEST_POSTGRES_URL=postgres://… PEERS_PYTHON=… cargo bench --bench flows`.
//!
//! All ask for a link, look at it and set a password with it, one step after the other, over
//! connections that stay and with durability off. Whatever they did is checked when their time
//! has been taken.
//!
//! torii 0.5 is not among them, since neither of its stores can keep a reset's token on
//! PostgreSQL: its own has no place for one, and SeaORM's writes `?` where that wants `$1`.

mod ours;
mod peer;

use ours::Ours;
use peer::Peer;
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::error::Error;
use std::ops::Range;

type Failure = Box<dyn Error + Send + Sync>;

/// Seconds that the requests of a run took, its looks at the links, and its resets.
type Seconds = [f64; 3];

/// One run of each side, and another of the crate's, which tells the noise.
struct Round {
    ours: Seconds,
    peers: Vec<Seconds>,
    again: Seconds,
}

const PEERS: [Peer; 2] = [
    Peer { name: "Django", program: "django_flow.py" },
    Peer { name: "fastapi-users", program: "fastapi_users_flow.py" },
];

/// What is compared, and of which steps.
const ROWS: [(&str, Range<usize>); 4] = [
    ("a request", 0..1),
    ("a look at the link", 1..2),
    ("a reset", 2..3),
    ("the whole flow", 0..3),
];

/// What to which peer should not exceed which ratio.
const TARGET: (&str, &str, f64) = ("the whole flow", "Django", 0.2);

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

/// The URL that all sides connect to.
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
    let mut peers = Vec::new();
    for peer in PEERS {
        peers.extend(peer.start(&url)?);
    }

    let mut rounds = Vec::new();
    for number in 0..=count {
        let [first, second] = [0, 1].map(|half| Run::new(2 * number + half, flows));
        rounds.push(Round {
            ours: ours.run(&first).await?,
            peers: peers.iter_mut().map(|peer| peer.run(&first)).collect::<Result<_, _>>()?,
            again: ours.run(&second).await?,
        });
    }
    if is_trial {
        println!("A trial, whose times mean nothing: every flow did what it should");
    } else {
        // The first has warmed everybody up.
        let names: Vec<_> = peers.iter().map(|peer| peer.name).collect();
        report(&rounds[1..], &names, flows);
    }
    Ok(())
}

fn report(rounds: &[Round], peers: &[&str], flows: u32) {
    println!("\nMedians of {} rounds of {flows} flows:\n", rounds.len());
    println!("| what | ratio | spread | target | noise | microseconds, on this machine |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (what, steps) in ROWS {
        let sum = |seconds: Seconds| seconds[steps.clone()].iter().sum::<f64>();
        let each = sorted(rounds.iter().map(|round| sum(round.ours) / f64::from(flows) * 1e6));
        let noise = sorted(rounds.iter().map(|round| sum(round.again) / sum(round.ours)));
        let here = format!("{:.0}% | {:.0}", (median(&noise) - 1.0).abs() * 100.0, median(&each));
        if peers.is_empty() {
            println!("| flows: {what} | | | | {here} |");
        }
        for (number, &peer) in peers.iter().enumerate() {
            let ratios = sorted(rounds.iter().map(|r| sum(r.ours) / sum(r.peers[number])));
            let ratio = median(&ratios);
            let spread = format!("{:.2} to {:.2}", ratios[0], ratios[ratios.len() - 1]);
            let target = match TARGET {
                (row, whom, most) if (row, whom) == (what, peer) => {
                    format!("{most:.2}, {}", if ratio <= most { "reached" } else { "missed" })
                }
                _ => String::new(),
            };
            println!("| flows: {what}, to {peer} | {ratio:.2} | {spread} | {target} | {here} |");
        }
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
