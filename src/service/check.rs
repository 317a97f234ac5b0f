use super::event::code_of;
use super::swap::{By, Found};
use super::{PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{Issue, Refusal, ResetToken};
use alloc::string::String;
use core::fmt;
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Returns whose link it is and how long it is good, and changes nothing, so that previews,
    /// mail scanners and double clicks cost nothing. `token` is the text from the link, whatever
    /// it is.
    ///
    /// # Errors
    /// The reason why the link is not good, or a fault of the store.
    pub async fn check(&self, token: &str) -> Result<Checked<S::AccountId>, ResetError<S::Error>> {
        let Judged { found, issue, .. } = self.judge("check", token).await?;
        self.record("check", "good", Some(&found));
        Ok(Checked {
            account_id: found.account.id,
            address: found.account.address,
            asked_at: issue.issued_at(),
            expires_at: issue.expires_at(),
        })
    }

    /// Judges a link at the present time. A refusal and a fault are recorded here, where the
    /// account is known.
    pub(super) async fn judge(
        &self,
        flow: &'static str,
        token: &str,
    ) -> Result<Judged<S::AccountId>, ResetError<S::Error>> {
        let mut found = None;
        let judged = async {
            let token = ResetToken::parse(token).map_err(|_| Refusal::Unknown)?;
            found = self.find(&By::Selector(token.selector())).await?;
            let (now, found) = (self.0.clock.now(), found.as_ref().ok_or(Refusal::Unknown)?);
            let issue = self.0.issuer.check(found.ledger()?, &token, &found.binding, now)?.clone();
            Ok((token, issue))
        };
        let judged = judged.await.inspect_err(|error| {
            self.record(flow, code_of(error), found.as_ref());
        });
        let (token, issue) = judged?;
        Ok(Judged { token, found: found.ok_or(Refusal::Unknown)?, issue })
    }
}

/// A good link: its token, its account and its issue.
pub(super) struct Judged<Id> {
    pub(super) token: ResetToken,
    pub(super) found: Found<Id>,
    pub(super) issue: Issue,
}

/// Whose link it is, and how long it is good: for good links only.
///
/// Fill the form's hidden user-name field with the address, ask for a second factor before the
/// password is typed, or say "valid for 12 more minutes". Everybody who opens a good link learns
/// whose it is. Its `Debug` prints neither the id nor the address.
///
/// ```
/// # use password_reset::adapters::memory::{MemoryStore, Outbox};
/// # use password_reset::{LinkTemplate, PasswordReset};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
/// # store.add_account("alice@example.com", "hash")?;
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// # let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
/// # resets.request("alice@example.com").await;
/// # let mail = outbox.take().pop().ok_or("no mail")?;
/// # let token = mail.link().ok_or("no link")?.expose_token();
/// let link = resets.check(token).await?;
/// assert_eq!(link.address, "alice@example.com");
/// assert_eq!((link.expires_at - link.asked_at).whole_minutes(), 60);
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct Checked<Id> {
    /// Whose link it is.
    pub account_id: Id,
    /// The account's stored address.
    pub address: String,
    /// The time at which the link was asked for.
    pub asked_at: UtcDateTime,
    /// The first instant at which the link is no longer good.
    pub expires_at: UtcDateTime,
}

impl<Id> fmt::Debug for Checked<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("asked_at", &self.asked_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
