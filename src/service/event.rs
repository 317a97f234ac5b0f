use super::ResetError;
use core::fmt::Debug;

/// Tells of one outcome, where the feature `tracing` is on; never of a secret, nor of
/// what a visitor typed.
pub(super) fn record<Id: Debug>(operation: &'static str, outcome: &str, account: Option<&Id>) {
    #[cfg(feature = "tracing")]
    match outcome {
        "failed" | "mail_failed" | "notice_failed" | "unanswered" => {
            tracing::error!(operation, outcome, account = account.map(tracing::field::debug));
        }
        _ => tracing::info!(operation, outcome, account = account.map(tracing::field::debug)),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = (operation, outcome, account);
}

/// The same for a link's ceremonies: a refusal's code, `rejected` or `failed` where it
/// did not come to `success`.
pub(super) fn record_result<T, Id: Debug, E: core::error::Error>(
    operation: &'static str,
    success: &str,
    result: &Result<T, ResetError<E>>,
    account: impl Fn(&T) -> &Id,
) {
    let outcome = match result {
        Ok(_) => success,
        Err(ResetError::Refused(refusal)) => refusal.code(),
        Err(ResetError::Rejected(_)) => "rejected",
        Err(ResetError::Fault(_)) => "failed",
    };
    record(operation, outcome, result.as_ref().ok().map(account));
}
