//! The port to the host's mail.

use crate::link::ResetLink;
use alloc::boxed::Box;
use alloc::sync::Arc;
use core::net::{Ipv4Addr, Ipv6Addr};
use time::UtcDateTime;

/// Hands messages over for delivery.
///
/// Implement it with a plain `async fn`.
///
/// # Contract
///
/// - A message goes to its [recipient](Message::recipient) and to nobody else.
/// - The link stands in it as it is, and nowhere else: not in a log, not in an error.
/// - `Ok` means that the message was handed over; an error leaves open whether it
///   was, and is never answered with a second attempt by the caller.
pub trait Mailer: Send + Sync {
    /// The mailer's own error.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Hands one message over.
    fn send(&self, message: &Message<'_>) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What a person is to be told.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Somebody, probably the recipient, asked for this link.
    #[non_exhaustive]
    ResetLink {
        /// Whom to tell.
        recipient: Recipient<'a>,
        /// The secret link: on a line of its own, unbroken.
        link: &'a ResetLink,
        /// When it was asked for; every mail shows it, so that its reader can tell
        /// which is the most recent.
        asked_at: UtcDateTime,
        /// The first instant at which the link is no longer good.
        expires_at: UtcDateTime,
    },
    /// The password was changed with a link. Says what to do if it wasn't you.
    #[non_exhaustive]
    PasswordChanged {
        /// Whom to tell.
        recipient: Recipient<'a>,
        /// When it was changed.
        changed_at: UtcDateTime,
    },
}

impl<'a> Message<'a> {
    /// The message that carries a link.
    #[must_use]
    pub const fn reset_link(
        recipient: Recipient<'a>,
        link: &'a ResetLink,
        asked_at: UtcDateTime,
        expires_at: UtcDateTime,
    ) -> Self {
        Self::ResetLink { recipient, link, asked_at, expires_at }
    }

    /// The notice after a reset.
    #[must_use]
    pub const fn password_changed(recipient: Recipient<'a>, changed_at: UtcDateTime) -> Self {
        Self::PasswordChanged { recipient, changed_at }
    }

    /// The one mailbox that it goes to.
    #[must_use]
    pub const fn recipient(&self) -> Recipient<'a> {
        match self {
            Self::ResetLink { recipient, .. } | Self::PasswordChanged { recipient, .. } => {
                *recipient
            }
        }
    }
}

/// An account's stored address, shown to be one mailbox and safe in a mail header.
///
/// The check is a guard against header injection and second recipients, not a
/// grammar of addresses: that is the mail library's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient<'a>(&'a str);

impl<'a> Recipient<'a> {
    /// Takes a stored address as it is, to the byte.
    ///
    /// # Errors
    /// More than 254 bytes, or 64 before the `@` (RFC 5321, section 4.5.3.1); a
    /// control character; or not one mailbox: no `@` between two parts, an encoded word
    /// (`=?`), or, outside a quoted local part and the literal of an IP address, a
    /// second `@`, white space, or one of `,;:<>()"\[]`.
    pub fn parse(address: &'a str) -> Result<Self, AddressError> {
        if address.len() > 254 {
            return Err(AddressError::TooLong);
        }
        if address.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(AddressError::ControlCharacter);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(AddressError::NotOneMailbox)?;
        if local.len() > 64 {
            return Err(AddressError::TooLong);
        }
        // Some mail programs decode an encoded word even here, and see another mailbox.
        let has_encoded_word = address.contains("=?");
        if is_local_part(local) && is_domain(domain) && !has_encoded_word {
            Ok(Self(address))
        } else {
            Err(AddressError::NotOneMailbox)
        }
    }

    /// The address, byte for byte as it is stored.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

fn is_local_part(local: &str) -> bool {
    match local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        Some(content) => is_quoted_content(content),
        None => is_plain(local),
    }
}

fn is_domain(domain: &str) -> bool {
    match domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        Some(literal) => match literal.strip_prefix("IPv6:") {
            Some(literal) => literal.parse::<Ipv6Addr>().is_ok(),
            None => literal.parse::<Ipv4Addr>().is_ok(),
        },
        None => is_plain(domain),
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty()
        && !part.chars().any(|c| {
            c.is_whitespace()
                || matches!(
                    c,
                    '@' | ',' | ';' | ':' | '<' | '>' | '(' | ')' | '"' | '\\' | '[' | ']'
                )
        })
}

/// Whether no quote ends the content early.
fn is_quoted_content(content: &str) -> bool {
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        if character == '"' || (character == '\\' && characters.next().is_none()) {
            return false;
        }
    }
    true
}

/// Why a stored address gets no mail. It says nothing of the address itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// More than 254 bytes, or more than 64 before the `@`.
    #[error("the stored address is longer than mail permits")]
    TooLong,
    /// A control character, which could end a mail header.
    #[error("the stored address has a control character")]
    ControlCharacter,
    /// None, or several.
    #[error("the stored address is not exactly one mailbox")]
    NotOneMailbox,
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<M: Mailer + ?Sized> Mailer for $pointer {
            type Error = M::Error;

            async fn send(&self, message: &Message<'_>) -> Result<(), M::Error> {
                M::send(self, message).await
            }
        }
    };
}

forward!(&M);
forward!(Arc<M>);
forward!(Box<M>);
