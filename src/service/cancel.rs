use super::{By, Fault, Found, PasswordReset, ResetError, Retries, event};
use crate::mailer::Mailer;
use crate::store::{Commit, Store};
use crate::token::Ledger;

impl<S: Store, M: Mailer> PasswordReset<S, M> {
    /// "This wasn't me": the holder of a good link revokes it, without a password.
    ///
    /// # Errors
    /// Why the link is not good, or what stopped the change.
    pub async fn cancel(&self, token: &str) -> Result<(), ResetError<S::Error>> {
        let cancelled = self.try_cancel(token).await;
        event::record_result("cancel", "cancelled", &cancelled, |found| &found.account.id);
        cancelled.map(|_| ())
    }

    async fn try_cancel(&self, token: &str) -> Result<Found<S::AccountId>, ResetError<S::Error>> {
        let (token, found) = self.judge(token).await?;
        let cancel = |found: &Found<S::AccountId>, ledger: &Ledger, now| {
            self.issuer.cancel(ledger, &token, &found.binding, now)
        };
        Ok(self.change(&token, found, None, cancel).await?.0)
    }

    /// Revokes the account's live link for the host, if there is one, and mails nobody.
    /// A request that is already under way is not stopped.
    ///
    /// Gives whether a link was revoked.
    ///
    /// # Errors
    /// What stopped the change.
    pub async fn revoke(&self, login: &str) -> Result<bool, Fault<S::Error>> {
        let revoked = self.try_revoke(login).await;
        let (outcome, account_id) = match &revoked {
            Ok(Some(account_id)) => ("revoked", Some(account_id)),
            Ok(None) => ("no_live_link", None),
            Err(_) => ("failed", None),
        };
        event::record("revoke", outcome, account_id);
        revoked.map(|account_id| account_id.is_some())
    }

    /// Gives whose link was revoked.
    async fn try_revoke(&self, login: &str) -> Result<Option<S::AccountId>, Fault<S::Error>> {
        let mut retries = Retries::new();
        let Some(mut found) = self.find(By::Login(login)).await? else { return Ok(None) };
        loop {
            let Some(ledger) = &found.ledger else { return Ok(None) };
            let Some(next) = self.issuer.revoke(ledger, self.clock.now())? else {
                return Ok(None);
            };
            if self.swap(&found, &next, None).await? == Commit::Committed {
                return Ok(Some(found.account.id));
            }
            if !self.find_again(By::Login(login), &mut found, &mut retries).await? {
                return Ok(None);
            }
        }
    }
}
