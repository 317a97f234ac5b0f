use super::digest::Purpose;
use super::issuer::TokenIssuer;
use super::ledger::IssueKind;
use super::throttle::{DAY, Throttle};
use core::time::Duration;
use time::SignedDuration;

/// The longest lifetime of an invitation.
const MONTH: SignedDuration = SignedDuration::days(30);

impl TokenIssuer {
    /// A builder that starts from the default issuer.
    pub fn builder() -> TokenIssuerBuilder {
        TokenIssuerBuilder(Self::default())
    }

    /// An issuer of invitations beside this one, for accounts without a password: it has the same
    /// throttle, and links of its own kind and purpose (`…/invitation`), which are unknown to this
    /// one. They are good for more than nothing, at most 30 days, and at least as long as the
    /// throttle's window and cooldown.
    ///
    /// # Errors
    /// A lifetime outside of these bounds.
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
    /// What the tokens are for: any string. Tokens of another purpose or tenant are unknown to
    /// the issuer. Default: `password-reset`.
    pub fn purpose(mut self, purpose: &str) -> Self {
        self.0.purpose = Purpose::new(purpose);
        self
    }

    /// How long a link is good: more than nothing, at most 24 hours, and at least as long as the
    /// throttle's window and cooldown. Default: 60 minutes. For less than an hour, shorten the
    /// window too:
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
    /// The 24 hours are NIST SP 800-63B-4, section 4.2.1.2, of recovery codes that are emailed.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.0.lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        self
    }

    /// How often an account may be sent a link. Default: [`Throttle::default`].
    pub fn throttle(mut self, throttle: Throttle) -> Self {
        self.0.throttle = throttle;
        self
    }

    /// Issues a code beside each link, to type where the link does not open. Default: no codes.
    #[cfg(feature = "codes")]
    pub fn codes(mut self, codes: super::Codes) -> Self {
        self.0.codes = Some(codes);
        self
    }

    /// Builds the issuer.
    ///
    /// # Errors
    /// A lifetime of 0, of more than 24 hours, or shorter than the throttle's spans. In the last
    /// case somebody could be throttled who has no link that works.
    pub fn build(self) -> Result<TokenIssuer, LifetimeError> {
        self.0.within(DAY)
    }
}

/// Why a link's lifetime is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifetimeError {
    /// No time at all.
    #[error("a link must be good for longer than nothing")]
    Zero,
    /// Over 24 hours, or over 30 days for an invitation.
    #[error("a link of this kind must not be good for longer than {hours} hours")]
    TooLong {
        /// The longest lifetime of the kind.
        hours: i64,
    },
    /// Shorter than the cooldown or the window.
    #[error("a link must be good for at least as long as the throttle's cooldown and window")]
    ShorterThanThrottle,
}
