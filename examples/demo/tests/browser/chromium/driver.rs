use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use tempfile::TempDir;

/// The driver, on a port and in a folder of its own, and whatever it started.
pub(super) struct Driver {
    pub(super) url: String,
    pub(super) folder: TempDir,
    child: Child,
}

impl Driver {
    pub(super) fn start(program: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let child = Command::new(program)
            .arg("--port=0")
            .env("HOME", folder.path())
            .env("TMPDIR", folder.path())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut driver = Self { url: String::new(), folder, child };
        let mut lines = BufReader::new(driver.child.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        driver.url = format!("http://127.0.0.1:{}", port.unwrap());
        thread::spawn(move || lines.for_each(drop));
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Chromium would outlive a driver that is killed alone; it is in the same group.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
