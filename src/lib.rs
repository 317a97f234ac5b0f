//! "I forgot my password", done right.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

extern crate alloc;

pub mod adapters;
pub mod clock;
#[cfg(feature = "conformance")]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
pub mod link;
pub mod mailer;
pub mod policy;
mod secret;
pub mod service;
pub mod store;
pub mod token;

pub use link::{LinkError, LinkTemplate};
pub use policy::PasswordPolicy;
pub use service::PasswordReset;
