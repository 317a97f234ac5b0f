//! The ceremonies: request, check, accept and commit, cancel, revoke.

mod builder;
mod cancel;
mod error;
mod event;
mod redeem;
mod request;

pub use builder::PasswordResetBuilder;
pub use error::{BuildError, Fault, ResetError};
pub use redeem::{Accepted, Completed};
pub use request::{Handled, Outcome};

use crate::clock::Clock;
use crate::link::LinkTemplate;
use crate::mailer::{AddressError, Mailer, Recipient};
use crate::policy::PasswordPolicy;
use crate::store::{Account, Change, Commit, Store};
use crate::token::{Binding, DecodeError, Entropy, Ledger, Selector, TokenIssuer};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

/// The longest login that a store is asked about, in bytes.
const MAX_LOGIN_BYTES: usize = 1024;

/// How often a change that met a conflict is tried again.
const RETRIES: u8 = 3;

type EntropySource =
    dyn Fn() -> Result<Entropy, Box<dyn core::error::Error + Send + Sync>> + Send + Sync;

/// Lets people who forgot their password set a new one.
///
/// It joins a [`Store`], a [`Mailer`] and a [`LinkTemplate`] with a policy, a token
/// issuer, a clock and a source of entropy. Share one per service; every method
/// takes `&self`. Any future may be dropped at any `await`: nothing is left half done.
///
/// | a visitor | call | and then |
/// | --- | --- | --- |
/// | presses "forgotten password" | [`request`](Self::request) | answer everybody the same |
/// | opens the link | [`check`](Self::check) | show the form, or why not |
/// | sends the new password | [`accept`](Self::accept) | hash it, then [`Accepted::commit`] |
/// | says "this wasn't me" | [`cancel`](Self::cancel) | |
pub struct PasswordReset<S, M> {
    store: S,
    mailer: M,
    link: LinkTemplate,
    policy: PasswordPolicy,
    issuer: TokenIssuer,
    clock: Arc<dyn Clock>,
    entropy: Arc<EntropySource>,
}

impl<S, M> fmt::Debug for PasswordReset<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset")
            .field("link", &self.link)
            .field("policy", &self.policy)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl<S: Store, M: Mailer> PasswordReset<S, M> {
    /// A builder with the default policy, issuer, clock and source of entropy.
    pub fn builder(store: S, mailer: M, link: LinkTemplate) -> PasswordResetBuilder<S, M> {
        PasswordResetBuilder::new(store, mailer, link)
    }

    /// The policy that new passwords must meet, to show before anybody types.
    #[must_use]
    pub const fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// The mailer.
    #[must_use]
    pub const fn mailer(&self) -> &M {
        &self.mailer
    }

    async fn find(&self, by: By<'_>) -> Result<Option<Found<S::AccountId>>, Fault<S::Error>> {
        let account = match by {
            By::Login(login) if login.len() > MAX_LOGIN_BYTES || login.contains('\0') => Ok(None),
            By::Login(login) => self.store.find_by_login(login).await,
            By::Selector(selector) => self.store.find_by_selector(selector).await,
        };
        let Some(account) = account.map_err(Fault::Store)? else { return Ok(None) };
        Ok(Some(Found::read(account)?))
    }

    /// Finds the account anew after a conflict, unless it was one too many; gives whether it
    /// is still there.
    async fn find_again(
        &self,
        by: By<'_>,
        found: &mut Found<S::AccountId>,
        retries: &mut Retries,
    ) -> Result<bool, Fault<S::Error>> {
        let Some(again) = self.find(by).await? else { return Ok(false) };
        retries.after_conflict(again.differs_from(found))?;
        *found = again;
        Ok(true)
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
        let error = match self.store.commit(&change).await {
            Ok(commit) => return Ok(commit),
            Err(error) => error,
        };
        match self.look(found, next).await {
            Look::Stored => return Ok(Commit::Committed),
            Look::Open | Look::Over => {}
            Look::Failed => return Err(Fault::Store(error)),
        }
        let again = self.store.commit(&change).await;
        if let Ok(Commit::Committed) = again {
            return Ok(Commit::Committed);
        }
        match self.look(found, next).await {
            Look::Stored => Ok(Commit::Committed),
            Look::Over => again.map_err(Fault::Store),
            Look::Open | Look::Failed => Err(Fault::Store(error)),
        }
    }

    /// Looks what became of a swap from `found` to `next`.
    async fn look(&self, found: &Found<S::AccountId>, next: &Ledger) -> Look {
        match self.find(By::Selector(next.selector())).await {
            Ok(Some(now)) if now.ledger.as_ref().is_some_and(|stored| stored.includes(next)) => {
                Look::Stored
            }
            Ok(Some(now)) if now.differs_from(found) => Look::Over,
            Ok(Some(_)) => Look::Open,
            // Nobody has the selector of an account's first ledger before it is stored; should it
            // be stored later, no link of it was mailed.
            Ok(None) if next.revision() == 1 => Look::Over,
            _ => Look::Failed,
        }
    }
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

#[derive(Clone, Copy)]
enum By<'a> {
    Login(&'a str),
    Selector(&'a Selector),
}

/// An account as it was found, with its ledger decoded.
struct Found<Id> {
    account: Account<Id>,
    binding: Binding,
    ledger: Option<Ledger>,
}

impl<Id> Found<Id> {
    fn read(account: Account<Id>) -> Result<Self, DecodeError> {
        let ledger = account.ledger.as_deref().map(Ledger::decode).transpose()?;
        Ok(Self { binding: account.binding(), ledger, account })
    }

    fn recipient(&self) -> Result<Recipient<'_>, AddressError> {
        Recipient::parse(&self.account.address)
    }

    fn differs_from(&self, earlier: &Self) -> bool {
        self.binding != earlier.binding || self.ledger != earlier.ledger
    }
}

/// Counts the conflicts of one change.
struct Retries(u8);

impl Retries {
    const fn new() -> Self {
        Self(RETRIES)
    }

    /// Permits one more attempt, or says why there is none. `explained`: something
    /// was different when looked at again.
    const fn after_conflict<E: core::error::Error>(
        &mut self,
        explained: bool,
    ) -> Result<(), Fault<E>> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None if explained => Err(Fault::Contended),
            None => Err(Fault::UnexplainedConflict),
        }
    }
}
