//! Why a link is not good.

/// Why a link is not good. Show it to the person who opened the link.
///
/// Only somebody with a genuine token learns more than [`Unknown`](Self::Unknown). The `Display`
/// output is a sentence for that person:
///
/// ```
/// use password_reset::token::Refusal;
///
/// assert_eq!(Refusal::Used.to_string(), "This link has already been used.");
/// assert_eq!(Refusal::Used.code(), "used");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The token is malformed, made up, of another purpose, or no longer in the ledger.
    #[error("This link is not valid. Ask for a new one.")]
    Unknown,
    /// The link is genuine, but a newer one was issued.
    #[error(
        "A newer link was asked for. Use the one in the most recent email, \
         or ask again if none has come."
    )]
    Superseded,
    /// The link is genuine, but a password was already set with it.
    #[error("This link has already been used.")]
    Used,
    /// The link is genuine, but its holder or the host cancelled it.
    #[error("This link was cancelled. Ask for a new one.")]
    Revoked,
    /// The link is genuine and the newest, but too old, or from a clock that was far ahead.
    #[error("This link has expired. Ask for a new one.")]
    Expired,
    /// The link is genuine and in time, but the account's address or password has changed.
    #[error("Your address or password has changed since this link was sent. Ask for a new one.")]
    Changed,
}

impl Refusal {
    /// Returns a stable `snake_case` name, for programs and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Superseded => "superseded",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Changed => "changed",
        }
    }
}
