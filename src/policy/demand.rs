//! What a standard's preset requires of a policy.

use super::{context::ContextWords, preset::Preset, rules::Rules};
use core::fmt;

/// Something that a [`Preset`] requires of a policy that is built from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Demand {
    /// The minimum length is at least this many characters.
    MinLength(usize),
    /// At least this many characters are permitted. If bytes are limited, this counts characters of
    /// one byte each.
    Permits(usize),
    /// No kind of character is required.
    AnyComposition,
    /// One blocklist has at least this many passwords of a length that the policy permits. Several
    /// lists are not added up, because they may share passwords.
    Blocklist(usize),
    /// Only entire passwords are compared: no [`ContextWords::Contained`].
    WholeComparison,
    /// Passwords are normalized in form C.
    Normalized,
    /// Passwords are not normalized.
    AsTyped,
    /// The policy has context words of the service.
    ContextWords,
    /// Passwords are checked against breached passwords, on a list or by a service.
    BreachedPasswords,
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

impl Demand {
    /// Returns the first demand of the preset that is not met, with its clause of the standard.
    pub(super) fn unmet_by(rules: &Rules) -> Option<(Self, &'static str)> {
        let parts: [&[_]; 2] = match rules.preset {
            Preset::Default => [&[], &[]],
            Preset::NistSingleFactor => [&[(Self::MinLength(15), "3.1.1.2 (1)")], NIST],
            Preset::NistMultiFactor => [&[(Self::MinLength(8), "3.1.1.2 (1)")], NIST],
            Preset::AsvsLevel1 => [ASVS_LEVEL_1, &[]],
            Preset::AsvsLevel2 => [ASVS_LEVEL_1, ASVS_LEVEL_2],
        };
        parts.into_iter().flatten().find(|(demand, _)| !demand.is_met_by(rules)).copied()
    }

    fn is_met_by(self, rules: &Rules) -> bool {
        let words = rules.context_words.as_ref();
        match self {
            Self::MinLength(characters) => rules.min_length >= characters,
            Self::Permits(characters) => rules.permitted_ascii() >= characters,
            Self::AnyComposition => !(rules.digit || rules.lowercase || rules.uppercase),
            Self::Blocklist(passwords) => rules.matchable_passwords() >= passwords,
            Self::WholeComparison => !matches!(words, Some(ContextWords::Contained(_))),
            Self::Normalized => rules.nfc,
            Self::AsTyped => !rules.nfc,
            Self::ContextWords => words.is_some_and(ContextWords::has_any),
            Self::BreachedPasswords => rules.looks_at_breaches(),
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
            Self::Blocklist(passwords) => {
                write!(f, "a blocklist with {passwords} or more passwords of a permitted length")
            }
            Self::WholeComparison => {
                f.write_str("context words to be compared with the entire password")
            }
            Self::Normalized => f.write_str("normalization"),
            Self::AsTyped => f.write_str("passwords exactly as they are typed, not normalized"),
            Self::ContextWords => f.write_str("context words of the service"),
            Self::BreachedPasswords => f.write_str("a check against breached passwords"),
        }
    }
}
