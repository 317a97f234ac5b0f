use super::Fault;
use crate::token::IssueError;
use core::fmt;

/// A request was handled, or a typed code. No visitor may see how.
///
/// Its `Debug` is the same whatever happened, and it cannot be compared.
pub struct Handled<SE: core::error::Error + 'static, ME>(pub(super) Outcome<SE, ME>);

impl<SE: core::error::Error + 'static, ME> Handled<SE, ME> {
    /// What happened, for the operator's logs and metrics only: it tells who has an
    /// account.
    #[must_use]
    pub const fn outcome_for_logs(&self) -> &Outcome<SE, ME> {
        &self.0
    }
}

impl<SE: core::error::Error + 'static, ME> fmt::Debug for Handled<SE, ME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handled")
    }
}

/// What became of a mail that the host asked for by an account's id, such as an administrator.
///
/// Nothing in it gives the link away: only the account's holder gets that.
#[derive(Debug)]
pub struct Dispatched<SE: core::error::Error + 'static, ME: fmt::Display>(
    pub(super) Outcome<SE, ME>,
);

impl<SE: core::error::Error + 'static, ME: fmt::Display> Dispatched<SE, ME> {
    /// What the administrator's page may show.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        match &self.0 {
            Outcome::Sent => Delivery::Sent,
            Outcome::Told => Delivery::Told,
            Outcome::UnknownAccount => Delivery::MayNotReset,
            Outcome::HasPassword => Delivery::HasPassword,
            Outcome::Failed(Fault::Address(_)) => Delivery::NoAddress,
            Outcome::MailFailed(_) => Delivery::MailFailed,
            #[cfg(feature = "codes")]
            Outcome::Exchanged | Outcome::WrongCode | Outcome::NoCode => Delivery::Failed,
            Outcome::Throttled | Outcome::NotRenewable | Outcome::Failed(_) => Delivery::Failed,
        }
    }

    /// What happened, for the operator's logs and metrics.
    #[must_use]
    pub const fn outcome_for_logs(&self) -> &Outcome<SE, ME> {
        &self.0
    }
}

/// What an administrator's page may show of a mail that was asked for. Its `Display` is a phrase in
/// English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// A link was handed to the mailer.
    Sent,
    /// The account has no password, and was mailed how it signs in.
    Told,
    /// The stored address is not one that mail goes to. Correct it.
    NoAddress,
    /// There is no such account, or it may not reset its password.
    MayNotReset,
    /// It has a password, so it cannot be invited to choose a first one.
    HasPassword,
    /// The mailer reported an error. The mail may have arrived.
    MailFailed,
    /// Nothing was mailed. The log says why.
    Failed,
}

impl Delivery {
    /// Whether a mail was handed over.
    #[must_use]
    pub const fn is_mailed(self) -> bool {
        matches!(self, Self::Sent | Self::Told)
    }

    /// A stable `snake_case` name, for a page's own words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Told => "told",
            Self::NoAddress => "no_address",
            Self::MayNotReset => "may_not_reset",
            Self::HasPassword => "has_password",
            Self::MailFailed => "mail_failed",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "a link was sent to the stored address",
            Self::Told => "there is no password, so a mail says how to sign in",
            Self::NoAddress => "no mail goes to the stored address: correct it first",
            Self::MayNotReset => "there is no such account, or it may not set a password",
            Self::HasPassword => "there is a password already: send a link for a forgotten one",
            Self::MailFailed => "the mail could not be handed over: try again in a while",
            Self::Failed => "nothing was sent, and the log says why",
        })
    }
}

/// What became of a request, or of a code that was typed.
///
/// It is for logs and metrics, and never leaves them: it tells who has an account, and the errors
/// inside name hosts and tables. An administrator may see a [`Delivery`].
#[non_exhaustive]
pub enum Outcome<SE: core::error::Error + 'static, ME> {
    /// A link was issued and handed to the mailer.
    Sent,
    /// The account has no password, and was mailed how it signs in.
    Told,
    /// No account has this login, id or link, or it may not reset.
    UnknownAccount,
    /// The account was issued links a short time ago: see [`Throttle`](crate::token::Throttle).
    Throttled,
    /// The account has a password, and so is not invited to choose a first one.
    HasPassword,
    /// The link to renew is not one that has expired or was superseded, or the account or its
    /// links have changed since.
    NotRenewable,
    /// The right code was exchanged for a token of its link.
    #[cfg(feature = "codes")]
    Exchanged,
    /// A wrong code was typed, and counted.
    #[cfg(feature = "codes")]
    WrongCode,
    /// The account has no code that is good, or what was typed is none. Nothing was counted.
    #[cfg(feature = "codes")]
    NoCode,
    /// The mailer reported an error. The link, if there is one, stays good, since
    /// the mailer may be wrong. Somebody who got no mail can ask again after the cooldown.
    MailFailed(ME),
    /// Nothing was mailed.
    Failed(Fault<SE>),
}

impl<SE: core::error::Error + 'static, ME> Outcome<SE, ME> {
    /// A stable `snake_case` name for metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Told => "told",
            Self::UnknownAccount => "unknown_account",
            Self::Throttled => "throttled",
            Self::HasPassword => "has_password",
            Self::NotRenewable => "not_renewable",
            #[cfg(feature = "codes")]
            Self::Exchanged => "exchanged",
            #[cfg(feature = "codes")]
            Self::WrongCode => "wrong_code",
            #[cfg(feature = "codes")]
            Self::NoCode => "no_code",
            Self::MailFailed(_) => "mail_failed",
            Self::Failed(_) => Fault::<SE>::CODE,
        }
    }
}

impl<SE: core::error::Error + 'static, ME> From<Fault<SE>> for Outcome<SE, ME> {
    fn from(fault: Fault<SE>) -> Self {
        Self::Failed(fault)
    }
}

impl<SE: core::error::Error + 'static, ME> From<IssueError> for Outcome<SE, ME> {
    fn from(error: IssueError) -> Self {
        match error {
            IssueError::Throttled => Self::Throttled,
            IssueError::TimeOutOfRange => Self::Failed(Fault::TimeOutOfRange),
            IssueError::Exhausted(end) => Self::Failed(end.into()),
        }
    }
}

/// The errors inside say what they say in a sentence: their own `Debug` may hold an address.
impl<SE: core::error::Error + 'static, ME: fmt::Display> fmt::Debug for Outcome<SE, ME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MailFailed(error) => write!(f, "{}({error})", self.code()),
            Self::Failed(fault) => write!(f, "{}({fault:?})", self.code()),
            _ => f.write_str(self.code()),
        }
    }
}
