//! A proxy between a side and the server: delays what the side sends, and counts round trips.

use crate::Failure;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ops::Sub;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use url::Url;

/// The message with which sqlx pings a connection: `Sync` alone.
const PING: [u8; 5] = [b'S', 0, 0, 0, 4];

/// The longest that a sleep usually oversleeps.
const OVERSLEPT: Duration = Duration::from_micros(100);

/// The delay that every wire adds to a round trip.
static NANOSECONDS: AtomicU64 = AtomicU64::new(0);

/// Sets the delay that every wire adds to a round trip. No message may be under way.
pub(crate) fn set_delay(delay: Duration) {
    NANOSECONDS.store(delay.as_nanos().try_into().unwrap_or(u64::MAX), SeqCst);
}

/// The number of round trips, and how many of them were pings of sqlx's pool.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trips {
    pub(crate) all: u32,
    pub(crate) pings: u32,
}

impl Sub for Trips {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { all: self.all - before.all, pings: self.pings - before.pings }
    }
}

#[derive(Default)]
struct Counters {
    all: AtomicU32,
    pings: AtomicU32,
}

pub(crate) struct Wire {
    url: Url,
    counters: Arc<Counters>,
}

impl Wire {
    /// Lets a side connect to the server directly.
    pub(crate) fn none(server: Url) -> Self {
        Self { url: server, counters: Arc::default() }
    }

    pub(crate) fn to(server: &Url) -> Result<Self, Failure> {
        let address = server.socket_addrs(|| Some(5432))?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let mut url = server.clone();
        url.set_host(Some("127.0.0.1"))?;
        url.set_port(Some(listener.local_addr()?.port())).map_err(|()| "it takes no port")?;
        let counters = Arc::<Counters>::default();
        let shared = Arc::clone(&counters);
        thread::spawn(move || -> io::Result<()> {
            for client in listener.incoming() {
                join(client?, TcpStream::connect(&*address)?, &shared)?;
            }
            Ok(())
        });
        Ok(Self { url, counters })
    }

    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The round trips so far.
    pub(crate) fn trips(&self) -> Trips {
        let Counters { all, pings } = &*self.counters;
        Trips { all: all.load(SeqCst), pings: pings.load(SeqCst) }
    }
}

fn join(mut client: TcpStream, mut server: TcpStream, counters: &Arc<Counters>) -> io::Result<()> {
    let (mut answers, mut to_client) = (server.try_clone()?, client.try_clone()?);
    let mut late = server.try_clone()?;
    for socket in [&client, &server] {
        socket.set_nodelay(true)?;
    }
    let answered = Arc::new(AtomicBool::new(true));
    let (counters, is_waited_for) = (Arc::clone(counters), Arc::clone(&answered));
    let (sender, delayed) = channel();

    thread::spawn(move || {
        let _ = forward(&mut client, |bytes| {
            if is_waited_for.swap(false, SeqCst) {
                counters.all.fetch_add(1, SeqCst);
                counters.pings.fetch_add((bytes == PING).into(), SeqCst);
            }
            match NANOSECONDS.load(SeqCst) {
                0 => server.write_all(bytes),
                delay => {
                    let due = Instant::now() + Duration::from_nanos(delay);
                    sender.send((due, bytes.to_vec())).map_err(io::Error::other)
                }
            }
        });
        server.shutdown(Shutdown::Write)
    });
    thread::spawn(move || deliver(&delayed, &mut late));
    thread::spawn(move || {
        let _ = forward(&mut answers, |bytes| {
            answered.store(true, SeqCst);
            to_client.write_all(bytes)
        });
        to_client.shutdown(Shutdown::Write)
    });
    Ok(())
}

fn forward(
    from: &mut TcpStream,
    mut hand_on: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            length => hand_on(&buffer[..length])?,
        }
    }
}

/// Delivers each message when it is due. Messages that are sent at once are delayed once.
fn deliver(delayed: &Receiver<(Instant, Vec<u8>)>, server: &mut TcpStream) -> io::Result<()> {
    for (due, bytes) in delayed {
        thread::sleep(due.saturating_duration_since(Instant::now()).saturating_sub(OVERSLEPT));
        while Instant::now() < due {
            std::hint::spin_loop();
        }
        server.write_all(&bytes)?;
    }
    Ok(())
}
