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

mod builder;
#[cfg(feature = "serde")]
mod config;
mod digit;
mod requirement;
mod violation;

pub use builder::{PasswordPolicyBuilder, PolicyError};
pub use requirement::{CustomRequirement, Requirement};
pub use violation::{Violation, Violations};

use alloc::sync::Arc;
use alloc::vec::Vec;

/// How many requirements a policy can have without the host's own.
const BUILT_IN_REQUIREMENTS: usize = 7;

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
/// A mix of character kinds is not what today's standards ask: NIST SP 800-63B-4
/// (section 3.1.1.2) and OWASP ASVS 5.0 (6.2.5) forbid such rules and ask for
/// more length instead. Build a policy with the classes off to follow them.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    min_length: usize,
    max_length: usize,
    max_bytes: Option<usize>,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
    custom: Vec<Arc<dyn CustomRequirement>>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            min_length: 8,
            max_length: 256,
            max_bytes: None,
            digit: true,
            lowercase: true,
            uppercase: true,
            custom: Vec::new(),
        }
    }
}

impl PasswordPolicy {
    /// A builder that starts from the default policy.
    pub fn builder() -> PasswordPolicyBuilder {
        PasswordPolicyBuilder(Self::default())
    }

    /// Judges a password and reports everything that is missing at once, in the
    /// order of [`requirements`](Self::requirements).
    ///
    /// The password is read once. One that takes more than four bytes for each
    /// permitted character must be too long and is refused unread: then only the
    /// length is reported.
    ///
    /// # Errors
    /// The requirements that are not met.
    pub fn check(&self, password: &str) -> Result<(), Violations> {
        let reading = self.read(password);
        Violations::collect(
            self.requirements()
                .filter(|requirement| meets(password, reading, requirement) == Some(false)),
        )
    }

    /// What is asked, before anybody types.
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> {
        [
            Some(Requirement::MinLength { characters: self.min_length }),
            self.digit.then_some(Requirement::Digit),
            self.lowercase.then_some(Requirement::Lowercase),
            self.uppercase.then_some(Requirement::Uppercase),
            Some(Requirement::MaxLength { characters: self.max_length }),
            self.max_bytes.map(|bytes| Requirement::MaxBytes { bytes }),
            Some(Requirement::NoNul),
        ]
        .into_iter()
        .flatten()
        .chain(self.custom.iter().cloned().map(Requirement::Custom))
    }

    /// Each requirement with whether `password` meets it.
    ///
    /// Of a password that is refused unread (see [`check`](Self::check)) only the
    /// length is known; what was not looked at is not called met.
    pub fn checklist(&self, password: &str) -> impl Iterator<Item = (Requirement, bool)> {
        let reading = self.read(password);
        self.requirements().map(move |requirement| {
            let met = meets(password, reading, &requirement) == Some(true);
            (requirement, met)
        })
    }

    fn read(&self, password: &str) -> Option<Reading> {
        let readable = self.max_length.saturating_mul(MAX_BYTES_PER_CHARACTER);
        (password.len() <= readable).then(|| Reading::of(password))
    }
}

/// What one pass over a password finds.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Reading {
    characters: usize,
    digit: bool,
    lowercase: bool,
    uppercase: bool,
    nul: bool,
}

impl Reading {
    fn of(password: &str) -> Self {
        let mut reading = Self::default();
        for character in password.chars() {
            reading.characters += 1;
            reading.digit |= digit::is_decimal_digit(character);
            reading.lowercase |= character.is_lowercase();
            reading.uppercase |= character.is_uppercase();
            reading.nul |= character == '\0';
        }
        reading
    }
}

/// Whether the requirement is met; `None` where that takes a reading and the
/// password, too long for any, was not read.
fn meets(password: &str, reading: Option<Reading>, requirement: &Requirement) -> Option<bool> {
    Some(match requirement {
        Requirement::MinLength { characters } => {
            reading.is_none_or(|r| r.characters >= *characters)
        }
        Requirement::MaxLength { characters } => {
            reading.is_some_and(|r| r.characters <= *characters)
        }
        Requirement::MaxBytes { bytes } => password.len() <= *bytes,
        Requirement::Digit => reading?.digit,
        Requirement::Lowercase => reading?.lowercase,
        Requirement::Uppercase => reading?.uppercase,
        Requirement::NoNul => !reading?.nul,
        Requirement::Custom(custom) => {
            reading?;
            custom.is_met_by(password)
        }
    })
}
