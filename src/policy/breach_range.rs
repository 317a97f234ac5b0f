//! Passwords that have appeared in breaches, by way of a range service: one that is given
//! the first five characters of a password's SHA-1 and answers with the rest of every
//! breached password's that begins so, as that of Have I Been Pwned does. Neither the
//! password nor its whole hash leaves the host.

use super::{BreachCheck, PasswordPolicy, PreparedPassword, Requirement, Violations};
use crate::secret::Secret;
use sha1::{Digest, Sha1};

const PREFIX: usize = 5;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// What to ask a range service about a password, and how to read its answer.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::BreachRange;
///
/// let policy = PasswordPolicy::default();
/// let range = BreachRange::of(&policy.check("Password1")?);
/// // GET https://api.pwnedpasswords.com/range/70CCD, with the header `Add-Padding: true`.
/// assert_eq!(range.prefix(), "70CCD");
/// let answer = "9007338D6D81DD3B6271621B9CF9A97EA00:3303003\r\n\
///               9007338D6D81DD3B6271621B9CF9A97EA01:0\r\n";
/// assert_eq!(range.times_in(answer)?, 3_303_003);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BreachRange {
    digest: Secret<[u8; 40]>,
}

impl BreachRange {
    /// The range of a password as the policy prepared it.
    #[must_use]
    pub fn of(password: &PreparedPassword<'_>) -> Self {
        let sha1 = Secret::new(<[u8; 20]>::from(Sha1::digest(password.expose_password())));
        let nibbles = sha1.expose().iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let mut digest = Secret::new([0; 40]);
        for (digit, nibble) in digest.expose_mut().iter_mut().zip(nibbles) {
            *digit = HEX.get(usize::from(nibble)).copied().unwrap_or_default();
        }
        Self { digest }
    }

    /// What to ask for: five digits of hexadecimal in upper case.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.digits().split_at_checked(PREFIX).map_or("", |(prefix, _)| prefix)
    }

    /// How often the password stands in the breaches of an answer: 0 where it is absent or
    /// its row is padding.
    ///
    /// An answer is a whole body: lines of 35 digits of hexadecimal, a colon and a number, with
    /// nothing behind them but white space. Cut at the end of a line it looks whole, so take
    /// none from a connection that broke.
    ///
    /// # Errors
    /// The answer is not such a list, or is empty, as no range is.
    pub fn times_in(&self, answer: &str) -> Result<u64, UnreadableAnswer> {
        let suffix = self.digits().split_at_checked(PREFIX).map_or("", |(_, suffix)| suffix);
        let mut rows = answer.trim_ascii_end().lines().peekable();
        rows.peek().ok_or(UnreadableAnswer)?;
        rows.try_fold(0, |most: u64, row| {
            let (of, times) = row.split_once(':').ok_or(UnreadableAnswer)?;
            let is_row = of.len() == suffix.len()
                && of.bytes().all(|byte| byte.is_ascii_hexdigit())
                && times.bytes().all(|byte| byte.is_ascii_digit());
            let times = times.parse().map_err(|_| UnreadableAnswer)?;
            match of.eq_ignore_ascii_case(suffix) {
                _ if !is_row => Err(UnreadableAnswer),
                true => Ok(most.max(times)),
                false => Ok(most),
            }
        })
    }

    fn digits(&self) -> &str {
        core::str::from_utf8(self.digest.expose()).unwrap_or_default()
    }
}

impl core::fmt::Debug for BreachRange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BreachRange([redacted])")
    }
}

/// What came instead of a range: an error page, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not a range of breached passwords")]
pub struct UnreadableAnswer;

/// What a look at breaches found, where the password may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "tell the operator where it is unknown"]
pub enum Breach {
    /// The password is in none.
    Absent,
    /// Nobody could tell, and the policy accepts it then: see
    /// [`BreachCheck::ServiceOrAccept`]. `None` where there was no answer.
    Unknown(Option<UnreadableAnswer>),
}

/// Why a password may not be used after a look at breaches.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BreachError {
    /// It is in one.
    #[error(transparent)]
    Breached(#[from] Violations),
    /// Nobody could tell, and the policy accepts none then. `None` where there was no answer.
    #[error("nobody could tell whether the password has appeared in a data breach")]
    Unknown(#[source] Option<UnreadableAnswer>),
}

impl PasswordPolicy {
    /// Judges the answer of a range service; `None` where there was none.
    ///
    /// In the reset flow, [`Accepted::judge_breach`](crate::service::Accepted::judge_breach)
    /// does so.
    ///
    /// # Errors
    /// The password is in a breach; or the answer is missing or cannot be read, unless the
    /// policy says [`BreachCheck::ServiceOrAccept`].
    pub fn judge_breach(
        &self,
        range: &BreachRange,
        answer: Option<&str>,
    ) -> Result<Breach, BreachError> {
        let unreadable = match answer.map(|answer| range.times_in(answer)) {
            Some(Ok(0)) => return Ok(Breach::Absent),
            Some(Ok(_)) => return Err(Violations::of(Requirement::NotBreached).into()),
            Some(Err(unreadable)) => Some(unreadable),
            None => None,
        };
        match self.breach_check {
            Some(BreachCheck::ServiceOrAccept) => Ok(Breach::Unknown(unreadable)),
            _ => Err(BreachError::Unknown(unreadable)),
        }
    }
}
