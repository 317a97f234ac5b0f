use super::swap::{By, Found};
use super::{Fault, FirstPassword, PasswordReset};
use crate::mailer::{Language, Mailer, Message, Reason};
use crate::store::Store;
use crate::token::{IssueError, IssueKind};
use core::fmt;
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// "I forgot my password": mails the account a link that supersedes its older
    /// ones, unless it is [throttled](crate::token::Throttle).
    ///
    /// The answer is the same for everybody, but not the time that it takes: a known
    /// login is mailed to. So answer the visitor first and run this off the response
    /// path, in a bounded number of tasks. It waits for the mailer. What failed is in
    /// [`Handled::outcome_for_logs`]: log it, or enable the feature `tracing`.
    ///
    /// White space around the login is left out. An empty login, one of more than
    /// 1024 bytes or one with a NUL matches no account, and the store is not asked.
    pub async fn request(&self, login: &str) -> Handled<S::Error, M::Error> {
        self.request_in(login, "").await
    }

    /// Like [`request`](Self::request), with the language that the visitor wishes, as a tag such
    /// as `pt-BR`, which is passed to the mailer. An invalid tag is ignored; see
    /// [`Language::parse`].
    pub async fn request_in(&self, login: &str, language: &str) -> Handled<S::Error, M::Error> {
        let language = Language::parse(language);
        self.issue("request", By::Login(login), Reason::Forgotten, language, |_, _| true).await
    }

    /// Mails the account with this id a link, for the host: for instance where an administrator
    /// starts a reset for somebody. The mail's reason says so.
    ///
    /// It counts for the throttle and is not throttled: the host answers for how often it calls
    /// this. Nobody but the account's holder gets the link.
    pub async fn request_for(&self, id: &S::AccountId) -> Handled<S::Error, M::Error> {
        self.issue("request_for", By::Id(id), Reason::Administrator, None, |_, _| true).await
    }

    /// Issues a link and mails it, where `permits` lets.
    pub(super) async fn issue(
        &self,
        flow: &'static str,
        by: By<'_, S::AccountId>,
        reason: Reason,
        language: Option<Language<'_>>,
        permits: impl Fn(&Found<S::AccountId>, UtcDateTime) -> bool + Send + Sync,
    ) -> Handled<S::Error, M::Error> {
        let is_throttled = reason == Reason::Forgotten;
        let reason = match self.0.issuer.kind() {
            IssueKind::Recovery => reason,
            IssueKind::Invitation => Reason::Invitation,
        };
        let step = |found: &Found<_>, now| {
            if !permits(found, now) {
                return Err(Outcome::NotRenewable);
            }
            found.recipient().map_err(Fault::from)?;
            let entropy = (self.0.entropy)().map_err(Fault::Entropy)?;
            let (rules, ledger) = (&self.0.issuer, found.ledger.as_ref());
            if self.explains(found, now) {
                let told = if is_throttled {
                    rules.explain(ledger, found.binding, now, entropy)?
                } else {
                    rules.explain_unthrottled(ledger, found.binding, now, entropy)?
                };
                return Ok(Some((told, (now, None))));
            }
            let issued = if is_throttled {
                rules.issue(ledger, found.binding, now, entropy)?
            } else {
                rules.issue_unthrottled(ledger, found.binding, now, entropy)?
            };
            let link = self.0.link.link(&issued.token);
            Ok(Some((issued.ledger, (now, Some((link, issued.expires_at))))))
        };
        let mut found = None;
        let outcome = async {
            found = self.find(&by).await?;
            let issued = self.change(&by, &mut found, None, step).await?;
            let (Some(((asked_at, link), _)), Some(found)) = (issued, &found) else {
                return Ok(Outcome::UnknownAccount);
            };
            let recipient = found.recipient().map_err(Fault::from)?;
            let account_id = &found.account.id;
            let (message, done) = if let Some((link, expires_at)) = &link {
                let expires_at = *expires_at;
                let message = Message::ResetLink {
                    account_id,
                    recipient,
                    language,
                    reason,
                    link,
                    asked_at,
                    expires_at,
                };
                (message, Outcome::Sent)
            } else {
                let message =
                    Message::Explanation { account_id, recipient, language, reason, asked_at };
                (message, Outcome::Told)
            };
            let sent = self.0.mailer.send(&message).await;
            Ok(sent.map_or_else(Outcome::MailFailed, |()| done))
        };
        let outcome = outcome.await.unwrap_or_else(|end| end);
        self.record(flow, outcome.code(), found.as_ref());
        Handled(outcome)
    }

    /// Whether the account is told how it signs in, in the place of a link.
    fn explains(&self, found: &Found<S::AccountId>, now: UtcDateTime) -> bool {
        let is_invited = found.ledger.as_ref().is_some_and(|l| l.invites(&found.binding, now));
        self.0.first_password == FirstPassword::Explain
            && self.0.issuer.kind() == IssueKind::Recovery
            && !found.account.has_password
            && !is_invited
    }
}

/// A request was handled. No visitor may see how.
///
/// Its `Debug` is the same whatever happened, and it cannot be compared.
pub struct Handled<SE: core::error::Error + 'static, ME>(Outcome<SE, ME>);

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

/// What became of a request.
///
/// It is for logs and metrics. A support desk may see the [code](Self::code) of its own
/// [`request_for`](PasswordReset::request_for), since it can see the account anyway: `sent`,
/// `unknown_account`, `mail_failed` or `failed`. No visitor may see the outcome of a request. The
/// errors inside never leave the log: they name hosts and tables.
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
    /// The link to renew is not one that has expired or was superseded, or the account or its
    /// links have changed since.
    NotRenewable,
    /// A link was issued, and the mailer reported an error. The link stays good, since
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
            Self::NotRenewable => "not_renewable",
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
