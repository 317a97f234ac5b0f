//! These tests stand on values alone: no port, no clock and no runtime.

#[cfg(feature = "codes")]
mod codes;
mod ledger;
mod ledger_bytes;
mod ledger_history;
mod link;
mod policy;
#[path = "../support/mod.rs"]
mod support;
mod throttle;
mod token;
