//! The new password over a link: accepted, then committed.

use super::accepted::{Accepted, Completed, Grant};
use super::change::is_still;
use super::check::GoodLink;
use super::swap::{By, Found};
use super::{Fault, PasswordReset, ResetError};
use crate::hasher::PasswordHasher;
use crate::mailer::{Mailer, Message};
use crate::store::Store;
use crate::token::{Binding, Refusal};

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Checks the link, then the new password. Changes nothing: the link still works.
    ///
    /// Afterwards, ask for a second factor if the account needs one, hash the password, and then
    /// [commit](Accepted::commit). If the policy has context words, the account's address is one of
    /// them.
    ///
    /// # Errors
    /// Fails with the reason why the link is not good, with everything that the password misses, or
    /// with a fault of the store. After a rejected password, the link still works.
    pub async fn accept(
        &self,
        token: &str,
        password: &str,
    ) -> Result<Accepted<S, M>, ResetError<S::Error>> {
        let GoodLink { token, found, issue } = self.check_link("accept", token).await?;
        self.accept_as("accept", Grant::Link(token, issue.kind()), found, password)
    }

    /// Checks the password and records the outcome.
    pub(super) fn accept_as(
        &self,
        flow: &'static str,
        grant: Grant<S::AccountId>,
        found: Found<S::AccountId>,
        password: &str,
    ) -> Result<Accepted<S, M>, ResetError<S::Error>> {
        let checked = self.0.policy.check_for(password, &[&found.account.address]);
        let outcome = if checked.is_ok() { "accepted" } else { "rejected" };
        self.record(flow, grant.kind(), outcome, Some(&found));
        let password = checked?.into_owned();
        Ok(Accepted { service: self.clone(), grant, found, password, has_second_factor: false })
    }

    /// Sets the new password in one call: [accepts](Self::accept) it, hashes it and
    /// [commits](Accepted::commit) the hash.
    ///
    /// You need the separate steps instead if the policy requires a breach check with a range
    /// service, or if the account needs a second factor.
    ///
    /// Let the call finish in a task of its own, like a commit. It borrows its arguments, so move a
    /// clone of the service and the values into `tokio::spawn(async move { … })`.
    ///
    /// # Errors
    /// Fails like `accept` and `commit`, and with [`Fault::Hasher`], after which the link still
    /// works.
    pub async fn reset(
        &self,
        token: &str,
        password: &str,
        hasher: &impl PasswordHasher,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        self.accept(token, password).await?.commit_by(hasher).await
    }

    /// Sets the password for a link or a session, and sends the notice. Returns the number of ended
    /// sessions, and whether the mailer took the notice.
    pub(super) async fn set_password(
        &self,
        grant: &Grant<S::AccountId>,
        has_second_factor: bool,
        found: &mut Option<Found<S::AccountId>>,
        password_hash: &str,
    ) -> Result<(Option<u64>, Result<(), M::Error>), ResetError<S::Error>> {
        let by = match grant {
            Grant::Link(token, _) => By::Selector(token.selector()),
            Grant::Session { id, .. } => By::Id(id),
        };
        let set = self.change(&by, found, Some(password_hash), |found, now| {
            found.recipient().map_err(Fault::from)?;
            let successor = Binding::new(&found.account.address, password_hash.as_bytes());
            let next = match grant {
                Grant::Link(token, _) => {
                    let (issuer, ledger, _) = self.check_found(found, token, now)?;
                    issuer.redeem(ledger, token, &found.binding, now, successor)?
                }
                Grant::Session { stamp, ledger, .. } => {
                    is_still(found, stamp, ledger.as_ref())?;
                    self.replace(found, successor, now)?
                }
            };
            if found.account.needs_second_factor && !has_second_factor {
                return Err(Fault::SecondFactorMissing.into());
            }
            Ok::<_, ResetError<_>>(Some((next, now)))
        });
        let (Some((changed_at, ended_sessions)), Some(found)) = (set.await?, found) else {
            return Err(Refusal::Unknown.into());
        };
        // This is the address that was checked: with another one, the link would be `Changed`.
        let recipient = found.recipient().map_err(Fault::from)?;
        let message = Message::password_changed(&found.account.id, recipient, changed_at);
        Ok((ended_sessions, self.0.mailer.send(&message).await))
    }
}
