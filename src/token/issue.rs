//! One entry of a ledger: what it was issued for, until when it is good, and its state.

use super::{Binding, Refusal, digest::Digest};
use time::{SignedDuration, UtcDateTime};

/// How far apart the clocks of a service's instances may be.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::seconds(60);

/// One entry of a [`Ledger`](super::Ledger): usually a link.
///
/// An entry can also be an email [without a link](IssueState::Explained), or a password change
/// [without a link](IssueState::Changed).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub(super) digest: Digest,
    /// The digest of the token that the link's code was exchanged for.
    pub(super) exchanged: Option<Digest>,
    pub(super) binding: Binding,
    pub(super) kind: IssueKind,
    pub(super) issued_at: UtcDateTime,
    pub(super) expires_at: UtcDateTime,
    pub(super) state: IssueState,
}

impl Issue {
    /// Returns what it was issued for.
    #[must_use]
    pub const fn kind(&self) -> IssueKind {
        self.kind
    }

    /// Returns its state.
    #[must_use]
    pub const fn state(&self) -> IssueState {
        self.state
    }

    /// Returns the time at which it was issued.
    #[must_use]
    pub const fn issued_at(&self) -> UtcDateTime {
        self.issued_at
    }

    /// Returns the first instant at which it is no longer good.
    #[must_use]
    pub const fn expires_at(&self) -> UtcDateTime {
        self.expires_at
    }

    /// Returns why it is not good, if it is not.
    pub(super) fn check(&self, binding: &Binding, now: UtcDateTime) -> Result<(), Refusal> {
        match self.state {
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            IssueState::Explained { .. } | IssueState::Changed { .. } => Err(Refusal::Unknown),
            IssueState::Live if !self.is_timely(now) => Err(Refusal::Expired),
            IssueState::Live if !self.is_bound_to(binding) => Err(Refusal::Changed),
            IssueState::Live => Ok(()),
        }
    }

    pub(super) fn is_timely(&self, now: UtcDateTime) -> bool {
        now < self.expires_at && now - self.issued_at >= -CLOCK_SKEW
    }

    pub(super) fn is_bound_to(&self, binding: &Binding) -> bool {
        self.binding == *binding
    }

    /// Whether the account was sent an email: a link, or how to sign in without a password.
    pub(super) const fn is_mailed(&self) -> bool {
        !matches!(self.state, IssueState::Changed { .. })
    }

    /// Whether it is or was a link.
    pub(super) const fn is_link(&self) -> bool {
        self.is_mailed() && !matches!(self.state, IssueState::Explained { .. })
    }

    pub(super) fn is_live(&self) -> bool {
        self.state == IssueState::Live
    }

    /// Whether it was redeemed or revoked.
    pub(super) fn is_ended(&self) -> bool {
        matches!(self.state, IssueState::Redeemed { .. } | IssueState::Revoked { .. })
    }
}

/// What a link was issued for. The newest link of each kind works; a password that is set with
/// one of them ends both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueKind {
    /// The account holder forgot the password.
    Recovery,
    /// The account holder is invited to choose a first password. A request for recovery does not
    /// end an invitation.
    Invitation,
}

impl IssueKind {
    /// Returns a stable name: `recovery` or `invitation`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Recovery => "recovery",
            Self::Invitation => "invitation",
        }
    }
}

/// The state of an issue. Every state other than [`Live`](Self::Live) is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueState {
    /// It is the newest link of its kind, and it was neither redeemed nor revoked.
    ///
    /// A live link is not always good: it may have expired, or the account's address or password
    /// may have changed. A password that is set without the link leaves it live and no longer good.
    Live,
    /// A newer link of its kind was issued.
    Superseded {
        /// The time at which it was superseded.
        at: UtcDateTime,
    },
    /// A password was set with it.
    Redeemed {
        /// The time at which it was redeemed.
        at: UtcDateTime,
    },
    /// Its holder or the host cancelled it.
    Revoked {
        /// The time at which it was cancelled.
        at: UtcDateTime,
    },
    /// It never was a link: the account holder was told by email how to sign in without a
    /// password.
    Explained {
        /// The time at which this was recorded.
        at: UtcDateTime,
    },
    /// It never was a link: the account holder changed the password while signed in.
    Changed {
        /// The time at which this was recorded.
        at: UtcDateTime,
    },
}

impl IssueState {
    /// Returns a stable name: `live`, `superseded`, `redeemed`, `revoked`, `explained` or `changed`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Superseded { .. } => "superseded",
            Self::Redeemed { .. } => "redeemed",
            Self::Revoked { .. } => "revoked",
            Self::Explained { .. } => "explained",
            Self::Changed { .. } => "changed",
        }
    }
}
