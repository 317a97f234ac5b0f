//! The request for a link, and the one path by which every mail with a link is issued and sent.

use super::outcome::{Handled, Outcome};
use super::swap::{By, Found};
use super::{Fault, FirstPassword, PasswordReset};
use crate::link::ResetLink;
use crate::mailer::{Language, Mailer, Message, Reason};
use crate::store::Store;
#[cfg(feature = "codes")]
use crate::token::Code;
use crate::token::{IssueKind, TokenIssuer};
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Mails the account with this login a link to set a new password: "I forgot my password".
    ///
    /// The link supersedes the account's older ones, except an [invitation](Self::invite). An
    /// account that is [throttled](crate::token::Throttle) is not mailed.
    ///
    /// Show every visitor the same page. The *time* that this takes still differs, since only a
    /// known login is mailed to, and it waits for the mailer. So respond to the visitor first and
    /// run this off the response path, in a bounded number of tasks. [`Handled::outcome_for_logs`]
    /// has what happened: log it, or enable the feature `tracing`.
    ///
    /// White space around the login is trimmed. A login that is empty, longer than 1024 bytes or
    /// contains a NUL matches no account, and the store is not queried.
    pub async fn request(&self, login: &str) -> Handled<S::Error, M::Error> {
        self.request_in(login, "").await
    }

    /// Like [`request`](Self::request), with the language that the visitor prefers, as a tag such
    /// as `pt-BR`. It is passed to the mailer. An invalid tag is ignored: see [`Language::parse`].
    pub async fn request_in(&self, login: &str, language: &str) -> Handled<S::Error, M::Error> {
        let ask = Ask { flow: "request", by_host: false, language: Language::parse(language) };
        let issuer = |_: Option<&Found<_>>| &self.0.issuer;
        Handled(self.issue(ask, By::Login(login), issuer, |_, _, _| Ok(())).await)
    }

    /// Issues a link of the issuer that `choose` returns, and mails it. If the account has no
    /// password and [`FirstPassword::Explain`] applies, mails how it signs in instead.
    ///
    /// Nothing is issued if `permit` returns an outcome.
    pub(super) async fn issue<'s>(
        &'s self,
        ask: Ask<'_>,
        by: By<'_, S::AccountId>,
        choose: impl Fn(Option<&Found<S::AccountId>>) -> &'s TokenIssuer + Send + Sync,
        permit: impl Fn(
            &Found<S::AccountId>,
            &TokenIssuer,
            UtcDateTime,
        ) -> Result<(), Outcome<S::Error, M::Error>>
        + Send
        + Sync,
    ) -> Outcome<S::Error, M::Error> {
        let Ask { flow, by_host, language } = ask;
        let step = |found: &Found<_>, now| -> Result<_, Outcome<_, _>> {
            let rules = choose(Some(found));
            permit(found, rules, now)?;
            found.recipient().map_err(Fault::from)?;
            let entropy = (self.0.entropy)().map_err(Fault::Entropy)?;
            let (ledger, binding) = (found.ledger.as_ref(), found.binding);
            let reason = match rules.kind() {
                IssueKind::Invitation => Reason::Invitation,
                IssueKind::Recovery if by_host => Reason::Administrator,
                IssueKind::Recovery => Reason::Forgotten,
            };
            if reason != Reason::Invitation && self.explains(found, now) {
                let explain =
                    if by_host { TokenIssuer::explain_unthrottled } else { TokenIssuer::explain };
                let next = explain(rules, ledger, binding, now, entropy)?;
                return Ok(Some((next, (now, reason, None))));
            }
            let issue = if by_host { TokenIssuer::issue_unthrottled } else { TokenIssuer::issue };
            let issued = issue(rules, ledger, binding, now, entropy)?;
            let linked = Linked {
                link: self.0.link.link(&issued.token),
                expires_at: issued.expires_at,
                #[cfg(feature = "codes")]
                code: issued.code,
            };
            Ok(Some((issued.ledger, (now, reason, Some(linked)))))
        };
        let mut found = None;
        let outcome = async {
            found = self.find(&by).await?;
            let issued = self.change(&by, &mut found, None, step).await?;
            let (Some(((asked_at, reason, linked), _)), Some(found)) = (issued, &found) else {
                return Ok(Outcome::UnknownAccount);
            };
            let recipient = found.recipient().map_err(Fault::from)?;
            let account_id = &found.account.id;
            let (message, done) = if let Some(linked) = &linked {
                let message = Message::ResetLink {
                    account_id,
                    recipient,
                    language,
                    reason,
                    link: &linked.link,
                    asked_at,
                    expires_at: linked.expires_at,
                    #[cfg(feature = "codes")]
                    code: linked.code.as_ref(),
                };
                (message, Outcome::Sent)
            } else {
                let message =
                    Message::Explanation { account_id, recipient, language, reason, asked_at };
                (message, Outcome::Explained)
            };
            let sent = self.0.mailer.send(&message).await;
            Ok(sent.map_or_else(Outcome::MailFailed, |()| done))
        };
        let outcome = outcome.await.unwrap_or_else(|end| end);
        let kind = choose(found.as_ref()).kind();
        self.record(flow, kind, outcome.code(), found.as_ref());
        outcome
    }

    /// Whether the account is mailed how it signs in, in place of a link.
    fn explains(&self, found: &Found<S::AccountId>, now: UtcDateTime) -> bool {
        let is_invited = found.ledger.as_ref().is_some_and(|l| l.invites(&found.binding, now));
        self.0.first_password == FirstPassword::Explain
            && !found.account.has_password
            && !is_invited
    }
}

/// The flow in which a mail is requested, and by whom.
pub(super) struct Ask<'a> {
    pub(super) flow: &'static str,
    /// Whether the host requests it, which is not throttled. Otherwise a visitor does.
    pub(super) by_host: bool,
    pub(super) language: Option<Language<'a>>,
}

/// What is new in a mail with a link.
struct Linked {
    link: ResetLink,
    expires_at: UtcDateTime,
    #[cfg(feature = "codes")]
    code: Option<Code>,
}
