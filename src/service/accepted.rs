//! An accepted password, its commit and the result.

use super::event::code_of;
use super::swap::Found;
use super::{Fault, PasswordReset, ResetError};
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
#[cfg(feature = "hibp")]
use crate::policy::{Breach, BreachError, BreachRange};
use crate::policy::{CheckedPassword, Violations};
use crate::store::Store;
use crate::token::{IssueKind, Ledger, Refusal, ResetToken};
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// The right to set a password.
pub(super) enum Grant<Id> {
    /// A good link, and its kind.
    Link(ResetToken, IssueKind),
    /// A session of the account with this id. The stamp is from when the present password was
    /// verified, the ledger from when the new one was accepted.
    Session { id: Id, stamp: Vec<u8>, ledger: Option<Ledger> },
}

impl<Id> Grant<Id> {
    pub(super) const fn kind(&self) -> IssueKind {
        match self {
            Self::Link(_, kind) => *kind,
            Self::Session { .. } => IssueKind::Recovery,
        }
    }
}

/// A new password that meets the policy, together with a good link or a verified present password.
/// It is the only way to a commit.
///
/// Nothing has changed yet, and dropping the value changes nothing. It owns what it needs, so you
/// can spawn its commit if the store, the mailer and the account's id are `'static`. `check_words`,
/// `reject_if` and `check_breach` consume it and return it only if the password passes.
///
/// The value lives in memory only. A second factor that you ask for before the commit must
/// therefore arrive in the same request, for instance as a code beside the password. If the factor
/// needs a request of its own, ask for it after [`check`](PasswordReset::check), before you show
/// the form.
///
/// ```
/// # use password_reset::adapters::memory::{MemoryStore, Outbox};
/// # use password_reset::{LinkTemplate, PasswordReset};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
/// # store.add_account("alice@example.com", "hash of Correct horse 6")?;
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// # let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
/// # resets.request("alice@example.com").await;
/// # let mail = outbox.take().pop().ok_or("no mail")?;
/// # let token = mail.link().ok_or("no link")?.expose_token();
/// # let hash_of = |password: &str| format!("hash of {password}");
/// # let verify = |password: &str, hash: &String| hash_of(password) == *hash;
/// # let last_hashes = |_: &u64| [String::from("hash of Correct horse 6")];
/// let accepted = resets.accept(token, "Correct horse 7").await?;
/// // Use your hasher's `verify`: two hashes of the same password differ.
/// let is_old =
///     last_hashes(accepted.account_id()).iter().any(|old| verify(accepted.expose_password(), old));
/// let hash = hash_of(accepted.expose_password());
/// let accepted = accepted
///     .check_words(&["Alice", "Liddell"])?
///     .reject_if(is_old, "recent_password", "This was one of your last four passwords.")?;
/// tokio::spawn(accepted.commit(hash)).await??;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing changes until `commit`"]
pub struct Accepted<S: Store, M> {
    pub(super) service: PasswordReset<S, M>,
    pub(super) grant: Grant<S::AccountId>,
    pub(super) found: Found<S::AccountId>,
    pub(super) password: CheckedPassword<'static>,
    pub(super) has_second_factor: bool,
}

impl<S: Store, M: Mailer<S::AccountId>> Accepted<S, M> {
    /// Returns the id of the account, for instance to ask its holder for a second factor.
    #[must_use]
    pub const fn account_id(&self) -> &S::AccountId {
        &self.found.account.id
    }

    /// Returns whether the account holder must pass a second factor before the commit: see
    /// [`Account::needs_second_factor`](crate::store::Account::needs_second_factor).
    #[must_use]
    pub const fn needs_second_factor(&self) -> bool {
        self.found.account.needs_second_factor
    }

    /// States that the account holder has passed a second factor, in this request or with this
    /// link.
    ///
    /// Without it, the commit for an account that needs a second factor fails with
    /// [`Fault::SecondFactorMissing`].
    pub fn second_factor_passed(self) -> Self {
        Self { has_second_factor: true, ..self }
    }

    /// Checks the password again, with words about the user (such as names) that it must not be
    /// made of: see [`PasswordPolicy::check_for`](crate::PasswordPolicy::check_for).
    ///
    /// This has no effect unless the policy has context words or a minimum score.
    ///
    /// # Errors
    /// Fails with what the password misses. The link still works.
    pub fn check_words(self, words: &[&str]) -> Result<Self, Violations> {
        let words: Vec<_> = words.iter().copied().chain([&*self.found.account.address]).collect();
        let checked = self.service.0.policy.check_for(self.expose_password(), &words).map(drop);
        checked.inspect_err(|_| self.record("check_words", "rejected"))?;
        Ok(self)
    }

    /// Rejects the password if `bad` is true, for a reason of your own: see
    /// [`CheckedPassword::reject_if`].
    ///
    /// # Errors
    /// Fails with a violation that has this code and this sentence. The link still works.
    pub fn reject_if(
        self,
        bad: bool,
        code: &'static str,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Violations> {
        if bad {
            self.record("reject_if", "rejected");
        }
        Ok(Self { password: self.password.reject_if(bad, code, sentence)?, ..self })
    }

