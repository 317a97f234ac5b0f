use super::accepted::{Accepted, Completed, Grant};
use super::change::is_still;
use super::check::Judged;
use super::swap::{By, Found};
use super::{Fault, PasswordReset, ResetError};
use crate::hasher::PasswordHasher;
use crate::mailer::{Mailer, Message};
use crate::store::Store;
use crate::token::{Binding, Refusal};

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Checks the link, then the password. Changes nothing: the link still works. If the policy has
    /// context words, the account's address is one of them.
    ///
    /// Ask for a second factor, hash the password, and only then
    /// [commit](Accepted::commit).
    ///
    /// # Errors
    /// Why the link is not good, or everything that the password misses; in that case
    /// the link still works.
    pub async fn accept(
        &self,
        token: &str,
        password: &str,
    ) -> Result<Accepted<S, M>, ResetError<S::Error>> {
        let Judged { token, found, .. } = self.judge("accept", token).await?;
        self.accept_as("accept", Grant::Link(token), found, password)
    }

    /// Judges the password.
    pub(super) fn accept_as(
        &self,
        flow: &'static str,
        grant: Grant<S::AccountId>,
        found: Found<S::AccountId>,
        password: &str,
    ) -> Result<Accepted<S, M>, ResetError<S::Error>> {
        let checked = self.0.policy.check_for(password, &[&found.account.address]);
        let outcome = if checked.is_ok() { "accepted" } else { "rejected" };
        self.record(flow, outcome, Some(&found));
        let password = checked?.into_owned();
        Ok(Accepted { service: self.clone(), grant, found, password, has_second_factor: false })
    }

    /// Sets a new password in one call, for hosts that have nothing to do between
    /// [`accept`](Self::accept) and [`commit`](Accepted::commit): accepts it, has it hashed and
    /// commits.
    ///
    /// Let it run to its end in a task of its own, as a commit: it borrows what it is given, so
    /// move a clone of the service and the values into `tokio::spawn(async move { … })`. A policy
    /// that asks a service about breached passwords needs the separate steps, and so does an account
    /// that needs a second factor.
    ///
    /// # Errors
    /// Those of `accept` and `commit`, and [`Fault::Hasher`]; the link still works then.
    pub async fn reset(
        &self,
        token: &str,
        password: &str,
        hasher: &impl PasswordHasher,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        self.accept(token, password).await?.commit_by(hasher).await
    }

    /// Redeems the link or uses the session, and sends the notice; returns the number of ended
    /// sessions, and how handing the notice over went.
    pub(super) async fn set_password(
        &self,
        grant: &Grant<S::AccountId>,
        has_second_factor: bool,
        found: &mut Option<Found<S::AccountId>>,
        password_hash: &str,
    ) -> Result<(Option<u64>, Result<(), M::Error>), ResetError<S::Error>> {
        let by = match grant {
            Grant::Link(token) => By::Selector(token.selector()),
            Grant::Session { id, .. } => By::Id(id),
        };
        let set = self.change(&by, found, Some(password_hash), |found, now| {
            found.recipient().map_err(Fault::from)?;
            let successor = Binding::new(&found.account.address, password_hash.as_bytes());
            let next = match grant {
                Grant::Link(token) => {
                    let (issuer, ledger, _) = self.judge_found(found, token, now)?;
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
        // The address that was checked: for another, the link was `Changed`.
        let recipient = found.recipient().map_err(Fault::from)?;
        let message = Message::password_changed(&found.account.id, recipient, changed_at);
        Ok((ended_sessions, self.0.mailer.send(&message).await))
    }
}
