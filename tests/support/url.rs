//! The URLs of the database servers.

use std::io::Write as _;

/// The URL in an environment variable. Where it is not set, says that this test is skipped:
/// past the test runner, which shows nothing that a test prints unless it fails.
pub(crate) fn url(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        let _ = writeln!(std::io::stderr(), "skipped: {test}: {variable} is not set");
    }
    url
}
