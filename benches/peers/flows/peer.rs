//! Another framework's side: a program of its own that is told what to run, a line at a time.

use crate::{ACCOUNTS, Failure, Run, Seconds};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/");

pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) program: &'static str,
}

/// Ends when it is dropped, since its program then has nothing more to read.
pub(crate) struct Started {
    pub(crate) name: &'static str,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// `None` where there is no such framework to compare with.
    pub(crate) fn start(&self, url: &str) -> Result<Option<Started>, Failure> {
        let Self { name, program } = *self;
        let python = env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(&python);
        command.arg(format!("{PROGRAMS}{program}")).args([url, &ACCOUNTS.to_string()]);
        let mut child = match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => {
                println!("skipped: {name}: {python} does not start: {error}");
                return Ok(None);
            }
        };
        let orders = child.stdin.take().ok_or("it is piped")?;
        let answers = BufReader::new(child.stdout.take().ok_or("it is piped")?);
        let mut started = Started { name, orders, answers };
        let greeting = started.answer()?;
        println!("{greeting}");
        Ok((!greeting.starts_with("skipped")).then_some(started))
    }
}

impl Started {
    pub(crate) fn run(&mut self, run: &Run) -> Result<Seconds, Failure> {
        let Run { accounts, password } = run;
        writeln!(self.orders, "{} {} {password}", accounts.start, accounts.end)?;
        let answer = self.answer()?;
        let seconds: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        seconds.try_into().map_err(|_| format!("these are not three steps: {answer}").into())
    }

    fn answer(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(format!("the program of {} has ended; it says why above", self.name).into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
