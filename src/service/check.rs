//! The check of a link, and what it tells the host.

use super::event::code_of;
use super::swap::{By, Found};
use super::{PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{Issue, IssueKind, Ledger, Refusal, ResetToken, TokenIssuer};
use alloc::string::String;
use core::fmt;
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Returns the account that a good link belongs to, and how long the link is good.
    ///
    /// This changes nothing, so previews, mail scanners and double clicks are harmless. Pass the
    /// text from the link as it arrives: any text is allowed.
    ///
    /// # Errors
    /// Fails with the reason why the link is not good, or with a fault of the store.
    pub async fn check(&self, token: &str) -> Result<Checked<S::AccountId>, ResetError<S::Error>> {
        let GoodLink { found, issue, .. } = self.check_link("check", token).await?;
        self.record("check", issue.kind(), "good", Some(&found));
        Ok(Checked {
            account_id: found.account.id,
            address: found.account.address,
            kind: issue.kind(),
            needs_second_factor: found.account.needs_second_factor,
            asked_at: issue.issued_at(),
            expires_at: issue.expires_at(),
        })
    }

    /// Checks a link at the present time. Records a refusal or a fault, with the account if it is
    /// known.
    pub(super) async fn check_link(
        &self,
        flow: &'static str,
        token: &str,
    ) -> Result<GoodLink<S::AccountId>, ResetError<S::Error>> {
        let (mut found, mut kind) = (None, IssueKind::Recovery);
        let checked = async {
            let token = ResetToken::parse(token).map_err(|_| Refusal::Unknown)?;
            found = self.find(&By::Selector(token.selector())).await?;
            let (now, found) = (self.0.clock.now(), found.as_ref().ok_or(Refusal::Unknown)?);
            let ledger = found.ledger()?;
            let issuer = self.issuer_of(ledger, &token);
            kind = issuer.kind();
            let issue = issuer.check(ledger, &token, &found.binding, now)?;
            let issue = issue.clone();
            Ok((token, issue))
        };
        let checked = checked.await.inspect_err(|error| {
            self.record(flow, kind, code_of(error), found.as_ref());
        });
        let (token, issue) = checked?;
        Ok(GoodLink { token, found: found.ok_or(Refusal::Unknown)?, issue })
    }

    /// Returns the issuer, the ledger and the issue of a link, if it is good for the account as it
    /// was found.
    pub(super) fn check_found<'a>(
        &'a self,
        found: &'a Found<S::AccountId>,
        token: &ResetToken,
        now: UtcDateTime,
    ) -> Result<(&'a TokenIssuer, &'a Ledger, &'a Issue), Refusal> {
        let ledger = found.ledger()?;
        let issuer = self.issuer_of(ledger, token);
        Ok((issuer, ledger, issuer.check(ledger, token, &found.binding, now)?))
    }

    /// Returns the issuer that issued the token, or the one for recovery if neither did.
    pub(super) fn issuer_of(&self, ledger: &Ledger, token: &ResetToken) -> &TokenIssuer {
        let (recovery, invitations) = (&self.0.issuer, &self.0.invitations);
        if invitations.has_issued(ledger, token) { invitations } else { recovery }
    }
}

/// A good link.
pub(super) struct GoodLink<Id> {
    pub(super) token: ResetToken,
    pub(super) found: Found<Id>,
    pub(super) issue: Issue,
}

/// A good link: the account that it belongs to, and how long it is good.
///
/// Use it to fill the form's hidden user-name field with the address, to ask for a second factor
/// before the password is typed, or to say "valid for 12 more minutes". Everybody who opens a good
/// link can learn which account it belongs to. The `Debug` output contains neither the id nor the
/// address.
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
    /// The account that the link belongs to.
    pub account_id: Id,
    /// The account's stored address.
    pub address: String,
    /// Whether the link is for a forgotten password or an invitation.
    pub kind: IssueKind,
    /// Whether the account holder must pass a second factor before the commit: see
    /// [`Account::needs_second_factor`](crate::store::Account::needs_second_factor).
    pub needs_second_factor: bool,
    /// The time at which the link was requested.
    pub asked_at: UtcDateTime,
    /// The first instant at which the link is no longer good.
    pub expires_at: UtcDateTime,
}

impl<Id> fmt::Debug for Checked<Id> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("kind", &self.kind)
            .field("asked_at", &self.asked_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
