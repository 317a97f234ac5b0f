/// Why a link is not good: what its holder is told.
///
/// Only somebody with a genuine token learns more than [`Unknown`](Self::Unknown).
/// The `Display` is a sentence for that person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Malformed, made up, of another purpose, or forgotten since.
    #[error("This link is not valid. Ask for a new one.")]
    Unknown,
    /// Genuine, but a newer one was issued.
    #[error(
        "A newer link was asked for. Use the one in the most recent email, \
         or ask again if none has come."
    )]
    Superseded,
    /// Genuine, but a password was set with it.
    #[error("This link has already been used.")]
    Used,
    /// Genuine, but cancelled by its holder or by the service.
    #[error("This link was cancelled. Ask for a new one.")]
    Revoked,
    /// Genuine and the newest, but too old, or from a clock far ahead.
    #[error("This link has expired. Ask for a new one.")]
    Expired,
    /// Genuine and in time, but the address or the password is another by now.
    #[error("Your address or password has changed since this link was sent. Ask for a new one.")]
    Changed,
}

impl Refusal {
    /// A stable `snake_case` name, for programs and translations.
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
