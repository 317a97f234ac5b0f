//! Measures pages under load beside other frameworks: requests per second, times, memory.

mod client;
mod load;
mod memory;
mod post;
mod servers;
mod side;
#[path = "../../support/mod.rs"]
mod support;
mod times;

use peers::{Failure, Schemas};
use post::Office;
use side::{Kind, Side};
use std::path::Path;
use std::rc::Rc;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

const PASSWORD: &str = "Correct horse 7";

/// The accounts of each server. Each account asks once, since its links are throttled.
const ACCOUNTS: u32 = 25_000;

/// How much is measured.
struct Size {
    /// The turns of each side.
    turns: usize,
    /// The requests in each turn, and the whole flows.
    requests: usize,
    flows: usize,
    /// The samples of each class, for the times of responses.
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
    let is_trial = support::is_trial();
    let size = if is_trial {
        Size { turns: 2, requests: 32, flows: 16, samples: 20, visitors: 50 }
    } else {
        Size { turns: 9, requests: 1000, flows: 200, samples: 1500, visitors: 10_000 }
    };
    // One thread, so the visitors leave the rest of the machine to the servers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let schemas = runtime.block_on(Schemas::connect(&url, "http"))?;
    let measured = measure(&runtime, &schemas, &size);
    runtime.block_on(schemas.drop_all())?;
    if is_trial && measured.is_ok() {
        println!("\nA trial: every side did what it should");
    }
    measured
}

fn measure(runtime: &Runtime, schemas: &Schemas, size: &Size) -> Result<(), Failure> {
    // In memory if the system has such a place, since a disk would hide the rest.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? };
    let socket = folder.path().join("post");
    let office = runtime.block_on(async { Office::open(&socket) })?;
    let place = Place { schemas, folder: &folder, socket: &socket, office: Rc::new(office) };
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
    for (kind, name, on_postgres) in servers {
        sides.extend(place.start(&run, kind, name, on_postgres)?.map(Rc::new));
    }
    load::measure(&run, &sides, size)?;
    times::measure(&run, &sides, size.samples)?;
    drop(sides);
    for (kind, name) in [(Kind::Bare, "nothing but axum"), (Kind::Crate, "the crate, PostgreSQL")] {
        if let Some(side) = place.start(&run, kind, name, true)? {
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

/// What the servers share. Each gets its own database.
struct Place<'a> {
    schemas: &'a Schemas,
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
    ) -> Result<Option<Side>, Failure> {
        let database = if on_postgres {
            run.wait_for(self.schemas.next())?
        } else {
            format!("sqlite:{}/{kind:?}.db", self.folder.path().display())
        };
        let socket = self.socket.to_str().ok_or("the folder's name is no text")?;
        Side::start(kind, name, &database, (socket, Rc::clone(&self.office)))
    }
}
