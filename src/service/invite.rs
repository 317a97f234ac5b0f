use super::PasswordReset;
use super::outcome::{Dispatched, Outcome};
use super::request::Ask;
use super::swap::By;
use crate::mailer::Mailer;
use crate::store::Store;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Invites the holder of an account without a password to choose one: mails a link that is good
    /// for [days](super::PasswordResetBuilder::invitation_lifetime).
    ///
    /// A newer invitation supersedes it. A visitor's request does not: its link is issued beside the
    /// invitation, and whichever sets the first password ends both. It is good while the account's
    /// address and [stamp](crate::store::Account::stamp) stay as they are and it has no password. To
    /// withdraw one, [revoke](Self::revoke_for) the account's links.
    ///
    /// It counts for the throttle and is not throttled, as [`request_for`](Self::request_for).
    ///
    /// ```
    /// # use password_reset::adapters::memory::{MemoryStore, Outbox};
    /// # use password_reset::{LinkTemplate, PasswordReset};
    /// use password_reset::service::Delivery;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
    /// // An empty hash is no password.
    /// let bob = store.add_account("bob@example.com", "")?;
    /// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    /// # let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
    /// assert_eq!(resets.invite(&bob).await.delivery(), Delivery::Sent);
    /// let mail = outbox.take().pop().ok_or("no mail")?;
    ///
    /// let link = resets.check(mail.link().ok_or("no link")?.expose_token()).await?;
    /// assert_eq!((link.expires_at - link.asked_at).whole_days(), 7);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn invite(&self, id: &S::AccountId) -> Dispatched<S::Error, M::Error> {
        let ask = Ask { flow: "invite", by_host: true, language: None };
        let outcome = self.issue(ask, By::Id(id), |found, _| {
            if found.account.has_password {
                return Err(Outcome::HasPassword);
            }
            Ok(&self.0.invitations)
        });
        Dispatched(outcome.await)
    }
}
