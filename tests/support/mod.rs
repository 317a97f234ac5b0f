//! What several tests need.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub(crate) mod invariants;
#[cfg(all(feature = "std", feature = "getrandom"))]
pub(crate) mod ports;
#[cfg(all(feature = "std", feature = "getrandom"))]
pub(crate) mod world;

use password_reset::token::Entropy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// A "generator" that gives the bytes it was made of, in the one call that is promised.
struct Scripted(Option<[u8; 36]>);

impl TryRng for Scripted {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("entropy is drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("entropy is drawn as bytes")
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        dst.copy_from_slice(&self.0.take().expect("entropy is drawn in one call"));
        Ok(())
    }
}

impl TryCryptoRng for Scripted {}

/// Entropy of known bytes: 12 of the selector, 24 of the verifier.
pub(crate) fn entropy_of(bytes: [u8; 36]) -> Entropy {
    Entropy::from_rng(&mut Scripted(Some(bytes))).unwrap()
}

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
