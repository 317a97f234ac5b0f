//! Runs [`password_reset_fuzz::breach_answer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::breach_answer(data));
