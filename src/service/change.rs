use super::accepted::{Accepted, Grant};
use super::event::code_of;
use super::swap::{By, Found};
use super::{Fault, PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{Binding, IssueError, Ledger, Refusal};
use time::UtcDateTime;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Accepts the new password of somebody who is signed in and has just entered the present one:
    /// the same policy and the same atomic [commit](Accepted::commit) as with a link. Every link of
    /// the account ends with it, and so does every session: begin a new one for the user who
    /// asked, with the hash that was committed.
    ///
    /// `verified` is the hash that the present password was verified against, as it was read then:
    /// if another password is set meanwhile, by whatever path, the commit is refused. (With an empty
    /// stamp, only what is set through this crate after this call is seen.) Where the
    /// store's [stamp](crate::store::Account::stamp) is not the hash, it is the stamp as
    /// [`find_by_id`](Store::find_by_id) of [`store`](Self::store) returned it *before* you read the
    /// hash. Verify the present password first, and count wrong ones, or a session that was left
    /// open gives the account away (ASVS 5.0, 6.2.3). An account that may not reset may not change
    /// either.
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
    /// assert!(verify("Correct horse 6", &stored), "the present password is asked for again");
    ///
    /// let accepted = resets.accept_change(alice, &stored, "Correct horse 7").await?;
    /// let hash = hash_of(accepted.expose_password());
    /// accepted.commit(hash).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Refusal::Changed`] where the account has another stamp by now, [`Refusal::Unknown`] where
    /// there is no such account or it may not reset, both to be told in words of your own, since
    /// theirs are about links; everything that the password misses; and a fault of the store. The
    /// commit is a [`Fault::Address`] where no mail goes to the stored address, since the notice
    /// could not.
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
                self.record(flow, code_of(&error), found.as_ref());
                return Err(error);
            }
        };
        let (stamp, ledger) = (verified.as_ref().to_vec(), found.ledger.clone());
        let grant = Grant::Session { id, stamp, ledger };
        self.accept_as(flow, grant, found, password)
    }

    /// The ledger after a change without a link.
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
            // It is never throttled.
            IssueError::TimeOutOfRange | IssueError::Throttled => Fault::TimeOutOfRange.into(),
        })
    }
}

/// Whether the password is still the one that was verified: by the stamp, and by the ledger as it
/// was when the new one was accepted, where the stamp does not show it.
pub(super) fn is_still<Id>(
    found: &Found<Id>,
    stamp: &[u8],
    ledger: Option<&Ledger>,
) -> Result<(), Refusal> {
    let is_another = found.ledger.as_ref().is_some_and(|now| now.has_new_password_since(ledger));
    (found.account.stamp == stamp && !is_another).then_some(()).ok_or(Refusal::Changed)
}
