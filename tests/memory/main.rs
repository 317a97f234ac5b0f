//! These tests read the memory of their whole process, so no other test may run in it.
#![cfg(target_os = "linux")]

#[cfg(feature = "argon2")]
mod argon2;
#[cfg(all(feature = "zeroize", feature = "std", feature = "getrandom"))]
mod flows;
#[cfg(feature = "zeroize")]
mod policy;
#[path = "../support/mod.rs"]
mod support;

/// Held by each test while it measures or searches.
#[cfg(any(feature = "argon2", feature = "zeroize"))]
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
