use alloc::collections::BTreeSet;
use alloc::string::String;

/// Passwords that a host does not accept.
///
/// A set of strings is one: `BTreeSet<String>`, compared to the byte.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use std::collections::BTreeSet;
///
/// let seasons = ["Spring2026", "Summer2026"].map(String::from);
/// let policy = PasswordPolicy::builder().blocklist(BTreeSet::from(seasons)).build()?;
/// let violations = policy.check("Summer2026").unwrap_err();
/// assert_eq!(violations.codes().collect::<Vec<_>>(), ["common_password"]);
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
///
/// # Contract
///
/// - The entire password is compared, never a part of it (NIST SP 800-63B-4, section
///   3.1.1.2). Whether case counts is the list's own choice.
/// - The same password always gets the same answer, without panicking and in time bounded
///   by the password's length and the logarithm of the list's. A list that has to be asked
///   over a network is none: see [`BreachCheck`](super::BreachCheck).
pub trait Blocklist: Send + Sync {
    /// Whether `password` stands on the list.
    fn contains(&self, password: &str) -> bool;

    /// How many of its passwords have at least so many characters. It is asked when a
    /// policy is built whose preset demands a list of some size.
    fn count_from(&self, min_length: usize) -> usize;
}

impl Blocklist for BTreeSet<String> {
    fn contains(&self, password: &str) -> bool {
        self.contains(password)
    }

    fn count_from(&self, min_length: usize) -> usize {
        self.iter().filter(|password| password.chars().count() >= min_length).count()
    }
}
