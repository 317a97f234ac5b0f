//! A proxy between a pool and its server that counts round trips.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::spawn;

#[derive(Clone, Default)]
pub struct Wire {
    trips: Arc<AtomicUsize>,
    is_answered: Arc<AtomicBool>,
}

impl Wire {
    /// Returns a proxy to a server, and its port.
    pub fn to(server: (String, u16)) -> (Self, u16) {
        let (wire, listener) = (Self::default(), TcpListener::bind("127.0.0.1:0").unwrap());
        let port = listener.local_addr().unwrap().port();
        let ours = wire.clone();
        spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(&server).unwrap());
                let (to_client, to_server) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                let Self { trips, is_answered } = ours.clone();
                let answers = Arc::clone(&is_answered);
                // What the client sends after a response begins another round trip.
                let sends =
                    move || _ = trips.fetch_add(is_answered.swap(false, SeqCst).into(), SeqCst);
                spawn(move || forward(client, to_server, sends));
                spawn(move || forward(server, to_client, move || answers.store(true, SeqCst)));
            }
        });
        (wire, port)
    }

    /// Returns the number of round trips since the last call.
    pub fn take(&self) -> usize {
        self.trips.swap(0, SeqCst)
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, seen: impl Fn()) {
    to.set_nodelay(true).unwrap();
    let mut bytes = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        seen();
        if to.write_all(&bytes[..length]).is_err() {
            return;
        }
    }
}
