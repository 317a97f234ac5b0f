//! Runs [`password_reset_fuzz::code_text`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::code_text(data));
