use super::lock;
use super::sync::{Arc, Mutex};
use crate::link::ResetLink;
use crate::mailer::{Mailer, Message, Reason};
#[cfg(feature = "codes")]
use crate::token::Code;
use core::convert::Infallible;
use time::UtcDateTime;

/// A mailer that keeps its mails; its clones are one outbox.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Mutex<Vec<Mail>>>);

/// A mail in an [`Outbox`].
#[derive(Debug)]
#[non_exhaustive]
pub enum Mail {
    /// A link to set a new password with.
    ResetLink {
        /// The stored address that it goes to.
        recipient: String,
        /// Why it was sent.
        reason: Reason,
        /// The language that the visitor wished.
        language: Option<String>,
        /// The secret link.
        link: ResetLink,
        /// The time at which it was asked for.
        asked_at: UtcDateTime,
        /// The first instant at which it is no longer good.
        expires_at: UtcDateTime,
        /// The secret code beside the link.
        #[cfg(feature = "codes")]
        code: Option<Code>,
    },
    /// How to sign in without a password.
    Explanation {
        /// The stored address that it goes to.
        recipient: String,
        /// Why it was sent.
        reason: Reason,
        /// The language that the visitor wished.
        language: Option<String>,
        /// The time at which somebody asked.
        asked_at: UtcDateTime,
    },
    /// The notice that a password was changed.
    PasswordChanged {
        /// The stored address that it goes to.
        recipient: String,
        /// The time at which it was changed.
        changed_at: UtcDateTime,
    },
}

impl Mail {
    /// The stored address that it goes to.
    #[must_use]
    pub fn recipient(&self) -> &str {
        match self {
            Self::ResetLink { recipient, .. }
            | Self::Explanation { recipient, .. }
            | Self::PasswordChanged { recipient, .. } => recipient,
        }
    }

    /// The code in it, if it carries one.
    #[cfg(feature = "codes")]
    #[must_use]
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::ResetLink { code, .. } => code.as_ref(),
            Self::Explanation { .. } | Self::PasswordChanged { .. } => None,
        }
    }

    /// The link in it, if it carries one.
    #[must_use]
    pub const fn link(&self) -> Option<&ResetLink> {
        match self {
            Self::ResetLink { link, .. } => Some(link),
            Self::Explanation { .. } | Self::PasswordChanged { .. } => None,
        }
    }
}

impl Outbox {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the mails out, oldest first.
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
