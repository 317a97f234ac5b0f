use core::fmt;
use std::boxed::Box;

/// Why a mail was not handed over. Its text holds no link, no body and no address;
/// that of its source is lettre's, the transport's or the wording's.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LettreError<E: core::error::Error + 'static> {
    /// The name of the sender, or of whom to reply to, has a control character.
    #[error("the sender's name or the one to reply to has a control character")]
    Sender,
    /// The wording had no words.
    #[error("the words of the mail are missing")]
    Wording(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The mail could not be composed.
    #[error("the mail could not be composed")]
    Compose(#[source] lettre::error::Error),
    /// The transport reported an error, which leaves open whether it took the mail.
    #[error("the mail could not be handed over")]
    Transport(#[source] E),
}

/// The sentence alone: what a server answered may hold the address.
impl<E: core::error::Error + 'static> fmt::Debug for LettreError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LettreError({self})")
    }
}

/// Why a header is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not 1 to 76 letters, digits and other printable ASCII characters without a colon.
    #[error("a header's name must be 1 to 76 printable ASCII characters without a colon")]
    Name,
    /// A header that the mailer writes, or that names other recipients.
    #[error("this header is the mailer's own; for Reply-To, there is `reply_to`")]
    Own,
    /// A line break or another control character, or a word that no line has room for.
    #[error(
        "a header's value must not have a line break, another control character, or a word of more \
         than 900 characters"
    )]
    Value,
}
