use super::Requirement;
use alloc::vec::Vec;
use core::fmt;

/// A [`Requirement`] that a password does not meet.
///
/// Its `Display` is a plain sentence: `Use at least one number.`
#[derive(Clone, Debug)]
pub struct Violation(Requirement);

impl Violation {
    /// The stable `snake_case` name: see [`Requirement::code`].
    #[must_use]
    pub fn code(&self) -> &str {
        self.0.code()
    }

    /// The numbers that a sentence needs: see [`Requirement::parameters`].
    #[must_use]
    pub fn parameters(&self) -> Vec<(&str, usize)> {
        self.0.parameters()
    }

    /// What was asked.
    #[must_use]
    pub fn requirement(&self) -> &Requirement {
        &self.0
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Use {}.", self.0)
    }
}

/// Every requirement that a password missed: at least one, in the policy's order.
#[derive(Clone, Debug)]
pub struct Violations(Vec<Violation>);

impl Violations {
    pub(super) fn collect(unmet: impl Iterator<Item = Requirement>) -> Result<(), Self> {
        let mut violations = Vec::new();
        for requirement in unmet {
            if violations.is_empty() {
                violations.reserve_exact(super::BUILT_IN_REQUIREMENTS);
            }
            violations.push(Violation(requirement));
        }
        if violations.is_empty() { Ok(()) } else { Err(Self(violations)) }
    }

    /// The violations in order.
    pub fn iter(&self) -> core::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// Their codes in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Violation::code)
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
        for (position, violation) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "use " } else { ", " })?;
            write!(f, "{}", violation.requirement())?;
        }
        Ok(())
    }
}

impl core::error::Error for Violations {}
