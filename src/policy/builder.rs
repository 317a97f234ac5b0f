use super::{CustomRequirement, PasswordPolicy};
use alloc::sync::Arc;

/// Builds a [`PasswordPolicy`], starting from the default one.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct PasswordPolicyBuilder(pub(super) PasswordPolicy);

impl PasswordPolicyBuilder {
    /// The smallest permitted number of characters, at least 1. Default: 8.
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

    /// Whether a decimal digit is required. Default: yes.
    pub fn digit(mut self, required: bool) -> Self {
        self.0.digit = required;
        self
    }

    /// Whether a lower-case letter is required. Default: yes.
    pub fn lowercase(mut self, required: bool) -> Self {
        self.0.lowercase = required;
        self
    }

    /// Whether an upper-case letter is required. Default: yes.
    pub fn uppercase(mut self, required: bool) -> Self {
        self.0.uppercase = required;
        self
    }

    /// Adds a requirement of the host's own, reported after the built-in ones
    /// and in the order in which they were added.
    pub fn requirement(mut self, requirement: impl CustomRequirement + 'static) -> Self {
        self.0.custom.push(Arc::new(requirement));
        self
    }

    /// Checks that some password can meet all of it.
    ///
    /// # Errors
    /// Says which bounds contradict each other.
    pub fn build(self) -> Result<PasswordPolicy, PolicyError> {
        let PasswordPolicy { min_length, max_length, max_bytes, .. } = self.0;
        let classes =
            [self.0.digit, self.0.lowercase, self.0.uppercase].into_iter().filter(|on| *on).count();
        let needed = min_length.max(classes);
        if min_length == 0 {
            Err(PolicyError::MinLengthZero)
        } else if min_length > max_length {
            Err(PolicyError::MinAboveMax { min: min_length, max: max_length })
        } else if needed > max_length {
            Err(PolicyError::TooShortForClasses { max: max_length, classes })
        } else if let Some(bytes) = max_bytes.filter(|bytes| *bytes < needed) {
            Err(PolicyError::ByteLimitTooSmall { bytes, needed })
        } else {
            Ok(self.0)
        }
    }
}

/// Why a policy cannot be built: no password could meet it, or every one would
/// meet its minimum.
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
}
