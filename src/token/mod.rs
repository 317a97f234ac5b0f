//! The rules of reset links: how they are issued, checked, redeemed, revoked and renewed.
//!
//! [`TokenIssuer`] has the rules, and [`Ledger`] has the recent links of one account. Everything
//! here is pure: the time and the randomness are arguments, nothing waits, and each change returns
//! a new [`Ledger`] for you to store.
//!
//! An asynchronous host uses this module through [`PasswordReset`](crate::PasswordReset). A
//! synchronous host can use it directly, as `examples/blocking.rs` does.

// These come first, so that their methods do in the documentation.
mod builder;
mod issuer;
mod ledger;

#[cfg(feature = "codes")]
mod code;
mod digest;
mod encoding;
mod entropy;
mod issue;
mod refusal;
mod reset_token;
mod throttle;

pub use builder::{LifetimeError, TokenIssuerBuilder};
#[cfg(feature = "codes")]
pub use code::{Code, CodeError, CodeKey, Codes, Exchange, ExchangeError};
pub use digest::Binding;
pub use encoding::{DecodeError, MAX_LEDGER_BYTES};
pub use entropy::Entropy;
pub use issue::{Issue, IssueKind, IssueState};
pub use issuer::{IssueError, Issued, RedeemError, TokenIssuer};
pub use ledger::{Ledger, RevisionExhausted};
pub use refusal::Refusal;
pub use reset_token::{MalformedToken, ResetToken, Selector};
pub use throttle::{Throttle, ThrottleError};
