use super::check::Judged;
use super::event::code_of;
use super::swap::By;
use super::{PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::Refusal;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// "This wasn't me": the holder of a good link revokes it, without a password.
    ///
    /// Ask once more before you call this, by a form that is sent with POST: mail scanners open
    /// links, and some press buttons.
    ///
    /// # Errors
    /// Why the link is not good, or what stopped the change.
    pub async fn cancel(&self, token: &str) -> Result<(), ResetError<S::Error>> {
        let Judged { token, found, .. } = self.judge("cancel", token).await?;
        let mut found = Some(found);
        let by = By::Selector(token.selector());
        let cancelled = self.change(&by, &mut found, None, |found, now| {
            let (issuer, ledger, _) = self.judge_found(found, &token, now)?;
            let next = issuer.cancel(ledger, &token, &found.binding, now)?;
            Ok::<_, ResetError<_>>(Some((next, ())))
        });
        let cancelled = cancelled.await.and_then(|done| Ok(done.ok_or(Refusal::Unknown)?));
        let cancelled = cancelled.map(drop);
        self.record(
            "cancel",
            cancelled.as_ref().map_or_else(code_of, |()| "cancelled"),
            found.as_ref(),
        );
        cancelled
    }
}
