//! The builder of the service, and the choice for accounts without a password.

use super::{BuildError, EntropySource, Parts, PasswordReset};
use crate::clock::Clock;
use crate::link::LinkTemplate;
use crate::mailer::Mailer;
use crate::policy::PasswordPolicy;
use crate::store::Store;
use crate::token::{Entropy, TokenIssuer};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

/// The default lifetime of an invitation.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// What an account that [has no password](crate::store::Account::has_password) is mailed when a
/// link is requested for it. Such an account signs in another way, for instance with a social
/// login.
///
/// An account with a good invitation is mailed a link, whatever you choose.
///
/// ```
/// use password_reset::adapters::memory::{Mail, MemoryStore, Outbox};
/// use password_reset::service::FirstPassword;
/// use password_reset::{LinkTemplate, PasswordReset};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (store, outbox) = (MemoryStore::new(), Outbox::new());
/// store.add_account("carol@example.com", "")?; // An empty hash is no password.
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// let resets = PasswordReset::builder(store, outbox.clone(), link)
///     .first_password(FirstPassword::Explain)
///     .build()?;
///
/// resets.request("carol@example.com").await;
/// assert!(matches!(outbox.take()[..], [Mail::Explanation { .. }]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstPassword {
    /// The account is mailed a link like any other, which sets its first password. Everybody who
    /// can read the mailbox can then sign in without the social login, and without its second
    /// factor.
    #[default]
    Allow,
    /// The account is mailed how to sign in, without a link: see [`Message::Explanation`]. The
    /// request is throttled, and its response is the same as any other.
    ///
    /// [`Message::Explanation`]: crate::mailer::Message::Explanation
    Explain,
}

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Returns a builder with the default policy, issuer, clock and source of entropy.
    pub fn builder(store: S, mailer: M, link: LinkTemplate) -> PasswordResetBuilder<S, M> {
        PasswordResetBuilder::new(store, mailer, link)
    }
}

/// Builds a [`PasswordReset`]. Whatever you do not set keeps its default.
///
/// ```
/// use password_reset::adapters::memory::{MemoryStore, Outbox};
/// use password_reset::token::TokenIssuer;
/// use password_reset::{LinkTemplate, PasswordPolicy, PasswordReset};
/// use std::time::Duration;
///
/// let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// let two_hours = TokenIssuer::builder().lifetime(Duration::from_secs(2 * 3600)).build()?;
/// let resets = PasswordReset::builder(MemoryStore::new(), Outbox::new(), link)
///     .policy(PasswordPolicy::default())
///     .issuer(two_hours)
///     .build()?;
/// # let _ = resets;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct PasswordResetBuilder<S, M> {
    store: S,
    mailer: M,
    link: LinkTemplate,
    policy: PasswordPolicy,
    issuer: TokenIssuer,
    invitation_lifetime: Duration,
    first_password: FirstPassword,
    clock: Option<Arc<dyn Clock>>,
    entropy: Option<Arc<EntropySource>>,
}

impl<S, M> fmt::Debug for PasswordResetBuilder<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordResetBuilder").finish_non_exhaustive()
    }
}

impl<S, M> PasswordResetBuilder<S, M> {
    fn new(store: S, mailer: M, link: LinkTemplate) -> Self {
        Self {
            store,
            mailer,
            link,
            policy: PasswordPolicy::default(),
            issuer: TokenIssuer::default(),
            invitation_lifetime: WEEK,
            first_password: FirstPassword::default(),
            #[cfg(feature = "std")]
            clock: Some(Arc::new(crate::clock::SystemClock)),
            #[cfg(not(feature = "std"))]
            clock: None,
            #[cfg(feature = "getrandom")]
            entropy: Some(Arc::new(|| {
                Entropy::from_system().map_err(|error| Box::new(error).into())
            })),
            #[cfg(not(feature = "getrandom"))]
            entropy: None,
        }
    }

    /// Sets the policy that new passwords must meet.
    pub fn policy(mut self, policy: PasswordPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the issuer of links for a forgotten password: their purpose, lifetime and throttle.
    pub fn issuer(mut self, issuer: TokenIssuer) -> Self {
        self.issuer = issuer;
        self
    }

    /// Sets what an account without a password is mailed when a link is requested for it.
    pub fn first_password(mut self, choice: FirstPassword) -> Self {
        self.first_password = choice;
        self
    }

    /// Sets how long an [invitation](PasswordReset::invite) is good. The default is 7 days.
    ///
    /// The lifetime must be longer than zero, at most 30 days, and at least as long as the
    /// throttle's window and cooldown. For a week after it expires, the account holder can
    /// [renew](PasswordReset::renew) an invitation by mail, unless it was revoked.
    pub fn invitation_lifetime(mut self, lifetime: Duration) -> Self {
        self.invitation_lifetime = lifetime;
        self
    }

    /// Sets the clock, in place of the system's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Sets the source of entropy, in place of the system's. It is called once for each attempt to
    /// issue a link, to exchange a code, or to commit a change of a signed-in user's password.
    pub fn entropy<E>(
        mut self,
        source: impl Fn() -> Result<Entropy, E> + Send + Sync + 'static,
    ) -> Self
    where
        E: core::error::Error + Send + Sync + 'static,
    {
        self.entropy = Some(Arc::new(move || source().map_err(|error| Box::new(error).into())));
        self
    }

    /// Builds the service.
    ///
    /// # Errors
    /// Fails if a part is missing and the feature that has a default for it is off, or if the
    /// lifetime of invitations is out of its bounds.
    pub fn build(self) -> Result<PasswordReset<S, M>, BuildError> {
        let Self { store, mailer, link, policy, issuer, first_password, clock, entropy, .. } = self;
        let invitations = issuer.invitations(self.invitation_lifetime);
        let invitations = invitations.map_err(BuildError::Invitations)?;
        let clock = clock.ok_or(BuildError::Clock)?;
        let entropy = entropy.ok_or(BuildError::Entropy)?;
        Ok(PasswordReset(Arc::new(Parts {
            store,
            mailer,
            link,
            policy,
            issuer,
            invitations,
            first_password,
            clock,
            entropy,
        })))
    }
}
