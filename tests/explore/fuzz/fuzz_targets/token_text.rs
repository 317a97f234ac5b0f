//! Runs [`password_reset_fuzz::token_text`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::token_text(data));
