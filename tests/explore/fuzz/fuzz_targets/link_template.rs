//! Runs [`password_reset_fuzz::link_template`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| password_reset_fuzz::link_template(data));
