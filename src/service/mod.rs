//! The service: what a host calls, from the request for a link to the new password.

// The docs show the methods of `PasswordReset` in the order of these lines, which the blank lines
// between them keep.
mod builder;
mod request;

mod renew;

mod check;
mod redeem;

#[cfg(feature = "codes")]
mod exchange;

mod cancel;
mod change;
mod dispatch;
mod revoke;

mod accepted;
mod error;
mod event;
mod outcome;
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

/// The service that lets people who forgot their password set a new one.
///
/// You build it from your [`Store`], your [`Mailer`] and a [`LinkTemplate`]. The policy, the token
/// issuer, the clock and the source of entropy have defaults. A clone is the same service, so each
/// handler can own one.
///
/// | a visitor | you call | and then |
/// | --- | --- | --- |
/// | presses "forgotten password" | [`request`](Self::request) | show everybody the same page |
/// | opens the link | [`check`](Self::check) | show the form, or why the link is not good |
/// | sends the new password | [`accept`](Self::accept) | hash it, then [`Accepted::commit`]; or [`reset`](Self::reset), which does all three |
/// | types the code from the mail | `exchange`, with the feature `codes` | continue as with the link |
/// | holds a dead link | [`renew`](Self::renew) | show everybody the same page |
/// | says "this wasn't me" | [`cancel`](Self::cancel) | |
/// | is signed in and changes the password | [`accept_change`](Self::accept_change) | continue as after `accept` |
///
/// | an administrator | you call | and then |
/// | --- | --- | --- |
/// | starts a reset for an account | [`request_for`](Self::request_for) | show the [`Delivery`] |
/// | adds an account without a password | [`invite`](Self::invite) | show the [`Delivery`] |
/// | withdraws an account's links | [`revoke_for`](Self::revoke_for) | |
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
///
/// # Dropped futures
///
/// You can drop any future at any `await`: the store is never left half written. A mail can be
/// lost, though. A dropped `request` may have issued a link that is not mailed, and a dropped
/// `commit` may have changed the password without a notice. So spawn both.
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
    /// Returns the policy that new passwords must meet. Show its requirements beside the form.
    #[must_use]
    pub fn policy(&self) -> &PasswordPolicy {
        &self.0.policy
    }

    /// Returns the template of the links that the service mails.
    #[must_use]
    pub fn link(&self) -> &LinkTemplate {
        &self.0.link
    }

    /// Returns the store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.0.store
    }

    /// Returns the mailer.
    #[must_use]
    pub fn mailer(&self) -> &M {
        &self.0.mailer
    }
}

#[cfg(feature = "codes")]
impl<S, M> PasswordReset<S, M> {
    /// Returns whether the mails carry codes. If they do, a page should have a field for one.
    #[must_use]
    pub fn has_codes(&self) -> bool {
        self.0.issuer.has_codes()
    }
}
