use super::swap::Found;
use super::{Fault, PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Emits the event of one outcome, where the feature `tracing` is on. It never holds a
    /// secret, nor what a visitor typed.
    pub(super) fn record(
        &self,
        flow: &'static str,
        outcome: &str,
        found: Option<&Found<S::AccountId>>,
    ) {
        #[cfg(feature = "tracing")]
        {
            let purpose = self.0.issuer.purpose();
            let account = found.map(|found| tracing::field::debug(&found.account.id));
            match outcome {
                "failed" | "mail_failed" | "notice_failed" | "unanswered" => {
                    tracing::error!(flow, purpose, outcome, account);
                }
                _ => tracing::info!(flow, purpose, outcome, account),
            }
        }
        #[cfg(not(feature = "tracing"))]
        let _ = (self, flow, outcome, found);
    }
}

/// A refusal's code, `rejected` or `failed`.
pub(super) const fn code_of<E: core::error::Error>(error: &ResetError<E>) -> &'static str {
    match error {
        ResetError::Refused(refusal) => refusal.code(),
        ResetError::Rejected(_) => "rejected",
        ResetError::Fault(_) => Fault::<E>::CODE,
    }
}
