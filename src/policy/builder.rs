use super::blocklist::Blocklist;
use super::common_passwords::CommonPasswords;
use super::context::ContextWords;
use super::custom::CustomRequirement;
use super::password_policy::PasswordPolicy;
use super::preset::Preset;
use super::rules::{BreachService, Rules};
use super::verify::{PolicyError, verify};
use alloc::sync::Arc;

/// Builds a [`PasswordPolicy`], starting from a [`Preset`].
///
/// A setting that belongs to a feature can be made without it, as it can be read from a
/// configuration; [`build`](Self::build) then fails with the feature's name.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::ContextWords;
///
/// let policy = PasswordPolicy::builder()
///     .min_length(12)
///     .uppercase(false)
///     .context_words(ContextWords::Contained(vec!["Acme".into()]))
///     .build()?;
/// assert!(policy.check("looking-glass-2").is_ok());
/// assert!(policy.check("acme-password-2").is_err());
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct PasswordPolicyBuilder(pub(super) Rules);

impl PasswordPolicy {
    /// Returns a builder that starts from the default policy.
    pub fn builder() -> PasswordPolicyBuilder {
        Self::preset(Preset::Default)
    }

    /// Returns a builder that starts from a preset and stays within it.
    pub fn preset(preset: Preset) -> PasswordPolicyBuilder {
        PasswordPolicyBuilder(Rules::of(preset))
    }
}

/// Declares methods that set one of the rules.
macro_rules! setters {
    ($($(#[$doc:meta])* $rule:ident($value:ident: $type:ty);)*) => {$(
        $(#[$doc])*
        pub fn $rule(mut self, $value: $type) -> Self {
            self.0.$rule = $value.into();
            self
        }
    )*};
}

impl PasswordPolicyBuilder {
    setters! {
        /// The smallest permitted number of characters, at least 1. Default: the preset's.
        min_length(characters: usize);

        /// The largest permitted number of characters. Default: 256.
        ///
        /// NIST SP 800-63B-4, section 3.1.1.2, asks that at least 64 be permitted.
        max_length(characters: usize);

        /// The largest permitted number of UTF-8 bytes, for a hasher that has such
        /// a limit. Default: none.
        max_bytes(bytes: usize);

        /// Whether a decimal digit is required. Default: yes, except in a standard's preset.
        digit(required: bool);

        /// Whether a lower-case letter is required. Default: yes, except in a standard's preset.
        lowercase(required: bool);

        /// Whether an upper-case letter is required. Default: yes, except in a standard's preset.
        uppercase(required: bool);

        /// Whether one [visible](super::Requirement::Visible) character is required, so that
        /// fifteen spaces are no password. Default: yes in a standard's preset; elsewhere no, since
        /// any digit or letter is one.
        visible(required: bool);

        /// Whether passwords are limited to the 72 bytes that bcrypt reads. Default: no.
        bcrypt(limited: bool);

        /// Whether passwords are normalized (Unicode's form C), so that the same password is the
        /// same from every keyboard. Characters that Unicode has not defined yet have no stable
        /// form and are a violation. Default: yes in NIST's presets, elsewhere no. Requires the
        /// feature `nfc`.
        ///
        /// The normalized password is what is measured, compared and hashed. Sign-in has to
        /// [`prepare`](PasswordPolicy::prepare) what is typed there as well. Passwords that were
        /// hashed before, as they were typed, keep working where `prepare` leaves them alone: try
        /// both until they were changed.
        nfc(normalized: bool);

        /// The embedded list of common passwords. Default: none. Requires the feature
        /// `common-passwords`. Where an upper-case letter is required, as by default, choose
        /// [`IgnoringCase`](CommonPasswords::IgnoringCase): the list is in lower case.
        common_passwords(list: CommonPasswords);

        /// Words that no password may be made of: the service's own, to which those of the
        /// password's owner are added. An empty list means the owner's alone. Default: none, not
        /// even the owner's.
        context_words(words: ContextWords);

        /// The smallest permitted score in zxcvbn's estimate, from 1 (hard to guess at a login
        /// that limits attempts) to 4 (hard even for an attacker who has stolen its hash).
        /// Default: none. Requires the feature `zxcvbn`.
        ///
        /// What falls short is reported with zxcvbn's advice, which it has for scores below 3. The
        /// estimate is of the first 20 characters, since its time grows fast with their number: it
        /// takes tenths of a millisecond as a rule and some tens of milliseconds at worst, a
        /// thousand times as long as everything else. It allocates, and zxcvbn leaves copies in
        /// memory that the feature `zeroize` does not wipe.
        min_score(score: u8);

        /// Requires a look at a service of breached passwords, without which no
        /// [`CheckedPassword`](super::CheckedPassword) is accepted. Default: no. Requires the
        /// feature `hibp`.
        breach_service(service: BreachService);
    }

    /// Adds a list of your own. Default: none.
    pub fn blocklist(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.blocklists.push(Arc::new(list));
        self
    }

    /// Adds a list of passwords that have appeared in data breaches, such as your own copy
    /// of one. Default: none.
    pub fn breached_passwords(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.breached_passwords.push(Arc::new(list));
        self
    }

    /// Adds a requirement of your own, reported after the built-in ones
    /// and in the order in which they were added.
    pub fn requirement(mut self, requirement: impl CustomRequirement + 'static) -> Self {
        self.0.custom.push(Arc::new(requirement));
        self
    }

    /// Builds the policy, if some password can meet all of it and it has what its preset
    /// requires.
    ///
    /// # Errors
    /// Fails with the feature that is missing, the bounds that contradict each other, or what
    /// the preset requires.
    pub fn build(self) -> Result<PasswordPolicy, PolicyError> {
        verify(&self.0)?;
        Ok(PasswordPolicy::of(self.0))
    }
}
