//! Two runs of the suite at once on one store, as two test programs on one database.

use password_reset::conformance::{self, Fixture};

/// Runs the suite twice at once, on one thread.
pub(crate) async fn run_a_pair<F: Fixture>(fixture: &F) {
    tokio::join!(conformance::run(fixture), conformance::run(fixture));
}

/// Runs the suite twice at once, on two threads.
pub(crate) fn run_a_pair_on_threads<F: Fixture>(fixture: &F) {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(conformance::run(fixture));
    };
    std::thread::scope(|scope| {
        scope.spawn(run);
        run();
    });
}
