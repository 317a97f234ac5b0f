//! "I forgot my password" for Rust services: reset links by email, of which only the newest works,
//! and only once, and a password policy that reports everything that is missing.
//!
//! This is the whole flow, with a store and an outbox in memory:
//!
//! ```
#![doc = include_str!("../examples/quickstart.rs")]
//! ```
//!
//! A service with axum, PostgreSQL, mail and ready-made pages is one file of the repository:
//! `examples/axum/src/main.rs`.
//!
//! # What you plug in
//!
//! | part | what it does | ready-made |
//! | --- | --- | --- |
//! | [`Store`](store::Store) | finds accounts, and commits each change as one compare-and-swap | [`adapters`]: PostgreSQL, MariaDB, MySQL, SQLite, memory |
//! | [`Mailer`](mailer::Mailer) | sends the link and the notice | [`adapters`]: lettre, an outbox in memory |
//! | [`LinkTemplate`] | says where your reset page is | |
//! | [`PasswordHasher`](hasher::PasswordHasher) | hashes the accepted password, if you do not hash it yourself | [`adapters`]: Argon2id |
//! | pages | the visitor's side, as HTML and JSON | feature `web` |
//!
//! [`PasswordReset`] joins them. The [policy](policy::PasswordPolicy), the
//! [issuer](token::TokenIssuer) with its lifetime and throttle, the [clock](clock::Clock) and the
//! entropy have defaults. [`policy`] and [`token`] are pure: you can use them without the
//! service and without `async`.
//!
//! The [guides](guide) cover mounting the pages, mail, operation, accounts, choosing a policy,
//! codes, bringing your own store, moving from the code of a tutorial, and scaling.
//!
//! # What is guaranteed
//!
#![doc = include_str!("guide/guarantees.md")]
//!
//! # What it does not do
//!
//! - It opens no sessions, and it does not limit clients by their address. Both are up to you.
//! - [`request`](PasswordReset::request) does not take the same *time* for every login. Respond to the
//!   visitor first and run it in the background, as the pages do (feature `web`).
//! - It cannot verify that an address belongs to the account's owner: somebody who reads the
//!   mailbox can reset the password.
//!
//! # Features
//!
#![doc = include_str!("guide/features.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

extern crate alloc;

pub mod adapters;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod digit;
pub mod guide;
pub mod hasher;
#[cfg(feature = "idn")]
mod idn;
pub mod link;
pub mod mailer;
pub mod policy;
mod secret;
pub mod service;
pub mod store;
pub mod token;
#[cfg(feature = "web")]
pub mod web;
#[cfg(feature = "words")]
pub mod words;

pub use link::{LinkError, LinkTemplate};
pub use policy::PasswordPolicy;
#[doc(no_inline)]
pub use rand_core;
pub use service::{PasswordReset, ResetError};
#[doc(no_inline)]
pub use time;

/// Runs the code of the README with the tests of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
