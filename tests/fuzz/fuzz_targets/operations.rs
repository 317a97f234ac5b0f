//! Runs [`password_reset_fuzz::operations`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::operations(data));
