use super::{By, Found, PasswordReset, ResetError, Retries, event};
use crate::mailer::{Mailer, Message};
use crate::policy::Violations;
#[cfg(feature = "hibp")]
use crate::policy::{Breach, BreachError, BreachRange};
use crate::secret::Secret;
use crate::store::{Commit, Store};
use crate::token::{Binding, Ledger, RedeemError, Refusal, ResetToken};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use time::UtcDateTime;

impl<S: Store, M: Mailer> PasswordReset<S, M> {
    /// Judges a link and changes nothing, so that previews, mail scanners and double
    /// clicks cost nothing. `token` is the text from the link, whatever it is.
    ///
    /// # Errors
    /// Why the link is not good, or what stopped the look.
    pub async fn check(&self, token: &str) -> Result<(), ResetError<S::Error>> {
        let judged = self.judge(token).await;
        event::record_result("check", "good", &judged, |(_, found)| &found.account.id);
        judged.map(|_| ())
    }

    /// Takes a new password: judges the link, then the password, and consumes nothing. The
    /// account's address is among the words that the policy may forbid.
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
    ) -> Result<Accepted<'_, S, M>, ResetError<S::Error>> {
        let accepted = self.try_accept(token, password).await;
        event::record_result("accept", "accepted", &accepted, Accepted::account_id);
        accepted
    }

    async fn try_accept(
        &self,
        token: &str,
        password: &str,
    ) -> Result<Accepted<'_, S, M>, ResetError<S::Error>> {
        let (token, found) = self.judge(token).await?;
        let password = self.policy.check_for(password, &[&found.account.address])?;
        let password = Secret::new(password.expose_password().into());
        Ok(Accepted {
            service: self,
            token,
            found,
            password,
            rejected: None,
            #[cfg(feature = "hibp")]
            breach_was_judged: false,
        })
    }

    /// The token and its account, where the link is good at the present time.
    pub(super) async fn judge(
        &self,
        token: &str,
    ) -> Result<(ResetToken, Found<S::AccountId>), ResetError<S::Error>> {
        let token = ResetToken::parse(token).map_err(|_| Refusal::Unknown)?;
        let found = self.find(By::Selector(token.selector())).await?.ok_or(Refusal::Unknown)?;
        let ledger = found.ledger.as_ref().ok_or(Refusal::Unknown)?;
        self.issuer.check(ledger, &token, &found.binding, self.clock.now())?;
        Ok((token, found))
    }

    /// Takes `step` from the account's ledger, and again from its present one where
    /// somebody else changed it meanwhile. Gives the account as it was and the time.
    pub(super) async fn change(
        &self,
        token: &ResetToken,
        mut found: Found<S::AccountId>,
        password_hash: Option<&str>,
        step: impl Fn(&Found<S::AccountId>, &Ledger, UtcDateTime) -> Result<Ledger, RedeemError>,
    ) -> Result<(Found<S::AccountId>, UtcDateTime), ResetError<S::Error>> {
        let mut retries = Retries::new();
        loop {
            let now = self.clock.now();
            let ledger = found.ledger.as_ref().ok_or(Refusal::Unknown)?;
            let next = step(&found, ledger, now)?;
            if self.swap(&found, &next, password_hash).await? == Commit::Committed {
                return Ok((found, now));
            }
            if !self.find_again(By::Selector(token.selector()), &mut found, &mut retries).await? {
                return Err(Refusal::Unknown.into());
            }
        }
    }
}

/// A good link with a password that meets the policy: the only way to a commit.
///
/// Nothing has changed yet, and dropping it changes nothing.
#[must_use = "nothing changes until `commit`"]
pub struct Accepted<'a, S: Store, M> {
    service: &'a PasswordReset<S, M>,
    token: ResetToken,
    found: Found<S::AccountId>,
    password: Secret<String>,
    /// What a look at it after all found: a password that was rejected once stays so.
    rejected: Option<Violations>,
    #[cfg(feature = "hibp")]
    breach_was_judged: bool,
}

