//! How an issuer is set up: its purpose, the lifetime of its links, its throttle and its codes.

use super::digest::Purpose;
use super::issue::IssueKind;
use super::issuer::TokenIssuer;
use super::throttle::{DAY, Throttle};
use core::time::Duration;
use time::SignedDuration;

/// The longest lifetime of an invitation.
const MONTH: SignedDuration = SignedDuration::days(30);

impl TokenIssuer {
    /// Returns a builder that starts from the default issuer.
    pub fn builder() -> TokenIssuerBuilder {
        TokenIssuerBuilder(Self::default())
    }

    /// Returns an issuer of invitations, which are links for accounts without a password.
    ///
    /// It has the throttle of this issuer, and a kind and a purpose (`…/invitation`) of its own, so
    /// its links are unknown to this issuer. The lifetime must be longer than zero, at most 30
    /// days, and at least as long as the throttle's window and cooldown.
    ///
    /// # Errors
    /// Fails if the lifetime is outside these bounds.
    pub fn invitations(&self, lifetime: Duration) -> Result<Self, LifetimeError> {
        let issuer = Self {
            purpose: Purpose::new(&[self.purpose(), "/invitation"].concat()),
            kind: IssueKind::Invitation,
            lifetime: SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX),
            throttle: self.throttle,
            #[cfg(feature = "codes")]
            codes: None,
        };
        issuer.within(MONTH)
    }

    fn within(self, longest: SignedDuration) -> Result<Self, LifetimeError> {
        match self.lifetime {
            zero if zero.is_zero() => Err(LifetimeError::Zero),
            long if long > longest => Err(LifetimeError::TooLong { hours: longest.whole_hours() }),
            short if short < self.throttle.span() => Err(LifetimeError::ShorterThanThrottle),
            _ => Ok(self),
        }
    }
}

/// Builds a [`TokenIssuer`]. What is not set stays as it is in the default issuer.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct TokenIssuerBuilder(TokenIssuer);

impl TokenIssuerBuilder {
    /// Sets what the tokens are for: any string, for example with the name of a tenant. Tokens of
    /// another purpose are unknown to the issuer. Default: `password-reset`.
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.0.purpose = Purpose::new(purpose);
        self
    }

    /// Sets how long a link is good. Default: 60 minutes.
    ///
    /// The lifetime must be longer than zero, at most 24 hours, and at least as long as the
    /// throttle's window and cooldown. For less than an hour, shorten the window too:
    ///
    /// ```
    /// use password_reset::token::{Throttle, TokenIssuer};
    /// use std::time::Duration;
    ///
    /// let half_an_hour = Duration::from_secs(30 * 60);
    /// let throttle = Throttle::per_window(5, half_an_hour)?;
    /// let issuer = TokenIssuer::builder().lifetime(half_an_hour).throttle(throttle).build()?;
    /// # let _ = issuer;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The limit of 24 hours is that of NIST SP 800-63B-4, section 4.2.1.2, for recovery codes sent
    /// by email.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.0.lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        self
    }

    /// Sets how often an account may be sent a link. Default: [`Throttle::default`].
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.0.throttle = throttle;
        self
    }

    /// Issues a code beside each link, to type on a device on which the link does not open.
    /// Default: no codes.
    #[cfg(feature = "codes")]
    pub fn codes(mut self, codes: super::Codes) -> Self {
        self.0.codes = Some(codes);
        self
    }

    /// Builds the issuer.
    ///
    /// # Errors
    /// Fails if the lifetime is zero, longer than 24 hours, or shorter than the throttle's window
    /// or cooldown. With such a short lifetime, an account without a working link could be
    /// throttled.
    pub fn build(self) -> Result<TokenIssuer, LifetimeError> {
        self.0.within(DAY)
    }
}

/// Why a link's lifetime is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// The lifetime is zero.
    #[error("the lifetime of a link must be longer than zero")]
    Zero,
    /// The lifetime is longer than 24 hours, or longer than 30 days for an invitation.
    #[error("the lifetime of a link of this kind must be at most {hours} hours")]
    TooLong {
        /// The longest permitted lifetime of the kind.
        hours: i64,
    },
    /// The lifetime is shorter than the throttle's cooldown or window.
    #[error("the lifetime of a link must be at least the throttle's cooldown and window")]
    ShorterThanThrottle,
}
