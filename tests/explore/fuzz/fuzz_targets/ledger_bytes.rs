//! Runs [`password_reset_fuzz::ledger_bytes`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::ledger_bytes(data));
