//! Tokens and the rules of their life: issue, supersede, redeem, revoke, expire.
//!
//! Everything here is pure: the time and the randomness are arguments, nothing
//! waits, and a change returns a new [`Ledger`] for the host to store. An asynchronous
//! host uses it through [`PasswordReset`](crate::PasswordReset); a synchronous one
//! can use it as it is, as `examples/blocking.rs` does.

mod builder;
#[cfg(feature = "codes")]
mod code;
mod digest;
mod encoding;
mod entropy;
mod issuer;
mod ledger;
mod refusal;
mod reset_token;
mod throttle;

pub use builder::{LifetimeError, TokenIssuerBuilder};
#[cfg(feature = "codes")]
pub use code::{Code, CodeError, CodeKey, Codes, Exchange, ExchangeError};
pub use digest::Binding;
pub use encoding::{DecodeError, MAX_LEDGER_BYTES};
pub use entropy::Entropy;
pub use issuer::{IssueError, Issued, RedeemError, TokenIssuer};
pub use ledger::{Issue, IssueKind, IssueState, Ledger, RevisionExhausted};
pub use refusal::Refusal;
pub use reset_token::{MalformedToken, ResetToken, Selector};
pub use throttle::{Throttle, ThrottleError};
