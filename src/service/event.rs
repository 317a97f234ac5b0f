//! The events of the feature `tracing`.

use super::swap::Found;
use super::{Fault, PasswordReset, ResetError};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::IssueKind;

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Emits the event of one outcome, if the feature `tracing` is on. It never holds a secret, nor
    /// what a visitor typed.
    ///
    /// `kind` is the link's: an invitation has its own purpose. A flow without a link is recovery.
    pub(super) fn record(
        &self,
        flow: &'static str,
        kind: IssueKind,
        outcome: &str,
        found: Option<&Found<S::AccountId>>,
    ) {
        #[cfg(feature = "tracing")]
        {
            let issuer = match kind {
                IssueKind::Recovery => &self.0.issuer,
                IssueKind::Invitation => &self.0.invitations,
            };
            let purpose = issuer.purpose();
            let account = found.map(|found| tracing::field::debug(&found.account.id));
            match outcome {
                "failed" | "mail_failed" | "notice_failed" | "unanswered" => {
                    tracing::error!(flow, purpose, outcome, account);
                }
                _ => tracing::info!(flow, purpose, outcome, account),
            }
        }
        #[cfg(not(feature = "tracing"))]
        let _ = (self, flow, kind, outcome, found);
    }
}

/// Returns a refusal's code, `rejected` or `failed`.
pub(super) const fn code_of<E: core::error::Error>(error: &ResetError<E>) -> &'static str {
    match error {
        ResetError::Refused(refusal) => refusal.code(),
        ResetError::Rejected(_) => "rejected",
        ResetError::Fault(_) => Fault::<E>::CODE,
    }
}
