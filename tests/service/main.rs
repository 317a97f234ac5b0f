//! These tests stand on ports in memory: a store, a mailer and a clock that the test controls.
#![cfg(all(feature = "std", feature = "getrandom"))]

mod address;
mod answer_time;
#[cfg(feature = "argon2")]
mod argon2;
mod cancellation;
mod change;
mod concurrency;
#[cfg(feature = "codes")]
mod exchange;
mod faults;
mod first_password;
mod following;
mod invitation;
#[cfg(all(feature = "codes", feature = "lettre"))]
mod mail;
mod policy;
mod promise;
mod random_flows;
mod requests;
mod second_factor;
mod secrets;
#[path = "../support/mod.rs"]
mod support;
