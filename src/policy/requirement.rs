//! What a policy requires of a password.

use super::custom::CustomRequirement;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// How many bytes of a password bcrypt reads. It ignores the rest, so two passwords that differ
/// only there are the same to it.
pub const BCRYPT_BYTES: usize = 72;

/// One thing that a [`PasswordPolicy`](super::PasswordPolicy) requires of a password.
///
/// Its `Display` output is a phrase for a checklist, such as `at least 8 characters`. Its
/// [`code`](Self::code) is for programs and translations.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let policy = PasswordPolicy::default();
/// let shown = policy.requirements().filter(|required| required.is_worth_showing());
/// assert_eq!(
///     shown.map(|required| required.to_string()).collect::<Vec<_>>(),
///     [
///         "at least 8 characters",
///         "at least one number",
///         "at least one lower-case letter",
///         "at least one upper-case letter",
///     ]
/// );
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Requirement {
    /// The password has at least this many Unicode scalar values.
    MinLength {
        /// The smallest permitted number of characters.
        characters: usize,
    },
    /// The password has a decimal digit of any script.
    Digit,
    /// The password has a character with Unicode's `Lowercase` property.
    Lowercase,
    /// The password has a character with Unicode's `Uppercase` property.
    Uppercase,
    /// The password has a visible character. White space, control characters, and characters that
    /// fonts leave empty or ignore, such as zero-width spaces and fillers, are not visible.
    Visible,
    /// The password has at most this many Unicode scalar values.
    MaxLength {
        /// The largest permitted number of characters.
        characters: usize,
    },
    /// The password has at most this many bytes of UTF-8.
    MaxBytes {
        /// The largest permitted number of bytes.
        bytes: usize,
    },
    /// The password has at most [`BCRYPT_BYTES`] bytes of UTF-8, for bcrypt.
    BcryptBytes,
    /// The password has no `U+0000`, at which some hashers stop reading.
    NoNul,
    /// The password has no code point that Unicode has not assigned yet. A later version may assign
    /// it, and then normalize it in another way. Code points for private use are permitted. Needs
    /// the feature `nfc`.
    Assigned,
    /// The password is not on a [`Blocklist`](super::Blocklist).
    NotCommon,
    /// The password is not made of [`ContextWords`](super::ContextWords).
    NotContextWord,
    /// The password has at least this score in zxcvbn's estimate. Needs the feature `zxcvbn`.
    MinScore {
        /// The smallest permitted score, from 1 to 4.
        score: u8,
    },
    /// The password is not in a data breach. If the policy uses a service of breached passwords
    /// (feature `hibp`), a [`check`](super::PasswordPolicy::check) does not report this.
    NotBreached,
    /// A requirement written by the host.
    Custom(Arc<dyn CustomRequirement>),
}

impl Requirement {
    /// The codes of all built-in requirements, in the order of a report. A translation needs these,
    /// and `Violation::ADVICE_CODES` with the feature `zxcvbn`.
    pub const CODES: &[&str] = &[
        "too_short",
        "missing_digit",
        "missing_lowercase",
        "missing_uppercase",
        "blank_password",
        "too_long",
        "too_many_bytes",
        "too_many_bytes_for_bcrypt",
        "nul_character",
        "unassigned_character",
        "common_password",
        "context_word",
        "too_guessable",
        "breached_password",
    ];

    /// Returns the stable `snake_case` name of its violation: one of [`CODES`](Self::CODES), or the
    /// code of a host's own requirement.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::MinLength { .. } => "too_short",
            Self::Digit => "missing_digit",
            Self::Lowercase => "missing_lowercase",
            Self::Uppercase => "missing_uppercase",
            Self::Visible => "blank_password",
            Self::MaxLength { .. } => "too_long",
            Self::MaxBytes { .. } => "too_many_bytes",
            Self::BcryptBytes => "too_many_bytes_for_bcrypt",
            Self::NoNul => "nul_character",
            Self::Assigned => "unassigned_character",
            Self::NotCommon => "common_password",
            Self::NotContextWord => "context_word",
            Self::MinScore { .. } => "too_guessable",
            Self::NotBreached => "breached_password",
            Self::Custom(custom) => custom.code(),
        }
    }

    /// Returns its numbers by name.
    ///
    /// These are `min` for `too_short` and `too_guessable` (whose phrase has no number), `max` for
    /// `too_long` and both byte limits, and what a host's own requirement declares.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&str, usize)> {
        match self {
            Self::MinLength { characters } => alloc::vec![("min", *characters)],
            Self::MinScore { score } => alloc::vec![("min", usize::from(*score))],
            Self::BcryptBytes => alloc::vec![("max", BCRYPT_BYTES)],
            Self::MaxLength { characters: max } | Self::MaxBytes { bytes: max } => {
                alloc::vec![("max", *max)]
            }
            Self::Custom(custom) => custom.parameters(),
            _ => Vec::new(),
        }
    }

    /// Returns whether to show it before the visitor types.
    ///
    /// Requirements that people meet without trying are not worth showing until they are missed: no
    /// NUL, only defined characters, a visible character, bcrypt's limit, and a maximum of 64 or
    /// more.
    #[must_use]
    pub const fn is_worth_showing(&self) -> bool {
        match self {
            Self::MaxLength { characters: most } | Self::MaxBytes { bytes: most } => *most < 64,
            Self::Visible | Self::BcryptBytes | Self::NoNul | Self::Assigned => false,
            _ => true,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MinLength { characters: 1 } => f.write_str("at least 1 character"),
            Self::MinLength { characters } => write!(f, "at least {characters} characters"),
            Self::Digit => f.write_str("at least one number"),
            Self::Lowercase => f.write_str("at least one lower-case letter"),
            Self::Uppercase => f.write_str("at least one upper-case letter"),
            Self::Visible => f.write_str("at least one visible character"),
            Self::MaxLength { characters: 1 } => f.write_str("at most 1 character"),
            Self::MaxLength { characters } => write!(f, "at most {characters} characters"),
            Self::MaxBytes { bytes } => {
                let noun = if *bytes == 1 { "byte" } else { "bytes" };
                write!(f, "at most {bytes} {noun} (accented letters and symbols take several each)")
            }
            Self::BcryptBytes => write!(
                f,
                "at most {BCRYPT_BYTES} bytes, since bcrypt reads no more of a password \
                 (accented letters and symbols take several each)"
            ),
            Self::NoNul => f.write_str("no NUL character"),
            Self::Assigned => f.write_str("only characters that Unicode has defined"),
            Self::NotCommon => f.write_str("a password that is not among the most common ones"),
            Self::NotContextWord => {
                f.write_str("a password that is not made of your name or email address or our name")
            }
            Self::MinScore { .. } => f.write_str("a password that is hard to guess"),
            Self::NotBreached => f.write_str("a password that has not appeared in a data breach"),
            Self::Custom(custom) => custom.describe(f),
        }
    }
}
