//! Runs [`password_reset_fuzz::mail_headers`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::mail_headers(data));
