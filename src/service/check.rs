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
            kind: issue.kind(),
            needs_second_factor: found.account.needs_second_factor,
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
            let (_, _, issue) = self.judge_found(found, &token, now)?;
            let issue = issue.clone();
            Ok((token, issue))
        };
        let judged = judged.await.inspect_err(|error| {
            self.record(flow, code_of(error), found.as_ref());
        });
        let (token, issue) = judged?;
        Ok(Judged { token, found: found.ok_or(Refusal::Unknown)?, issue })
    }

    /// The issuer, the ledger and the issue of a link that is good for the account as it was found.
    pub(super) fn judge_found<'a>(
        &'a self,
        found: &'a Found<S::AccountId>,
        token: &ResetToken,
        now: UtcDateTime,
    ) -> Result<(&'a TokenIssuer, &'a Ledger, &'a Issue), Refusal> {
        let ledger = found.ledger()?;
        let issuer = self.issuer_of(ledger, token);
        Ok((issuer, ledger, issuer.check(ledger, token, &found.binding, now)?))
    }

    /// The issuer that knows the token; the one for recovery where neither does.
    pub(super) fn issuer_of(&self, ledger: &Ledger, token: &ResetToken) -> &TokenIssuer {
        let (recovery, invitations) = (&self.0.issuer, &self.0.invitations);
        if invitations.has_issued(ledger, token) { invitations } else { recovery }
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
    /// Whether it was asked for by or for somebody who forgot the password, or is an invitation.
    pub kind: IssueKind,
    /// Whether its holder must pass a second factor before the commit, by
    /// [`Account::needs_second_factor`](crate::store::Account::needs_second_factor).
    pub needs_second_factor: bool,
    /// The time at which the link was asked for.
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
