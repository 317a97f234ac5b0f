use super::outcome::{Dispatched, Handled, Outcome};
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
    /// "I forgot my password": mails the account a link that supersedes its older
    /// ones (but for an [invitation](Self::invite)), unless it is
    /// [throttled](crate::token::Throttle).
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
        let ask = Ask { flow: "request", by_host: false, language: Language::parse(language) };
        Handled(self.issue(ask, By::Login(login), |_, _| Ok(&self.0.issuer)).await)
    }

    /// Mails the account with this id a link, for the host: for instance where an administrator
    /// starts a reset for somebody. The mail's reason says so.
    ///
    /// It counts for the throttle and is not throttled: the host answers for how often it calls
    /// this, and notes which administrator asked. Nobody but the account's holder gets the link or
    /// chooses the password (ASVS 5.0, 6.4.6): an administrator who chose it would know it and could
    /// sign in as the user, and no log would show who did.
    pub async fn request_for(&self, id: &S::AccountId) -> Dispatched<S::Error, M::Error> {
        let ask = Ask { flow: "request_for", by_host: true, language: None };
        Dispatched(self.issue(ask, By::Id(id), |_, _| Ok(&self.0.issuer)).await)
    }

    /// Issues a link of the issuer that `choose` gives, and mails it; or mails how the account signs
    /// in, where it has no password and is not to get one.
    pub(super) async fn issue<'s>(
        &'s self,
        ask: Ask<'_>,
        by: By<'_, S::AccountId>,
        choose: impl Fn(
            &Found<S::AccountId>,
            UtcDateTime,
        ) -> Result<&'s TokenIssuer, Outcome<S::Error, M::Error>>
        + Send
        + Sync,
    ) -> Outcome<S::Error, M::Error> {
        let Ask { flow, by_host, language } = ask;
        let step = |found: &Found<_>, now| -> Result<_, Outcome<_, _>> {
            let rules = choose(found, now)?;
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
                (message, Outcome::Told)
            };
            let sent = self.0.mailer.send(&message).await;
            Ok(sent.map_or_else(Outcome::MailFailed, |()| done))
        };
        let outcome = outcome.await.unwrap_or_else(|end| end);
        self.record(flow, outcome.code(), found.as_ref());
        outcome
    }

    /// Whether the account is told how it signs in, in the place of a link.
    fn explains(&self, found: &Found<S::AccountId>, now: UtcDateTime) -> bool {
        let is_invited = found.ledger.as_ref().is_some_and(|l| l.invites(&found.binding, now));
        self.0.first_password == FirstPassword::Explain
            && !found.account.has_password
            && !is_invited
    }
}

/// Who asks for a mail, and how.
pub(super) struct Ask<'a> {
    pub(super) flow: &'static str,
    /// The host, who is not throttled; otherwise a visitor.
    pub(super) by_host: bool,
    pub(super) language: Option<Language<'a>>,
}

/// What a mail with a link says.
struct Linked {
    link: ResetLink,
    expires_at: UtcDateTime,
    #[cfg(feature = "codes")]
    code: Option<Code>,
}
