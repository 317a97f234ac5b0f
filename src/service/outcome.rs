//! The outcomes of requests, and what an administrator may see of them.

use super::Fault;
use crate::token::IssueError;
use core::fmt;

/// A request or a typed code that was handled. Visitors must not see its outcome.
///
/// That is why the `Debug` output is always the same, and why two values cannot be compared.
///
/// ```
/// # use password_reset::adapters::memory::{MemoryStore, Outbox};
/// # use password_reset::{LinkTemplate, PasswordReset};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// # let resets = PasswordReset::builder(MemoryStore::new(), Outbox::new(), link).build()?;
/// let handled = resets.request("nobody@example.com").await;
/// assert_eq!(handled.outcome_for_logs().code(), "unknown_account");
/// # Ok(())
/// # }
/// ```
pub struct Handled<SE: core::error::Error + 'static, ME>(pub(super) Outcome<SE, ME>);

impl<SE: core::error::Error + 'static, ME> Handled<SE, ME> {
    /// Returns what happened, for the operator's logs and metrics only: it reveals who has an
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

/// The result of [`request_for`](super::PasswordReset::request_for) and
/// [`invite`](super::PasswordReset::invite): whether the account was mailed.
///
/// It does not contain the link, which only the account holder gets.
#[derive(Debug)]
pub struct Dispatched<SE: core::error::Error + 'static, ME: fmt::Display>(
    pub(super) Outcome<SE, ME>,
);

impl<SE: core::error::Error + 'static, ME: fmt::Display> Dispatched<SE, ME> {
    /// Returns what an administrator's page may show.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        match &self.0 {
            Outcome::Sent => Delivery::Sent,
            Outcome::Explained => Delivery::Explained,
            Outcome::UnknownAccount => Delivery::MayNotReset,
            Outcome::HasPassword => Delivery::HasPassword,
            Outcome::Failed(Fault::Address(_)) => Delivery::NoAddress,
            Outcome::MailFailed(_) => Delivery::MailFailed,
            #[cfg(feature = "codes")]
            Outcome::Exchanged | Outcome::WrongCode | Outcome::NoCode => Delivery::Failed,
            Outcome::Throttled | Outcome::NotRenewable | Outcome::Failed(_) => Delivery::Failed,
        }
    }

    /// Returns what happened, for the operator's logs and metrics.
    #[must_use]
    pub const fn outcome_for_logs(&self) -> &Outcome<SE, ME> {
        &self.0
    }
}

/// What an administrator's page may show about a mail that was requested.
///
/// The `Display` output is a phrase in English. For other languages, choose a phrase by
/// [`code`](Self::code).
///
/// ```
/// use password_reset::service::Delivery;
///
/// assert!(Delivery::Sent.is_mailed());
/// assert_eq!(Delivery::NoAddress.code(), "no_address");
/// assert_eq!(Delivery::Sent.to_string(), "a link was sent to the stored address");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// A link was handed to the mailer.
    Sent,
    /// The account has no password, and was mailed how it signs in.
    Explained,
    /// The stored address cannot receive mail. Correct it.
    NoAddress,
    /// The account does not exist, or may not reset its password.
    MayNotReset,
    /// The account has a password, so it cannot be invited to choose a first one.
    HasPassword,
    /// The mailer reported an error. The mail may have arrived.
    MailFailed,
    /// Nothing was mailed. The log says why.
    Failed,
}

impl Delivery {
    /// Returns whether a mail was handed to the mailer.
    #[must_use]
    pub const fn is_mailed(self) -> bool {
        matches!(self, Self::Sent | Self::Explained)
    }

    /// Returns a stable name in `snake_case`, by which your page can choose its own words.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Explained => "explained",
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
            Self::Explained => "there is no password, so a mail says how to sign in",
            Self::NoAddress => "no mail goes to the stored address: correct it first",
            Self::MayNotReset => "there is no such account, or it may not set a password",
            Self::HasPassword => "there is a password already: send a link for a forgotten one",
            Self::MailFailed => "the mail could not be handed over: try again in a while",
            Self::Failed => "nothing was sent, and the log says why",
        })
    }
}

/// The outcome of a request for a link, or of a code that was typed.
///
/// Keep it in your logs and metrics: it reveals who has an account, and the errors in it name hosts
/// and tables. An administrator may see a [`Delivery`].
///
/// The `Debug` output has the errors' sentences. It does not use their own `Debug`, which may
/// contain an address.
#[non_exhaustive]
pub enum Outcome<SE: core::error::Error + 'static, ME> {
    /// A link was issued and handed to the mailer.
    Sent,
    /// The account has no password, and was mailed how it signs in.
    Explained,
    /// No account has this login, id or link, or the account may not reset its password.
    UnknownAccount,
    /// The account was issued links recently: see [`Throttle`](crate::token::Throttle).
    Throttled,
    /// The account has a password, so it was not invited to choose a first one.
    HasPassword,
    /// The link cannot be renewed: it has neither expired nor been superseded, or the account or
    /// its links have changed since, or it expired too long ago.
    NotRenewable,
    /// The right code was exchanged for a token of its link.
    #[cfg(feature = "codes")]
    Exchanged,
    /// A wrong code was typed and counted.
    #[cfg(feature = "codes")]
    WrongCode,
    /// The account has no good code, or the text that was typed is not a code. Nothing was counted.
    #[cfg(feature = "codes")]
    NoCode,
    /// The mailer reported an error. The link, if there is one, stays good, since the mail may have
    /// been handed over all the same. A visitor who got no mail can ask again after the cooldown.
    MailFailed(ME),
    /// Nothing was mailed.
    Failed(Fault<SE>),
}

impl<SE: core::error::Error + 'static, ME> Outcome<SE, ME> {
    /// Returns a stable name in `snake_case`, for metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Explained => "explained",
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

impl<SE: core::error::Error + 'static, ME: fmt::Display> fmt::Debug for Outcome<SE, ME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MailFailed(error) => write!(f, "{}({error})", self.code()),
            Self::Failed(fault) => write!(f, "{}({fault:?})", self.code()),
            _ => f.write_str(self.code()),
        }
    }
}
