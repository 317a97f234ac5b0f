//! Servers under load, over HTTP and with their databases: this crate's pages, Django under gunicorn,
//! and rustauth, which mounts routes as well. Nobody hashes a password:
//! `TEST_POSTGRES_URL=postgres://… PEERS_PYTHON=… cargo bench --bench http`.
//!
//! Three questions, in one run:
//!
//! 1. How many requests for a link go through in a second, and how many whole flows?
//! 2. Does the time of an answer tell who has an account?
//! 3. How much memory does a server take with 10,000 visitors, each with a connection and a link?
//!
//! Each server is a process of its own, and so are the visitors, who share the machine with them.

mod client;
mod load;
mod memory;
mod post;
mod servers;
mod side;
#[path = "../../timing/statistics.rs"]
#[expect(dead_code, reason = "some of it is for what no network is between")]
mod statistics;
mod times;

use post::Office;
use side::{Kind, Side};
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::error::Error;
use std::path::Path;
use std::rc::Rc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

type Failure = Box<dyn Error + Send + Sync>;

const PASSWORD: &str = "Correct horse 7";

/// Of each server. Each asks once, since its links are throttled.
const ACCOUNTS: u32 = 25_000;

/// How much is measured.
struct Size {
    /// Turns of each side.
    turns: usize,
    /// Requests in each, and whole flows.
    requests: usize,
    flows: usize,
    /// Of each class, for the times of answers.
    samples: usize,
    visitors: usize,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let Some(("--serve", rest)) = arguments.split_first().map(|(first, rest)| (&**first, rest)) {
        return servers::serve(rest);
    }
    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
        println!("skipped: TEST_POSTGRES_URL is not set");
        return Ok(());
    };
    // `cargo test --benches` only asks whether it runs.
    let is_trial = !arguments.iter().any(|argument| argument == "--bench");
    let size = if is_trial {
        Size { turns: 2, requests: 32, flows: 16, samples: 20, visitors: 50 }
    } else {
        Size { turns: 9, requests: 1000, flows: 200, samples: 1500, visitors: 10_000 }
    };
    // One thread, so that the visitors leave the rest of the machine to the servers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let prefix = format!("http_{:016x}", getrandom::u64()?);
    let measured = measure(&runtime, &url, &prefix, &size);
    let drop = format!(
        "DO $$ DECLARE name text; BEGIN FOR name IN SELECT nspname FROM pg_namespace \
         WHERE nspname LIKE '{prefix}%' LOOP EXECUTE 'DROP SCHEMA ' || name || ' CASCADE'; \
         END LOOP; END $$"
    );
    runtime.block_on(async {
        raw_sql(AssertSqlSafe(drop)).execute(&PgPool::connect(&url).await?).await
    })?;
    if is_trial && measured.is_ok() {
        println!("\nA trial: everybody did what they should");
    }
    measured
}

fn measure(runtime: &Runtime, url: &str, prefix: &str, size: &Size) -> Result<(), Failure> {
    // In memory where there is such a place, since a disk would hide the rest.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    let socket = folder.path().join("post");
    let office = runtime.block_on(async { Office::open(&socket) })?;
    let place = Place { url, prefix, folder: &folder, socket: &socket, office: Rc::new(office) };
    let tasks = LocalSet::new();
    let office = Rc::clone(&place.office);
    tasks.spawn_local(async move { office.deliver().await.expect("mails are of one form") });
    let run = Run { runtime, tasks: &tasks };

    let mut sides = Vec::new();
    let servers = [
        (Kind::Bare, "nothing but axum", false),
        (Kind::Crate, "the crate, PostgreSQL", true),
        (Kind::Crate, "the crate, SQLite", false),
        (Kind::Django, "Django, PostgreSQL", true),
        (Kind::Django, "Django, SQLite", false),
        (Kind::RustAuth, "rustauth, PostgreSQL", true),
        (Kind::RustAuth, "rustauth, SQLite", false),
    ];
    for (number, (kind, name, on_postgres)) in servers.into_iter().enumerate() {
        let started = place.start(&run, kind, name, on_postgres, number)?;
        sides.extend(started.map(Rc::new));
    }
    load::measure(&run, &sides, size)?;
    times::measure(&run, &sides, size.samples)?;
    drop(sides);
    for (number, (kind, name)) in
        [(Kind::Bare, "nothing but axum"), (Kind::Crate, "the crate, PostgreSQL")]
            .into_iter()
            .enumerate()
    {
        if let Some(side) = place.start(&run, kind, name, true, 100 + number)? {
            memory::measure(&run, Rc::new(side), size.visitors)?;
        }
    }
    Ok(())
}

/// Where the visitors run.
struct Run<'a> {
    runtime: &'a Runtime,
    tasks: &'a LocalSet,
}

impl Run<'_> {
    fn wait_for<T>(&self, work: impl Future<Output = T>) -> T {
        self.tasks.block_on(self.runtime, work)
    }
}

/// What the servers have in common, and a place of its own for each.
struct Place<'a> {
    url: &'a str,
    prefix: &'a str,
    folder: &'a TempDir,
    socket: &'a Path,
    office: Rc<Office>,
}

impl Place<'_> {
    fn start(
        &self,
        run: &Run<'_>,
        kind: Kind,
        name: &str,
        on_postgres: bool,
        number: usize,
    ) -> Result<Option<Side>, Failure> {
        let database = if on_postgres {
            let schema = format!("{}_{number}", self.prefix);
            let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
            run.wait_for(async {
                raw_sql(create).execute(&PgPool::connect(self.url).await?).await
            })?;
            let separator = if self.url.contains('?') { '&' } else { '?' };
            let options = format!("-c%20search_path%3D{schema}%20-c%20synchronous_commit%3Doff");
            format!("{}{separator}sslmode=disable&options={options}", self.url)
        } else {
            format!("sqlite:{}/{number}.db", self.folder.path().display())
        };
        let socket = self.socket.to_str().ok_or("the folder's name is no text")?;
        Side::start(kind, name, &database, (socket, Rc::clone(&self.office)))
    }
}

fn shuffled(length: usize) -> Result<Vec<usize>, Failure> {
    let mut order = Vec::new();
    for number in 0..length {
        order.push((getrandom::u64()?, number));
    }
    order.sort_unstable();
    Ok(order.into_iter().map(|(_, number)| number).collect())
}
