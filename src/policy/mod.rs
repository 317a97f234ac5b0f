//! What a new password must be.
//!
//! ```
//! use password_reset::policy::PasswordPolicy;
//!
//! let policy = PasswordPolicy::default();
//! assert!(policy.check("Abcdefg1").is_ok());
//!
//! let violations = policy.check("password").unwrap_err();
//! let codes: Vec<_> = violations.codes().collect();
//! assert_eq!(codes, ["missing_digit", "missing_uppercase"]);
//! assert_eq!(violations.to_string(), "use at least one number, at least one upper-case letter");
//! ```
//!
//! The guide [`choosing_a_policy`](crate::guide::choosing_a_policy) says which to take.

mod attempt;
mod blocklist;
#[cfg(feature = "hibp")]
mod breach;
mod builder;
#[cfg(feature = "common-passwords")]
mod common_passwords;
#[cfg(feature = "serde")]
mod config;
mod context;
mod custom;
mod digit;
mod hints;
#[cfg(feature = "serde")]
mod json;
mod prepared;
mod preset;
mod reading;
mod requirement;
#[cfg(feature = "zxcvbn")]
mod strength;
mod violation;

pub use blocklist::Blocklist;
#[cfg(feature = "hibp")]
#[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
pub use breach::{Breach, BreachError, BreachRange, BreachService, UnreadableAnswer};
pub use builder::{PasswordPolicyBuilder, PolicyError};
#[cfg(feature = "common-passwords")]
#[cfg_attr(docsrs, doc(cfg(feature = "common-passwords")))]
pub use common_passwords::CommonPasswords;
pub use context::ContextWords;
pub use custom::CustomRequirement;
pub use hints::Hints;
pub use prepared::PreparedPassword;
pub use preset::{Demand, Preset};
pub use requirement::{BCRYPT_BYTES, Requirement};
pub use violation::{Violation, Violations};

use alloc::sync::Arc;
use alloc::vec::Vec;
use attempt::Attempt;
use core::fmt;
use reading::Facts;

/// The most bytes that one character takes in UTF-8.
const MAX_BYTES_PER_CHARACTER: usize = 4;

/// The requirements that a new password must meet.
///
/// The default is: at least 8 characters, at least one number, at least one
/// lower-case and one upper-case letter, at most 256 characters, and no NUL.
///
/// - Lengths count Unicode scalar values: 😀 is one, a family emoji up to seven.
/// - A number is a decimal digit of any script (general category Nd): `٣` and
///   `３` are; `²`, `½` and `Ⅷ` are not.
/// - Lower and upper case are Unicode's derived properties. Titlecase letters
///   (`ǅ`) have neither. A password written only in a script without case, such
///   as Arabic or Chinese, cannot meet a mixed-case rule: services for such
///   readers switch [`lowercase`](PasswordPolicyBuilder::lowercase) and
///   [`uppercase`](PasswordPolicyBuilder::uppercase) off.
/// - Nothing is trimmed, truncated or folded.
///
/// # The default and the standards
///
/// The default is what most people know, and what the crate's users were promised: rules
/// that can be read in one line, without a list or a second factor. It is not what today's
/// standards ask. It breaks these of their rules:
///
/// - A mix of character kinds: NIST SP 800-63B-4, section 3.1.1.2 (5), and OWASP ASVS 5.0,
///   6.2.5, forbid such rules, since people meet them in ways that are easy to guess.
/// - 8 characters: NIST, 3.1.1.2 (1), asks for 15 where the password is the only factor;
///   ASVS, 6.2.1, strongly recommends them.
/// - No blocklist: NIST, 3.1.1.2, and ASVS, 6.2.4, demand one.
///
/// A [`Preset`] follows a standard.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a requirement of its own")]
pub struct PasswordPolicy {
    preset: Preset,
    min_length: usize,
    max_length: usize,
    max_bytes: Option<usize>,
    bcrypt: bool,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
    nfc: bool,
    #[cfg(feature = "common-passwords")]
    common_passwords: Option<CommonPasswords>,
    blocklists: Vec<Arc<dyn Blocklist>>,
    context_words: Option<ContextWords>,
    min_score: Option<u8>,
    breached_passwords: Vec<Arc<dyn Blocklist>>,
    #[cfg(feature = "hibp")]
    breach_service: Option<BreachService>,
    custom: Vec<Arc<dyn CustomRequirement>>,
    /// What all of this asks, once it is built.
    requirements: Vec<Requirement>,
    asked: Facts,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::UNBUILT.built()
    }
}

