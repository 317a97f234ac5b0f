//! Builds a policy from a preset, one setting at a time.

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
///
/// Settings that need a feature can be made while it is off, just as they can be read from a
/// configuration. [`build`](Self::build) then fails with the feature's name.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct PasswordPolicyBuilder(pub(super) Rules);

impl PasswordPolicy {
    /// Returns a builder that starts from the default policy.
    pub fn builder() -> PasswordPolicyBuilder {
        Self::preset(Preset::Default)
    }

    /// Returns a builder that starts from a preset. If the preset follows a standard, the built
    /// policy must do so too.
    pub fn preset(preset: Preset) -> PasswordPolicyBuilder {
        PasswordPolicyBuilder(Rules::of(preset))
    }
}

/// Declares methods that each set one of the rules.
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
        /// Sets the smallest permitted number of characters, at least 1. Default: the preset's.
        min_length(characters: usize);

        /// Sets the largest permitted number of characters. Default: 256.
        ///
        /// NIST SP 800-63B-4, section 3.1.1.2, recommends that at least 64 be permitted.
        max_length(characters: usize);

        /// Sets whether a decimal digit is required. Default: yes, except in a standard's preset.
        digit(required: bool);

        /// Sets whether a lower-case letter is required. Default: yes, except in a standard's
        /// preset.
        lowercase(required: bool);

        /// Sets whether an upper-case letter is required. Default: yes, except in a standard's
        /// preset.
        uppercase(required: bool);

        /// Sets whether a [visible](super::Requirement::Visible) character is required, so that
        /// fifteen spaces are rejected.
        ///
        /// Default: yes in a standard's preset. No in the default preset, whose digit and letters
        /// are visible anyway.
        visible(required: bool);

        /// Sets words that no password may be made of: those of your service. The words about the
        /// password's owner are added. An empty list means only the owner's words.
        ///
        /// Default: none, not even the owner's words.
        context_words(words: ContextWords);

        /// Rejects the passwords on the embedded list of common passwords. Default: no list. Needs
        /// the feature `common-passwords`.
        ///
        /// The list is in lower case. If an upper-case letter is required, as by default, choose
        /// [`IgnoringCase`](CommonPasswords::IgnoringCase).
        common_passwords(list: CommonPasswords);
    }

    /// Rejects the passwords on a list of your own. You can add several. Default: none.
    pub fn blocklist(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.blocklists.push(Arc::new(list));
        self
    }

    setters! {
        /// Requires that a service of breached passwords is queried about each new password. Until
        /// then no [`CheckedPassword`](super::CheckedPassword) is accepted. Default: no service.
        /// Needs the feature `hibp`.
        breach_service(service: BreachService);
    }

    /// Rejects the passwords on a list of breached passwords, such as your own copy of one. You can
    /// add several. Default: none.
    pub fn breached_passwords(mut self, list: impl Blocklist + 'static) -> Self {
        self.0.breached_passwords.push(Arc::new(list));
        self
    }

    /// Adds a requirement of your own. Such requirements are reported after the built-in ones, in
    /// the order in which they were added.
    pub fn requirement(mut self, requirement: impl CustomRequirement + 'static) -> Self {
        self.0.custom.push(Arc::new(requirement));
        self
    }

    setters! {
        /// Sets the smallest permitted score in zxcvbn's estimate. Default: none. Needs the feature
        /// `zxcvbn`.
        ///
        /// Scores go from 1 (hard to guess at a login that limits attempts) to 4 (hard to guess
        /// even for an attacker who has stolen the hash). A password that scores less is reported
        /// with zxcvbn's advice, which exists for scores below 3.
        ///
        /// The estimate uses the first 20 characters, because its time grows fast with their
        /// number. It usually takes tenths of a millisecond, and some tens of milliseconds at
        /// worst: a thousand times as long as everything else. It allocates, and zxcvbn leaves
        /// copies in memory that the feature `zeroize` does not wipe.
        min_score(score: u8);

        /// Sets whether passwords are normalized (Unicode's form C), so that a password is the same
        /// from every keyboard. Default: yes in NIST's presets, otherwise no. Needs the feature
        /// `nfc`.
        ///
        /// The normalized password is measured, compared and hashed. At sign-in you must
        /// [`prepare`](PasswordPolicy::prepare) what was typed too. A character that Unicode has
        /// not defined yet has no stable form and is a violation.
        ///
        /// If you turn this on for existing users, some hashes are of passwords as they were typed.
        /// These work as long as `prepare` does not change the password. So at sign-in verify both
        /// forms until everybody has changed the password.
        nfc(normalized: bool);

        /// Sets the largest permitted number of UTF-8 bytes, for a hasher that has such a limit.
        /// Default: none.
        max_bytes(bytes: usize);

        /// Sets whether passwords are limited to the 72 bytes that bcrypt reads. Default: no.
        bcrypt(limited: bool);
    }

    /// Builds the policy.
    ///
    /// # Errors
    /// Fails if a setting needs a feature that is off, if no password could meet all requirements,
    /// if one of them has no effect, or if the preset's standard requires something else.
    pub fn build(self) -> Result<PasswordPolicy, PolicyError> {
        verify(&self.0)?;
        Ok(PasswordPolicy::of(self.0))
    }
}
