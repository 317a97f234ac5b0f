//! The mails that the host sends to an account by its id: a link, or an invitation.

use super::PasswordReset;
use super::outcome::{Dispatched, Outcome};
use super::request::Ask;
use super::swap::{By, Found};
use crate::mailer::Mailer;
use crate::store::Store;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Mails the account with this id a link, for instance when an administrator starts a reset.
    /// The mail says that an administrator asked.
    ///
    /// The link counts for the throttle but is not throttled. Limit how often you call this, and
    /// log which administrator asked.
    ///
    /// Only the account holder gets the link and chooses the password (ASVS 5.0, 6.4.6). An
    /// administrator who chose it would know it and could sign in as the user, and no log would
    /// show who did.
    pub async fn request_for(&self, id: &S::AccountId) -> Dispatched<S::Error, M::Error> {
        let ask = Ask { flow: "request_for", by_host: true, language: None };
        let issuer = |_: Option<&Found<_>>| &self.0.issuer;
        Dispatched(self.issue(ask, By::Id(id), issuer, |_, _, _| Ok(())).await)
    }

    /// Invites the holder of an account without a password to choose one: mails a link that is good
    /// for [days](super::PasswordResetBuilder::invitation_lifetime).
    ///
    /// - An invitation is good while the account has no password, and while its address and its
    ///   [stamp](crate::store::Account::stamp) stay as they are.
    /// - A newer invitation supersedes it. A visitor's request does not: that link is issued beside
    ///   the invitation, and the one that sets the first password ends both.
    /// - It counts for the throttle but is not throttled, like [`request_for`](Self::request_for).
    /// - To withdraw an invitation, [revoke](Self::revoke_for) the account's links.
    /// - Its events carry its own purpose, which is the service's followed by `/invitation`.
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
        let issuer = |_: Option<&Found<_>>| &self.0.invitations;
        let outcome = self.issue(ask, By::Id(id), issuer, |found, _, _| {
            if found.account.has_password { Err(Outcome::HasPassword) } else { Ok(()) }
        });
        Dispatched(outcome.await)
    }
}
