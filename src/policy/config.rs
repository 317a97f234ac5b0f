//! The policy as configuration, in a format that names its fields, such as JSON or TOML:
//! `{"preset": "asvs_level1", "common_passwords": "exact"}`.

use super::builder::PasswordPolicyBuilder;
use super::common_passwords::CommonPasswords;
use super::context::ContextWords;
use super::password_policy::PasswordPolicy;
use super::preset::Preset;
use super::rules::{BreachService, Rules};
use core::fmt;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Declares the configuration: for each of these fields of the rules a value that replaces the
/// preset's.
macro_rules! config {
    ($($field:ident: $value:ty,)*) => {
        const FIELDS: &[&str] = &["preset", $(stringify!($field),)*];

        #[derive(Default, Deserialize, Serialize)]
        #[serde(default, deny_unknown_fields)]
        struct Config {
            preset: Preset,
            $(#[serde(skip_serializing_if = "Option::is_none")] $field: Option<$value>,)*
        }

        impl From<&Rules> for Config {
            fn from(rules: &Rules) -> Self {
                let preset = Rules::of(rules.preset);
                Self {
                    preset: rules.preset,
                    $($field: (rules.$field != preset.$field).then(|| rules.$field.clone()),)*
                }
            }
        }

        impl From<Config> for Rules {
            fn from(config: Config) -> Self {
                let mut rules = Self::of(config.preset);
                $(if let Some(value) = config.$field { rules.$field = value; })*
                rules
            }
        }
    };
}

config! {
    min_length: usize,
    max_length: usize,
    max_bytes: Option<usize>,
    bcrypt: bool,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
    visible: bool,
    nfc: bool,
    common_passwords: Option<CommonPasswords>,
    context_words: Option<ContextWords>,
    min_score: Option<u8>,
    breach_service: Option<BreachService>,
}

/// Reads fields by their names alone, and no sequence in their order.
struct ByName;

impl<'de> Visitor<'de> for ByName {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings of a password policy by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Config, A::Error> {
        Config::deserialize(MapAccessDeserializer::new(map))
    }
}

/// For a host that adds what no file can hold, such as a [`Blocklist`](super::Blocklist) of
/// its own, before it [builds](PasswordPolicyBuilder::build).
///
/// Fields that are left out keep the preset's values, and unknown ones are errors.
impl<'de> Deserialize<'de> for PasswordPolicyBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let config = deserializer.deserialize_struct("PasswordPolicy", FIELDS, ByName)?;
        Ok(Self(config.into()))
    }
}

/// Reads the builder and builds, so every [`PolicyError`](super::PolicyError) is an error here
/// too: a setting whose feature is off, for instance.
impl<'de> Deserialize<'de> for PasswordPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PasswordPolicyBuilder::deserialize(deserializer)?.build().map_err(D::Error::custom)
    }
}

/// Writes the preset and what differs from it. A policy with blocklists or requirements of the
/// host's own is an error, since reading the configuration back would lose them.
impl Serialize for PasswordPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = self.rules.blocklists.len() + self.rules.breached_passwords.len();
        if lists + self.rules.custom.len() > 0 {
            let own = "the host's own requirements and blocklists cannot be written down";
            return Err(S::Error::custom(own));
        }
        Config::from(&self.rules).serialize(serializer)
    }
}
