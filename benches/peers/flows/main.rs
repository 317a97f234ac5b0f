//! Times whole flows beside other frameworks, on one PostgreSQL and without HTTP; prints ratios.

#[path = "../../support/by_hand.rs"]
mod by_hand;
#[path = "../../../examples/drivers/tokio-postgres/src/driver.rs"]
mod driver;
mod ours;
mod peer;
mod pipelined;
mod report;
#[path = "../../support/mod.rs"]
mod support;
mod wire;

use futures_util::future::BoxFuture;
use ours::{Ours, Pinged};
use peer::Peer;
use peers::{Failure, Schemas, quantile, shuffled};
use report::Measured;
use sqlx::{PgPool, raw_sql};
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;
use wire::{Trips, Wire};

/// The seconds of a flow's request, of its look at the link, and of its reset.
type Seconds = [f64; 3];

/// The delays that the wires add to a round trip.
const DELAYS: [Duration; 3] =
    [Duration::ZERO, Duration::from_micros(200), Duration::from_millis(1)];

const ACCOUNTS: u32 = 500;

/// After this time, nothing that a step began is still under way.
const SETTLED: Duration = Duration::from_millis(30);

/// Some accounts, each for one flow, and the password that all of them set.
struct Run {
    accounts: Range<u32>,
    password: String,
}

/// One of the sides that are compared.
trait Side {
    fn name(&self) -> &'static str;

    fn prepare<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>>;

    fn flow<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Seconds, Failure>>;

    /// Runs a flow without taking its time, and returns the round trips of each step.
    fn count<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<[Trips; 3], Failure>>;

    /// Checks what the flows since [`prepare`](Self::prepare) did.
    fn finish<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>>;
}

type Sides = Vec<Box<dyn Side + Send>>;

/// How much is measured for each delay: passes over the accounts, in turns of a few flows.
struct Size {
    passes: u32,
    accounts: u32,
    turn: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set");
        return Ok(());
    };
    let schemas = Arc::new(Schemas::connect(&url, "flows").await?);
    // In a task, so the schemas are dropped even if it panics.
    let measured = tokio::spawn(measure(Arc::clone(&schemas))).await;
    schemas.drop_all().await?;
    measured?
}

/// The wire that a side connects to, and the server behind the wire.
struct Place {
    wire: Wire,
    server: Url,
}

impl Place {
    async fn next(schemas: &Schemas, wired: bool) -> Result<Self, Failure> {
        let server: Url = schemas.next().await?.parse()?;
        let wire = if wired { Wire::to(&server)? } else { Wire::none(server.clone()) };
        Ok(Self { wire, server })
    }
}

async fn sides(schemas: &Schemas, wired: bool) -> Result<Sides, Failure> {
    let next = || Place::next(schemas, wired);
    let mut sides: Sides = Vec::new();
    sides.push(Box::new(Ours::over_sqlx("the crate, sqlx", next().await?, Pinged::No).await?));
    for name in ["by hand, sqlx", "by hand, sqlx, again"] {
        sides.push(Box::new(Ours::by_hand_over_sqlx(name, next().await?).await?));
    }
    let pinging = "the crate, sqlx, pinging";
    sides.push(Box::new(Ours::over_sqlx(pinging, next().await?, Pinged::Yes).await?));
    let pipelined = "the crate, tokio-postgres";
    sides.push(Box::new(Ours::over_tokio_postgres(pipelined, next().await?).await?));
    for name in ["by hand, tokio-postgres", "by hand, tokio-postgres, again"] {
        sides.push(Box::new(Ours::by_hand_over_tokio_postgres(name, next().await?).await?));
    }
    for (name, program) in
        [("Django", "django_flow.py"), ("fastapi-users", "fastapi_users_flow.py")]
    {
        if let Some(peer) = Peer::start(name, program, next().await?.wire)? {
            sides.push(Box::new(peer));
        }
    }
    Ok(sides)
}

async fn measure(schemas: Arc<Schemas>) -> Result<(), Failure> {
    let is_trial = support::is_trial();
    let size = if is_trial {
        Size { passes: 1, accounts: 4, turn: 2 }
    } else {
        Size { passes: 4, accounts: 150, turn: 2 }
    };
    // Warms up all sides.
    let warm = Size { passes: 2, accounts: 40.min(size.accounts), ..size };
    for delays in [&[None][..], &DELAYS.map(Some)] {
        let wired = delays[0].is_some();
        let (mut sides, mut first) = (sides(&schemas, wired).await?, 0);
        let names: Vec<_> = sides.iter().map(|side| side.name()).collect();
        let probe = Place::next(&schemas, wired).await?.wire;
        wire::set_delay(Duration::ZERO);
        turns(&mut sides, &warm, ACCOUNTS - warm.accounts).await?;
        for &delay in delays {
            wire::set_delay(delay.unwrap_or_default());
            let round_trip = round_trip(&probe).await?;
            let flows = turns(&mut sides, &size, first).await?;
            first += size.accounts;
            if !is_trial {
                report::times(&Measured { delay, round_trip, names: &names, flows: &flows });
            }
        }
        if wired {
            report::trips(&names, &trips(&mut sides).await?);
        }
    }
    if is_trial {
        println!("\nA trial: every flow did what it should");
    }
    Ok(())
}

/// Counts the round trips of one flow of each side. The wires delay, so messages that are sent at
/// once are counted once.
async fn trips(sides: &mut Sides) -> Result<Vec<[Trips; 3]>, Failure> {
    let run = Run { accounts: 0..1, password: "Correct horse 7".to_owned() };
    let mut trips = Vec::new();
    for side in sides {
        side.prepare(&run).await?;
        trips.push(side.count(0, &run).await?);
        side.finish(&run).await?;
    }
    Ok(trips)
}

/// Returns the seconds of each side's flows.
async fn turns(sides: &mut Sides, size: &Size, first: u32) -> Result<Vec<Vec<Seconds>>, Failure> {
    let mut flows = vec![Vec::new(); sides.len()];
    for pass in 0..size.passes {
        let accounts = first..first + size.accounts;
        let run = Run { accounts, password: format!("Correct horse {first} {pass}") };
        for side in &mut *sides {
            side.prepare(&run).await?;
        }
        let accounts: Vec<_> = run.accounts.clone().collect();
        for accounts in accounts.chunks(size.turn) {
            for number in shuffled(sides.len())? {
                for &account in accounts {
                    flows[number].push(sides[number].flow(account, &run).await?);
                }
            }
        }
        for side in &mut *sides {
            side.finish(&run).await?;
        }
    }
    Ok(flows)
}

/// The seconds of an empty round trip: the tenth percentile.
async fn round_trip(wire: &Wire) -> Result<f64, Failure> {
    let pool = PgPool::connect(wire.url()).await?;
    let mut connection = pool.acquire().await?;
    let mut seconds = Vec::new();
    for _ in 0..101 {
        let start = Instant::now();
        raw_sql("").execute(&mut *connection).await?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(quantile(seconds, 0.1))
}
