use core::fmt;

/// Why a mail was not handed over. Its text holds no link, no body and no address;
/// that of its source is lettre's or the transport's.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LettreError<E: core::error::Error + 'static> {
    /// The stored address is not one to lettre.
    #[error("the recipient's address is not one that can be mailed to")]
    Recipient(#[source] lettre::address::AddressError),
    /// The sender's name has a control character.
    #[error("the sender's name has a control character")]
    Sender,
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
