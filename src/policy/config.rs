//! The policy as configuration, in a format that names its fields, such as JSON or TOML.

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

/// Declares the configuration. Each field may have a value, which replaces the preset's.
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

/// Reads fields by name only, and rejects a sequence of values.
struct ByName;

impl<'de> Visitor<'de> for ByName {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings of a password policy by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Config, A::Error> {
        Config::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Read a builder if you want to add something that a file cannot hold, such as your own
/// [`Blocklist`](super::Blocklist), before you [build](PasswordPolicyBuilder::build) the policy.
///
/// Fields that are left out keep the preset's values. Unknown fields are errors.
impl<'de> Deserialize<'de> for PasswordPolicyBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let config = deserializer.deserialize_struct("PasswordPolicy", FIELDS, ByName)?;
        Ok(Self(config.into()))
    }
}

/// Reads a builder and builds it, so every [`PolicyError`](super::PolicyError) is an error here
/// too, for example a setting whose feature is off.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let policy: PasswordPolicy = serde_json::from_str(r#"{"min_length": 10, "bcrypt": true}"#)?;
/// assert!(policy.check("Abcdefg1").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for PasswordPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PasswordPolicyBuilder::deserialize(deserializer)?.build().map_err(D::Error::custom)
    }
}

/// Writes the preset and the settings that differ from it. A policy with your own blocklists or
/// requirements is an error, because reading the configuration back would lose them.
impl Serialize for PasswordPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lists = self.rules.blocklists.len() + self.rules.breached_passwords.len();
        if lists + self.rules.custom.len() > 0 {
            let own = "your own requirements and blocklists cannot be serialized";
            return Err(S::Error::custom(own));
        }
        Config::from(&self.rules).serialize(serializer)
    }
}
