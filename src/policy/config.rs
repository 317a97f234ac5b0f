//! The policy as configuration: `{"min_length": 12, "uppercase": false}`.

use super::{PasswordPolicy, PolicyError};
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

#[derive(Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    min_length: usize,
    max_length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_bytes: Option<usize>,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self::from(&PasswordPolicy::default())
    }
}

impl From<&PasswordPolicy> for Config {
    fn from(policy: &PasswordPolicy) -> Self {
        Self {
            min_length: policy.min_length,
            max_length: policy.max_length,
            max_bytes: policy.max_bytes,
            digit: policy.digit,
            lowercase: policy.lowercase,
            uppercase: policy.uppercase,
        }
    }
}

impl TryFrom<Config> for PasswordPolicy {
    type Error = PolicyError;

    fn try_from(config: Config) -> Result<Self, PolicyError> {
        super::PasswordPolicyBuilder(Self {
            min_length: config.min_length,
            max_length: config.max_length,
            max_bytes: config.max_bytes,
            digit: config.digit,
            lowercase: config.lowercase,
            uppercase: config.uppercase,
            custom: Vec::new(),
        })
        .build()
    }
}

/// Fields that are left out keep their defaults; unknown ones, and bounds that
/// contradict each other, are errors.
impl<'de> Deserialize<'de> for PasswordPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Config::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

/// A policy with requirements of the host's own is an error, since reading the
/// configuration back would lose them.
impl Serialize for PasswordPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.custom.is_empty() {
            return Err(ser::Error::custom("the host's own requirements cannot be written down"));
        }
        Config::from(self).serialize(serializer)
    }
}
