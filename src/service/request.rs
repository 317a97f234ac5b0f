use super::{By, Fault, Found, PasswordReset, Retries, event};
use crate::mailer::{Mailer, Message};
use crate::store::{Commit, Store};
use crate::token::IssueError;
use core::fmt;

impl<S: Store, M: Mailer> PasswordReset<S, M> {
    /// "I forgot my password": mails the account a link that supersedes its older
    /// ones, unless it has one that works and asked too often.
    ///
    /// The answer is the same for everybody, but not the time that it takes: a known
    /// login is mailed to. So answer the visitor first and run this off the response
    /// path, in a bounded number of tasks.
    ///
    /// A login of more than 1024 bytes or with a NUL is nobody's, and the store is not
    /// asked.
    pub async fn request(&self, login: &str) -> Handled<S::Error, M::Error> {
        let mut found = None;
        let outcome = self.try_request(login, &mut found).await.unwrap_or_else(Outcome::Failed);
        event::record("request", outcome.code(), found.as_ref().map(|found| &found.account.id));
        Handled(outcome)
    }

    async fn try_request(
        &self,
        login: &str,
        found: &mut Option<Found<S::AccountId>>,
    ) -> Result<Outcome<S::Error, M::Error>, Fault<S::Error>> {
        let Some(account) = self.find(By::Login(login)).await? else {
            return Ok(Outcome::UnknownLogin);
        };
        let found = found.insert(account);
        let mut retries = Retries::new();
        loop {
            let recipient = found.recipient()?;
            let now = self.clock.now();
            let entropy = (self.entropy)().map_err(Fault::Entropy)?;
            let issued = match self.issuer.issue(found.ledger.as_ref(), found.binding, now, entropy)
            {
                Ok(issued) => issued,
                Err(IssueError::Throttled) => return Ok(Outcome::Throttled),
                Err(IssueError::TimeOutOfRange) => return Err(Fault::TimeOutOfRange),
                Err(IssueError::Exhausted(end)) => return Err(end.into()),
            };
            if self.swap(found, &issued.ledger, None).await? == Commit::Committed {
                let link = self.link.link(&issued.token);
                let message = Message::reset_link(recipient, &link, now, issued.expires_at);
                let sent = self.mailer.send(&message).await;
                return Ok(sent.map_or_else(Outcome::MailFailed, |()| Outcome::Sent));
            }
            if !self.find_again(By::Login(login), found, &mut retries).await? {
                return Ok(Outcome::UnknownLogin);
            }
        }
    }
}

/// A request was handled; how, is nothing that a visitor may see.
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
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<SE: core::error::Error + 'static, ME> {
    /// A link was issued and handed to the mailer.
    Sent,
    /// No account has this login, or it may not reset.
    UnknownLogin,
    /// The account has a link that works and asked too often.
    Throttled,
    /// A link was issued, and the mailer reported an error. The link stays good, since
    /// the mailer may be wrong; whoever got no mail asks again after the cooldown.
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
            Self::UnknownLogin => "unknown_login",
            Self::Throttled => "throttled",
            Self::MailFailed(_) => "mail_failed",
            Self::Failed(_) => "failed",
        }
    }
}
