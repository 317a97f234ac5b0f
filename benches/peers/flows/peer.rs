//! Another framework's side: a separate program that takes one order a line.

use crate::wire::{Trips, Wire};
use crate::{ACCOUNTS, Failure, Run, SETTLED, Seconds, Side};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use peers::{python, start};
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::thread::sleep;

const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/");

/// The program ends when this is dropped, because its standard input ends.
pub(crate) struct Peer {
    name: &'static str,
    wire: Wire,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Returns `None` if the framework is not installed.
    pub(crate) fn start(
        name: &'static str,
        program: &str,
        wire: Wire,
    ) -> Result<Option<Self>, Failure> {
        let mut command = python();
        command.arg(format!("{PROGRAMS}{program}")).args([wire.url(), &ACCOUNTS.to_string()]);
        let Some(mut child) = start(name, &mut command) else { return Ok(None) };
        let orders = child.stdin.take().ok_or("it is piped")?;
        let answers = BufReader::new(child.stdout.take().ok_or("it is piped")?);
        let mut started = Self { name, wire, orders, answers };
        let greeting = started.answer()?;
        println!("{greeting}");
        Ok((!greeting.starts_with("skipped")).then_some(started))
    }

    fn order(&mut self, order: &str) -> Result<String, Failure> {
        writeln!(self.orders, "{order}")?;
        self.answer()
    }

    fn answer(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(format!("the program of {} has ended; it says why above", self.name).into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn trips(&mut self, account: u32, run: &Run) -> Result<[Trips; 3], Failure> {
        let (mut trips, mut before) = ([Trips::default(); 3], self.wire.trips());
        let mut order = format!("count {account} {}", run.password);
        for of_step in &mut trips {
            assert_eq!(self.order(&order)?, "step");
            sleep(SETTLED);
            let now = self.wire.trips();
            (*of_step, before) = (now - before, now);
            order = String::new();
        }
        self.order("")?;
        Ok(trips)
    }
}

fn seconds(answer: &str) -> Result<Seconds, Failure> {
    let seconds: Vec<f64> = answer.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    seconds.try_into().map_err(|_| format!("these are not three steps: {answer}").into())
}

/// It blocks, since no other side runs at the same time.
impl Side for Peer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn prepare<'a>(&'a mut self, _: &'a Run) -> BoxFuture<'a, Result<(), Failure>> {
        async { self.order("prepare").map(drop) }.boxed()
    }

    fn flow<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Seconds, Failure>> {
        async move { seconds(&self.order(&format!("flow {account} {}", run.password))?) }.boxed()
    }

    fn count<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<[Trips; 3], Failure>> {
        async move { self.trips(account, run) }.boxed()
    }

    fn finish<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>> {
        async { self.order(&format!("finish {}", run.password)).map(drop) }.boxed()
    }
}
