use core::fmt;

/// A policy with a name, to [start from](super::PasswordPolicy::preset).
///
/// A preset that follows a standard holds its builder to it: what the standard requires cannot
/// be left out, and what it forbids cannot be put in. (NIST words two of these as
/// recommendations: 64 permitted characters and normalization.) What concerns sign-in, rate
/// limits and hashing is up to you.
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
/// ever match. Of the 30,000 passwords of the [embedded list](super::CommonPasswords) these are:
///
/// - 11,611 for a minimum of 8 characters: `NistMultiFactor`, `AsvsLevel1`, `AsvsLevel2`;
/// - 31 for a minimum of 15: `NistSingleFactor`. NIST names no size, so this builds, but it
///   stops next to nothing. Put a longer list or a look at breached passwords beside it.
///
/// [`PasswordPolicy::matchable_passwords`](super::PasswordPolicy::matchable_passwords) counts
/// them for any policy.
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
    /// What the crate promises: at least 8 characters, a number, lower and upper case.
    ///
    /// It follows no standard: [`PasswordPolicy`](super::PasswordPolicy) says which it breaks,
    /// and why it is the default. Everything about it can be changed.
    #[default]
    Default,
    /// NIST SP 800-63B-4, section 3.1.1.2, where the password is the only factor: at least 15
    /// characters (1), at least 64 permitted (2), each code point counted as one (4), no rule
    /// of composition (5), normalized in form C, and a blocklist that is compared with the
    /// entire password.
    ///
    /// It requires the feature `nfc`. The standard names no size for the blocklist: at least
    /// one of its passwords must have a length that the policy permits.
    NistSingleFactor,
    /// NIST SP 800-63B-4, section 3.1.1.2, where a second factor is always required: at least
    /// 8 characters (1), and otherwise as with a single factor.
    NistMultiFactor,
    /// OWASP ASVS 5.0 level 1: at least 8 characters (6.2.1), none of at least 3,000 common
    /// passwords of a permitted length (6.2.4), any composition (6.2.5), and the password
    /// exactly as it was typed (6.2.8).
    AsvsLevel1,
    /// OWASP ASVS 5.0 level 2: level 1, with at least 64 characters permitted (6.2.9), a list
    /// of context words (6.2.11), and a look at breached passwords (6.2.12).
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
