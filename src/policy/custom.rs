use alloc::vec::Vec;
use core::fmt;

/// A requirement of your own, which you add to a policy.
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
/// - The same password always gets the same answer, without panicking and in
///   time bounded by the password's length. It is given the prepared password, perhaps
///   twice, and not one that is rejected unread (see
///   [`PasswordPolicy::check`](super::PasswordPolicy::check)).
/// - `code` is `snake_case`, never changes, and is no other requirement's: none of
///   [`Requirement::CODES`](super::Requirement::CODES) or of the codes of advice.
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
