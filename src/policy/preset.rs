use super::{ContextWords, PasswordPolicy, PolicyError};
use core::fmt;

/// A policy with a name, to [start from](PasswordPolicy::preset).
///
/// One that follows a standard holds its builder to it: what the standard asks for cannot be
/// left out, nor what it forbids put in. (NIST words two of these as recommendations: 64
/// permitted characters and normalization.) What concerns sign-in, rate limits and hashing is
/// the host's.
///
/// | preset | characters | composition | blocklist | more |
/// | --- | --- | --- | --- | --- |
/// | [`Default`](Self::Default) | 8 to 256 | number, lower and upper case | | |
/// | [`NistSingleFactor`](Self::NistSingleFactor) | 15 to 256 | | of any size | normalized |
/// | [`NistMultiFactor`](Self::NistMultiFactor) | 8 to 256 | | of any size | normalized |
/// | [`AsvsLevel1`](Self::AsvsLevel1) | 8 to 256 | | 3,000 | |
/// | [`AsvsLevel2`](Self::AsvsLevel2) | 8 to 256 | | 3,000 | context words, breached passwords |
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::{PolicyError, Preset};
///
/// let builder = PasswordPolicy::preset(Preset::AsvsLevel1);
/// let error = builder.build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "OWASP ASVS 5.0 level 1 asks for a blocklist with at least 3000 passwords whose length \
///      the policy permits (6.2.4)"
/// );
/// # #[cfg(feature = "common-passwords")] {
/// use password_reset::policy::CommonPasswords;
///
/// let builder = PasswordPolicy::preset(Preset::AsvsLevel1);
/// let policy = builder.common_passwords(CommonPasswords::IgnoringCase).build()?;
/// assert!(policy.check("correct horse battery staple").is_ok());
/// assert!(policy.check("Password1").is_err());
/// # }
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Preset {
    /// What the crate promises: at least 8 characters, a number, lower and upper case.
    ///
    /// No standard: see [`PasswordPolicy`] for those that it breaks, and why it is the
    /// default. Everything about it can be changed.
    #[default]
    Default,
    /// NIST SP 800-63B-4, section 3.1.1.2, where the password is the only factor: at least 15
    /// characters (1), at least 64 permitted (2), each code point counted as one (4), no rule
    /// of composition (5), normalized in form C, and a blocklist that is compared with the
    /// entire password.
    ///
    /// It needs the feature `nfc`. The standard names no size for the blocklist: at least one
    /// of its passwords must have a length that the policy permits.
    NistSingleFactor,
    /// NIST SP 800-63B-4, section 3.1.1.2, where a second factor is always asked for: at least
    /// 8 characters (1), and otherwise as with a single factor.
    NistMultiFactor,
    /// OWASP ASVS 5.0 level 1: at least 8 characters (6.2.1), none of at least 3,000 common
    /// passwords of a permitted length (6.2.4), any composition (6.2.5), and the password
    /// exactly as it was typed (6.2.8).
    AsvsLevel1,
    /// OWASP ASVS 5.0 level 2: level 1, with at least 64 characters permitted (6.2.9), a list
    /// of context words (6.2.11), and a look at breached passwords (6.2.12).
    AsvsLevel2,
}

const NIST: &[(Demand, &str)] = &[
    (Demand::Permits(64), "3.1.1.2 (2)"),
    (Demand::AnyComposition, "3.1.1.2 (5)"),
    (Demand::Normalized, "3.1.1.2"),
    (Demand::Blocklist(1), "3.1.1.2"),
    (Demand::WholeComparison, "3.1.1.2"),
];

const ASVS_LEVEL_1: &[(Demand, &str)] = &[
    (Demand::MinLength(8), "6.2.1"),
    (Demand::Blocklist(3000), "6.2.4"),
    (Demand::AnyComposition, "6.2.5"),
    (Demand::AsTyped, "6.2.8"),
];

const ASVS_LEVEL_2: &[(Demand, &str)] = &[
    (Demand::Permits(64), "6.2.9"),
    (Demand::ContextWords, "6.2.11"),
    (Demand::BreachedPasswords, "6.2.12"),
];

