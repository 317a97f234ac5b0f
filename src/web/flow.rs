//! The service behind the pages, without the types of its store, mailer and hasher.

use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
use crate::policy::{PasswordPolicy, Violations};
use crate::service::{Accepted, Handled, Outcome};
use crate::store::Store;
#[cfg(feature = "codes")]
use crate::token::ResetToken;
use crate::token::{IssueKind, Refusal};
use crate::{PasswordReset, ResetError};
use core::error::Error;
use core::pin::Pin;
use http::StatusCode;
use std::sync::Arc;
use time::UtcDateTime;

pub(super) type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The host's function of [`review`](super::ResetPagesBuilder::review).
pub(super) type Review<S, M> = dyn Fn(
        Accepted<S, M>,
        String,
    ) -> Later<'static, Result<Accepted<S, M>, ResetError<<S as Store>::Error>>>
    + Send
    + Sync;

/// The reason for which a visitor's step failed.
pub(super) enum Stop {
    Refused(Refusal),
    Rejected(Violations),
    /// A failure that was logged.
    Fault,
}

impl Stop {
    /// Whether the link is genuine but not good.
    pub(super) fn is_of_genuine(&self) -> bool {
        matches!(self, Self::Refused(refusal) if *refusal != Refusal::Unknown)
    }
}

/// The status for a link that is not good.
pub(super) const fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::GONE,
    }
}

/// A good link, as the pages need it.
pub(super) struct Good {
    pub(super) address: String,
    pub(super) expires_at: UtcDateTime,
    pub(super) kind: IssueKind,
    pub(super) needs_second_factor: bool,
}

pub(super) trait Flow: Send + Sync {
    fn policy(&self) -> &PasswordPolicy;
    fn request(&self, login: String, language: String) -> Later<'static, ()>;
    fn renew(&self, token: String) -> Later<'static, ()>;
    fn check<'a>(&'a self, token: &'a str) -> Later<'a, Result<Good, Stop>>;
    fn reset(
        &self,
        token: String,
        password: String,
        second_factor: String,
    ) -> Later<'static, Result<(), Stop>>;
    fn cancel<'a>(&'a self, token: &'a str) -> Later<'a, Result<(), Stop>>;
    #[cfg(feature = "codes")]
    fn exchange(&self, login: String, code: String) -> Later<'static, Option<ResetToken>>;
}

pub(super) struct Joined<S: Store, M, H> {
    pub(super) resets: PasswordReset<S, M>,
    pub(super) hasher: Arc<H>,
    pub(super) review: Option<Arc<Review<S, M>>>,
}

impl<S, M, H> Flow for Joined<S, M, H>
where
    S: Store<AccountId: 'static> + 'static,
    M: Mailer<S::AccountId> + 'static,
    H: PasswordHasher + 'static,
{
    fn policy(&self) -> &PasswordPolicy {
        self.resets.policy()
    }

    fn request(&self, login: String, language: String) -> Later<'static, ()> {
        let resets = self.resets.clone();
        Box::pin(async move { report(REQUEST, &resets.request_in(&login, &language).await) })
    }

    fn renew(&self, token: String) -> Later<'static, ()> {
        let resets = self.resets.clone();
        Box::pin(async move { report(REQUEST, &resets.renew(&token).await) })
    }

    fn check<'a>(&'a self, token: &'a str) -> Later<'a, Result<Good, Stop>> {
        Box::pin(async move {
            let checked = self.resets.check(token).await?;
            Ok(Good {
                address: checked.address,
                expires_at: checked.expires_at,
                kind: checked.kind,
                needs_second_factor: checked.needs_second_factor,
            })
        })
    }

    fn reset(
        &self,
        token: String,
        password: String,
        second_factor: String,
    ) -> Later<'static, Result<(), Stop>> {
        let (resets, hasher) = (self.resets.clone(), Arc::clone(&self.hasher));
        let review = self.review.clone();
        Box::pin(async move {
            let mut accepted = resets.accept(&token, &password).await?;
            drop((token, password));
            if let Some(review) = review {
                accepted = review(accepted, second_factor).await?;
            }
            let completed = accepted.commit_by(&*hasher).await?;
            if let Err(error) = completed.notice {
                let error: &dyn Error = &error;
                tracing::error!(error, "the notice of a changed password was not handed over");
            }
            Ok(())
        })
    }

    fn cancel<'a>(&'a self, token: &'a str) -> Later<'a, Result<(), Stop>> {
        Box::pin(async move { Ok(self.resets.cancel(token).await?) })
    }

    #[cfg(feature = "codes")]
    fn exchange(&self, login: String, code: String) -> Later<'static, Option<ResetToken>> {
        let resets = self.resets.clone();
        Box::pin(async move {
            let (token, handled) = resets.exchange(&login, &code).await;
            report("a typed code", &handled);
            token
        })
    }
}

/// The name, in the log, of work that goes on after the response.
const REQUEST: &str = "a request for a link";

fn report<SE: Error + 'static, ME: Error + 'static>(what: &str, handled: &Handled<SE, ME>) {
    let error: &dyn Error = match handled.outcome_for_logs() {
        Outcome::Failed(fault) => fault,
        Outcome::MailFailed(error) => error,
        _ => return,
    };
    tracing::error!(error, "{what} went wrong");
}

impl<E: Error + 'static> From<ResetError<E>> for Stop {
    fn from(error: ResetError<E>) -> Self {
        match error {
            ResetError::Refused(refusal) => Self::Refused(refusal),
            ResetError::Rejected(violations) => Self::Rejected(violations),
            ResetError::Fault(fault) => {
                let error: &dyn Error = &fault;
                tracing::error!(error, "a link could not be followed to the end");
                Self::Fault
            }
        }
    }
}
