//! The flows: request, invite and renew, exchange, check, accept or change and commit, cancel, revoke.

mod accepted;
mod builder;
mod cancel;
mod change;
mod check;
mod error;
mod event;
#[cfg(feature = "codes")]
mod exchange;
mod invite;
mod outcome;
mod redeem;
mod renew;
mod request;
mod revoke;
mod swap;

pub use accepted::{Accepted, Completed};
pub use builder::{FirstPassword, PasswordResetBuilder};
pub use check::Checked;
pub use error::{BuildError, Fault, ResetError};
pub use outcome::{Delivery, Dispatched, Handled, Outcome};

use crate::clock::Clock;
use crate::link::LinkTemplate;
use crate::mailer::Mailer;
use crate::policy::PasswordPolicy;
use crate::store::Store;
use crate::token::{Entropy, TokenIssuer};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

type AnyError = Box<dyn core::error::Error + Send + Sync>;
type EntropySource = dyn Fn() -> Result<Entropy, AnyError> + Send + Sync;

/// Lets people who forgot their password set a new one.
///
/// It joins a [`Store`], a [`Mailer`] and a [`LinkTemplate`] with a policy, a token
/// issuer, a clock and a source of entropy. A clone is the same service, so a handler can take
/// one of its own. Any future may be dropped at any `await`, and the store is never left half
/// written. A mail can be lost: a dropped `request` may have issued a link that is not mailed, and a
/// dropped `commit` may have changed the password without a notice. So spawn both.
///
/// | a visitor | call | and then |
/// | --- | --- | --- |
/// | presses "forgotten password" | [`request`](Self::request) | answer everybody the same |
/// | opens the link | [`check`](Self::check) | show the form, or why not |
/// | sends the new password | [`accept`](Self::accept) | hash it, then [`Accepted::commit`]; or [`reset`](Self::reset), which does all three |
/// | types the code from the mail | `exchange`, with the feature `codes` | as with the link |
/// | holds a dead link | [`renew`](Self::renew) | answer everybody the same |
/// | says "this wasn't me" | [`cancel`](Self::cancel) | |
/// | is signed in and changes the password | [`accept_change`](Self::accept_change) | as after `accept` |
///
/// | an administrator | call | and then |
/// | --- | --- | --- |
/// | starts a reset for somebody | [`request_for`](Self::request_for) | show the [`Delivery`] |
/// | adds somebody who has no password | [`invite`](Self::invite) | show the [`Delivery`] |
/// | withdraws links | [`revoke_for`](Self::revoke_for) | |
///
/// ```
/// use password_reset::adapters::memory::{MemoryStore, Outbox};
/// use password_reset::{LinkTemplate, PasswordReset};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, outbox) = (MemoryStore::new(), Outbox::new());
/// store.add_account("alice@example.com", "hash of the forgotten one")?;
/// let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
///
/// resets.request("alice@example.com").await;
/// let mail = outbox.take().pop().ok_or("no mail")?;
/// let token = mail.link().ok_or("no link")?.expose_token();
///
/// let accepted = resets.accept(token, "Correct horse 7").await?;
/// let hash = format!("hash of {} characters", accepted.expose_password().len());
/// tokio::spawn(accepted.commit(hash)).await??;
/// assert!(resets.check(token).await.is_err(), "a link works once");
/// # Ok(())
/// # }
/// ```
pub struct PasswordReset<S, M>(Arc<Parts<S, M>>);

struct Parts<S, M> {
    store: S,
    mailer: M,
    link: LinkTemplate,
    policy: PasswordPolicy,
    issuer: TokenIssuer,
    invitations: TokenIssuer,
    first_password: FirstPassword,
    clock: Arc<dyn Clock>,
    entropy: Arc<EntropySource>,
}

impl<S, M> Clone for PasswordReset<S, M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S, M> fmt::Debug for PasswordReset<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordReset")
            .field("link", &self.0.link)
            .field("policy", &self.0.policy)
            .field("issuer", &self.0.issuer)
            .finish_non_exhaustive()
    }
}

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// A builder with the default policy, issuer, clock and source of entropy.
    pub fn builder(store: S, mailer: M, link: LinkTemplate) -> PasswordResetBuilder<S, M> {
        PasswordResetBuilder::new(store, mailer, link)
    }

    /// The policy that new passwords must meet, to show before anybody types.
    #[must_use]
    pub fn policy(&self) -> &PasswordPolicy {
        &self.0.policy
    }

    /// The template of the links that it mails.
    #[must_use]
    pub fn link(&self) -> &LinkTemplate {
        &self.0.link
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.0.store
    }

    /// The mailer.
    #[must_use]
    pub fn mailer(&self) -> &M {
        &self.0.mailer
    }
}
