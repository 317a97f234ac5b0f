//! What several programs of tests share.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod at_once;
#[cfg(all(feature = "std", feature = "getrandom", feature = "codes"))]
pub(crate) mod code_races;
#[cfg(feature = "codes")]
pub(crate) mod codes;
#[cfg(feature = "tracing")]
pub(crate) mod events;
pub(crate) mod faulty;
#[cfg(all(feature = "sqlx-sqlite", feature = "sqlx-postgres", feature = "sqlx-mysql"))]
pub(crate) mod host;
pub(crate) mod invariants;
pub(crate) mod issuers;
#[cfg(all(feature = "std", feature = "getrandom"))]
pub(crate) mod ports;
#[cfg(all(feature = "std", feature = "getrandom"))]
pub(crate) mod races;
#[cfg(all(feature = "zeroize", target_os = "linux"))]
pub(crate) mod remains;
pub(crate) mod scripted;
#[cfg(feature = "lettre")]
pub(crate) mod smtp;
pub(crate) mod url;
#[cfg(all(feature = "std", feature = "getrandom"))]
pub(crate) mod world;

pub(crate) use scripted::entropy_of;

use password_reset::token::Entropy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Entropy that differs for each number, in both halves.
pub(crate) fn entropy(number: u64) -> Entropy {
    let mut bytes = [0xA5; 36];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    bytes[12..20].copy_from_slice(&number.to_be_bytes());
    entropy_of(bytes)
}

/// Runs the same cases every time, so that what they reached can be asserted.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Polls a future to its end; whatever it waits for is only a turn.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future never ends")
}