    /// Returns what to ask a range service about the password. Returns `None` if the policy [does
    /// not require such a check](crate::PasswordPolicy::requires_breach_check), or if it was made.
    #[cfg(feature = "hibp")]
    #[must_use]
    pub fn breach_range(&self) -> Option<BreachRange> {
        self.password.breach_range()
    }

    /// Evaluates the response of the range service, before the commit. Pass `None` if there was no
    /// response.
    ///
    /// # Errors
    /// - [`ResetError::Rejected`] if the password is in a breach.
    /// - [`Fault::BreachUnknown`] if the response does not tell, unless the policy accepts the
    ///   password in that case.
    ///
    /// The link still works.
    #[cfg(feature = "hibp")]
    pub fn check_breach(
        self,
        answer: Option<&str>,
    ) -> Result<(Self, Breach), ResetError<S::Error>> {
        let checked = self.service.0.policy.check_breach(self.password, answer);
        let outcome = match &checked {
            Ok((_, Breach::Absent)) => "absent",
            Ok((_, Breach::Unknown(_))) => "unanswered",
            Err(BreachError::Breached(_)) => "rejected",
            Err(BreachError::Unknown(_)) => Fault::<S::Error>::CODE,
        };
        let kind = self.grant.kind();
        self.service.record("check_breach", kind, outcome, Some(&self.found));
        let (password, breach) = checked?;
        Ok((Self { password, ..self }, breach))
    }

    /// Returns the new password, exactly as the policy prepared and checked it. Pass it to your
    /// hasher and to nothing else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        self.password.expose_password()
    }

    /// Sets the new password.
    ///
    /// 1. Checks the link, or the password that was verified, again at the present time.
    /// 2. Redeems the link, writes the hash and ends the account's sessions, in one atomic step.
    /// 3. Waits until the mailer has taken the notice that the password was changed.
    ///
    /// Let the commit finish in a task of its own, such as `tokio::spawn(accepted.commit(hash))`. A
    /// server drops the handler of a client that disconnects. If that happens after step 2, no
    /// notice is sent, then or later.
    ///
    /// # Errors
    /// Fails with the reason why the link is no longer good, or with a fault, such as an empty
    /// hash. Nothing has changed then, with one exception: after a [`Fault::Store`], the password
    /// may or may not be changed, now or shortly, and no notice was sent. Tell the visitor to sign
    /// in, or to open the link again.
    pub async fn commit(
        self,
        password_hash: impl Into<String> + Send,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        let Self { service, grant, found, password, has_second_factor } = self;
        let (hash, mut found) = (password_hash.into(), Some(found));
        // This wipes the password here, not after the store and the mailer have responded.
        let set = match password.accept().map(drop) {
            Err(_) => Err(Fault::BreachNotChecked.into()),
            Ok(()) if hash.trim().is_empty() => Err(Fault::EmptyHash.into()),
            Ok(()) => service.set_password(&grant, has_second_factor, &mut found, &hash).await,
        };
        let outcome = set.as_ref().map_or_else(code_of, |(_, notice)| {
            if notice.is_ok() { "completed" } else { "notice_failed" }
        });
        service.record("commit", grant.kind(), outcome, found.as_ref());
        let (ended_sessions, notice) = set?;
        let account_id = found.ok_or(Refusal::Unknown)?.account.id;
        Ok(Completed { account_id, ended_sessions, notice })
    }

    /// Hashes the password with `hasher` and [commits](Self::commit) the hash.
    ///
    /// # Errors
    /// Fails like `commit`, and with [`Fault::Hasher`], after which the link still works.
    pub async fn commit_by(
        self,
        hasher: &impl PasswordHasher,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        let hash = hasher.hash(self.expose_password()).await;
        let hash = hash.map_err(|error| {
            self.record("reset", Fault::<S::Error>::CODE);
            Fault::Hasher(error.into())
        });
        self.commit(hash?).await
    }

    fn record(&self, flow: &'static str, outcome: &str) {
        self.service.record(flow, self.grant.kind(), outcome, Some(&self.found));
    }
}

impl<S: Store, M> fmt::Debug for Accepted<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("account_id", &self.found.account.id)
            .finish_non_exhaustive()
    }
}

/// A password that was set. No session is started: the account holder signs in with the new
/// password.
#[non_exhaustive]
pub struct Completed<Id, ME> {
    /// The account whose password was set.
    pub account_id: Id,
    /// The number of sessions that were ended. `None` if the store does not count them, or if the
    /// store's response was lost and the service found the change by reading it back.
    pub ended_sessions: Option<u64>,
    /// Whether the mailer took the "password changed" notice. An error here does not undo the
    /// change.
    pub notice: Result<(), ME>,
}

/// Prints the mailer's error as its sentence, since its own `Debug` may contain an address.
impl<Id: fmt::Debug, ME: fmt::Display> fmt::Debug for Completed<Id, ME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completed")
            .field("account_id", &self.account_id)
            .field("ended_sessions", &self.ended_sessions)
            .field("notice", &self.notice.as_ref().map_err(ToString::to_string))
            .finish()
    }
}
