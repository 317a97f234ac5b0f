//! The rules of the password policy.

mod allocations;
mod blocklist;
#[cfg(feature = "hibp")]
mod breach;
#[cfg(feature = "serde")]
mod config;
mod context;
mod differential;
mod hints;
#[cfg(feature = "serde")]
mod json;
#[cfg(feature = "nfc")]
mod normalization;
mod presets;
mod room;
mod rules;
#[cfg(feature = "zxcvbn")]
mod strength;
mod verdict;

use password_reset::policy::{CustomRequirement, PasswordPolicy, Violations};
use std::fmt;

/// The codes of what `password` misses under a policy.
fn missed(policy: &PasswordPolicy, password: &str) -> Vec<String> {
    missed_by(policy, password, &[])
}

/// The same with words about the account.
fn missed_by(policy: &PasswordPolicy, password: &str, words: &[&str]) -> Vec<String> {
    let violations = policy.check_for(password, words).err();
    violations.iter().flat_map(Violations::codes).map(str::to_owned).collect()
}

/// A policy that asks for one character, so that a test sees its own requirement alone.
fn lenient() -> password_reset::policy::PasswordPolicyBuilder {
    PasswordPolicy::builder().min_length(1).digit(false).lowercase(false).uppercase(false)
}

/// A requirement of a host's: not to contain a word.
#[derive(Debug)]
struct Without(&'static str);

impl CustomRequirement for Without {
    fn code(&self) -> &str {
        self.0
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {}", self.0)
    }

    fn parameters(&self) -> Vec<(&str, usize)> {
        vec![("most", 0)]
    }

    fn is_met_by(&self, password: &str) -> bool {
        !password.contains(self.0)
    }
}
