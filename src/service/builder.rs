use super::{BuildError, EntropySource, Parts, PasswordReset};
use crate::clock::Clock;
use crate::link::LinkTemplate;
use crate::policy::PasswordPolicy;
use crate::token::{Entropy, TokenIssuer};
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

/// How long an invitation is good where the host does not say.
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

/// What becomes of a request for a link where the account [has no
/// password](crate::store::Account::has_password), such as one that signs in with another service.
///
/// An account with a good invitation is mailed a link whatever is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FirstPassword {
    /// It is mailed a link like any other, which sets a first password. Whoever can read the mailbox
    /// then signs in past the other service, and past its second factor.
    #[default]
    Allow,
    /// It is mailed how to sign in, without a link: [`Message::Explanation`]. That is throttled and
    /// answered like every request.
    ///
    /// [`Message::Explanation`]: crate::mailer::Message::Explanation
    Explain,
}

/// Builds a [`PasswordReset`].
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
    pub(super) fn new(store: S, mailer: M, link: LinkTemplate) -> Self {
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

    /// What new passwords must be.
    pub fn policy(mut self, policy: PasswordPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The purpose, lifetime and throttle of links for a forgotten password.
    pub fn issuer(mut self, issuer: TokenIssuer) -> Self {
        self.issuer = issuer;
        self
    }

    /// How long an [invitation](PasswordReset::invite) is good: more than nothing, at most 30 days,
    /// and at least as long as the throttle's window and cooldown. Default: 7 days. For a week after
    /// its end its holder can [renew](PasswordReset::renew) it by mail, unless it was revoked.
    pub fn invitation_lifetime(mut self, lifetime: Duration) -> Self {
        self.invitation_lifetime = lifetime;
        self
    }

    /// What becomes of a request for an account without a password.
    pub fn first_password(mut self, choice: FirstPassword) -> Self {
        self.first_password = choice;
        self
    }

    /// Another clock than the system's.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Another source of entropy than the system's. It is called once for each attempt to issue
    /// a link or to exchange a code.
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
    /// A part is missing, and the feature that has a default for it is off; or invitations cannot
    /// be good for as long as was asked for.
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
