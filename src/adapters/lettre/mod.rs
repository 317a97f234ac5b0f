//! Mail through any of lettre's asynchronous transports.
//!
//! This crate turns on none of lettre's TLS and SMTP features: the host chooses them
//! on its own dependency, for instance
//!
//! ```toml
//! lettre = { version = "0.11", default-features = false, features = [
//!     "smtp-transport", "tokio1-rustls", "ring", "webpki-roots", "pool"] }
//! ```
//!
//! Keep lettre's own feature `tracing` off, or its events out of the logs: at the
//! level `debug` its SMTP client writes every mail down, with the secret link. The copies
//! of a mail that lettre holds are not wiped, whatever the feature `zeroize` says.
//!
//! ```
//! use lettre::transport::stub::AsyncStubTransport;
//! use password_reset::adapters::lettre::{English, LettreMailer};
//!
//! let transport = AsyncStubTransport::new_ok();
//! let mailer = LettreMailer::new(transport, "Acme <accounts@acme.example>".parse()?)
//!     .wording(English::new("Acme"));
//! # let _ = mailer;
//! # Ok::<(), lettre::address::AddressError>(())
//! ```

mod compose;
mod english;
mod error;
mod wording;

pub use english::English;
pub use error::LettreError;
pub use wording::{Content, Wording, escape_html};

use crate::mailer::{Mailer, Message};
use core::fmt;
use lettre::AsyncTransport;
use lettre::message::Mailbox;

/// Sends both messages as text and HTML.
///
/// A mail has one recipient, the stored address to the byte. An address that lettre
/// does not take is an error, and so is one outside ASCII where the server does not
/// accept it: none is ever rewritten.
pub struct LettreMailer<T, W = English> {
    transport: T,
    from: Mailbox,
    wording: W,
}

impl<T> LettreMailer<T> {
    /// A mailer that sends through `transport` as `from`, in plain English.
    #[must_use]
    pub fn new(transport: T, from: Mailbox) -> Self {
        Self { transport, from, wording: English::default() }
    }
}

impl<T, W> LettreMailer<T, W> {
    /// Other words: [`English`] with the service's name, or a [`Wording`] of the host's own.
    #[must_use]
    pub fn wording<V>(self, wording: V) -> LettreMailer<T, V> {
        let Self { transport, from, .. } = self;
        LettreMailer { transport, from, wording }
    }

    /// The transport.
    #[must_use]
    pub const fn transport(&self) -> &T {
        &self.transport
    }
}

impl<Id, T, W> Mailer<Id> for LettreMailer<T, W>
where
    Id: Sync,
    W: Wording<Id>,
    T: AsyncTransport + Send + Sync,
    T::Error: core::error::Error + Send + Sync + 'static,
{
    type Error = LettreError<T::Error>;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Self::Error> {
        let content = self.wording.content(message);
        let mail = compose::compose(&self.from, message, content)?;
        self.transport.send(mail).await.map(drop).map_err(LettreError::Transport)
    }
}

impl<T, W> fmt::Debug for LettreMailer<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LettreMailer").field("from", &self.from).finish_non_exhaustive()
    }
}
