//! Password policies: what a new password must be, and everything that is wrong with one.
//!
//! ```
//! use password_reset::policy::PasswordPolicy;
//!
//! let policy = PasswordPolicy::default();
//! assert!(policy.check("Abcdefg1").is_ok());
//!
//! let violations = policy.check("password").unwrap_err();
//! let codes: Vec<_> = violations.codes().collect();
//! assert_eq!(codes, ["missing_digit", "missing_uppercase"]);
//! assert_eq!(violations.to_string(), "use at least one number, at least one upper-case letter");
//! ```
//!
//! The guide [`choosing_a_policy`](crate::guide::choosing_a_policy) helps you to choose one.

// These come first, so that their methods do in the documentation.
mod builder;
mod checked;
mod password_policy;

mod attempt;
mod blocklist;
#[cfg(feature = "hibp")]
mod breach;
mod common_passwords;
#[cfg(feature = "serde")]
mod config;
mod context;
mod custom;
mod demand;
mod hints;
mod invisible;
#[cfg(feature = "serde")]
mod json;
mod preset;
mod reading;
mod requirement;
mod rules;
#[cfg(feature = "zxcvbn")]
mod strength;
mod text;
mod verify;
mod violation;

pub use blocklist::Blocklist;
#[cfg(feature = "hibp")]
pub use breach::{Breach, BreachError, BreachRange, UnreadableAnswer};
pub use builder::PasswordPolicyBuilder;
pub use checked::{AcceptedPassword, BreachNotChecked, CheckedPassword, PreparedPassword};
pub use common_passwords::CommonPasswords;
pub use context::ContextWords;
pub use custom::CustomRequirement;
pub use demand::Demand;
pub use hints::Hints;
pub use password_policy::PasswordPolicy;
pub use preset::Preset;
pub use requirement::{BCRYPT_BYTES, Requirement};
pub use rules::BreachService;
pub use verify::PolicyError;
pub use violation::{Violation, Violations};
