//! Checks against a service of breached passwords, without an HTTP client.

use super::checked::{CheckedPassword, PreparedPassword};
use super::password_policy::PasswordPolicy;
use super::requirement::Requirement;
use super::rules::BreachService;
use super::violation::Violations;
use crate::secret::Secret;
use sha1::{Digest, Sha1};

const PREFIX: usize = 5;
const HEX: &[u8; 16] = b"0123456789ABCDEF";
const UNREADABLE: UnreadableAnswer = UnreadableAnswer(());

/// The query to a range service about a password, and the way to read its answer.
///
/// A range service, such as that of Have I Been Pwned, gets the first five hexadecimal digits of
/// the password's SHA-1. It responds with the rest of the SHA-1 of every breached password that
/// begins with them. So neither the password nor its whole hash leaves the host.
///
/// ```
/// use password_reset::PasswordPolicy;
/// use password_reset::policy::BreachRange;
///
/// let policy = PasswordPolicy::default();
/// let range = BreachRange::of(&policy.prepare("Password1"));
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
    /// Returns the range of any prepared password, for example at sign-in. For a new password, use
    /// [`CheckedPassword::breach_range`].
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

    /// Returns what to send to the service: five hexadecimal digits in upper case.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.halves().0
    }

    /// Returns how often the password has appeared in breaches, according to this answer: 0 if it
    /// is absent or its row is padding.
    ///
    /// The answer must be the whole body: lines of 35 hexadecimal digits, a colon and a number,
    /// with nothing after them but white space. Use only the answer to [`prefix`](Self::prefix),
    /// and no answer from a connection that broke: an answer does not say which range it is, and
    /// one that was cut at the end of a line looks whole.
    ///
    /// # Errors
    /// Fails if the answer is not such a list, or is empty. No range is empty.
    pub fn times_in(&self, answer: &str) -> Result<u64, UnreadableAnswer> {
        let suffix = self.halves().1;
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

    /// Returns the digits that the service gets, and the rest.
    fn halves(&self) -> (&str, &str) {
        let digits = core::str::from_utf8(self.digest.expose()).unwrap_or_default();
        digits.split_at_checked(PREFIX).unwrap_or_default()
    }
}

impl core::fmt::Debug for BreachRange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BreachRange([redacted])")
    }
}

/// The answer of the service is not a range, but for example an error page or a part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not a range of breached passwords")]
pub struct UnreadableAnswer(());

/// The result of a check against breached passwords, for a password that may be used. There is no
/// third result, so you can match exhaustively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "alert the operator if it is unknown"]
pub enum Breach {
    /// The password is in no breach.
    Absent,
    /// No answer could be read, and the policy accepts passwords in that case: see
    /// [`BreachService::FailOpen`]. The value is `None` if there was no answer at all.
    Unknown(Option<UnreadableAnswer>),
}

/// Why a password may not be used after a check against breached passwords.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BreachError {
    /// The password is in a breach.
    #[error(transparent)]
    Breached(Violations),
    /// No answer could be read, and the policy rejects passwords in that case: see
    /// [`BreachService::FailClosed`]. The value is `None` if there was no answer at all.
    #[error("it is unknown whether the password has appeared in a data breach")]
    Unknown(#[source] Option<UnreadableAnswer>),
}

impl CheckedPassword<'_> {
    /// Returns the query to a range service about the password. Returns `None` if the policy uses
    /// no service, or if [`check_breach`](PasswordPolicy::check_breach) already had an answer.
    #[must_use]
    pub fn breach_range(&self) -> Option<BreachRange> {
        self.owes_look.then(|| BreachRange::of(&self.password))
    }
}

impl PasswordPolicy {
    /// Checks a password against the answer of a range service. `answer` is `None` if there was no
    /// answer.
    ///
    /// The password is returned only if it may be used. After [`BreachError::Unknown`], check the
    /// password again and query the service again.
    ///
    /// ```
    /// use password_reset::PasswordPolicy;
    /// use password_reset::policy::{Breach, BreachService};
    ///
    /// # fn ask(_: &str) -> Option<String> { Some("003D68EB55068C33ACE09247EE4C639306B:3".into()) }
    /// let policy = PasswordPolicy::builder().breach_service(BreachService::FailOpen).build()?;
    /// let mut password = policy.check("Correct horse 7")?;
    /// if let Some(range) = password.breach_range() {
    ///     let answer = ask(range.prefix());
    ///     let (checked, breach) = policy.check_breach(password, answer.as_deref())?;
    ///     if breach != Breach::Absent {
    ///         eprintln!("a password was accepted without the check: {breach:?}");
    ///     }
    ///     password = checked;
    /// }
    /// let accepted = password.accept()?;
    /// # assert_eq!(accepted.expose_password(), "Correct horse 7");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Fails if the password is in a breach. Fails if the answer is missing or cannot be read,
    /// unless the policy says [`BreachService::FailOpen`].
    pub fn check_breach<'p>(
        &self,
        password: CheckedPassword<'p>,
        answer: Option<&str>,
    ) -> Result<(CheckedPassword<'p>, Breach), BreachError> {
        let range = BreachRange::of(&password.password);
        let answer = answer.map(|answer| range.times_in(answer)).transpose();
        let breach = match (answer, self.rules.breach_service) {
            (Ok(Some(0)), _) => Breach::Absent,
            (Ok(Some(_)), _) => {
                let mut violations = Violations::with_room_for(1, true);
                violations.push(Requirement::NotBreached);
                return Err(BreachError::Breached(violations));
            }
            (unknown, Some(BreachService::FailOpen)) => Breach::Unknown(unknown.err()),
            (unknown, _) => return Err(BreachError::Unknown(unknown.err())),
        };
        Ok((CheckedPassword { owes_look: false, ..password }, breach))
    }
}