impl PasswordPolicy {
    /// The default policy, before anybody asked what it asks.
    const UNBUILT: Self = Self {
        preset: Preset::Default,
        min_length: 8,
        max_length: 256,
        max_bytes: None,
        bcrypt: false,
        digit: true,
        lowercase: true,
        uppercase: true,
        nfc: false,
        #[cfg(feature = "common-passwords")]
        common_passwords: None,
        blocklists: Vec::new(),
        context_words: None,
        min_score: None,
        breached_passwords: Vec::new(),
        #[cfg(feature = "hibp")]
        breach_service: None,
        custom: Vec::new(),
        requirements: Vec::new(),
        asked: Facts::NONE,
    };

    fn built(mut self) -> Self {
        self.requirements = self.list_requirements().collect();
        self.asked = Facts::asked(&self.requirements);
        self
    }
}

impl fmt::Debug for PasswordPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPolicy")
            .field("preset", &self.preset)
            .field("requirements", &self.list_requirements().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl PasswordPolicy {
    /// A builder that starts from the default policy.
    pub fn builder() -> PasswordPolicyBuilder {
        Self::preset(Preset::Default)
    }

    /// A builder that starts from a preset and stays within it.
    pub fn preset(preset: Preset) -> PasswordPolicyBuilder {
        PasswordPolicyBuilder(preset.policy())
    }

    /// Judges a password and reports everything that is missing at once, in the
    /// order of [`requirements`](Self::requirements).
    ///
    /// One that takes more than four bytes for each permitted character (twelve with
    /// normalization) must be too long and is refused unread: then only the length is
    /// reported.
    ///
    /// What comes back is the password to hash; where a service is asked about breached
    /// passwords, once it has been asked about this one.
    ///
    /// # Errors
    /// The requirements that are not met.
    pub fn check<'p>(&self, password: &'p str) -> Result<PreparedPassword<'p>, Violations> {
        self.check_for(password, &[])
    }

    /// Judges the password of somebody of whom some `words` are known, such as an address
    /// and names. They count where the policy has [`ContextWords`], and for zxcvbn's score.
    ///
    /// The address of a reset's account is among them without asking.
    ///
    /// # Errors
    /// The requirements that are not met.
    pub fn check_for<'p>(
        &self,
        password: &'p str,
        words: &[&str],
    ) -> Result<PreparedPassword<'p>, Violations> {
        let attempt = Attempt::new(self, password, words);
        if attempt.is_met_at_a_glance() {
            return Ok(attempt.into_password());
        }
        let mut violations = Violations::of_password(attempt.was_read());
        for requirement in &self.requirements {
            if attempt.meets(requirement) == Some(false) {
                violations.push(requirement.clone(), self.requirements.len());
                #[cfg(feature = "zxcvbn")]
                if matches!(requirement, Requirement::MinScore { .. }) {
                    for advice in attempt.estimate().advice() {
                        violations.advise(requirement, advice);
                    }
                }
            }
        }
        if violations.is_empty() { Ok(attempt.into_password()) } else { Err(violations) }
    }

    /// The string to hash for a password that was typed, and to verify at sign-in: in
    /// normalization form C where the policy says so, otherwise to the byte as it was typed.
    /// Nothing else of the policy counts. Its time is proportional to the length.
    #[must_use]
    pub fn prepare<'p>(&self, password: &'p str) -> PreparedPassword<'p> {
        #[cfg(feature = "nfc")]
        if self.nfc {
            return PreparedPassword::normalized(password);
        }
        PreparedPassword::as_typed(password)
    }

    /// What is asked, before anybody types.
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        self.requirements.iter().cloned()
    }

    fn list_requirements(&self) -> impl Iterator<Item = Requirement> {
        [
            Some(Requirement::MinLength { characters: self.min_length }),
            self.digit.then_some(Requirement::Digit),
            self.lowercase.then_some(Requirement::Lowercase),
            self.uppercase.then_some(Requirement::Uppercase),
            Some(Requirement::MaxLength { characters: self.max_length }),
            self.max_bytes.map(|bytes| Requirement::MaxBytes { bytes }),
            self.bcrypt.then_some(Requirement::BcryptBytes),
            Some(Requirement::NoNul),
            self.nfc.then_some(Requirement::Assigned),
            self.blocklists().next().map(|_| Requirement::NotCommon),
            self.context_words.as_ref().map(|_| Requirement::NotContextWord),
            self.min_score.map(|score| Requirement::MinScore { score }),
            self.looks_at_breaches().then_some(Requirement::NotBreached),
        ]
        .into_iter()
        .flatten()
        .chain(self.custom.iter().cloned().map(Requirement::Custom))
    }

    /// Each requirement with whether `password` meets it.
    ///
    /// Of a password that is refused unread (see [`check`](Self::check)) only the
    /// length is known; what was not looked at is not called met. Neither is
    /// [`Requirement::NotBreached`] before a service has been asked.
    pub fn checklist<'a>(
        &'a self,
        password: &'a str,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        let attempt = Attempt::new(self, password, &[]);
        self.requirements().map(move |requirement| {
            let met = attempt.meets(&requirement) == Some(true);
            (requirement, met)
        })
    }

    /// The same for a password that was rejected, without judging it again: what its violations
    /// name is not met, of whatever words of its owner they tell.
    pub fn checklist_of<'a>(
        &'a self,
        violations: &'a Violations,
    ) -> impl Iterator<Item = (Requirement, bool)> + 'a {
        self.requirements().map(|requirement| {
            let was_judged = match requirement {
                Requirement::MinLength { .. } => true,
                Requirement::NotBreached if self.waits_for_a_service() => false,
                _ => violations.password_was_read(),
            };
            let met = was_judged && !violations.codes().any(|code| code == requirement.code());
            (requirement, met)
        })
    }

    const fn looks_at_breaches(&self) -> bool {
        self.waits_for_a_service() || !self.breached_passwords.is_empty()
    }

    /// Whether no check can tell that a password is in no breach.
    #[cfg_attr(
        not(feature = "hibp"),
        expect(clippy::unused_self, reason = "no service without the feature")
    )]
    const fn waits_for_a_service(&self) -> bool {
        #[cfg(feature = "hibp")]
        return self.breach_service.is_some();
        #[cfg(not(feature = "hibp"))]
        false
    }

    fn blocklists(&self) -> impl Iterator<Item = &dyn Blocklist> {
        let own = self.blocklists.iter().map(|list| &**list);
        #[cfg(feature = "common-passwords")]
        let own = self.common_passwords.iter().map(|list| list as &dyn Blocklist).chain(own);
        own
    }

    /// How many ASCII characters a password may have.
    fn permitted_ascii(&self) -> usize {
        let bcrypt = self.bcrypt.then_some(BCRYPT_BYTES);
        let limits = [Some(self.max_length), self.max_bytes, bcrypt];
        limits.into_iter().flatten().min().unwrap_or(usize::MAX)
    }

    /// How many bytes a password can take that is not too long.
    fn readable_bytes(&self) -> usize {
        let characters = self.max_length.saturating_mul(MAX_BYTES_PER_CHARACTER);
        // With normalization three characters can be typed for one: `U+16126` has most bytes.
        if self.nfc { characters.saturating_mul(3) } else { characters }
    }
}

fn first_characters(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}
