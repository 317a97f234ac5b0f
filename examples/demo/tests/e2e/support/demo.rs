use super::{Browser, Mail};
use sqlx::{Connection, SqliteConnection};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";
/// She has no password.
pub(crate) const CAROL: &str = "carol@example.com";
pub(crate) const FIRST_PASSWORD: &str = "Wonderland1";

/// Longer than anything takes, so that a test that waits in vain ends.
const WATCHDOG: Duration = Duration::from_mins(1);

/// The demo, running on a port and in a folder of its own.
pub(crate) struct Demo {
    /// Where it listens.
    pub(crate) url: String,
    /// Where browsers see it, which its links start with.
    pub(crate) origin: String,
    child: Child,
    lines: Receiver<String>,
    said: String,
    folder: TempDir,
}

impl Demo {
    /// Starts with no time between two links.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(variables: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().unwrap(), variables)
    }

    fn start_in(folder: TempDir, variables: &[(&str, &str)]) -> Self {
        let mut child = command()
            .env("DEMO_ADDR", "127.0.0.1:0")
            .env("DEMO_COOLDOWN_SECONDS", "0")
            .env("DEMO_DATABASE", folder.path().join("demo.sqlite"))
            .env("DEMO_OUTBOX", folder.path().join("outbox"))
            .envs(variables.iter().copied())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        follow(child.stdout.take().unwrap(), sender.clone());
        follow(child.stderr.take().unwrap(), sender);
        let (url, origin) = (String::new(), String::new());
        let mut demo = Self { url, origin, child, lines, said: String::new(), folder };
        let line = demo.wait_for_line("listens on ");
        line.split_once("listens on ").unwrap().1.clone_into(&mut demo.url);
        let base_url = variables.iter().find(|(name, _)| *name == "DEMO_BASE_URL");
        base_url.map_or(&*demo.url, |(_, url)| *url).clone_into(&mut demo.origin);
        demo.wait_for_line("stop:");
        demo
    }

    /// Stops it and starts it again on the same files.
    pub(crate) fn restart(self) -> Self {
        self.restart_with(&[])
    }

    pub(crate) fn restart_with(self, variables: &[(&str, &str)]) -> Self {
        let (status, folder) = self.stop();
        assert!(status.success(), "{status}");
        Self::start_in(folder, variables)
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Waits until it prints or logs a line with this text.
    pub(crate) fn wait_for_line(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(WATCHDOG);
            let line = line.unwrap_or_else(|_| panic!("no `{text}` in:\n{}", self.said));
            self.said.push_str(&line);
            self.said.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits for the next mail and reads it.
    pub(crate) fn next_mail(&mut self) -> Mail {
        let line = self.wait_for_line("A mail was written to ");
        Mail::read(Path::new(line.split_once("written to ").unwrap().1))
    }

    /// Asks for a link and gives the one in the mail.
    pub(crate) fn ask_for_link(&mut self) -> String {
        self.ask_for_link_of(ALICE)
    }

    pub(crate) fn ask_for_link_of(&mut self, login: &str) -> String {
        self.browser().post("/forgot", &[("login", login)]);
        let mail = self.next_mail();
        assert_eq!(mail.recipients, [login]);
        mail.link(&self.origin)
    }

    pub(crate) fn outbox(&self) -> Vec<PathBuf> {
        let mut mails: Vec<_> = fs::read_dir(self.folder.path().join("outbox"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        mails.sort();
        mails
    }

    /// Everything that it printed and logged so far, as far as it was waited for.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("demo.sqlite")
    }

    /// Runs a statement on its database, behind its back.
    pub(crate) fn execute(&self, statement: &str) {
        // A runtime of its own, since a test may have one.
        let database = self.database();
        thread::scope(|scope| scope.spawn(|| execute(&database, statement)).join().unwrap());
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// Waits until it has ended, and reads the rest of what it says.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        while let Ok(line) = self.lines.recv_timeout(WATCHDOG) {
            self.said.push_str(&line);
            self.said.push('\n');
        }
        self.child.wait().unwrap()
    }

    fn stop(mut self) -> (ExitStatus, TempDir) {
        self.interrupt();
        let status = self.wait();
        (status, std::mem::replace(&mut self.folder, TempDir::new().unwrap()))
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn execute(database: &Path, statement: &str) {
    let url = format!("sqlite://{}?mode=rwc", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()));
    statement.execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// The program, with nothing of this environment's that concerns it.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    for name in ["DEMO_BASE_URL", "DEMO_MAIL_FROM", "DEMO_PROXY_HEADER", "SMTP_URL"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn follow(output: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                break;
            }
        }
    });
}
