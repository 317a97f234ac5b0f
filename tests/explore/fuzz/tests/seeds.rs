//! Replays the seeds without a fuzzer.

use std::path::Path;

/// Runs a target over its seeds; what a fuzzer has added on this machine is left to it.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut seeds = 0;
    for entry in folder.read_dir().unwrap() {
        let entry = entry.unwrap();
        if !entry.file_name().to_string_lossy().starts_with("seed-") {
            continue;
        }
        let data = std::fs::read(entry.path()).unwrap();
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{} breaks a property", entry.path().display());
        seeds += 1;
    }
    assert!(seeds >= 10, "{seeds} seeds in {}", folder.display());
}

macro_rules! replay {
    ($($target:ident)*) => {$(
        #[test]
        fn $target() {
            replay(stringify!($target), password_reset_fuzz::$target);
        }
    )*};
}

replay!(token_text code_text ledger_bytes link_template mail_headers policy breach_answer flows);
