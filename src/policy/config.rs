//! The policy as configuration, in a format that names its fields, such as JSON or TOML:
//! `{"preset": "asvs_level1", "common_passwords": "exact"}`.

#[cfg(feature = "hibp")]
use super::BreachService;
#[cfg(feature = "common-passwords")]
use super::CommonPasswords;
use super::{ContextWords, PasswordPolicy, PasswordPolicyBuilder, Preset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

/// What is left out keeps the preset's value.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    preset: Preset,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bcrypt: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digit: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lowercase: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uppercase: Option<bool>,
    #[cfg(feature = "nfc")]
    #[serde(skip_serializing_if = "Option::is_none")]
    nfc: Option<bool>,
    #[cfg(feature = "common-passwords")]
    #[serde(skip_serializing_if = "Option::is_none")]
    common_passwords: Option<CommonPasswords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_words: Option<ContextWords>,
    #[cfg(feature = "zxcvbn")]
    #[serde(skip_serializing_if = "Option::is_none")]
    min_score: Option<u8>,
    #[cfg(feature = "hibp")]
    #[serde(skip_serializing_if = "Option::is_none")]
    breach_service: Option<BreachService>,
}

impl From<&PasswordPolicy> for Config {
    fn from(policy: &PasswordPolicy) -> Self {
        Self {
            preset: policy.preset,
            min_length: Some(policy.min_length),
            max_length: Some(policy.max_length),
            max_bytes: policy.max_bytes,
            bcrypt: policy.bcrypt.then_some(true),
            digit: Some(policy.digit),
            lowercase: Some(policy.lowercase),
            uppercase: Some(policy.uppercase),
            #[cfg(feature = "nfc")]
            nfc: policy.nfc.then_some(true),
            #[cfg(feature = "common-passwords")]
            common_passwords: policy.common_passwords,
            context_words: policy.context_words.clone(),
            #[cfg(feature = "zxcvbn")]
            min_score: policy.min_score,
            #[cfg(feature = "hibp")]
            breach_service: policy.breach_service,
        }
    }
}

impl From<Config> for PasswordPolicyBuilder {
    fn from(config: Config) -> Self {
        let preset = config.preset.policy();
        Self(PasswordPolicy {
            min_length: config.min_length.unwrap_or(preset.min_length),
            max_length: config.max_length.unwrap_or(preset.max_length),
            max_bytes: config.max_bytes,
            bcrypt: config.bcrypt.unwrap_or(preset.bcrypt),
            digit: config.digit.unwrap_or(preset.digit),
            lowercase: config.lowercase.unwrap_or(preset.lowercase),
            uppercase: config.uppercase.unwrap_or(preset.uppercase),
            #[cfg(feature = "nfc")]
            nfc: config.nfc.unwrap_or(preset.nfc),
            #[cfg(feature = "common-passwords")]
            common_passwords: config.common_passwords,
            context_words: config.context_words,
            #[cfg(feature = "zxcvbn")]
            min_score: config.min_score,
            #[cfg(feature = "hibp")]
            breach_service: config.breach_service,
            ..preset
        })
    }
}

/// For a host that adds what no file can hold, such as a [`Blocklist`](super::Blocklist) of
/// its own, before it [builds](PasswordPolicyBuilder::build).
///
/// Fields that are left out keep the preset's values, and unknown ones are errors.
impl<'de> Deserialize<'de> for PasswordPolicyBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Config::deserialize(deserializer).map(Self::from)
    }
}

/// Reads the builder and builds: what [`PolicyError`](super::PolicyError) tells of is an
/// error here too.
impl<'de> Deserialize<'de> for PasswordPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PasswordPolicyBuilder::deserialize(deserializer)?.build().map_err(de::Error::custom)
    }
}

/// A policy with blocklists or requirements of the host's own is an error, since reading the
/// configuration back would lose them.
impl Serialize for PasswordPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = self.blocklists.len() + self.breached_passwords.len();
        if lists + self.custom.len() > 0 {
            let own = "the host's own requirements and blocklists cannot be written down";
            return Err(ser::Error::custom(own));
        }
        Config::from(self).serialize(serializer)
    }
}
