//! The trait of a list of passwords that are not accepted.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use core::ops::RangeInclusive;

/// A list of passwords that are not accepted.
///
/// Give it to [`PasswordPolicyBuilder::blocklist`](super::PasswordPolicyBuilder::blocklist), or to
/// [`breached_passwords`](super::PasswordPolicyBuilder::breached_passwords). A `BTreeSet<String>`
/// is a blocklist whose entries must match exactly:
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
/// Implement the trait for a list in another form:
///
/// ```
/// use password_reset::policy::Blocklist;
/// use std::ops::RangeInclusive;
///
/// /// The lines of a sorted file.
/// struct Lines(Vec<String>);
///
/// impl Blocklist for Lines {
///     fn contains(&self, password: &str) -> bool {
///         self.0.binary_search_by(|line| line.as_str().cmp(password)).is_ok()
///     }
///
///     fn count(&self, characters: RangeInclusive<usize>) -> usize {
///         self.0.iter().filter(|line| characters.contains(&line.chars().count())).count()
///     }
/// }
/// ```
///
/// # Contract
///
/// - The entire password is compared, never a part of it (NIST SP 800-63B-4, section 3.1.1.2). The
///   list decides whether case matters.
/// - `contains` gets the prepared password. So if the policy normalizes, the list must have its
///   passwords in form C.
/// - `contains` always returns the same for the same password. It does not panic, and its time is
///   bounded by the password's length and the logarithm of the list's length. It may be called
///   twice for a password that is rejected.
/// - `contains` does not block, because it is called from asynchronous code. Keep the list in
///   memory or in an index that does not block. A list that must be queried over a network cannot
///   be a blocklist.
pub trait Blocklist: Send + Sync {
    /// Returns whether `password` is on the list.
    fn contains(&self, password: &str) -> bool;

    /// Returns how many of its passwords have a number of characters in this range. Only these can
    /// match if the range is that of the permitted lengths.
    ///
    /// It is called when a policy is built whose preset requires a list of some size, and by
    /// [`matchable_passwords`](super::PasswordPolicy::matchable_passwords).
    fn count(&self, characters: RangeInclusive<usize>) -> usize;
}

impl Blocklist for BTreeSet<String> {
    fn contains(&self, password: &str) -> bool {
        self.contains(password)
    }

    fn count(&self, characters: RangeInclusive<usize>) -> usize {
        self.iter().filter(|password| characters.contains(&password.chars().count())).count()
    }
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<B: Blocklist + ?Sized> Blocklist for $pointer {
            fn contains(&self, password: &str) -> bool {
                B::contains(self, password)
            }

            fn count(&self, characters: RangeInclusive<usize>) -> usize {
                B::count(self, characters)
            }
        }
    };
}

forward!(Arc<B>);
forward!(Box<B>);
