//! Passwords that have appeared in breaches, by way of a range service: one that is given
//! the first five characters of a password's SHA-1 and answers with the rest of every
//! breached password's that begins so, as that of Have I Been Pwned does. Neither the
//! password nor its whole hash leaves the host.

use super::{PasswordPolicy, PreparedPassword, Requirement, Violations};
use crate::secret::Secret;
use sha1::{Digest, Sha1};

const PREFIX: usize = 5;
const HEX: &[u8; 16] = b"0123456789ABCDEF";
const UNREADABLE: UnreadableAnswer = UnreadableAnswer(());

/// What a policy does with a password while the service of breached passwords gives no answer.
///
/// The look is a step of its own, since it takes a network: the host asks between `accept` and
/// `commit`, and a commit without it is a fault. What happens when the service fails is said
/// here, once, and is never silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BreachService {
    /// No password is accepted.
    FailClosed,
    /// Passwords are accepted unseen, and the host is told each time.
    FailOpen,
}

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
    /// nothing behind them but white space. Cut at the end of a line it looks whole, and nothing
    /// in it says which range it is: so take none from a connection that broke, and only the
    /// answer to [`prefix`](Self::prefix).
    ///
    /// # Errors
    /// The answer is not such a list, or is empty, as no range is.
    pub fn times_in(&self, answer: &str) -> Result<u64, UnreadableAnswer> {
        let suffix = self.digits().split_at_checked(PREFIX).map_or("", |(_, suffix)| suffix);
        let mut rows = answer.trim_ascii_end().lines().peekable();
        rows.peek().ok_or(UNREADABLE)?;
        rows.try_fold(0, |most: u64, row| {
            let (of, times) = row.split_once(':').ok_or(UNREADABLE)?;
            let is_row = of.len() == suffix.len()
                && of.bytes().all(|byte| byte.is_ascii_hexdigit())
                && times.bytes().all(|byte| byte.is_ascii_digit());
            let times = times.parse().map_err(|_| UNREADABLE)?;
            match of.eq_ignore_ascii_case(suffix) {
                _ if !is_row => Err(UNREADABLE),
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
pub struct UnreadableAnswer(());

/// What a look at breaches found, where the password may be used. There is no third answer, so
/// matching is exhaustive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "tell the operator where it is unknown"]
pub enum Breach {
    /// The password is in none.
    Absent,
    /// Nobody could tell, and the policy accepts it then: see [`BreachService::FailOpen`].
    /// `None` where there was no answer.
    Unknown(Option<UnreadableAnswer>),
}

/// Why a password may not be used after a look at breaches.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BreachError {
    /// It is in one.
    #[error(transparent)]
    Breached(Violations),
    /// Nobody could tell, and the policy accepts none then. `None` where there was no answer.
    #[error("nobody could tell whether the password has appeared in a data breach")]
    Unknown(#[source] Option<UnreadableAnswer>),
}

impl PasswordPolicy {
    /// Whether a service is asked about breached passwords, which a
    /// [`check`](Self::check) cannot do.
    #[must_use]
    pub const fn asks_breach_service(&self) -> bool {
        self.waits_for_a_service()
    }

    /// Judges the answer of a range service; `None` where there was none.
    ///
    /// In the reset flow, [`Accepted::judge_breach`](crate::service::Accepted::judge_breach)
    /// does so.
    ///
    /// # Errors
    /// The password is in a breach; or the answer is missing or cannot be read, unless the
    /// policy says [`BreachService::FailOpen`].
    pub fn judge_breach(
        &self,
        range: &BreachRange,
        answer: Option<&str>,
    ) -> Result<Breach, BreachError> {
        let unreadable = match answer.map(|answer| range.times_in(answer)) {
            Some(Ok(0)) => return Ok(Breach::Absent),
            Some(Ok(_)) => {
                return Err(BreachError::Breached(Violations::of(Requirement::NotBreached)));
            }
            Some(Err(unreadable)) => Some(unreadable),
            None => None,
        };
        match self.breach_service {
            Some(BreachService::FailOpen) => Ok(Breach::Unknown(unreadable)),
            _ => Err(BreachError::Unknown(unreadable)),
        }
    }
}
