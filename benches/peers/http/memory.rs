//! Measures a server's resident memory with many visitors at once.

use crate::side::Side;
use crate::{Failure, Run};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many visitors open a connection at the same time.
const AT_ONCE: usize = 32;

/// The files that a process has open beside its connections.
const OTHERS: usize = 200;

/// Each visitor requests a link, follows it to the form, and stays.
pub(crate) fn measure(run: &Run<'_>, side: Rc<Side>, visitors: usize) -> Result<(), Failure> {
    if !Path::new("/proc/self/limits").exists() {
        println!("skipped: the memory of {}: this system does not say it", side.name);
        return Ok(());
    }
    let limit = open_files()?;
    let visitors = visitors.min(limit.saturating_sub(OTHERS));
    // The first visitors warm up the server, and leave.
    drop(run.wait_for(visit(&side, AT_ONCE))?);
    let before = resident(&side)?;
    let all = run.wait_for(visit(&side, visitors))?;
    let after = resident(&side)?;
    println!(
        "\n{}, {visitors} visitors at once: {} MB, after {} MB without them; {:.1} kB each",
        side.name,
        after / 1000,
        before / 1000,
        f64::from(u32::try_from(after.saturating_sub(before))?)
            / f64::from(u32::try_from(visitors)?),
    );
    drop(all);
    Ok(())
}

async fn visit(side: &Rc<Side>, visitors: usize) -> Result<Vec<crate::client::Browser>, Failure> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = Vec::new();
    for _ in 0..visitors {
        let place = Arc::clone(&places).acquire_owned().await?;
        let side = Rc::clone(side);
        tasks.push(tokio::task::spawn_local(async move {
            let mut browser = side.browser().await?;
            let link = side.link(&mut browser).await?;
            side.open(&mut browser, &link).await?;
            drop(place);
            Ok::<_, Failure>(browser)
        }));
    }
    let mut browsers = Vec::new();
    for task in tasks {
        browsers.push(task.await??);
    }
    Ok(browsers)
}

/// Returns kB of 1,000 bytes.
fn resident(side: &Side) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{}/status", side.process()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).ok_or("it is not there")?;
    Ok(number.parse::<u64>()? * 1024 / 1000)
}

fn open_files() -> Result<usize, Failure> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next()).ok_or("it is not there")?;
    Ok(soft.parse().unwrap_or(usize::MAX))
}
