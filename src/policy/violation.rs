use super::Requirement;
#[cfg(feature = "zxcvbn")]
use super::strength::Advice;
use alloc::vec::Vec;
use core::fmt;

/// A [`Requirement`] that a password does not meet, or advice how it could be met.
///
/// Its `Display` is a plain sentence: `Use at least one number.`
#[derive(Clone, Debug)]
pub struct Violation {
    requirement: Requirement,
    #[cfg(feature = "zxcvbn")]
    advice: Option<Advice>,
}

impl Violation {
    const fn of(requirement: Requirement) -> Self {
        Self {
            requirement,
            #[cfg(feature = "zxcvbn")]
            advice: None,
        }
    }

    /// The code of each advice, which begins with `guessable_` where it says what is wrong and
    /// with `try_` where it says what would help.
    #[cfg(feature = "zxcvbn")]
    #[cfg_attr(docsrs, doc(cfg(feature = "zxcvbn")))]
    pub const ADVICE_CODES: &[&str] = &super::strength::CODES;

    /// The stable `snake_case` name: see [`Requirement::code`]. Advice has a code of its own.
    #[must_use]
    pub fn code(&self) -> &str {
        #[cfg(feature = "zxcvbn")]
        if let Some(advice) = &self.advice {
            return advice.code;
        }
        self.requirement.code()
    }

    /// The numbers that a sentence needs: see [`Requirement::parameters`].
    #[must_use]
    pub fn parameters(&self) -> Vec<(&str, usize)> {
        if self.is_advice() { Vec::new() } else { self.requirement.parameters() }
    }

    /// What was asked.
    #[must_use]
    pub const fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// Whether it is advice how the requirement could be met, which follows its violation:
    /// what zxcvbn says of a password that is too guessable.
    #[must_use]
    pub const fn is_advice(&self) -> bool {
        #[cfg(feature = "zxcvbn")]
        return self.advice.is_some();
        #[cfg(not(feature = "zxcvbn"))]
        false
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "zxcvbn")]
        if let Some(advice) = &self.advice {
            return f.write_str(advice.sentence);
        }
        write!(f, "Use {}.", self.requirement)
    }
}

/// Every requirement that a password missed: at least one, in the policy's order. Its `Display`
/// is a list of phrases, without advice.
#[derive(Clone, Debug)]
pub struct Violations {
    violations: Vec<Violation>,
    password_was_read: bool,
}

impl Violations {
    pub(super) const fn of_password(was_read: bool) -> Self {
        Self { violations: Vec::new(), password_was_read: was_read }
    }

    #[cfg(feature = "hibp")]
    pub(super) fn of(requirement: Requirement) -> Self {
        Self { violations: alloc::vec![Violation::of(requirement)], password_was_read: true }
    }

    /// Adds one, with room for `most` at the first.
    #[inline]
    pub(super) fn push(&mut self, requirement: Requirement, most: usize) {
        if self.violations.is_empty() {
            self.violations = Vec::with_capacity(most);
        }
        self.violations.push(Violation::of(requirement));
    }

    #[cfg(feature = "zxcvbn")]
    pub(super) fn advise(&mut self, requirement: &Requirement, advice: Advice) {
        self.violations.push(Violation { requirement: requirement.clone(), advice: Some(advice) });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.violations.is_empty()
    }

    /// Whether the password was read, and not refused for its length alone.
    pub(super) const fn password_was_read(&self) -> bool {
        self.password_was_read
    }

    /// The violations in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Violation> {
        self.violations.iter()
    }

    /// Their codes in order.
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
        let unmet = self.violations.iter().filter(|violation| !violation.is_advice());
        for (position, violation) in unmet.enumerate() {
            f.write_str(if position == 0 { "use " } else { ", " })?;
            write!(f, "{}", violation.requirement())?;
        }
        Ok(())
    }
}

impl core::error::Error for Violations {}
