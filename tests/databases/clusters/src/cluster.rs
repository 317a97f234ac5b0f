//! Servers that the tests start, and that end with them.

use std::io::{BufRead, BufReader, Lines, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Where Galera's nodes answer.
pub const GALERA: [&str; 3] =
    ["mysql://root@127.0.0.1:3401", "mysql://root@127.0.0.1:3402", "mysql://root@127.0.0.1:3403"];

/// Where PostgreSQL's primary and its standby answer.
pub const POSTGRES: [&str; 2] =
    ["postgres://postgres@127.0.0.1:5501/postgres", "postgres://postgres@127.0.0.1:5502/postgres"];

/// Where the pooler answers, without the mode, which is the database's name.
pub const POOLER: &str = "postgres://postgres@127.0.0.1:5520";

/// Servers that one of the scripts beside this package's manifest started. They end when this is
/// dropped, and also when this process ends in another way, since the script then reads the end
/// of its input.
#[derive(Debug)]
pub struct Cluster {
    script: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Cluster {
    /// Three Galera nodes, in a new folder below `within`.
    #[must_use]
    pub fn galera(within: &Path) -> Self {
        Self::start(within, "galera", &[])
    }

    /// PostgreSQL as the script's second argument says.
    #[must_use]
    pub fn postgres(within: &Path, mode: &str) -> Self {
        Self::start(within, "postgres-ha", &[mode])
    }

    fn start(within: &Path, script: &str, arguments: &[&str]) -> Self {
        let folder =
            tempfile::Builder::new().prefix("clusters-").tempdir_in(within).unwrap().keep();
        // The servers' users must be able to enter it.
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let mut script = Command::new(script)
            .arg(&folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = script.stdin.take();
        let answers = BufReader::new(script.stdout.take().unwrap()).lines();
        let mut cluster = Self { script, orders, answers };
        cluster.until_done("start");
        cluster
    }

    /// Has the script do something, and waits until it is done.
    pub fn tell(&mut self, order: &str) {
        tokio::task::block_in_place(|| {
            writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
            self.until_done(order);
        });
    }

    fn until_done(&mut self, order: &str) {
        let answer = self.answers.next().unwrap_or_else(|| panic!("the script ended: {order}"));
        assert_eq!(answer.unwrap(), "done", "{order}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.script.wait();
    }
}
