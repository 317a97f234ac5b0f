//! The cancellation of a link by its holder.

use super::check::GoodLink;
use super::event::code_of;
use super::swap::By;
use super::{PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::Refusal;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Revokes a good link for its holder, without a password: "this wasn't me".
    ///
    /// Have the visitor confirm it first, with a form that is sent by POST. Mail scanners open
    /// links, and some press buttons.
    ///
    /// # Errors
    /// Fails with the reason why the link is not good, or with the fault that stopped the change.
    pub async fn cancel(&self, token: &str) -> Result<(), ResetError<S::Error>> {
        let GoodLink { token, found, issue } = self.check_link("cancel", token).await?;
        let mut found = Some(found);
        let by = By::Selector(token.selector());
        let cancelled = self.change(&by, &mut found, None, |found, now| {
            let (issuer, ledger, _) = self.check_found(found, &token, now)?;
            let next = issuer.cancel(ledger, &token, &found.binding, now)?;
            Ok::<_, ResetError<_>>(Some((next, ())))
        });
        let cancelled = cancelled.await.and_then(|done| Ok(done.ok_or(Refusal::Unknown)?));
        let cancelled = cancelled.map(drop);
        let outcome = cancelled.as_ref().map_or_else(code_of, |()| "cancelled");
        self.record("cancel", issue.kind(), outcome, found.as_ref());
        cancelled
    }
}
