//! Policies with a name, most of which follow a standard.

use core::fmt;

/// A policy with a name, to [start from](super::PasswordPolicy::preset).
///
/// If a preset follows a standard, [`build`](super::PasswordPolicyBuilder::build) fails if
/// something is missing that the standard requires, or if something is set that it forbids. (NIST
/// words two of these as recommendations: 64 permitted characters and normalization.) What the
/// standard says about sign-in, rate limits and hashing is up to you.
///
/// | preset | characters | composition | blocklist | more |
/// | --- | --- | --- | --- | --- |
/// | [`Default`](Self::Default) | 8 to 256 | number, lower and upper case | | |
/// | [`NistSingleFactor`](Self::NistSingleFactor) | 15 to 256 | one visible character | of any size | normalized |
/// | [`NistMultiFactor`](Self::NistMultiFactor) | 8 to 256 | one visible character | of any size | normalized |
/// | [`AsvsLevel1`](Self::AsvsLevel1) | 8 to 256 | one visible character | 3,000 | |
/// | [`AsvsLevel2`](Self::AsvsLevel2) | 8 to 256 | one visible character | 3,000 | context words, breached passwords |
///
/// # What a blocklist can match
///
/// A blocklist is compared with entire passwords, so only its entries of a permitted length can
/// ever match. The [embedded list](super::CommonPasswords) has 30,000 passwords. This is
/// how many of them can match:
///
/// - 11,611 for a minimum of 8 characters: `NistMultiFactor`, `AsvsLevel1`, `AsvsLevel2`;
/// - 31 for a minimum of 15 characters: `NistSingleFactor`. NIST requires no size, so this builds,
///   but it stops next to nothing. Add a longer list or a check against breached passwords.
///
/// [`PasswordPolicy::matchable_passwords`](super::PasswordPolicy::matchable_passwords) returns the
/// number for any policy.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::{PolicyError, Preset};
///
/// let builder = PasswordPolicy::preset(Preset::AsvsLevel1);
/// let error = builder.build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "OWASP ASVS 5.0 level 1 requires a blocklist with 3000 or more passwords of a permitted \
///      length, and the longest has 0 (6.2.4)"
/// );
/// # #[cfg(feature = "common-passwords")] {
/// use password_reset::policy::CommonPasswords;
///
/// let builder = PasswordPolicy::preset(Preset::AsvsLevel1);
/// let policy = builder.common_passwords(CommonPasswords::IgnoringCase).build()?;
/// assert_eq!(policy.matchable_passwords(), 11_611);
/// assert!(policy.check("correct horse battery staple").is_ok());
/// assert!(policy.check("Password1").is_err());
/// # }
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Preset {
    /// The policy that this crate promises: at least 8 characters, a number, lower and upper case.
    ///
    /// It follows no standard. [`PasswordPolicy`](super::PasswordPolicy) says which rules it
    /// breaks, and why it is the default. Everything about it can be changed.
    #[default]
    Default,
    /// NIST SP 800-63B-4, section 3.1.1.2, if the password is the only factor.
    ///
    /// It requires at least 15 characters (1), at least 64 permitted characters (2), each code
    /// point counted as one (4), no composition rules (5), normalization in form C, and a blocklist
    /// that is compared with the entire password.
    ///
    /// It needs the feature `nfc`. The standard requires no size of the blocklist; here at least
    /// one of its passwords must have a length that the policy permits.
    NistSingleFactor,
    /// NIST SP 800-63B-4, section 3.1.1.2, if a second factor is always required.
    ///
    /// It requires at least 8 characters (1), and otherwise the same as `NistSingleFactor`.
    NistMultiFactor,
    /// OWASP ASVS 5.0, level 1.
    ///
    /// It requires at least 8 characters (6.2.1), a blocklist of at least 3,000 common passwords of
    /// a permitted length (6.2.4), no composition rules (6.2.5), and passwords exactly as they are
    /// typed (6.2.8).
    AsvsLevel1,
    /// OWASP ASVS 5.0, level 2.
    ///
    /// It requires what level 1 does, at least 64 permitted characters (6.2.9), a list of context
    /// words (6.2.11), and a check against breached passwords (6.2.12).
    AsvsLevel2,
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "the default policy",
            Self::NistSingleFactor => "NIST SP 800-63B-4 (single factor)",
            Self::NistMultiFactor => "NIST SP 800-63B-4 (with a second factor)",
            Self::AsvsLevel1 => "OWASP ASVS 5.0 level 1",
            Self::AsvsLevel2 => "OWASP ASVS 5.0 level 2",
        })
    }
}
