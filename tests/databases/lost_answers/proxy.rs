//! A proxy before a database server that cuts the connection at a chosen statement.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, Result};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// How clients of a server speak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wire {
    Postgres,
    MySql,
}

/// The statement that counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Statement {
    /// The next one that was prepared.
    Prepared,
    Commit,
}

/// When the statement reaches the server, of whose answer the client hears nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cut {
    Never,
    BeforeTheClientIsCutOff,
    /// Once [`Proxy::release`] was called.
    AfterTheClientIsCutOff,
}

#[derive(Debug, Default)]
struct Plan {
    armed: Option<(Statement, Cut)>,
    cuts: usize,
    goes_down: bool,
    is_down: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    wire: Wire,
    plan: Arc<Mutex<Plan>>,
    released: Arc<Notify>,
}

impl Proxy {
    pub(crate) async fn start(wire: Wire, server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Self { address, wire, plan: Arc::default(), released: Arc::default() };
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !serving.plan.lock().unwrap().is_down {
                    let server = TcpStream::connect(&server).await.unwrap();
                    tokio::spawn(serving.clone().serve(client, server));
                }
            }
        });
        proxy
    }

    /// Cuts the next connection that sends this statement.
    pub(crate) fn arm(&self, statement: Statement, cut: Cut) {
        self.plan.lock().unwrap().armed = Some((statement, cut));
    }

    /// Accepts no connection after the next cut.
    pub(crate) fn go_down_after_the_cut(&self) {
        self.plan.lock().unwrap().goes_down = true;
    }

    pub(crate) fn come_up(&self) {
        let mut plan = self.plan.lock().unwrap();
        (plan.goes_down, plan.is_down) = (false, false);
    }

    /// Lets the statement that was held back go on to the server.
    pub(crate) fn release(&self) {
        self.released.notify_one();
    }

    pub(crate) fn cuts(&self) -> usize {
        self.plan.lock().unwrap().cuts
    }

    /// An error is a connection that ended.
    async fn serve(self, client: TcpStream, server: TcpStream) -> Result<()> {
        let (from_client, to_client) = client.into_split();
        let (from_server, mut to_server) = server.into_split();
        let mut from_client = BufReader::new(from_client);
        let hush = Arc::new(Notify::new());
        let answers = tokio::spawn(pass_answers(from_server, to_client, hush.clone()));
        if self.wire == Wire::Postgres {
            let start = read_start(&mut from_client).await?;
            to_server.write_all(&start).await?;
        }
        loop {
            let mut message = read_message(self.wire, &mut from_client).await?;
            let Some(cut) = self.cut_for(&message) else {
                to_server.write_all(&message).await?;
                continue;
            };
            while !is_last(self.wire, &message) {
                message.extend(read_message(self.wire, &mut from_client).await?);
            }
            hush.notify_one();
            let (mut from_server, to_client) = answers.await??;
            if cut == Cut::AfterTheClientIsCutOff {
                drop((from_client, to_client));
                self.released.notified().await;
                return finish(&message, &mut to_server, &mut from_server).await;
            }
            if cut == Cut::BeforeTheClientIsCutOff {
                finish(&message, &mut to_server, &mut from_server).await?;
            }
            return Ok(());
        }
    }

    fn cut_for(&self, message: &[u8]) -> Option<Cut> {
        let mut plan = self.plan.lock().unwrap();
        let (_, cut) =
            plan.armed.take_if(|(armed, _)| Some(*armed) == statement(self.wire, message))?;
        plan.cuts += 1;
        plan.is_down = plan.goes_down;
        Some(cut)
    }
}

/// Passes the server's answers on until it is told to hush.
async fn pass_answers(
    mut from_server: OwnedReadHalf,
    mut to_client: OwnedWriteHalf,
    hush: Arc<Notify>,
) -> Result<(OwnedReadHalf, OwnedWriteHalf)> {
    let mut answer = [0; 4096];
    loop {
        let read = tokio::select! {
            biased;
            read = from_server.read(&mut answer) => read?,
            () = hush.notified() => return Ok((from_server, to_client)),
        };
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        to_client.write_all(&answer[..read]).await?;
    }
}

/// Has the server do it, and waits until it answers.
async fn finish(
    message: &[u8],
    to_server: &mut OwnedWriteHalf,
    from_server: &mut OwnedReadHalf,
) -> Result<()> {
    to_server.write_all(message).await?;
    from_server.read_u8().await.map(drop)
}

/// PostgreSQL's first message has no type.
async fn read_start(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let mut start = vec![0; 4];
    from.read_exact(&mut start).await?;
    let length = u32::from_be_bytes(start[..4].try_into().unwrap());
    start.resize(length as usize, 0);
    from.read_exact(&mut start[4..]).await?;
    Ok(start)
}

async fn read_message(wire: Wire, from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>> {
    let mut message = vec![0; if wire == Wire::Postgres { 5 } else { 4 }];
    from.read_exact(&mut message).await?;
    let end = match wire {
        Wire::Postgres => u32::from_be_bytes(message[1..5].try_into().unwrap()) as usize + 1,
        Wire::MySql => u32::from_le_bytes([message[0], message[1], message[2], 0]) as usize + 4,
    };
    let start = message.len();
    message.resize(end, 0);
    from.read_exact(&mut message[start..]).await?;
    Ok(message)
}

fn statement(wire: Wire, message: &[u8]) -> Option<Statement> {
    match (wire, message) {
        (Wire::Postgres, [b'Q', ..]) | (Wire::MySql, [_, _, _, 0, 3, ..]) => {
            // Not `READ COMMITTED`, at which a transaction begins.
            let commits = message.windows(6).any(|part| part == b"COMMIT")
                && !message.windows(9).any(|part| part == b"COMMITTED");
            commits.then_some(Statement::Commit)
        }
        (Wire::Postgres, [b'E', ..]) | (Wire::MySql, [_, _, _, 0, 0x17, ..]) => {
            Some(Statement::Prepared)
        }
        _ => None,
    }
}

/// Whether the server answers now: PostgreSQL only after a query or a `Sync`.
fn is_last(wire: Wire, messages: &[u8]) -> bool {
    wire == Wire::MySql || messages.starts_with(b"Q") || messages.ends_with(b"S\0\0\0\x04")
}
