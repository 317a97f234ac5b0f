//! A PostgreSQL server that the test starts and stops.

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Where PostgreSQL's programs are, and as whom to run them.
pub(crate) struct Programs {
    directory: PathBuf,
    /// A user and a group, since PostgreSQL does not run as root.
    user: Option<(u32, u32)>,
}

impl Programs {
    pub(crate) fn find() -> Option<Self> {
        let has_both = |directory: &PathBuf| {
            ["initdb", "postgres"].iter().all(|program| directory.join(program).is_file())
        };
        let configured = output("pg_config", &["--bindir"]).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let packaged = packaged.filter_map(|version| Some(version.ok()?.path().join("bin")));
        let directory = configured
            .into_iter()
            .chain(std::env::split_paths(&path))
            .chain(packaged)
            .find(has_both)?;
        let user = match output("id", &["-u"])?.as_str() {
            "0" => {
                let id = |which| output("id", &[which, "postgres"])?.parse().ok();
                Some((id("-u")?, id("-g")?))
            }
            _ => None,
        };
        Some(Self { directory, user })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.directory.join(program));
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Killed at the latest when it is dropped.
pub(crate) struct Cluster<'a> {
    programs: &'a Programs,
    directory: TempDir,
    server: Child,
}

impl<'a> Cluster<'a> {
    pub(crate) async fn create(programs: &'a Programs) -> Self {
        let directory = tempfile::tempdir().unwrap();
        if let Some((user, group)) = programs.user {
            chown(directory.path(), Some(user), Some(group)).unwrap();
        }
        let data = data(directory.path());
        let mut initdb = programs.command("initdb");
        initdb.args(["--auth=trust", "--username=postgres", "--pgdata"]).arg(&data);
        assert!(initdb.status().unwrap().success());
        let server = launch(programs, directory.path());
        let mut cluster = Self { programs, directory, server };
        cluster.until_it_answers().await;
        cluster
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().socket(self.directory.path());
        options.username("postgres").database("postgres")
    }

    /// Kills the server's first process, and those that it started where the system tells
    /// which they are; elsewhere they end when they take notice.
    pub(crate) fn kill(&mut self) {
        let first = self.server.id();
        let children = std::fs::read_to_string(format!("/proc/{first}/task/{first}/children"));
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        let children = children.unwrap_or_default();
        if !children.trim().is_empty() {
            let mut kill = Command::new("kill");
            kill.arg("-KILL").args(children.split_whitespace());
            // Some may have ended already.
            let _ = kill.stderr(Stdio::null()).status().unwrap();
        }
    }

    pub(crate) async fn restart(&mut self) {
        self.server = launch(self.programs, self.directory.path());
        self.until_it_answers().await;
    }

    async fn until_it_answers(&mut self) {
        while PgConnection::connect_with(&self.options()).await.is_err() {
            // It gives up while processes of the one that was killed are still there.
            if self.server.try_wait().unwrap().is_some() {
                self.server = launch(self.programs, self.directory.path());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        self.kill();
    }
}

fn launch(programs: &Programs, directory: &Path) -> Child {
    let mut server = programs.command("postgres");
    server.arg("-D").arg(data(directory)).arg("-k").arg(directory);
    server.args(["-c", "listen_addresses=", "-c", "fsync=on"]).spawn().unwrap()
}

fn data(directory: &Path) -> PathBuf {
    directory.join("data")
}