impl<S: Store, M: Mailer> Accepted<'_, S, M> {
    /// The password exactly as the policy prepared and judged it, for the host's hasher and
    /// nowhere else.
    #[must_use]
    pub fn expose_password(&self) -> &str {
        self.password.expose()
    }

    /// The account, for instance to ask its holder for a second factor.
    #[must_use]
    pub const fn account_id(&self) -> &S::AccountId {
        &self.found.account.id
    }

    /// Judges the password once more, by what the host knows of the account beside its
    /// address, such as names: see
    /// [`PasswordPolicy::check_for`](crate::PasswordPolicy::check_for). One that is rejected
    /// here cannot be committed any more.
    ///
    /// # Errors
    /// What the password misses; the link still works.
    pub fn check_words(&mut self, words: &[&str]) -> Result<(), Violations> {
        let words: Vec<_> = words.iter().copied().chain([&*self.found.account.address]).collect();
        let checked = self.service.policy.check_for(self.password.expose(), &words).map(drop);
        checked.inspect_err(|violations| {
            event::record("check_words", "rejected", Some(&self.found.account.id));
            self.rejected = Some(violations.clone());
        })
    }

    /// What to ask a range service about the password; `None` where the policy
    /// [asks none](crate::PasswordPolicy::asks_breach_service).
    #[cfg(feature = "hibp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
    #[must_use]
    pub fn breach_range(&self) -> Option<BreachRange> {
        self.service.policy.asks_breach_service().then(|| self.range())
    }

    /// Judges a range service's answer, `None` where there was none, before the commit. A
    /// password that one answer shows to be in a breach is not accepted any more, whatever
    /// another says.
    ///
    /// # Errors
    /// [`ResetError::Rejected`] where the password is in a breach, and
    /// [`Fault::BreachUnknown`](super::Fault::BreachUnknown) where nobody can tell, unless the
    /// policy accepts it then. The link still works.
    #[cfg(feature = "hibp")]
    #[cfg_attr(docsrs, doc(cfg(feature = "hibp")))]
    pub fn judge_breach(&mut self, answer: Option<&str>) -> Result<Breach, ResetError<S::Error>> {
        let judged = self.service.policy.judge_breach(&self.range(), answer);
        let outcome = match &judged {
            Ok(Breach::Absent) => "absent",
            Ok(Breach::Unknown(_)) => "unanswered",
            Err(BreachError::Breached(_)) => "rejected",
            Err(BreachError::Unknown(_)) => "failed",
        };
        event::record("judge_breach", outcome, Some(self.account_id()));
        match judged {
            Ok(breach) => {
                self.breach_was_judged = true;
                Ok(breach)
            }
            Err(BreachError::Breached(violations)) => {
                self.rejected = Some(violations.clone());
                Err(violations.into())
            }
            Err(BreachError::Unknown(why)) => Err(super::Fault::BreachUnknown(why).into()),
        }
    }

    #[cfg(feature = "hibp")]
    fn range(&self) -> BreachRange {
        BreachRange::of(&self.service.policy.prepare(self.password.expose()))
    }

    /// Sets the new password: judges the link again at the present time; redeems it,
    /// writes the hash and ends the account's sessions in one atomic step; then tells
    /// the account holder that the password was changed.
    ///
    /// Let it run to its end in a task of its own where a client that goes away drops its
    /// handler: dropped after the commit, it sends no notice, and nobody sends it later.
    ///
    /// # Errors
    /// Why the link is no longer good, or what stopped the commit. Nothing changed then, but
    /// for a [`Fault::Store`](super::Fault::Store), after which the store could not be asked
    /// whether it did, or not in time.
    pub async fn commit(
        self,
        password_hash: &str,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        let completed = self.try_commit(password_hash).await;
        let notified = completed.as_ref().is_ok_and(|done| done.notice.is_ok());
        let success = if notified { "completed" } else { "notice_failed" };
        event::record_result("commit", success, &completed, |done| &done.account_id);
        completed
    }

    async fn try_commit(
        self,
        password_hash: &str,
    ) -> Result<Completed<S::AccountId, M::Error>, ResetError<S::Error>> {
        if let Some(violations) = self.rejected {
            return Err(violations.into());
        }
        #[cfg(feature = "hibp")]
        if !self.breach_was_judged && self.service.policy.asks_breach_service() {
            return Err(super::Fault::BreachNotJudged.into());
        }
        let Self { service, token, found, password, .. } = self;
        drop(password);
        found.recipient().map_err(super::Fault::from)?;
        let redeem = |found: &Found<S::AccountId>, ledger: &Ledger, now| {
            let successor = Binding::new(&found.account.address, password_hash.as_bytes());
            service.issuer.redeem(ledger, &token, &found.binding, now, successor)
        };
        let (found, changed_at) =
            service.change(&token, found, Some(password_hash), redeem).await?;
        // The address that was checked: for another, the link was `Changed`.
        let recipient = found.recipient().map_err(super::Fault::from)?;
        let notice = service.mailer.send(&Message::password_changed(recipient, changed_at)).await;
        Ok(Completed { account_id: found.account.id, notice })
    }
}

impl<S: Store, M> fmt::Debug for Accepted<'_, S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("account_id", &self.found.account.id)
            .finish_non_exhaustive()
    }
}

/// A password was changed. No session comes with it: its holder signs in.
#[derive(Debug)]
#[non_exhaustive]
pub struct Completed<Id, ME> {
    /// Whose.
    pub account_id: Id,
    /// How handing over the "password changed" notice fared. Its failure undoes nothing.
    pub notice: Result<(), ME>,
}
