use super::{Fault, PasswordReset};
use crate::mailer::{AddressError, Mailer, Recipient};
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Binding, DecodeError, Ledger, Refusal, Selector};
use time::UtcDateTime;

/// The longest login that a store is asked about, in bytes.
const MAX_LOGIN_BYTES: usize = 1024;

/// How often a change that met a conflict is tried again: more often than strangers can cause one
/// by wrong codes.
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

    /// The account with this login, or with the first of its other spellings that is one.
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

    /// Applies `step` to the account and commits the ledger that it returns, and retries on
    /// conflict from the account as it is then. Returns what else the step returned, with the
    /// number of ended sessions where the store counted them; `None` where the step has nothing to
    /// do, or the account is gone.
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

    /// Asks the store for the swap and, where it reports an error, looks whether the swap
    /// took effect all the same. Where it has not, it may still be under way: so the same
    /// swap is asked for once more, since of the two only one can take effect. A conflict
    /// then shows that the first never will only where something has changed.
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

    /// Looks what became of a swap of the account as it was found.
    async fn look(&self, found: &Found<S::AccountId>, change: &Change<'_, S::AccountId>) -> Look {
        let (before, next) = (found.ledger.as_ref(), change.ledger());
        // A first ledger that is not there may still come, and a password with it.
        let by_id = before.is_none() && change.password_hash().is_some();
        let by = if by_id { By::Id(change.account_id()) } else { By::Selector(change.selector()) };
        match self.find(&by).await {
            Ok(Some(now)) if now.ledger.as_ref().is_some_and(|l| l.proves(before, next)) => {
                Look::Stored
            }
            Ok(Some(now)) if now.differs_from(found) => Look::Over,
            Ok(Some(_)) => Look::Open,
            // Nobody has the selector of an account's first ledger before it is stored; should it
            // be stored later, no link of it was mailed.
            Ok(None) if before.is_none() && !by_id => Look::Over,
            _ => Look::Failed,
        }
    }
}

/// Whether an account can have this login.
fn is_login(login: &str) -> bool {
    (1..=MAX_LOGIN_BYTES).contains(&login.len()) && !login.contains('\0')
}

/// What became of a swap that was answered with an error.
enum Look {
    /// It took effect: the ledger is stored, or one that came from it.
    Stored,
    /// Nothing has changed, so that it may still take effect.
    Open,
    /// It did not, and something has changed since.
    Over,
    /// It cannot be told.
    Failed,
}

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

    /// The ledger, without which every link of the account is unknown.
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
