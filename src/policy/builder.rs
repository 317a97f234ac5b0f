#[cfg(feature = "hibp")]
use super::BreachService;
#[cfg(feature = "common-passwords")]
use super::CommonPasswords;
use super::{Blocklist, ContextWords, CustomRequirement, Demand, PasswordPolicy, Preset};
use alloc::sync::Arc;

/// Builds a [`PasswordPolicy`], starting from a [`Preset`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct PasswordPolicyBuilder(pub(super) PasswordPolicy);

impl PasswordPolicyBuilder {
    /// The smallest permitted number of characters, at least 1. Default: the preset's.
    pub fn min_length(mut self, characters: usize) -> Self {
        self.0.min_length = characters;
        self
    }

    /// The largest permitted number of characters. Default: 256.
    ///
    /// NIST SP 800-63B-4, section 3.1.1.2, asks that at least 64 be permitted.
    pub fn max_length(mut self, characters: usize) -> Self {
        self.0.max_length = characters;
        self
    }

    /// The largest permitted number of UTF-8 bytes, for a hasher that has such
    /// a limit. Default: none.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.0.max_bytes = Some(bytes);
        self
    }

    /// Whether a decimal digit is required. Default: yes, but for a standard's preset.
    pub fn digit(mut self, required: bool) -> Self {
        self.0.digit = required;
        self
    }

    /// Whether a lower-case letter is required. Default: as a digit.
    pub fn lowercase(mut self, required: bool) -> Self {
        self.0.lowercase = required;
        self
    }

    /// Whether an upper-case letter is required. Default: as a digit.
    pub fn uppercase(mut self, required: bool) -> Self {
        self.0.uppercase = required;
        self
    }

    /// The limit of bcrypt, which reads no more than 72 bytes. Default: no.
    pub fn bcrypt(mut self, limited: bool) -> Self {
        self.0.bcrypt = limited;
        self
    }

    /// Whether passwords are normalized (Unicode's form C), so that the same password is the
    /// same from every keyboard. What has no stable form, since Unicode has not defined it
    /// yet, is a violation. Default: no, but for NIST's presets.
    ///
    /// The normalized password is what is measured, compared and hashed. Sign-in has to
    /// [`prepare`](PasswordPolicy::prepare) what is typed there as well. Passwords that were
    /// hashed before, as they were typed, keep working where `prepare` leaves them alone: try
    /// both until they were changed.
    #[cfg(feature = "nfc")]
    #[cfg_attr(docsrs, doc(cfg(feature = "nfc")))]
    pub fn nfc(mut self, normalized: bool) -> Self {
        self.0.nfc = normalized;
        self
    }

    /// The embedded list of common passwords. Default: none.
    #[cfg(feature = "common-passwords")]
    #[cfg_attr(docsrs, doc(cfg(feature = "common-passwords")))]
    pub fn common_passwords(mut self, list: CommonPasswords) -> Self {
        self.0.common_passwords = Some(list);
        self
    }

    /// Adds a list of the host's own. Default: none.
    pub fn blocklist(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.blocklists.push(Arc::new(list));
        self
    }

    /// Words that no password is made of: the service's own, beside which those of the
    /// password's owner count. An empty list asks for the owner's alone. Default: none, not
    /// even the owner's.
    pub fn context_words(mut self, words: ContextWords) -> Self {
        self.0.context_words = Some(words);
        self
    }

    /// The smallest permitted score in zxcvbn's estimate, from 1 (hard to guess at a login
    /// that limits attempts) to 4 (hard even for whoever has stolen its hash). Default: none.
    ///
    /// What falls short is reported with zxcvbn's advice, which it has for scores below 3. The
    /// estimate is of the first 20 characters, since its time grows fast with their number: it
    /// takes tenths of a millisecond as a rule and some tens of milliseconds at worst, a
    /// thousand times as long as all else. It allocates, and leaves copies in memory that the
    /// feature `zeroize` does not wipe.
    #[cfg(feature = "zxcvbn")]
    #[cfg_attr(docsrs, doc(cfg(feature = "zxcvbn")))]
    pub fn min_score(mut self, score: u8) -> Self {
        self.0.min_score = Some(score);
        self
    }

    /// Adds a list of passwords that have appeared in data breaches, such as a host's own copy
    /// of one. Default: none.
    pub fn breached_passwords(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.breached_passwords.push(Arc::new(list));
        self
    }

    /// Has a service asked whether a password has appeared in a data breach: a step of its
    /// own, which the reset flow insists on before a commit, and every other place that takes
    /// a new password has to take itself. Default: no.
    #[cfg(feature = "hibp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
    pub fn breach_service(mut self, service: BreachService) -> Self {
        self.0.breach_service = Some(service);
        self
    }

    /// Adds a requirement of the host's own, reported after the built-in ones
    /// and in the order in which they were added.
    pub fn requirement(mut self, requirement: impl CustomRequirement + 'static) -> Self {
        self.0.custom.push(Arc::new(requirement));
        self
    }

    /// Checks that some password can meet all of it, and that the preset's demands are met.
    ///
    /// # Errors
    /// Says which bounds contradict each other, or what the preset demands.
    pub fn build(self) -> Result<PasswordPolicy, PolicyError> {
        let policy = self.0;
        verify_lengths(&policy)?;
        #[cfg(feature = "common-passwords")]
        if policy.uppercase && policy.common_passwords == Some(CommonPasswords::Exact) {
            return Err(PolicyError::ListNeverMatches);
        }
        #[cfg(feature = "zxcvbn")]
        if let Some(score) = policy.min_score {
            verify_score(score, policy.permitted_ascii())?;
        }
        policy.preset.verify(&policy)?;
        Ok(policy.built())
    }
}

