//! "I forgot my password", done right: a reset link by email of which only the newest
//! works and works once, and a password policy that says what is missing.
//!
//! ```
#![doc = include_str!("../examples/quickstart.rs")]
//! ```
//!
//! # What you plug in
//!
//! | part | what it is | ready-made |
//! | --- | --- | --- |
//! | [`store::Store`] | finds accounts, and swaps a ledger for the next one | [`adapters`]: memory, SQLite, PostgreSQL, MariaDB and MySQL |
//! | [`mailer::Mailer`] | hands two kinds of message over | [`adapters`]: an outbox, lettre |
//! | [`LinkTemplate`] | where your reset page is | |
//! | your hasher | hashes the accepted password: by hand before the commit, or as a [`hasher::PasswordHasher`] | |
//!
//! The [policy](policy::PasswordPolicy), the [issuer](token::TokenIssuer) with its lifetime
//! and throttle, the [clock](clock::Clock) and the entropy have defaults. [`policy`] and
//! [`token`] are pure and can be used on their own, without `async`.
//!
//! A store of your own is a page of code (`examples/own_store.rs`); the guide
//! [`bring_your_own_store`](guide::bring_your_own_store) has its contract in a page, and the
//! conformance suite, which is behind the feature `conformance`, tests it. The guide
//! [`web`](guide::web) mounts the pages, [`accounts`](guide::accounts) is about invitations, administrators, second factors and
//! accounts without a password, `codes` (with that feature) about a code beside the link, [`mail`](guide::mail) about delivery, languages and queues, [`operating`](guide::operating) helps you to run the service, [`scaling`](guide::scaling) to
//! plan for millions of accounts, and [`choosing_a_policy`](guide::choosing_a_policy) to decide what
//! passwords must be.
//!
//! # What is guaranteed
//!
//! - Only the link in the most recent email works, in the order in which the store
//!   committed, and it sets one password once, however many clicks race.
//! - The holder of a dead link is told why it is dead: superseded, used, cancelled, expired, or
//!   the account has changed. One that has expired or was superseded can be renewed by mail for a
//!   week. A link that somebody made up, or that is older than the last 16, tells nothing.
//! - Opening a link, a weak password, a failed hash: none of them costs the link.
//! - A changed address or password, by whatever path, kills the links sent before it (the
//!   password by the account's [stamp](store::Account::stamp), if that is not empty).
//! - New hash, redeemed link and ended sessions are one atomic commit. If it reports an error
//!   but did take effect, the service detects that, unless the store fails again.
//! - A request answers everybody the same, mails the stored address only, and is
//!   [throttled](token::Throttle) for each account: by default at most five links an hour, or ten
//!   where links are redeemed or the account changes, and at most six good links in a day that a
//!   stranger's requests replace before their end. What the host issues by an account's id is
//!   counted and not throttled.
//! - At rest there are only SHA-256 digests; tokens, links and passwords cannot be printed.
//! - No `unsafe`, and no panic on any input.
//!
//! # What it does not do
//!
//! It opens no sessions and limits no clients by address: that is the host's part. It does not make
//! [`request`](PasswordReset::request) take the same *time* for everybody: answer the visitor first
//! and run it off the response path, as the pages do (feature `web`). It does not verify that an address belongs to an account's owner:
//! somebody who can read the mailbox can reset the password.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `std` | yes | the system clock and [`adapters::memory`]; without it the crate is `no_std` with `alloc` |
//! | `getrandom` | yes | the system's random generator as the source of tokens |
//! | `sql` | | `adapters::sql::SqlStore`, over a driver of yours |
//! | `sqlx-sqlite` | | `adapters::sqlx::SqliteStore`; needs Rust 1.94 |
//! | `sqlx-postgres` | | `adapters::sqlx::PostgresStore`; needs Rust 1.94 |
//! | `sqlx-mysql` | | `adapters::sqlx::MySqlStore`, for MariaDB and MySQL; needs Rust 1.94 |
//! | `uuid` | | UUIDs as account ids in the SQL store |
//! | `web` | | the pages and the JSON of the whole flow, for any framework that takes `http` and `tower` |
//! | `argon2` | | `adapters::argon2::Argon2Hasher`: Argon2id with OWASP's parameters |
//! | `words` | | the mails and the policy's sentences in ten languages, for any mailer |
//! | `lettre` | | `adapters::lettre::LettreMailer`; brings `words` and `idn` |
//! | `codes` | | a short code beside the link, to type where the link does not open |
//! | `idn` | | domains outside ASCII: as mail servers take them, and as browsers send them in logins |
//! | `conformance` | | the test-suite for your own store |
//! | `serde` | | the policy as configuration, and what it asks and misses as JSON |
//! | `common-passwords` | | an embedded list of 30,000 common passwords (250 kB) |
//! | `hibp` | | the look at breached passwords, without an HTTP client |
//! | `nfc` | | Unicode normalization of passwords |
//! | `zxcvbn` | | a minimum strength, as zxcvbn estimates it |
//! | `tracing` | | one event per outcome, with its flow, purpose and account and without secrets |
//! | `zeroize` | | wipes secrets from memory when they are dropped |
//!
//! The minimum Rust is 1.88, with the drivers over sqlx 1.94; raising it is a minor release.
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
pub use service::{PasswordReset, ResetError};
