//! Measures whether the time of a response tells who has an account.

use crate::side::{Ask, Kind, Side};
use crate::support::statistics::{Effect, print_head};
use crate::{Failure, Run};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The pause between two samples, so nothing is left of the last one.
const PAUSE: Duration = Duration::from_millis(1);

/// What is timed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Timed {
    Answer,
    /// The page that the same visitor requests immediately after the response.
    Next,
}

pub(crate) fn measure(run: &Run<'_>, sides: &[Rc<Side>], samples: usize) -> Result<(), Failure> {
    print_head("A response to a login that is", "unknown", "as said");
    let on_postgres =
        |kind| sides.iter().find(move |side| side.kind == kind && side.name.contains("PostgreSQL"));
    if let Some(side) = on_postgres(Kind::Crate) {
        for (what, ask, timed) in [
            ("the page", Ask::Page, Timed::Answer),
            ("the JSON", Ask::Json, Timed::Answer),
            ("the form, requested immediately after the page", Ask::Page, Timed::Next),
        ] {
            effect(run, side, samples, ask, timed, false)?
                .print(&format!("{what}, null control: unknown both times"));
            effect(run, side, samples, ask, timed, true)?.print(&format!("{what}, known"));
        }
    }
    for kind in [Kind::Django, Kind::RustAuth] {
        if let Some(side) = on_postgres(kind) {
            let samples = samples / 3;
            effect(run, side, samples, Ask::Page, Timed::Answer, true)?
                .print(&format!("{}, known", side.name));
        }
    }
    Ok(())
}

/// Compares an unknown login with a known one, or with another unknown one.
fn effect(
    run: &Run<'_>,
    side: &Side,
    samples: usize,
    ask: Ask,
    timed: Timed,
    is_known: bool,
) -> Result<Effect, Failure> {
    let [browser, quiet] = [(); 2].map(|()| run.wait_for(side.browser()));
    let (browser, quiet) = (Mutex::new(browser?), Mutex::new(quiet?));
    let failure = RefCell::new(None);
    let count = Cell::new(10_000);
    let note = |done: Result<(), Failure>| {
        if let Err(error) = done {
            failure.borrow_mut().get_or_insert(error);
        }
    };
    // All logins have the same length.
    let prepare = |class: usize| {
        let number = count.replace(count.get() + 1);
        let login = match (class, is_known) {
            (0, _) => format!("other{number}@example.com"),
            (_, false) => format!("nobod{number}@example.com"),
            (_, true) => side.known(),
        };
        let done = run.wait_for(async {
            side.is_quiet(&mut *quiet.lock().await).await?;
            tokio::time::sleep(PAUSE).await;
            if timed == Timed::Next {
                side.ask(&mut *browser.lock().await, ask, &login).await?;
            }
            Ok(())
        });
        note(done);
        login
    };
    let sample = |_: usize, login: &String| {
        note(run.wait_for(async {
            let mut browser = browser.lock().await;
            match timed {
                Timed::Answer => side.ask(&mut browser, ask, login).await?,
                Timed::Next => browser.get("/forgot").await?,
            };
            Ok(())
        }));
    };
    let effect = Effect::after(samples, prepare, sample);
    failure.into_inner().map_or(Ok(effect), Err)
}
