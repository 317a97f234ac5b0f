use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use core::ops::RangeInclusive;

/// Passwords that are not accepted.
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
/// - `contains` is given the prepared password: for a policy that normalizes, a list holds
///   its passwords in form C.
/// - The same password always gets the same answer, without panicking and in time bounded
///   by the password's length and the logarithm of the list's. A password that is rejected
///   may be asked about twice. It happens in the midst of asynchronous work: a list that
///   would block belongs in memory, and one that has to be asked over a network is none.
pub trait Blocklist: Send + Sync {
    /// Whether `password` stands on the list.
    fn contains(&self, password: &str) -> bool;

    /// How many of its passwords have so many characters, and so could match where these are
    /// the permitted lengths. It is called when a policy is built whose preset requires a list
    /// of some size, and by
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
