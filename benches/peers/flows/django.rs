//! Django's side: a program of its own that is told what to run, a line at a time.

use crate::{ACCOUNTS, Failure, Run, Seconds};
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/django_flow.py");

/// Ends when it is dropped, since the program then has nothing more to read.
pub(crate) struct Django {
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Django {
    /// `None` where there is no Django to compare with.
    pub(crate) fn start(url: &str) -> Result<Option<Self>, Failure> {
        let python = env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut command = Command::new(&python);
        command.arg(PROGRAM).args([url, &ACCOUNTS.to_string()]);
        let mut child = match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => {
                println!("skipped: Django: {python} does not start: {error}");
                return Ok(None);
            }
        };
        let orders = child.stdin.take().ok_or("it is piped")?;
        let answers = BufReader::new(child.stdout.take().ok_or("it is piped")?);
        let mut django = Self { orders, answers };
        let greeting = django.answer()?;
        println!("{greeting}");
        Ok((!greeting.starts_with("skipped")).then_some(django))
    }

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
            0 => Err("Django's program has ended; it says why above".into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}
