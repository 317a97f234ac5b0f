//! The errors of the service.

use super::AnyError;
use crate::mailer::AddressError;
use crate::policy::Violations;
#[cfg(feature = "hibp")]
use crate::policy::{BreachError, UnreadableAnswer};
use crate::token::{DecodeError, LifetimeError, RedeemError, Refusal, RevisionExhausted};
use core::error::Error as _;
use core::fmt;

/// Why a step from the link to the new password failed.
///
/// Show a refusal and the violations to the visitor. Log a fault, and show the visitor a general
/// sentence.
///
/// ```
/// use password_reset::ResetError;
///
/// fn sentence_for_the_visitor<E: std::error::Error>(error: &ResetError<E>) -> String {
///     match error {
///         ResetError::Refused(refusal) => refusal.to_string(),
///         ResetError::Rejected(violations) => violations.to_string(),
///         fault => {
///             eprintln!("{fault:?}");
///             "Something went wrong. Try again in a moment.".into()
///         }
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResetError<E: core::error::Error + 'static> {
    /// The link is not good. Tell the visitor why.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The new password does not meet the policy. Tell the visitor what it misses. The link still
    /// works.
    #[error(transparent)]
    Rejected(#[from] Violations),
    /// Something failed that the visitor cannot fix. Tell the operator.
    #[error(transparent)]
    Fault(#[from] Fault<E>),
}

impl<E: core::error::Error + 'static> ResetError<E> {
    /// Returns why the link is not good, if that is the error.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            _ => None,
        }
    }

    /// Returns what the password misses, if that is the error.
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

/// What stopped a flow, other than the visitor's input. It is for the operator.
///
/// The `Debug` output has the sentences of the fault and of its direct cause. It does not use the
/// cause's own `Debug`, which may contain an address or a hash.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Fault<E: core::error::Error + 'static> {
    /// The store reported an error. After a `commit`, also as a part of `commit_by` or `reset`, the
    /// password may or may not be changed. After every other call, no password was changed.
    #[error("the store failed")]
    Store(#[source] E),
    /// The stored ledger of an account cannot be decoded.
    #[error("an account's ledger cannot be read")]
    Ledger(#[from] DecodeError),
    /// The stored address of an account cannot receive mail.
    #[error("an account's address cannot be mailed to")]
    Address(#[from] AddressError),
    /// The source of entropy failed. Nothing was written or mailed.
    #[error("the random generator failed")]
    Entropy(#[source] AnyError),
    /// Other calls changed the account or its ledger during every attempt.
    #[error("the account's ledger was changed by others at every attempt")]
    Contended,
    /// The store returned `Conflict` at every attempt, although nothing had changed.
    #[error(
        "the store reported conflicts although nothing had changed: its finds read a replica that \
         lags, its transactions keep colliding, or its commit compares wrongly"
    )]
    UnexplainedConflict,
    /// The hasher failed. The link still works.
    #[error("the password could not be hashed")]
    Hasher(#[source] AnyError),
    /// The host committed an empty hash. An account with an empty hash could be open to everybody,
    /// or to nobody. The link still works.
    #[error("the password hash is empty: commit what the hasher returned")]
    EmptyHash,
    /// The policy requires a breach check, and it could not be made. `None` if the range service
    /// sent no response.
    #[cfg(feature = "hibp")]
    #[error("it is unknown whether the password has appeared in a data breach")]
    BreachUnknown(#[source] Option<UnreadableAnswer>),
    /// The host committed without the breach check that its policy requires.
    #[error("the policy requires a breach check: call `check_breach` before the commit")]
    BreachNotChecked,
    /// The account needs a second factor, and the host committed without stating that it was
    /// passed. The link still works.
    #[error(
        "the account needs a second factor: have its holder pass it, and call \
         `second_factor_passed` before the commit"
    )]
    SecondFactorMissing,
    /// A code is stored under a key that the issuer no longer has. The link still works.
    #[cfg(feature = "codes")]
    #[error("a code is stored under a key that is missing: keep the old key for eleven minutes")]
    CodeKeyMissing,
    /// The clock is too close to the last representable time.
    #[error("a link issued now would expire after the last representable time")]
    TimeOutOfRange,
    /// The ledger's revision is at its maximum, so the ledger can no longer change.
    #[error(transparent)]
    Exhausted(#[from] RevisionExhausted),
}

impl<E: core::error::Error + 'static> Fault<E> {
    /// The outcome of a flow that a fault stopped, in events and metrics.
    pub(super) const CODE: &'static str = "failed";
}

impl<E: core::error::Error + 'static> fmt::Debug for Fault<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self}")?;
        if let Some(cause) = self.source() {
            write!(f, ": {cause}")?;
        }
        f.write_str(")")
    }
}

/// Why a service cannot be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// No clock was set, and the feature `std`, which has a default, is off.
    #[error("a clock is missing: set one, or enable the feature `std`")]
    Clock,
    /// No source of entropy was set, and the feature `getrandom`, which has a default, is off.
    #[error("a source of entropy is missing: set one, or enable the feature `getrandom`")]
    Entropy,
    /// The lifetime of invitations is too long or too short.
    #[error("`invitation_lifetime` is out of bounds")]
    Invitations(#[source] LifetimeError),
}
