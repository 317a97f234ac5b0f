//! Counts requests and whole flows per second.

use crate::side::{Ask, Kind, Side};
use crate::{Failure, Run, Size};
use peers::{quantile, shuffled};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

/// Visitors at once, each with a connection that stays.
const VISITORS: usize = 16;

#[derive(Clone, Copy)]
enum What {
    Known,
    Unknown,
    Flow,
}

const ALL: [What; 3] = [What::Known, What::Unknown, What::Flow];

/// The sides take turns in random order.
pub(crate) fn measure(run: &Run<'_>, sides: &[Rc<Side>], size: &Size) -> Result<(), Failure> {
    let mut rates = vec![[const { Vec::new() }; ALL.len()]; sides.len()];
    // The first turn warms up all sides.
    for turn in 0..=size.turns {
        for number in shuffled(sides.len())? {
            let asked = if sides[number].kind == Kind::Bare { &ALL[..1] } else { &ALL };
            for (&what, rates) in asked.iter().zip(&mut rates[number]) {
                let times = if matches!(what, What::Flow) { size.flows } else { size.requests };
                let rate = run.wait_for(rate(&sides[number], what, times))?;
                if turn > 0 {
                    rates.push(rate);
                }
            }
        }
    }
    println!("\n| in a second: median, and quartiles | requests, known | unknown | whole flows |");
    println!("| --- | --- | --- | --- |");
    for (side, rates) in sides.iter().zip(rates) {
        let cells = rates.into_iter().map(|rates| {
            if rates.is_empty() {
                return " |".to_owned();
            }
            let [first, median, third] =
                [0.25, 0.5, 0.75].map(|share| quantile(rates.clone(), share));
            format!(" {median:.0} ({first:.0} to {third:.0}) |")
        });
        println!("| {} |{}", side.name, cells.collect::<String>());
    }
    Ok(())
}

/// A request counts once its mail has arrived and no work is left behind the responses.
async fn rate(side: &Rc<Side>, what: What, times: usize) -> Result<f64, Failure> {
    let left = Rc::new(Cell::new(times));
    let mut browsers = Vec::new();
    for _ in 0..VISITORS {
        let mut browser = side.browser().await?;
        // Opens the connection.
        side.is_quiet(&mut browser).await?;
        browsers.push(browser);
    }
    let mut quiet = side.browser().await?;
    let start = Instant::now();
    let visitors = browsers.into_iter().map(|mut browser| {
        let (side, left) = (Rc::clone(side), Rc::clone(&left));
        tokio::task::spawn_local(async move {
            while let Some(number) = left.get().checked_sub(1) {
                left.set(number);
                match what {
                    What::Flow => side.flow(&mut browser).await?,
                    What::Known if side.kind != Kind::Bare => {
                        let login = side.known();
                        let mail = side.mail(&login);
                        side.ask(&mut browser, Ask::Page, &login).await?;
                        mail.arrives().await?;
                    }
                    _ => {
                        let login = format!("other{number}@example.com");
                        side.ask(&mut browser, Ask::Page, &login).await?;
                    }
                }
            }
            Ok::<(), Failure>(())
        })
    });
    for visitor in visitors.collect::<Vec<_>>() {
        visitor.await??;
    }
    side.is_quiet(&mut quiet).await?;
    let seconds = start.elapsed().as_secs_f64();
    Ok(f64::from(u32::try_from(times)?) / seconds)
}
