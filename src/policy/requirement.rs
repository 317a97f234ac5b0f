use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// One thing that a [`PasswordPolicy`](super::PasswordPolicy) asks of a password.
///
/// Its `Display` is a phrase for a checklist, such as `at least 8 characters`;
/// its [`code`](Self::code) is for programs and translations.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Requirement {
    /// At least so many Unicode scalar values.
    MinLength {
        /// The smallest permitted number of characters.
        characters: usize,
    },
    /// A decimal digit of any script.
    Digit,
    /// A character with Unicode's `Lowercase` property.
    Lowercase,
    /// A character with Unicode's `Uppercase` property.
    Uppercase,
    /// At most so many Unicode scalar values.
    MaxLength {
        /// The largest permitted number of characters.
        characters: usize,
    },
    /// At most so many bytes of UTF-8.
    MaxBytes {
        /// The largest permitted number of bytes.
        bytes: usize,
    },
    /// No `U+0000`, at which some hashers stop reading.
    NoNul,
    /// A requirement written by the host.
    Custom(Arc<dyn CustomRequirement>),
}

impl Requirement {
    /// A stable `snake_case` name for what a password that misses this is.
    ///
    /// The built-in ones are `too_short`, `missing_digit`, `missing_lowercase`,
    /// `missing_uppercase`, `too_long`, `too_many_bytes` and `nul_character`.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::MinLength { .. } => "too_short",
            Self::Digit => "missing_digit",
            Self::Lowercase => "missing_lowercase",
            Self::Uppercase => "missing_uppercase",
            Self::MaxLength { .. } => "too_long",
            Self::MaxBytes { .. } => "too_many_bytes",
            Self::NoNul => "nul_character",
            Self::Custom(custom) => custom.code(),
        }
    }

    /// The numbers in the phrase, by name: `min` for `too_short`, `max` for
    /// `too_long` and `too_many_bytes`, and whatever a host's own declares.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&str, usize)> {
        match self {
            Self::MinLength { characters } => alloc::vec![("min", *characters)],
            Self::MaxLength { characters: max } | Self::MaxBytes { bytes: max } => {
                alloc::vec![("max", *max)]
            }
            Self::Digit | Self::Lowercase | Self::Uppercase | Self::NoNul => Vec::new(),
            Self::Custom(custom) => custom.parameters(),
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
            Self::MaxLength { characters: 1 } => f.write_str("at most 1 character"),
            Self::MaxLength { characters } => write!(f, "at most {characters} characters"),
            Self::MaxBytes { bytes } => {
                write!(f, "at most {bytes} bytes (accented letters and symbols take several each)")
            }
            Self::NoNul => f.write_str("no NUL character"),
            Self::Custom(custom) => custom.describe(f),
        }
    }
}

/// A requirement that a host adds to a policy.
///
/// ```
/// use password_reset::policy::{CustomRequirement, PasswordPolicy};
/// use std::fmt;
///
/// #[derive(Debug)]
/// struct NotOurName;
///
/// impl CustomRequirement for NotOurName {
///     fn code(&self) -> &str {
///         "contains_service_name"
///     }
///     fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("nothing that contains the name Acme")
///     }
///     fn parameters(&self) -> Vec<(&str, usize)> {
///         Vec::new()
///     }
///     fn is_met_by(&self, password: &str) -> bool {
///         !password.to_lowercase().contains("acme")
///     }
/// }
///
/// let policy = PasswordPolicy::builder().requirement(NotOurName).build()?;
/// let violations = policy.check("Acme2026!").unwrap_err();
/// assert_eq!(violations.to_string(), "use nothing that contains the name Acme");
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
///
/// # Contract
///
/// - The same password always gets the same answer, without panicking and in
///   time bounded by the password's length. It is not asked about a password
///   that was refused unread (see [`PasswordPolicy::check`](super::PasswordPolicy::check)).
/// - `code` is `snake_case`, never changes, and is no other requirement's.
/// - Neither `describe` nor `parameters` reveals the password.
pub trait CustomRequirement: fmt::Debug + Send + Sync {
    /// The stable name of its violation.
    fn code(&self) -> &str;

    /// Writes a phrase that completes "use …", such as `at least two symbols`.
    ///
    /// # Errors
    /// Only those of the formatter.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// The numbers in the phrase by name, for translations.
    fn parameters(&self) -> Vec<(&str, usize)>;

    /// Whether `password` meets it.
    fn is_met_by(&self, password: &str) -> bool;
}
