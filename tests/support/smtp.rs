//! An SMTP server that follows a script.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Longer than anything takes, so that a test that waits in vain ends.
const WATCHDOG: Duration = Duration::from_secs(90);

/// What the server does with a command.
pub(crate) enum Act {
    /// What servers usually do.
    Usual,
    /// Answers with this line. Behind `421` it hangs up.
    Answer(&'static str),
    /// Says nothing, and waits for the next command.
    Silence,
}

/// A mail as the server took it.
pub(crate) struct Taken {
    /// The number of the connection that it came by, from 1 on.
    pub(crate) connection: usize,
    /// The commands that came before it: `MAIL FROM:…` and each `RCPT TO:…`.
    pub(crate) envelope: Vec<String>,
    pub(crate) bytes: Vec<u8>,
}

/// Takes a connection's number and a command; a full stop is the end of a mail.
type Script = dyn Fn(usize, &str) -> Act + Send + Sync;

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    mails: Receiver<Taken>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    commands: Mutex<Vec<String>>,
    connections: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Starts a server that offers these extensions. It ends with the process.
    pub(crate) fn start(
        extensions: &'static [&'static str],
        script: impl Fn(usize, &str) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (taken, mails) = channel();
        let seen = Arc::<Seen>::default();
        let server = Self { address, mails, seen: Arc::clone(&seen) };
        let script: Arc<Script> = Arc::new(script);
        thread::spawn(move || {
            for (number, stream) in (1..).zip(listener.incoming()) {
                let stream = stream.unwrap();
                seen.connections.lock().unwrap().push(stream.try_clone().unwrap());
                let (script, seen) = (Arc::clone(&script), Arc::clone(&seen));
                let taken = taken.clone();
                let session = Session { number, stream, extensions, script, seen, taken };
                thread::spawn(move || session.run());
            }
        });
        server
    }

    /// Waits for the next mail.
    pub(crate) fn next_mail(&self) -> Taken {
        self.mails.recv_timeout(WATCHDOG).unwrap()
    }

    /// Whether a mail has not been taken out yet.
    pub(crate) fn has_mail(&self) -> bool {
        self.mails.try_recv().is_ok()
    }

    /// The commands so far, each behind the number of its connection.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.seen.commands.lock().unwrap().clone()
    }

    /// Says something on every connection, unasked, and hangs up.
    pub(crate) fn hang_up(&self, words: &str) {
        for mut stream in self.seen.connections.lock().unwrap().drain(..) {
            // The client may have hung up before.
            let _ = stream.write_all(words.as_bytes());
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// One connection.
struct Session {
    number: usize,
    stream: TcpStream,
    extensions: &'static [&'static str],
    script: Arc<Script>,
    seen: Arc<Seen>,
    taken: Sender<Taken>,
}

impl Session {
    fn run(self) {
        // Clients hang up whenever they like.
        let _ = self.converse();
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn converse(&self) -> io::Result<()> {
        let mut lines = BufReader::new(&self.stream).split(b'\n');
        let mut envelope = Vec::new();
        self.say("220 ready")?;
        while let Some(line) = lines.next() {
            let line = String::from_utf8(line?).unwrap().trim_end().to_owned();
            self.seen.commands.lock().unwrap().push(format!("{} {line}", self.number));
            let answer = match (self.act(&line), line.split(' ').next()) {
                (Act::Silence, _) => continue,
                (Act::Answer(answer), _) => answer,
                (Act::Usual, Some("EHLO")) => {
                    self.extensions.iter().try_for_each(|name| self.say(&format!("250-{name}")))?;
                    "250 HELP"
                }
                (Act::Usual, Some("DATA")) => {
                    self.say("354 go on")?;
                    let bytes = read_mail(lines.by_ref())?;
                    let envelope = std::mem::take(&mut envelope);
                    match self.act(".") {
                        Act::Silence => continue,
                        Act::Answer(answer) => answer,
                        Act::Usual => {
                            let mail = Taken { connection: self.number, envelope, bytes };
                            // The test may be over.
                            let _ = self.taken.send(mail);
                            "250 taken"
                        }
                    }
                }
                (Act::Usual, Some("MAIL" | "RCPT")) => {
                    envelope.push(line);
                    "250 ok"
                }
                (Act::Usual, Some("QUIT")) => return self.say("221 bye"),
                (Act::Usual, _) => "250 ok",
            };
            self.say(answer)?;
            if answer.starts_with("421") {
                break;
            }
        }
        Ok(())
    }

    fn act(&self, command: &str) -> Act {
        (self.script)(self.number, command)
    }

    fn say(&self, line: &str) -> io::Result<()> {
        (&self.stream).write_all(format!("{line}\r\n").as_bytes())
    }
}

/// Reads as far as the full stop, without those that the client put before others.
fn read_mail(lines: impl Iterator<Item = io::Result<Vec<u8>>>) -> io::Result<Vec<u8>> {
    let mut mail = Vec::new();
    for line in lines {
        let line = line?;
        if line == b".\r" {
            break;
        }
        mail.extend(line.strip_prefix(b".").unwrap_or(&line));
        mail.push(b'\n');
    }
    Ok(mail)
}
