use super::PasswordReset;
use super::outcome::{Handled, Outcome};
use super::request::Ask;
use super::swap::{By, Found};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{ResetToken, Selector};

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// "Send me a new one": mails the account of a dead link a new link of the same kind, under
    /// the throttle.
    ///
    /// The link must be genuine and have expired or been superseded, by
    /// [`TokenIssuer::can_renew`](crate::token::TokenIssuer::can_renew). For every other text the
    /// answer is the same and nothing happens, so run it behind the answer as you do
    /// [`request`](Self::request), and only after the visitor has asked for it with a POST. The mail
    /// has no language of the visitor's.
    pub async fn renew(&self, token: &str) -> Handled<S::Error, M::Error> {
        let token = ResetToken::parse(token).ok();
        // A malformed token makes the same calls as a wrong one.
        let nobodys = Selector::from_bytes([0; 12]);
        let by = By::Selector(token.as_ref().map_or(&nobodys, ResetToken::selector));
        let ask = Ask { flow: "renew", by_host: false, language: None };
        let outcome = self.issue(ask, by, |found: &Found<_>, now| {
            let genuine = token.as_ref().zip(found.ledger.as_ref());
            let (token, ledger) = genuine.ok_or(Outcome::NotRenewable)?;
            let issuer = self.issuer_of(ledger, token);
            let can_renew = issuer.can_renew(ledger, token, &found.binding, now);
            can_renew.then_some(issuer).ok_or(Outcome::NotRenewable)
        });
        Handled(outcome.await)
    }
}
