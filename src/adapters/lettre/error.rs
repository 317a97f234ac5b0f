//! The errors of the mailer.

use core::fmt;
use std::boxed::Box;

/// Why a mail was not handed over.
///
/// The text contains no link, no body and no address. The text of the source is lettre's, the
/// transport's or the wording's. The `Debug` output is the text alone, since a server's response
/// may contain the address.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LettreError<E: core::error::Error + 'static> {
    /// The name of the sender, or the name in `reply_to`, has a control character.
    #[error("the name of the sender or of `reply_to` has a control character")]
    Sender,
    /// The wording returned an error.
    #[error("the wording of the mail failed")]
    Wording(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The mail could not be composed.
    #[error("the mail could not be composed")]
    Compose(#[source] lettre::error::Error),
    /// The transport reported an error. The mail may or may not have been handed over.
    #[error("the mail could not be handed over")]
    Transport(#[source] E),
}

impl<E: core::error::Error + 'static> fmt::Debug for LettreError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LettreError({self})")
    }
}

/// Why a header is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The name does not consist of 1 to 76 printable ASCII characters without a colon.
    #[error("a header's name must be 1 to 76 printable ASCII characters without a colon")]
    Name,
    /// The mailer writes this header itself, or the header names recipients.
    #[error("the mailer writes this header, or it names recipients; for Reply-To, use `reply_to`")]
    Own,
    /// The value has a line break or another control character, or a word that does not fit on a
    /// line.
    #[error(
        "a header's value must not have a line break, another control character, or a word of more \
         than 900 characters"
    )]
    Value,
}
