//! The change of a password while signed in.

use super::accepted::{Accepted, Grant};
use super::event::code_of;
use super::swap::{By, Found};
use super::{Fault, PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{Binding, IssueError, IssueKind, Ledger, Refusal};
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Accepts the new password of a user who is signed in and has just entered the present one.
    ///
    /// The policy and the atomic [commit](Accepted::commit) are the same as with a link. The commit
    /// ends every link and every session of the account. So start a new session for the user, with
    /// the hash that was committed. An account that may not reset its password may not change it
    /// either.
    ///
    /// Verify the present password first, and limit wrong attempts. Otherwise anybody at a session
    /// that was left open can take over the account (ASVS 5.0, 6.2.3).
    ///
    /// Pass as `verified` the hash that you verified the present password against. If your store's
    /// [stamp](crate::store::Account::stamp) is not the hash, pass the stamp, as
    /// [`find_by_id`](Store::find_by_id) of [`store`](Self::store) returned it *before* you read
    /// the hash. If another password is set in between, by any path, the commit is refused. The
    /// exception is an empty stamp: with it, only passwords that are set through this crate after
    /// this call are noticed.
    ///
    /// ```
    /// # use password_reset::adapters::memory::{MemoryStore, Outbox};
    /// # use password_reset::{LinkTemplate, PasswordReset};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
    /// # let hash_of = |password: &str| format!("hash of {password}");
    /// # let verify = |password: &str, hash: &str| hash_of(password) == hash;
    /// # let alice = store.add_account("alice@example.com", "hash of Correct horse 6")?;
    /// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    /// # let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
    /// let stored = resets.store().password_hash(alice).ok_or("no account")?;
    /// assert!(verify("Correct horse 6", &stored), "the user enters the present password again");
    ///
    /// let accepted = resets.accept_change(alice, &stored, "Correct horse 7").await?;
    /// let hash = hash_of(accepted.expose_password());
    /// accepted.commit(hash).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`Refusal::Changed`] if the account's stamp is no longer `verified`.
    /// - [`Refusal::Unknown`] if the account does not exist or may not reset its password.
    /// - [`ResetError::Rejected`] with everything that the password misses.
    /// - A fault of the store.
    ///
    /// The sentences of both refusals are about links, so show sentences of your own.
    ///
    /// The commit fails with [`Fault::Address`] if the stored address cannot receive mail, since
    /// the notice could not be sent.
    pub async fn accept_change(
        &self,
        id: S::AccountId,
        verified: impl AsRef<[u8]> + Send,
        password: &str,
    ) -> Result<Accepted<S, M>, ResetError<S::Error>> {
        let flow = "accept_change";
        let found = match self.find(&By::Id(&id)).await {
            Ok(Some(found)) if found.account.stamp == verified.as_ref() => found,
            other => {
                let (error, found) = match other {
                    Ok(Some(found)) => (Refusal::Changed.into(), Some(found)),
                    Ok(None) => (Refusal::Unknown.into(), None),
                    Err(fault) => (fault.into(), None),
                };
                self.record(flow, IssueKind::Recovery, code_of(&error), found.as_ref());
                return Err(error);
            }
        };
        let (stamp, ledger) = (verified.as_ref().to_vec(), found.ledger.clone());
        let grant = Grant::Session { id, stamp, ledger };
        self.accept_as(flow, grant, found, password)
    }

    /// Returns the ledger after a change without a link.
    pub(super) fn replace(
        &self,
        found: &Found<S::AccountId>,
        successor: Binding,
        now: UtcDateTime,
    ) -> Result<Ledger, ResetError<S::Error>> {
        let entropy = (self.0.entropy)().map_err(Fault::Entropy)?;
        let next = self.0.issuer.change(found.ledger.as_ref(), successor, now, entropy);
        next.map_err(|error| match error {
            IssueError::Exhausted(end) => ResetError::Fault(end.into()),
            // A change is never throttled.
            IssueError::TimeOutOfRange | IssueError::Throttled => Fault::TimeOutOfRange.into(),
        })
    }
}

/// Checks that the password is still the one that was verified: by the stamp, and by the ledger
/// from when the new password was accepted, since the stamp does not always show a change.
pub(super) fn is_still<Id>(
    found: &Found<Id>,
    stamp: &[u8],
    ledger: Option<&Ledger>,
) -> Result<(), Refusal> {
    let is_another = found.ledger.as_ref().is_some_and(|now| now.has_new_password_since(ledger));
    (found.account.stamp == stamp && !is_another).then_some(()).ok_or(Refusal::Changed)
}
