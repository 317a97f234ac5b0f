//! The embedded list of common passwords.

#[cfg(feature = "common-passwords")]
use {super::blocklist::Blocklist, core::ops::RangeInclusive};

/// Sorted lines of lower-case ASCII.
#[cfg(feature = "common-passwords")]
const LIST: &str = include_str!("common_passwords.txt");

/// The embedded list of the 30,000 most common passwords that leaked from other services.
///
/// Give it to
/// [`PasswordPolicyBuilder::common_passwords`](super::PasswordPolicyBuilder::common_passwords).
/// This needs the feature `common-passwords`. With the feature it is also a
/// [`Blocklist`](super::Blocklist).
///
/// ```
/// # #[cfg(feature = "common-passwords")] {
/// use password_reset::policy::{CommonPasswords, PasswordPolicy};
///
/// let list = CommonPasswords::IgnoringCase;
/// let policy = PasswordPolicy::builder().common_passwords(list).build()?;
/// assert!(policy.check("Password1").is_err());
/// # }
/// # Ok::<(), password_reset::policy::PolicyError>(())
/// ```
///
/// Only a password of a permitted length can match, so a minimum length shortens the list:
///
/// | minimum length | passwords |
/// | --- | --- |
/// | 8 characters | 11,611 |
/// | 9 characters | 2,420 |
/// | 12 characters | 229 |
/// | 15 characters | 31 |
///
/// With a minimum of 15 characters, add a longer list of your own, or a check against breached
/// passwords. The list is compared with the entire password in at most 16 steps, without
/// allocating.
///
/// The list is in lower case throughout. It is that of [zxcvbn](https://crates.io/crates/zxcvbn)
/// 3.1, © 2012–2016 Dan Wheeler and Dropbox, Inc., © 2016 Joshua Holmer, under the MIT licence.
/// `.ci/common-passwords` in the repository generates it from that crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum CommonPasswords {
    /// The case of ASCII letters is ignored, so `Password1` matches `password1`. A policy that
    /// requires an upper-case letter needs this, because the list has none.
    IgnoringCase,
    /// Passwords must match exactly.
    Exact,
}

#[cfg(feature = "common-passwords")]
impl Blocklist for CommonPasswords {
    fn contains(&self, password: &str) -> bool {
        let as_listed = |byte: u8| match self {
            Self::IgnoringCase => byte.to_ascii_lowercase(),
            Self::Exact => byte,
        };
        let mut lines = LIST;
        while let Some((before, line, after)) = halve(lines) {
            lines = match line.bytes().cmp(password.bytes().map(as_listed)) {
                core::cmp::Ordering::Less => after,
                core::cmp::Ordering::Greater => before,
                core::cmp::Ordering::Equal => return true,
            };
        }
        false
    }

    fn count(&self, characters: RangeInclusive<usize>) -> usize {
        LIST.split_terminator('\n').filter(|line| characters.contains(&line.len())).count()
    }
}

/// Returns the line in the middle, with the lines before and after it; `None` if there is no line.
#[cfg(feature = "common-passwords")]
fn halve(lines: &str) -> Option<(&str, &str, &str)> {
    let (first_half, _) = lines.split_at_checked(lines.len() / 2)?;
    let (before, rest) = lines.split_at_checked(first_half.rfind('\n').map_or(0, |end| end + 1))?;
    let (line, after) = rest.split_once('\n')?;
    Some((before, line, after))
}

#[cfg(feature = "common-passwords")]
#[cfg(test)]
mod tests {
    use super::{Blocklist, CommonPasswords, LIST};

    #[test]
    fn every_line_is_found_and_nothing_between_two_lines() {
        assert!(LIST.is_ascii() && LIST.lines().is_sorted());
        for line in LIST.lines() {
            for list in [CommonPasswords::Exact, CommonPasswords::IgnoringCase] {
                assert!(list.contains(line), "{line}");
                assert!(!list.contains(&format!("{line}\0")), "{line}");
                assert!(!list.contains(&format!("{line}\n")), "{line}");
            }
            let shouted = line.to_ascii_uppercase();
            assert!(CommonPasswords::IgnoringCase.contains(&shouted), "{shouted}");
            assert_eq!(CommonPasswords::Exact.contains(&shouted), shouted == line);
        }
        for absent in ["", "\n", "!", "~~~~~~~~~", "passwort-kaum", "pässword", "password\n123456"]
        {
            assert!(!CommonPasswords::IgnoringCase.contains(absent), "{absent:?}");
        }
    }

    #[test]
    fn the_documented_counts_are_the_lists() {
        let count = |characters| CommonPasswords::Exact.count(characters);
        assert_eq!([0, 8, 9, 12, 15].map(|min| count(min..=99)), [30_000, 11_611, 2420, 229, 31]);
        assert_eq!([count(0..=7), count(8..=8), count(21..=99)], [18_389, 9191, 0]);
    }

    #[test]
    fn a_check_takes_as_few_steps_as_documented() {
        fn depth(lines: &str) -> u32 {
            super::halve(lines).map_or(0, |(before, _, after)| 1 + depth(before).max(depth(after)))
        }
        assert!(depth(LIST) <= 16, "{}", depth(LIST));
    }
}
