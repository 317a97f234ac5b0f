//! What is wrong with a password.

use super::requirement::Requirement;
use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

/// One thing that is wrong with a password.
///
/// It is a [`Requirement`] that the password does not meet, advice on how to meet one, or a
/// [verdict](super::CheckedPassword::reject_if) of the host's. Its `Display` output is a sentence
/// for the visitor:
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let violations = PasswordPolicy::default().check("Short1").unwrap_err();
/// for violation in &violations {
///     assert_eq!(violation.to_string(), "Use at least 8 characters.");
///     assert_eq!(violation.code(), "too_short");
///     assert_eq!(violation.parameters(), [("min", 8)]);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Violation(What);

#[derive(Clone, Debug)]
enum What {
    Missed(Requirement),
    #[cfg_attr(not(feature = "zxcvbn"), expect(dead_code, reason = "only zxcvbn has any"))]
    Advice(Requirement, &'static str, &'static str),
    Verdict(&'static str, Cow<'static, str>),
}

impl Violation {
    /// The codes of all advice. A code begins with `guessable_` if the advice says what is wrong,
    /// and with `try_` if it says what would help.
    #[cfg(feature = "zxcvbn")]
    pub const ADVICE_CODES: &[&str] = super::strength::CODES;

    /// Returns the stable `snake_case` name of the [requirement](Requirement::code), of the advice,
    /// or of the host's verdict.
    #[must_use]
    pub fn code(&self) -> &str {
        match &self.0 {
            What::Missed(requirement) => requirement.code(),
            What::Advice(_, code, _) | What::Verdict(code, _) => code,
        }
    }

    /// Returns the numbers in the sentence by name, as [`Requirement::parameters`] does. Advice and
    /// verdicts have none.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&str, usize)> {
        match &self.0 {
            What::Missed(requirement) => requirement.parameters(),
            _ => Vec::new(),
        }
    }

    /// Returns the requirement that is not met; `None` for a host's verdict.
    #[must_use]
    pub const fn requirement(&self) -> Option<&Requirement> {
        match &self.0 {
            What::Missed(requirement) | What::Advice(requirement, ..) => Some(requirement),
            What::Verdict(..) => None,
        }
    }

    /// Returns whether it is advice on how to meet the requirement: what zxcvbn says about a
    /// password that is too guessable. Advice follows the violation itself.
    #[must_use]
    pub const fn is_advice(&self) -> bool {
        matches!(self.0, What::Advice(..))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            What::Missed(requirement) => write!(f, "Use {requirement}."),
            What::Advice(_, _, sentence) => f.write_str(sentence),
            What::Verdict(_, sentence) => f.write_str(sentence),
        }
    }
}

/// Everything that is wrong with a password: at least one violation, in the policy's order.
///
/// Its `Display` output is one list of phrases without advice. A verdict of the host's has no
/// phrase, so it is printed as its sentence.
///
/// ```
/// use password_reset::PasswordPolicy;
///
/// let violations = PasswordPolicy::default().check("short").unwrap_err();
/// assert_eq!(
///     violations.to_string(),
///     "use at least 8 characters, at least one number, at least one upper-case letter"
/// );
/// let codes: Vec<_> = violations.codes().collect();
/// assert_eq!(codes, ["too_short", "missing_digit", "missing_uppercase"]);
/// ```
#[derive(Clone, Debug)]
pub struct Violations {
    violations: Vec<Violation>,
    password_was_read: bool,
}

impl Violations {
    pub(super) fn with_room_for(most: usize, password_was_read: bool) -> Self {
        Self { violations: Vec::with_capacity(most), password_was_read }
    }

    pub(super) fn verdict(code: &'static str, sentence: Cow<'static, str>) -> Self {
        let verdict = Violation(What::Verdict(code, sentence));
        Self { violations: alloc::vec![verdict], password_was_read: true }
    }

    pub(super) fn push(&mut self, requirement: Requirement) {
        self.violations.push(Violation(What::Missed(requirement)));
    }

    /// Adds advice on how to meet `requirement`, as codes and sentences.
    #[cfg(feature = "zxcvbn")]
    pub(super) fn advise(
        &mut self,
        requirement: &Requirement,
        advice: impl Iterator<Item = (&'static str, &'static str)>,
    ) {
        let advice =
            advice.map(|(code, sentence)| What::Advice(requirement.clone(), code, sentence));
        self.violations.extend(advice.map(Violation));
    }

    /// Returns whether the password was read. It is not if it was rejected for its length alone.
    pub(super) const fn password_was_read(&self) -> bool {
        self.password_was_read
    }

    /// Iterates over the violations in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Violation> {
        self.violations.iter()
    }

    /// Iterates over their codes in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.violations.iter().map(Violation::code)
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = core::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "use ";
        for violation in &self.violations {
            match &violation.0 {
                What::Missed(requirement) => write!(f, "{separator}{requirement}")?,
                What::Verdict(_, sentence) => f.write_str(sentence)?,
                What::Advice(..) => {}
            }
            separator = ", ";
        }
        Ok(())
    }
}

impl core::error::Error for Violations {}