impl Preset {
    pub(super) fn policy(self) -> PasswordPolicy {
        let promised = PasswordPolicy::UNBUILT;
        if self == Self::Default {
            return promised;
        }
        let is_nist = matches!(self, Self::NistSingleFactor | Self::NistMultiFactor);
        PasswordPolicy {
            preset: self,
            min_length: if self == Self::NistSingleFactor { 15 } else { 8 },
            digit: false,
            lowercase: false,
            uppercase: false,
            nfc: is_nfc_available() && is_nist,
            ..promised
        }
    }

    /// What the standard asks for, with the number of its clause.
    fn demands(self) -> impl Iterator<Item = &'static (Demand, &'static str)> {
        let parts: [&[_]; 2] = match self {
            Self::Default => [&[], &[]],
            Self::NistSingleFactor => [&[(Demand::MinLength(15), "3.1.1.2 (1)")], NIST],
            Self::NistMultiFactor => [&[(Demand::MinLength(8), "3.1.1.2 (1)")], NIST],
            Self::AsvsLevel1 => [ASVS_LEVEL_1, &[]],
            Self::AsvsLevel2 => [ASVS_LEVEL_1, ASVS_LEVEL_2],
        };
        parts.into_iter().flatten()
    }

    pub(super) fn verify(self, policy: &PasswordPolicy) -> Result<(), PolicyError> {
        match self.demands().find(|(demand, _)| !demand.is_met_by(policy)) {
            Some(&(demand, clause)) => Err(PolicyError::Unmet { preset: self, demand, clause }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "the default policy",
            Self::NistSingleFactor => "NIST SP 800-63B-4 (single factor)",
            Self::NistMultiFactor => "NIST SP 800-63B-4 (with a second factor)",
            Self::AsvsLevel1 => "OWASP ASVS 5.0 level 1",
            Self::AsvsLevel2 => "OWASP ASVS 5.0 level 2",
        })
    }
}

/// What a [`Preset`] asks of whoever builds a policy from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand {
    /// A minimum of at least so many characters.
    MinLength(usize),
    /// At least so many characters permitted, of one byte each where bytes are limited.
    Permits(usize),
    /// No character kind required.
    AnyComposition,
    /// One blocklist with at least so many passwords whose length the policy permits; several
    /// are not added up, since nobody knows how much they share.
    Blocklist(usize),
    /// Nothing but entire passwords compared: no [`ContextWords::Contained`].
    WholeComparison,
    /// Normalization form C.
    Normalized,
    /// No normalization.
    AsTyped,
    /// Context words.
    ContextWords,
    /// A look at breached passwords, on a list or by a service.
    BreachedPasswords,
}

impl Demand {
    fn is_met_by(self, policy: &PasswordPolicy) -> bool {
        match self {
            Self::MinLength(characters) => policy.min_length >= characters,
            Self::Permits(characters) => policy.permitted_ascii() >= characters,
            Self::AnyComposition => !(policy.digit || policy.lowercase || policy.uppercase),
            Self::Blocklist(passwords) => {
                let lengths = policy.min_length..=policy.max_length;
                policy.blocklists().any(|list| list.count(lengths.clone()) >= passwords)
            }
            Self::WholeComparison => {
                !matches!(policy.context_words, Some(ContextWords::Contained(_)))
            }
            Self::Normalized => policy.nfc,
            Self::AsTyped => !policy.nfc,
            Self::ContextWords => policy.context_words.as_ref().is_some_and(ContextWords::has_any),
            Self::BreachedPasswords => policy.looks_at_breaches(),
        }
    }
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinLength(characters) => {
                write!(f, "a minimum length of at least {characters} characters")
            }
            Self::Permits(characters) => {
                write!(f, "at least {characters} permitted characters and bytes")
            }
            Self::AnyComposition => f.write_str("passwords of any composition"),
            Self::Blocklist(1) => {
                f.write_str("a blocklist with a password whose length the policy permits")
            }
            Self::Blocklist(passwords) => write!(
                f,
                "a blocklist with at least {passwords} passwords whose length the policy permits"
            ),
            Self::WholeComparison => f.write_str("context words to be compared whole"),
            Self::Normalized if !is_nfc_available() => {
                f.write_str("normalization, which needs the feature `nfc`")
            }
            Self::Normalized => f.write_str("normalization"),
            Self::AsTyped => f.write_str("passwords exactly as they are typed, not normalized"),
            Self::ContextWords => f.write_str("context words of the service"),
            Self::BreachedPasswords => f.write_str("a look at breached passwords"),
        }
    }
}

const fn is_nfc_available() -> bool {
    cfg!(feature = "nfc")
}
