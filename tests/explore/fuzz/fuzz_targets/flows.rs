//! Runs [`password_reset_fuzz::flows`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::flows(data));
