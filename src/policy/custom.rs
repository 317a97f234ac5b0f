//! The trait of a requirement of your own.

use alloc::vec::Vec;
use core::fmt;

/// A requirement of your own. Add it with
/// [`PasswordPolicyBuilder::requirement`](super::PasswordPolicyBuilder::requirement).
///
/// ```
/// use password_reset::policy::{CustomRequirement, PasswordPolicy};
/// use std::fmt;
///
/// /// A phrase is long without being hard to remember.
/// #[derive(Debug)]
/// struct Words(usize);
///
/// impl CustomRequirement for Words {
///     fn code(&self) -> &str {
///         "too_few_words"
///     }
///     fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "at least {} words", self.0)
///     }
///     fn parameters(&self) -> Vec<(&str, usize)> {
///         vec![("min", self.0)]
///     }
///     fn is_met_by(&self, password: &str) -> bool {
///         password.split_whitespace().count() >= self.0
///     }
/// }
///
/// let policy = PasswordPolicy::builder().requirement(Words(3)).build()?;
/// let violations = policy.check("Words 2").unwrap_err();
/// assert_eq!(violations.to_string(), "use at least 8 characters, at least 3 words");
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
///
/// # Contract
///
/// - `is_met_by` always returns the same for the same password. It does not panic, and its time is
///   bounded by the password's length. It may be called twice for one password.
/// - `is_met_by` gets the prepared password. It is not called for a password that is rejected
///   unread (see [`PasswordPolicy::check`](super::PasswordPolicy::check)).
/// - `code` is `snake_case` and never changes. No other requirement has it: it is none of
///   [`Requirement::CODES`](super::Requirement::CODES) and none of the codes of advice.
/// - Neither `describe` nor `parameters` reveals the password.
pub trait CustomRequirement: fmt::Debug + Send + Sync {
    /// Returns the stable name of its violation.
    fn code(&self) -> &str;

    /// Writes a phrase that completes "use …", such as `at least two symbols`.
    ///
    /// # Errors
    /// Fails only if the formatter does.
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Returns the numbers in the phrase by name, for translations.
    fn parameters(&self) -> Vec<(&str, usize)>;

    /// Returns whether `password` meets the requirement.
    fn is_met_by(&self, password: &str) -> bool;
}
