//! A proxy between a pool and its server that logs every statement.

use sqlx::pool::PoolOptions;
use sqlx::{Database, Pool};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use url::Url;

/// How a driver asks whether the server is still there.
pub(crate) const PING: &str = "ping";

/// A message of the client's, and the word for it where it runs or prepares a statement.
pub(crate) type Message = (Vec<u8>, Option<String>);

type ReadMessage = fn(&mut TcpStream, bool) -> io::Result<Message>;

/// What was seen since last asked: acquired connections, and statements by their text
/// where they were not prepared.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn push(&self, word: String) {
        self.0.lock().unwrap().push(word);
    }

    /// What was seen, without the pings.
    pub(crate) fn take(&self) -> Vec<String> {
        let mut seen = self.take_with_pings();
        seen.retain(|word| word != PING);
        seen
    }

    pub(crate) fn take_with_pings(&self) -> Vec<String> {
        let mut seen = std::mem::take(&mut *self.0.lock().unwrap());
        // What ends a statement on PostgreSQL is a ping where there is no statement to end.
        let mut ends_nothing = true;
        seen.retain_mut(|word| {
            let is_end = word == "end";
            let is_kept = !is_end || ends_nothing;
            ends_nothing = is_end || !["execute", "prepare"].contains(&word.as_str());
            if is_end {
                PING.clone_into(word);
            }
            is_kept
        });
        seen
    }
}

/// A pool of one connection over a wire to the server at `url`.
pub(crate) async fn watch<DB: Database>(mut url: Url, read: ReadMessage) -> (Pool<DB>, Log) {
    let server = (url.host_str().unwrap().to_owned(), url.port().unwrap());
    let log = Log::default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    let seen = log.clone();
    thread::spawn(move || {
        for client in listener.incoming() {
            let server = TcpStream::connect((server.0.as_str(), server.1)).unwrap();
            join(client.unwrap(), server, read, seen.clone());
        }
    });
    let acquired = log.clone();
    let options = PoolOptions::new().max_connections(1).before_acquire(move |_, _| {
        acquired.push("acquire".into());
        Box::pin(async { Ok(true) })
    });
    (options.connect(url.as_str()).await.unwrap(), log)
}

fn join(mut client: TcpStream, mut server: TcpStream, read: ReadMessage, log: Log) {
    let (mut answers, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    for socket in [&client, &server] {
        socket.set_nodelay(true).unwrap();
    }
    thread::spawn(move || io::copy(&mut answers, &mut to_client));
    thread::spawn(move || -> io::Result<()> {
        for number in 0.. {
            let (bytes, word) = read(&mut client, number == 0)?;
            if let Some(word) = word {
                log.push(word);
            }
            server.write_all(&bytes)?;
        }
        Ok(())
    });
}

/// A type, except for the first message; a length that counts itself; the content.
pub(crate) fn postgres(client: &mut TcpStream, is_first: bool) -> io::Result<Message> {
    let mut bytes = vec![0; if is_first { 4 } else { 5 }];
    client.read_exact(&mut bytes)?;
    let header = bytes.len();
    let length = u32::from_be_bytes(*bytes.last_chunk().unwrap()) as usize;
    bytes.resize(header + length - 4, 0);
    client.read_exact(&mut bytes[header..])?;
    let word = match bytes[0] {
        _ if is_first => None,
        b'Q' => Some(text(&bytes[header..])),
        b'P' => Some("prepare".into()),
        b'E' => Some("execute".into()),
        b'S' => Some("end".into()),
        _ => None,
    };
    Ok((bytes, word))
}

/// Three bytes of length, a number that is 0 for a command, the command, the content.
pub(crate) fn mysql(client: &mut TcpStream, _: bool) -> io::Result<Message> {
    let mut bytes = vec![0; 4];
    client.read_exact(&mut bytes)?;
    let length = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) as usize;
    bytes.resize(4 + length, 0);
    client.read_exact(&mut bytes[4..])?;
    let word = match (bytes[3], bytes.get(4)) {
        (0, Some(0x03)) => Some(text(&bytes[5..])),
        (0, Some(0x16)) => Some("prepare".into()),
        (0, Some(0x17)) => Some("execute".into()),
        (0, Some(0x0e)) => Some(PING.into()),
        _ => None,
    };
    Ok((bytes, word))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()
}
