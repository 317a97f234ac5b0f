//! The revocation of an account's links by the host.

use super::swap::By;
use super::{Fault, PasswordReset};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::IssueKind;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Revokes every live link of the account with this login, invitations included. No mail is
    /// sent.
    ///
    /// Returns whether the account had a live link. A request that is already under way is not
    /// stopped.
    ///
    /// # Errors
    /// Fails with the fault that stopped the change.
    pub async fn revoke(&self, login: &str) -> Result<bool, Fault<S::Error>> {
        self.revoke_by("revoke", By::Login(login)).await
    }

    /// Like [`revoke`](Self::revoke), by the account's id.
    ///
    /// # Errors
    /// Fails with the fault that stopped the change.
    pub async fn revoke_for(&self, id: &S::AccountId) -> Result<bool, Fault<S::Error>> {
        self.revoke_by("revoke_for", By::Id(id)).await
    }

    async fn revoke_by(
        &self,
        flow: &'static str,
        by: By<'_, S::AccountId>,
    ) -> Result<bool, Fault<S::Error>> {
        let mut found = None;
        let revoked = async {
            found = self.find(&by).await?;
            let revoked = self.change(&by, &mut found, None, |found, now| {
                let Some(ledger) = &found.ledger else { return Ok(None) };
                let next = self.0.issuer.revoke(ledger, now)?;
                Ok::<_, Fault<_>>(next.map(|next| (next, ())))
            });
            Ok(revoked.await?.is_some())
        };
        let revoked = revoked.await;
        let outcome = match &revoked {
            Ok(true) => "revoked",
            Ok(false) => "no_live_link",
            Err(_) => Fault::<S::Error>::CODE,
        };
        self.record(flow, IssueKind::Recovery, outcome, found.as_ref());
        revoked
    }
}
