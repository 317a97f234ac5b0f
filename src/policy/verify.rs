//! Whether rules make a policy that some password can meet, and that its preset permits.

use super::{common_passwords::CommonPasswords, demand::Demand, preset::Preset, rules::Rules};

/// The length of the shortest password that can have each score of zxcvbn. zxcvbn estimates at most
/// 10 guesses for each character, and scores begin above 0, 10³, 10⁶, 10⁸ and 10¹⁰ guesses.
const SHORTEST_OF_SCORE: [usize; 5] = [0, 4, 7, 9, 11];

/// Why a policy cannot be built: a setting needs a feature that is off, no password could meet the
/// requirements, one of them has no effect, or the preset's standard requires something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A setting, which may be the preset's, needs a feature of this crate that is off.
    #[error("the setting `{setting}` requires the feature `{feature}`, which is off")]
    FeatureOff {
        /// The name of the setting, in the builder and in a configuration.
        setting: &'static str,
        /// The feature to switch on.
        feature: &'static str,
    },
    /// The minimum length is zero.
    #[error("the minimum length must be at least 1 character")]
    MinLengthZero,
    /// The minimum length is above the maximum length.
    #[error("the minimum length of {min} characters is above the maximum of {max}")]
    MinAboveMax {
        /// The minimum that was set.
        min: usize,
        /// The maximum that was set.
        max: usize,
    },
    /// The maximum length is less than the number of required kinds of character.
    #[error(
        "a maximum of {max} characters leaves no room for {classes} required kinds of character"
    )]
    TooShortForClasses {
        /// The maximum that was set.
        max: usize,
        /// How many kinds of character are required.
        classes: usize,
    },
    /// The shortest permitted password has more bytes than the limit.
    #[error("a limit of {bytes} bytes is below the {needed} bytes of the shortest password")]
    ByteLimitTooSmall {
        /// The limit that was set.
        bytes: usize,
        /// How many bytes the shortest permitted password has.
        needed: usize,
    },
    /// The minimum score is not from 1 to 4.
    #[error("the minimum score must be from 1 to 4, not {score}")]
    ScoreOutOfRange {
        /// The score that was set.
        score: u8,
    },
    /// No password within the maximum can have the score.
    #[error(
        "a maximum of {max} bytes is below the {needed} characters that score {score} requires"
    )]
    TooShortForScore {
        /// How many ASCII characters are permitted.
        max: usize,
        /// The score that was set.
        score: u8,
        /// How many characters the score requires at least.
        needed: usize,
    },
    /// The embedded list of common passwords would never match. It is in lower case and compared
    /// exactly, while every password must have an upper-case letter.
    #[error(
        "the list of common passwords is in lower case, and every password must have an \
         upper-case letter: compare the list ignoring case"
    )]
    ListNeverMatches,
    /// No blocklist has as many passwords of a permitted length as the preset requires.
    #[error("{preset} requires {demand}, and the longest has {found} ({clause})")]
    BlocklistTooShort {
        /// The preset.
        preset: Preset,
        /// What the preset requires: a [`Demand::Blocklist`].
        demand: Demand,
        /// How many passwords of the longest list have a permitted length.
        found: usize,
        /// The clause of the standard.
        clause: &'static str,
    },
    /// The policy does not have something that the preset requires.
    #[error("{preset} requires {demand} ({clause})")]
    Unmet {
        /// The preset.
        preset: Preset,
        /// What the preset requires.
        demand: Demand,
        /// The clause of the standard.
        clause: &'static str,
    },
}

pub(super) fn verify(rules: &Rules) -> Result<(), PolicyError> {
    verify_features(rules)?;
    verify_lengths(rules)?;
    if rules.uppercase && rules.common_passwords == Some(CommonPasswords::Exact) {
        return Err(PolicyError::ListNeverMatches);
    }
    if let Some(score) = rules.min_score {
        verify_score(score, rules.permitted_ascii())?;
    }
    let preset = rules.preset;
    match Demand::unmet_by(rules) {
        Some((demand @ Demand::Blocklist(_), clause)) => {
            let found = rules.matchable_passwords();
            Err(PolicyError::BlocklistTooShort { preset, demand, found, clause })
        }
        Some((demand, clause)) => Err(PolicyError::Unmet { preset, demand, clause }),
        None => Ok(()),
    }
}

fn verify_features(rules: &Rules) -> Result<(), PolicyError> {
    let common = rules.common_passwords.is_some();
    let breach = rules.breach_service.is_some();
    let features = [
        ("nfc", "nfc", cfg!(feature = "nfc"), rules.nfc),
        ("common_passwords", "common-passwords", cfg!(feature = "common-passwords"), common),
        ("min_score", "zxcvbn", cfg!(feature = "zxcvbn"), rules.min_score.is_some()),
        ("breach_service", "hibp", cfg!(feature = "hibp"), breach),
    ];
    match features.into_iter().find(|(.., is_on, is_set)| *is_set && !is_on) {
        Some((setting, feature, ..)) => Err(PolicyError::FeatureOff { setting, feature }),
        None => Ok(()),
    }
}

fn verify_lengths(rules: &Rules) -> Result<(), PolicyError> {
    let classes =
        [rules.digit, rules.lowercase, rules.uppercase].into_iter().filter(|on| *on).count();
    let (min, max) = (rules.min_length, rules.max_length);
    let needed = min.max(classes);
    let bytes = rules.permitted_ascii();
    if min == 0 {
        Err(PolicyError::MinLengthZero)
    } else if min > max {
        Err(PolicyError::MinAboveMax { min, max })
    } else if needed > max {
        Err(PolicyError::TooShortForClasses { max, classes })
    } else if bytes < needed {
        Err(PolicyError::ByteLimitTooSmall { bytes, needed })
    } else {
        Ok(())
    }
}

fn verify_score(score: u8, max: usize) -> Result<(), PolicyError> {
    match SHORTEST_OF_SCORE.get(usize::from(score)) {
        None | Some(0) => Err(PolicyError::ScoreOutOfRange { score }),
        Some(&needed) if max < needed => Err(PolicyError::TooShortForScore { max, score, needed }),
        Some(_) => Ok(()),
    }
}