fn verify_lengths(policy: &PasswordPolicy) -> Result<(), PolicyError> {
    let classes =
        [policy.digit, policy.lowercase, policy.uppercase].into_iter().filter(|on| *on).count();
    let (min, max) = (policy.min_length, policy.max_length);
    let needed = min.max(classes);
    let bytes = policy.permitted_ascii();
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

#[cfg(feature = "zxcvbn")]
fn verify_score(score: u8, max: usize) -> Result<(), PolicyError> {
    let needed = super::strength::shortest_of_score(score);
    if !(1..=super::strength::MAX_SCORE).contains(&score) {
        Err(PolicyError::ScoreOutOfRange { score })
    } else if max < needed {
        Err(PolicyError::TooShortForScore { max, score, needed })
    } else {
        Ok(())
    }
}

/// Why a policy cannot be built: no password could meet it, every one would meet a part of
/// it, or it is not what its preset says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// A minimum of no characters.
    #[error("the minimum length must be at least 1 character")]
    MinLengthZero,
    /// The minimum is above the maximum.
    #[error("the minimum length of {min} characters is above the maximum of {max}")]
    MinAboveMax {
        /// The minimum asked for.
        min: usize,
        /// The maximum asked for.
        max: usize,
    },
    /// A password within the maximum cannot hold every required class.
    #[error("a maximum of {max} characters leaves no room for {classes} required kinds")]
    TooShortForClasses {
        /// The maximum asked for.
        max: usize,
        /// How many classes are required.
        classes: usize,
    },
    /// The byte limit is below what the shortest permitted password takes.
    #[error("a limit of {bytes} bytes is below the {needed} that the shortest password takes")]
    ByteLimitTooSmall {
        /// The limit asked for.
        bytes: usize,
        /// What the shortest permitted password takes.
        needed: usize,
    },
    /// zxcvbn's scores that mean something go from 1 to 4.
    #[error("a minimum score is from 1 to 4, not {score}")]
    ScoreOutOfRange {
        /// The score asked for.
        score: u8,
    },
    /// No password within the maximum can have the score.
    #[error(
        "a maximum of {max} bytes is below the {needed} characters that a score of {score} takes"
    )]
    TooShortForScore {
        /// How many ASCII characters are permitted.
        max: usize,
        /// The score asked for.
        score: u8,
        /// How many characters it takes at least.
        needed: usize,
    },
    /// The embedded list of common passwords, which is in lower case, is compared exactly with
    /// passwords that must have an upper-case letter.
    #[error(
        "the list of common passwords has no upper-case letter, and every password must have one: ignore case"
    )]
    ListNeverMatches,
    /// The preset demands what the policy does not have.
    #[error("{preset} asks for {demand} ({clause})")]
    Unmet {
        /// The preset.
        preset: Preset,
        /// What it asks for.
        demand: Demand,
        /// Where the standard says so.
        clause: &'static str,
    },
}
