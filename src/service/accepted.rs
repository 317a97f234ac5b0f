use super::event::code_of;
use super::swap::Found;
use super::{Fault, PasswordReset, ResetError};
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
#[cfg(feature = "hibp")]
use crate::policy::{Breach, BreachError, BreachRange};
use crate::policy::{CheckedPassword, Violations};
use crate::store::Store;
use crate::token::{Ledger, Refusal, ResetToken};
use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// What lets its holder set a password.
pub(super) enum Grant<Id> {
    /// A good link.
    Link(ResetToken),
    /// A session of this account, whose stamp was this when the present password was verified, and
    /// whose ledger was this when the new one was accepted.
    Session { id: Id, stamp: Vec<u8>, ledger: Option<Ledger> },
}

/// A good link, or a verified present password, with a new one that meets the policy: the only way to
/// a commit.
///
/// It owns what it needs, so that its commit can be spawned where the store, the mailer and the
/// account's id are `'static`. Nothing has changed yet, and dropping it changes nothing.
/// `check_words`, `reject_if` and `judge_breach` consume it and return it only if the password
/// passes.
///
/// It lives in memory, so a second factor that is asked for before the commit must come in the same
/// request, such as a code beside the password. If the factor needs a request of its own, ask for it
/// after [`check`](PasswordReset::check) and before you show the form.
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
/// // `verify` is your hasher's: two hashes of one password differ.
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
    /// The password exactly as the policy prepared and judged it, for the host's hasher and
    /// nowhere else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        self.password.expose_password()
    }

    /// The account, for instance to ask its holder for a second factor.
    #[must_use]
    pub const fn account_id(&self) -> &S::AccountId {
        &self.found.account.id
    }

    /// Whether the account's holder must pass a second factor before the commit, by
    /// [`Account::needs_second_factor`](crate::store::Account::needs_second_factor).
    #[must_use]
    pub const fn needs_second_factor(&self) -> bool {
        self.found.account.needs_second_factor
    }

    /// The host's word that the account's holder has passed a second factor, in this request or
    /// with this link. Without it, a commit for an account that needs one is
    /// [`Fault::SecondFactorMissing`].
    pub fn second_factor_passed(self) -> Self {
        Self { has_second_factor: true, ..self }
    }

    /// Checks the password again, with words about the user (such as names) that it must not be
    /// made of: see [`PasswordPolicy::check_for`](crate::PasswordPolicy::check_for). It has no
    /// effect unless the policy has context words or a minimum score.
    ///
    /// # Errors
    /// What the password misses; the link still works.
    pub fn check_words(self, words: &[&str]) -> Result<Self, Violations> {
        let words: Vec<_> = words.iter().copied().chain([&*self.found.account.address]).collect();
        let checked = self.service.0.policy.check_for(self.expose_password(), &words).map(drop);
        let found = Some(&self.found);
        checked.inspect_err(|_| self.service.record("check_words", "rejected", found))?;
        Ok(self)
    }

    /// Rejects the password for a reason of the host's own, in the policy's form: see
    /// [`CheckedPassword::reject_if`].
    ///
    /// # Errors
    /// The violation, where `bad` is true; the link still works.
    pub fn reject_if(
        self,
        bad: bool,
        code: &'static str,
        sentence: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Violations> {
        let judged = self.password.reject_if(bad, code, sentence).inspect_err(|_| {
            self.service.record("reject_if", "rejected", Some(&self.found));
        });
        Ok(Self { password: judged?, ..self })
    }

    /// What to ask a range service about the password; `None` where the policy
    /// [asks none](crate::PasswordPolicy::asks_breach_service).
    #[cfg(feature = "hibp")]
    #[must_use]
    pub fn breach_range(&self) -> Option<BreachRange> {
        self.password.breach_range()
    }

    /// Judges a range service's answer, `None` where there was none, before the commit.
    ///
    /// # Errors
    /// [`ResetError::Rejected`] where the password is in a breach, and
    /// [`Fault::BreachUnknown`](super::Fault::BreachUnknown) where nobody can tell, unless the
    /// policy accepts it then. The link still works.
    #[cfg(feature = "hibp")]
    pub fn judge_breach(
        self,
        answer: Option<&str>,
    ) -> Result<(Self, Breach), ResetError<S::Error>> {
        let judged = self.service.0.policy.judge_breach(self.password, answer);
        let outcome = match &judged {
            Ok((_, Breach::Absent)) => "absent",
            Ok((_, Breach::Unknown(_))) => "unanswered",
            Err(BreachError::Breached(_)) => "rejected",
            Err(BreachError::Unknown(_)) => Fault::<S::Error>::CODE,
        };
        self.service.record("judge_breach", outcome, Some(&self.found));
        let (password, breach) = judged?;
        Ok((Self { password, ..self }, breach))
    }

    /// Has the password hashed, and [commits](Self::commit) the hash.
    ///
    /// # Errors
    /// [`Fault::Hasher`], after which the link still works, and those of `commit`.
    pub async fn commit_by(
        self,
        hasher: &impl PasswordHasher,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        let hash = hasher.hash(self.expose_password()).await;
        let hash = hash.map_err(|error| {
            self.service.record("reset", Fault::<S::Error>::CODE, Some(&self.found));
            Fault::Hasher(error.into())
        });
        self.commit(hash?).await
    }

    /// Sets the new password: checks the link, or the password that was verified, again at the
    /// present time; redeems the link, writes the hash and ends the account's sessions in one atomic
    /// step; then waits for the mailer to take the notice that the password was changed.
    ///
    /// Let it run to its end in a task of its own, such as `tokio::spawn(accepted.commit(hash))`,
    /// where a client that goes away drops its handler: dropped after the commit, it sends no
    /// notice, and nobody sends it later.
    ///
    /// # Errors
    /// The reason why the link is no longer good, or a fault, such as an empty hash. Nothing has
    /// changed then, except after a [`Fault::Store`](super::Fault::Store): the password may or may
    /// not be changed, now or shortly, and no notice was sent. Tell the visitor to sign in, or to
    /// open the link again.
    pub async fn commit(
        self,
        password_hash: impl Into<String> + Send,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        let Self { service, grant, found, password, has_second_factor } = self;
        let (hash, mut found) = (password_hash.into(), Some(found));
        // The password is wiped here, and not after the store and the mailer have answered.
        let set = match password.accept().map(drop) {
            Err(_) => Err(Fault::BreachNotJudged.into()),
            Ok(()) if hash.trim().is_empty() => Err(Fault::EmptyHash.into()),
            Ok(()) => service.set_password(&grant, has_second_factor, &mut found, &hash).await,
        };
        let outcome = set.as_ref().map_or_else(code_of, |(_, notice)| {
            if notice.is_ok() { "completed" } else { "notice_failed" }
        });
        service.record("commit", outcome, found.as_ref());
        let (ended_sessions, notice) = set?;
        let account_id = found.ok_or(Refusal::Unknown)?.account.id;
        Ok(Completed { account_id, ended_sessions, notice })
    }
}

impl<S: Store, M> fmt::Debug for Accepted<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("account_id", &self.found.account.id)
            .finish_non_exhaustive()
    }
}

/// A password was changed. No session comes with it: its holder signs in.
#[non_exhaustive]
pub struct Completed<Id, ME> {
    /// Whose password it is.
    pub account_id: Id,
    /// The number of sessions that ended with the old password. `None` where the store does not
    /// count them, or its answer was lost and the change was found by looking.
    pub ended_sessions: Option<u64>,
    /// How handing over the "password changed" notice went. Its failure undoes nothing.
    pub notice: Result<(), ME>,
}

/// The mailer's own `Debug` may hold an address.
impl<Id: fmt::Debug, ME: fmt::Display> fmt::Debug for Completed<Id, ME> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completed")
            .field("account_id", &self.account_id)
            .field("ended_sessions", &self.ended_sessions)
            .field("notice", &self.notice.as_ref().map_err(ToString::to_string))
            .finish()
    }
}
