use super::AnyError;
use crate::mailer::AddressError;
use crate::policy::Violations;
#[cfg(feature = "hibp")]
use crate::policy::{BreachError, UnreadableAnswer};
use crate::token::{DecodeError, LifetimeError, RedeemError, Refusal, RevisionExhausted};
use core::error::Error as _;
use core::fmt;

/// Why a link could not be followed to the end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError<E: core::error::Error + 'static> {
    /// The link is not good. Tell its holder why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The new password misses something. Tell its writer what; the link still works.
    #[error(transparent)]
    Rejected(#[from] Violations),
    /// A fault that no visitor can mend. Tell the operator.
    #[error(transparent)]
    Fault(#[from] Fault<E>),
}

impl<E: core::error::Error + 'static> ResetError<E> {
    /// Why the link is not good, where that is the reason.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            _ => None,
        }
    }

    /// What the password misses, where that is the reason.
    #[must_use]
    pub const fn violations(&self) -> Option<&Violations> {
        match self {
            Self::Rejected(violations) => Some(violations),
            _ => None,
        }
    }
}

impl<E: core::error::Error + 'static> From<RedeemError> for ResetError<E> {
    fn from(error: RedeemError) -> Self {
        match error {
            RedeemError::Refused(refusal) => Self::Refused(refusal),
            RedeemError::Exhausted(end) => Self::Fault(end.into()),
        }
    }
}

#[cfg(feature = "hibp")]
impl<E: core::error::Error + 'static> From<BreachError> for ResetError<E> {
    fn from(error: BreachError) -> Self {
        match error {
            BreachError::Breached(violations) => Self::Rejected(violations),
            BreachError::Unknown(why) => Self::Fault(Fault::BreachUnknown(why)),
        }
    }
}

/// What stopped a flow and is no visitor's doing.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Fault<E: core::error::Error + 'static> {
    /// The store could not answer. From `commit` it leaves open whether the password was changed;
    /// from every other call, no password was.
    #[error("the store failed")]
    Store(#[source] E),
    /// The store holds bytes that are not a ledger.
    #[error("an account's ledger cannot be read")]
    Ledger(#[from] DecodeError),
    /// The store holds an address that cannot be mailed to.
    #[error("an account's address cannot be mailed to")]
    Address(#[from] AddressError),
    /// The random generator failed; nothing was written or mailed.
    #[error("the random generator failed")]
    Entropy(#[source] AnyError),
    /// Others changed the account's ledger at every attempt.
    #[error("the account's ledger was changed by others at every attempt")]
    Contended,
    /// The store answered `Conflict` at every attempt, though nothing had changed.
    #[error(
        "the store reported conflicts although nothing had changed: its finds are answered by a \
         replica that lags, its transactions keep colliding, or its commit compares wrongly"
    )]
    UnexplainedConflict,
    /// The hasher failed; the link still works.
    #[error("the password could not be hashed")]
    Hasher(#[source] AnyError),
    /// The host committed an empty hash, which would be an account that anybody can enter, or
    /// nobody. The link still works.
    #[error("the password hash is empty: commit what the hasher returned")]
    EmptyHash,
    /// The policy asks whether a password is in a breach, and nobody could tell;
    /// `None` where there was no answer.
    #[cfg(feature = "hibp")]
    #[error("nobody could tell whether the password has appeared in a data breach")]
    BreachUnknown(#[source] Option<UnreadableAnswer>),
    /// The host committed without the look at breaches that its policy asks for.
    #[error("the policy asks for a look at breached passwords, and the host took none")]
    BreachNotJudged,
    /// The account needs a second factor, and the host committed without saying that it was passed.
    /// The link still works.
    #[error(
        "the account needs a second factor: have its holder pass it, and say so with \
         `second_factor_passed` before the commit"
    )]
    SecondFactorMissing,
    /// A code is stored under a key that the issuer does not have. The link still works.
    #[cfg(feature = "codes")]
    #[error("a code is stored under a key that is missing: keep the old key for eleven minutes")]
    CodeKeyMissing,
    /// The clock is too close to the end of representable time.
    #[error("a link issued now would expire after the last representable time")]
    TimeOutOfRange,
    /// The ledger takes no more changes.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}

impl<E: core::error::Error + 'static> Fault<E> {
    /// What a flow that it stopped came to, in events and metrics.
    pub(super) const CODE: &'static str = "failed";
}

/// The sentences of the fault and of its causes: their own `Debug` may hold an address or a hash.
impl<E: core::error::Error + 'static> fmt::Debug for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self}")?;
        if let Some(cause) = self.source() {
            write!(f, ": {cause}")?;
        }
        f.write_str(")")
    }
}

/// A required part is missing, and the feature that has a default for it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No clock: the default needs the feature `std`.
    #[error("a clock is missing: give one, or enable the feature `std`")]
    Clock,
    /// No source of entropy: the default needs the feature `getrandom`.
    #[error("a source of entropy is missing: give one, or enable the feature `getrandom`")]
    Entropy,
    /// Invitations cannot be good for so long, or for so short.
    #[error("`invitation_lifetime` does not fit")]
    Invitations(#[source] LifetimeError),
}
