//! Replays the corpus, so that the seeds and what was found once run without a fuzzer.

use std::path::Path;

/// Runs a target over its corpus: the seeds, and what a fuzzer has added on this machine.
fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut seeds = 0;
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        let outcome = std::panic::catch_unwind(|| target(&data));
        assert!(outcome.is_ok(), "{} breaks a property", path.display());
        let name = path.file_name().unwrap();
        seeds += usize::from(name.to_str().unwrap().starts_with("seed-"));
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

replay!(token_text ledger_bytes link_template mail_headers policy breach_answer operations);
