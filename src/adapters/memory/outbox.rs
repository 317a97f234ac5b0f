//! A mailer that keeps its mails.

use super::lock;
use super::sync::{Arc, Mutex};
use crate::link::ResetLink;
use crate::mailer::{Mailer, Message, Reason};
#[cfg(feature = "codes")]
use crate::token::Code;
use core::convert::Infallible;
use time::UtcDateTime;

/// A mailer that keeps its mails in memory. Clones are the same outbox.
///
/// ```
/// use password_reset::adapters::memory::{Mail, MemoryStore, Outbox};
/// use password_reset::{LinkTemplate, PasswordReset};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let store = MemoryStore::new();
/// # store.add_account("alice@example.com", "hash")?;
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// let outbox = Outbox::new();
/// let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
/// resets.request("alice@example.com").await;
///
/// let mails = outbox.take();
/// assert!(matches!(mails[..], [Mail::ResetLink { .. }]));
/// assert_eq!(mails[0].recipient(), "alice@example.com");
/// assert!(outbox.take().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Vec<Mail>>>);

/// A mail in an [`Outbox`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Mail {
    /// A link to set a new password with.
    ResetLink {
        /// The stored address that the mail goes to.
        recipient: String,
        /// Why the mail was sent.
        reason: Reason,
        /// The language that the visitor prefers, if known.
        language: Option<String>,
        /// The secret link.
        link: ResetLink,
        /// The time at which the link was requested.
        asked_at: UtcDateTime,
        /// The first instant at which the link is no longer good.
        expires_at: UtcDateTime,
        /// The secret code beside the link, if the issuer makes codes.
        #[cfg(feature = "codes")]
        code: Option<Code>,
    },
    /// How to sign in without a password.
    Explanation {
        /// The stored address that the mail goes to.
        recipient: String,
        /// Why the mail was sent.
        reason: Reason,
        /// The language that the visitor prefers, if known.
        language: Option<String>,
        /// The time at which a link was requested.
        asked_at: UtcDateTime,
    },
    /// The notice that a password was changed.
    PasswordChanged {
        /// The stored address that the mail goes to.
        recipient: String,
        /// The time at which the password was changed.
        changed_at: UtcDateTime,
    },
}

impl Mail {
    /// Returns the stored address that the mail goes to.
    #[must_use]
    pub fn recipient(&self) -> &str {
        match self {
            Self::ResetLink { recipient, .. }
            | Self::Explanation { recipient, .. }
            | Self::PasswordChanged { recipient, .. } => recipient,
        }
    }

    /// Returns the link in the mail, if it carries one.
    #[must_use]
    pub const fn link(&self) -> Option<&ResetLink> {
        match self {
            Self::ResetLink { link, .. } => Some(link),
            Self::Explanation { .. } | Self::PasswordChanged { .. } => None,
        }
    }

    /// Returns the code in the mail, if it carries one.
    #[cfg(feature = "codes")]
    #[must_use]
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::ResetLink { code, .. } => code.as_ref(),
            Self::Explanation { .. } | Self::PasswordChanged { .. } => None,
        }
    }
}

impl Outbox {
    /// Returns an empty outbox.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes all mails out of the outbox, oldest first.
    #[must_use]
    pub fn take(&self) -> Vec<Mail> {
        core::mem::take(&mut *lock(&self.0))
    }
}

impl<Id: Sync> Mailer<Id> for Outbox {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        let recipient = message.recipient().as_str().to_owned();
        let language = message.language().map(|language| language.as_str().to_owned());
        lock(&self.0).push(match *message {
            Message::ResetLink {
                reason,
                link,
                asked_at,
                expires_at,
                #[cfg(feature = "codes")]
                code,
                ..
            } => Mail::ResetLink {
                recipient,
                reason,
                language,
                link: link.duplicate(),
                asked_at,
                expires_at,
                #[cfg(feature = "codes")]
                code: code.map(Code::duplicate),
            },
            Message::Explanation { reason, asked_at, .. } => {
                Mail::Explanation { recipient, reason, language, asked_at }
            }
            Message::PasswordChanged { changed_at, .. } => {
                Mail::PasswordChanged { recipient, changed_at }
            }
        });
        Ok(())
    }
}
