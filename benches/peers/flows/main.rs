//! Whole resets by the crate, by hand and by other frameworks on the same PostgreSQL, without HTTP
//! and without hashing, first directly, then over wires that add 0, 0.2 and 1 ms to each round trip:
//! `TEST_POSTGRES_URL=postgres://… PEERS_PYTHON=… cargo bench --bench flows`.
//!
//! All ask for a link, look at it and set a password with it, one step after the other, over
//! connections that stay and with durability off. They take turns of a few flows, in an order that
//! chance picks. Whatever they did is checked when their time has been taken.
//!
//! torii 0.5 is not among them, since neither of its stores can keep a reset's token on
//! PostgreSQL: its own has no place for one, and SeaORM's writes `?` where that wants `$1`.

mod by_hand;
#[path = "../../../examples/drivers/tokio-postgres/src/driver.rs"]
mod driver;
mod ours;
mod peer;
mod report;
mod wire;

use futures_util::future::BoxFuture;
use ours::{Ours, Pinged};
use peer::Peer;
use report::Measured;
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::error::Error;
use std::ops::Range;
use std::time::{Duration, Instant};
use url::Url;
use wire::{Trips, Wire};

type Failure = Box<dyn Error + Send + Sync>;

/// Seconds that a flow's request took, its look at the link, and its reset.
type Seconds = [f64; 3];

/// What the wires add to a round trip.
const DELAYS: [Duration; 3] =
    [Duration::ZERO, Duration::from_micros(200), Duration::from_millis(1)];

const ACCOUNTS: u32 = 500;

/// After so long, nothing is under way any more that a step began.
const SETTLED: Duration = Duration::from_millis(30);

/// Some accounts, each to go through one flow, and the password that all of them set.
struct Run {
    accounts: Range<u32>,
    password: String,
}

/// One of those that are compared.
trait Side {
    fn name(&self) -> &'static str;

    fn prepare<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>>;

    fn flow<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Seconds, Failure>>;

    /// A flow whose time is not taken, and the round trips of each step.
    fn count<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<[Trips; 3], Failure>>;

    /// Checks what the flows since [`prepare`](Self::prepare) did.
    fn finish<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>>;
}

type Sides = Vec<Box<dyn Side + Send>>;

/// How much is measured for each delay: passes over so many accounts, in turns of so many flows.
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
    let pool = PgPool::connect(&url).await?;
    let prefix = format!("flows_{:016x}", getrandom::u64()?);
    let schemas = Schemas { pool: pool.clone(), url, prefix: prefix.clone(), number: 0 };
    // As a task, since the schemas have to go even where it panics.
    let measured = tokio::spawn(measure(schemas)).await;
    let drop = format!(
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT nspname FROM pg_namespace \
         WHERE nspname LIKE '{prefix}%' LOOP EXECUTE 'DROP SCHEMA ' || name || ' CASCADE'; \
         END LOOP; END $$"
    );
    raw_sql(AssertSqlSafe(drop)).execute(&pool).await?;
    measured?
}

/// A schema for each side, so that all have the same tables to themselves.
struct Schemas {
    pool: PgPool,
    url: String,
    prefix: String,
    number: u32,
}

/// Where a side connects, and past its wire.
struct Place {
    wire: Wire,
    server: Url,
}

impl Schemas {
    /// The next one.
    async fn next(&mut self, wired: bool) -> Result<Place, Failure> {
        self.number += 1;
        let schema = format!("{}_{}", self.prefix, self.number);
        let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        raw_sql(create).execute(&self.pool).await?;
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let options = format!("-c%20search_path%3D{schema}%20-c%20synchronous_commit%3Doff");
        let url = format!("{}{separator}sslmode=disable&options={options}", self.url);
        let server: Url = url.parse()?;
        let wire = if wired { Wire::to(&server)? } else { Wire::none(server.clone()) };
        Ok(Place { wire, server })
    }

    async fn sides(&mut self, wired: bool) -> Result<Sides, Failure> {
        let mut sides: Sides = Vec::new();
        let at = self.next(wired).await?;
        sides.push(Box::new(Ours::over_sqlx("the crate, sqlx", at, Pinged::No).await?));
        for name in ["by hand, sqlx", "by hand, sqlx, again"] {
            let at = self.next(wired).await?;
            sides.push(Box::new(Ours::by_hand_over_sqlx(name, at).await?));
        }
        let at = self.next(wired).await?;
        sides.push(Box::new(Ours::over_sqlx("the crate, sqlx, pinging", at, Pinged::Yes).await?));
        let at = self.next(wired).await?;
        sides.push(Box::new(Ours::over_tokio_postgres("the crate, tokio-postgres", at).await?));
        for name in ["by hand, tokio-postgres", "by hand, tokio-postgres, again"] {
            let at = self.next(wired).await?;
            sides.push(Box::new(Ours::by_hand_over_tokio_postgres(name, at).await?));
        }
        let peers = [("Django", "django_flow.py"), ("fastapi-users", "fastapi_users_flow.py")];
        for (name, program) in peers {
            if let Some(peer) = Peer::start(name, program, self.next(wired).await?.wire)? {
                sides.push(Box::new(peer));
            }
        }
        Ok(sides)
    }
}

async fn measure(mut schemas: Schemas) -> Result<(), Failure> {
    // `cargo test --benches` only asks whether it runs.
    let is_trial = !std::env::args().any(|argument| argument == "--bench");
    let size = if is_trial {
        Size { passes: 1, accounts: 4, turn: 2 }
    } else {
        Size { passes: 4, accounts: 150, turn: 2 }
    };
    // Warms everybody up.
    let warm = Size { passes: 2, accounts: 40.min(size.accounts), ..size };
    for delays in [&[None][..], &DELAYS.map(Some)] {
        let wired = delays[0].is_some();
        let (mut sides, mut first) = (schemas.sides(wired).await?, 0);
        let names: Vec<_> = sides.iter().map(|side| side.name()).collect();
        let probe = schemas.next(wired).await?.wire;
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

/// Of a flow of each side, while the wires delay, so that what is sent at once is seen at once.
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

/// For each side, the seconds of its flows.
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

fn shuffled(length: usize) -> Result<Vec<usize>, Failure> {
    let mut order = Vec::new();
    for number in 0..length {
        order.push((getrandom::u64()?, number));
    }
    order.sort_unstable();
    Ok(order.into_iter().map(|(_, number)| number).collect())
}

/// The seconds of an empty round trip, of the fastest tenth.
async fn round_trip(wire: &Wire) -> Result<f64, Failure> {
    let pool = PgPool::connect(wire.url()).await?;
    let mut connection = pool.acquire().await?;
    let mut seconds = Vec::new();
    for _ in 0..101 {
        let start = Instant::now();
        raw_sql("").execute(&mut *connection).await?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(report::quantile(seconds, 0.1))
}
