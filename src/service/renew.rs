//! The renewal of a dead link.

use super::PasswordReset;
use super::outcome::{Handled, Outcome};
use super::request::Ask;
use super::swap::{By, Found};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{ResetToken, Selector};

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Mails the account of a dead link a new link of the same kind, under the throttle: "send me a
    /// new one".
    ///
    /// The link must be genuine, and must have expired or been superseded:
    /// [`TokenIssuer::can_renew`](crate::token::TokenIssuer::can_renew) has the exact rule. For
    /// every other text nothing is mailed, and the visitor must see the same page. So run this off
    /// the response path like [`request`](Self::request), and only after the visitor has confirmed
    /// it with a POST.
    ///
    /// The mail carries no language that the visitor prefers.
    pub async fn renew(&self, token: &str) -> Handled<S::Error, M::Error> {
        let token = ResetToken::parse(token).ok();
        // A malformed token makes the same calls as a wrong one.
        let unknown = Selector::from_bytes([0; 12]);
        let by = By::Selector(token.as_ref().map_or(&unknown, ResetToken::selector));
        let ask = Ask { flow: "renew", by_host: false, language: None };
        let issuer =
            |found: Option<&Found<_>>| match (found.and_then(|f| f.ledger.as_ref()), &token) {
                (Some(ledger), Some(token)) => self.issuer_of(ledger, token),
                _ => &self.0.issuer,
            };
        let outcome = self.issue(ask, by, issuer, |found, issuer, now| {
            let can_renew =
                token.as_ref().zip(found.ledger.as_ref()).is_some_and(|(token, ledger)| {
                    issuer.can_renew(ledger, token, &found.binding, now)
                });
            if can_renew { Ok(()) } else { Err(Outcome::NotRenewable) }
        });
        Handled(outcome.await)
    }
}
