//! The only loop that loads an account, decides, swaps its ledger, and retries.

use super::{Fault, PasswordReset};
use crate::mailer::{AddressError, Mailer, Recipient};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Binding, DecodeError, Ledger, Refusal, Selector};
use time::UtcDateTime;

/// The longest login that a store is queried for, in bytes.
const MAX_LOGIN_BYTES: usize = 1024;

/// How often a change is retried after a conflict. Strangers cannot cause as many conflicts with
/// wrong codes.
const RETRIES: u8 = 8;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    pub(super) async fn find(
        &self,
        by: &By<'_, S::AccountId>,
    ) -> Result<Option<Found<S::AccountId>>, Fault<S::Error>> {
        let store = &self.0.store;
        let account = match *by {
            By::Login(login) => self.find_by_login(login.trim()).await,
            By::Id(id) => store.find_by_id(id).await,
            By::Selector(selector) => store.find_by_selector(selector).await,
        };
        Ok(account.map_err(Fault::Store)?.map(Found::read).transpose()?)
    }

    /// Finds the account with this login, or with the first of its other spellings that is known.
    async fn find_by_login(&self, login: &str) -> Result<Option<Account<S::AccountId>>, S::Error> {
        if !is_login(login) {
            return Ok(None);
        }
        let store = &self.0.store;
        let found = store.find_by_login(login).await?;
        #[cfg(feature = "idn")]
        if found.is_none() {
            let spellings = crate::idn::other_spellings(login);
            for spelling in spellings.into_iter().filter(|spelling| is_login(spelling)) {
                let found = store.find_by_login(&spelling).await?;
                if found.is_some() {
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// Applies `step` to the account and commits the ledger that it returns. On a conflict, it
    /// finds the account again and retries.
    ///
    /// Returns what else the step returned, and the number of ended sessions if the store counts
    /// them. Returns `None` if the step has nothing to do, or if the account is gone.
    ///
    /// `found` becomes the account to which the step was last applied.
    pub(super) async fn change<T: Send, E: From<Fault<S::Error>>>(
        &self,
        by: &By<'_, S::AccountId>,
        found: &mut Option<Found<S::AccountId>>,
        password_hash: Option<&str>,
        step: impl Fn(&Found<S::AccountId>, UtcDateTime) -> Result<Option<(Ledger, T)>, E> + Send + Sync,
    ) -> Result<Option<(T, Option<u64>)>, E> {
        let mut retries = RETRIES;
        while let Some(present) = found {
            let Some((next, value)) = step(present, self.0.clock.now())? else { break };
            let commit = self.swap(present, &next, password_hash).await?;
            if let Commit::Committed { ended_sessions } = commit {
                return Ok(Some((value, ended_sessions)));
            }
            let again = self.find(by).await?;
            retries = match (retries.checked_sub(1), &again) {
                (Some(left), _) => left,
                (None, Some(again)) if again.differs_from(present) => {
                    return Err(Fault::Contended.into());
                }
                (None, Some(_)) => return Err(Fault::UnexplainedConflict.into()),
                (None, None) => 0,
            };
            *found = again;
        }
        Ok(None)
    }

    /// Commits the swap. If the store reports an error, looks whether the swap took effect anyway.
    ///
    /// A swap that has not taken effect may still be under way. So the same swap is committed once
    /// more, since only one of the two can take effect. If the second one is a conflict, the first
    /// one is known to have failed only if something has changed.
    async fn swap(
        &self,
        found: &Found<S::AccountId>,
        next: &Ledger,
        password_hash: Option<&str>,
    ) -> Result<Commit, Fault<S::Error>> {
        let change = Change::new(&found.account, found.ledger.as_ref(), next, password_hash);
        let first = self.0.store.commit(&change).await;
        let Err(error) = first else { return first.map_err(Fault::Store) };
        match self.look(found, &change).await {
            Look::Stored => return Ok(Commit::from(true)),
            Look::Open | Look::Over => {}
            Look::Failed => return Err(Fault::Store(error)),
        }
        let again = self.0.store.commit(&change).await;
        if let Ok(Commit::Committed { .. }) = again {
            return again.map_err(Fault::Store);
        }
        match self.look(found, &change).await {
            Look::Stored => Ok(Commit::from(true)),
            Look::Over => again.map_err(Fault::Store),
            Look::Open | Look::Failed => Err(Fault::Store(error)),
        }
    }

    /// Reads the account back, to see whether a swap took effect.
    async fn look(&self, found: &Found<S::AccountId>, change: &Change<'_, S::AccountId>) -> Look {
        let (before, next) = (found.ledger.as_ref(), change.ledger());
        // A first ledger that is not stored yet may still be, and a password with it.
        let by_id = before.is_none() && change.password_hash().is_some();
        let by = if by_id { By::Id(change.account_id()) } else { By::Selector(change.selector()) };
        match self.find(&by).await {
            Ok(Some(now)) if now.ledger.as_ref().is_some_and(|l| l.proves(before, next)) => {
                Look::Stored
            }
            Ok(Some(now)) if now.differs_from(found) => Look::Over,
            Ok(Some(_)) => Look::Open,
            // No account has the selector of a first ledger before that ledger is stored. If it is
            // stored later, no link of it was mailed.
            Ok(None) if before.is_none() && !by_id => Look::Over,
            _ => Look::Failed,
        }
    }
}

/// Returns whether an account can have this login.
fn is_login(login: &str) -> bool {
    (1..=MAX_LOGIN_BYTES).contains(&login.len()) && !login.contains('\0')
}

/// The state of a swap for which the store reported an error.
enum Look {
    /// It took effect: its ledger is stored, or a later one that came from it.
    Stored,
    /// Nothing has changed, so it may still take effect.
    Open,
    /// It did not take effect, and something else has changed.
    Over,
    /// Unknown: the look failed as well.
    Failed,
}

/// The key to find an account by.
pub(super) enum By<'a, Id> {
    Login(&'a str),
    Id(&'a Id),
    Selector(&'a Selector),
}

/// An account as it was found, with its ledger decoded.
pub(super) struct Found<Id> {
    pub(super) account: Account<Id>,
    pub(super) binding: Binding,
    pub(super) ledger: Option<Ledger>,
}

impl<Id> Found<Id> {
    fn read(account: Account<Id>) -> Result<Self, DecodeError> {
        let ledger = account.ledger.as_deref().map(Ledger::decode).transpose()?;
        Ok(Self { binding: account.binding(), ledger, account })
    }

    /// Returns the ledger. Without one, every link of the account is unknown.
    pub(super) fn ledger(&self) -> Result<&Ledger, Refusal> {
        self.ledger.as_ref().ok_or(Refusal::Unknown)
    }

    pub(super) fn recipient(&self) -> Result<Recipient<'_>, AddressError> {
        Recipient::parse(&self.account.address)
    }

    fn differs_from(&self, earlier: &Self) -> bool {
        self.binding != earlier.binding || self.ledger != earlier.ledger
    }
}
