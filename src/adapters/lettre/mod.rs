//! Mail through any of lettre's asynchronous transports.
//!
//! This crate turns on none of lettre's TLS and SMTP features: the host chooses them
//! on its own dependency, for instance
//!
//! ```toml
//! lettre = { version = "0.11", default-features = false, features = [
//!     "smtp-transport", "tokio1-rustls", "ring", "webpki-roots"] }
//! ```
//!
//! Let each mail have a connection of its own: leave lettre's feature `pool` off, or build the
//! transport with `.pool_config(PoolConfig::new().max_size(0))`, which also holds where another
//! crate turns `pool` on. lettre asks a pooled connection whether it still works (`NOOP`) and
//! replaces one that the server has closed, but if the server says goodbye (`421`) only to the mail
//! itself, that mail is lost. lettre's `timeout` covers the connecting alone, so bound
//! [`send`](Mailer::send) as well, as the demo does.
//!
//! Keep lettre's own feature `tracing` off, or its events out of the logs: at the
//! level `debug` its SMTP client writes every mail down, with the secret link. The copies
//! of a mail that lettre holds are not wiped, whatever the feature `zeroize` says.
//!
//! ```
//! use lettre::transport::stub::AsyncStubTransport;
//! use password_reset::adapters::lettre::LettreMailer;
//! use password_reset::words::Words;
//!
//! let transport = AsyncStubTransport::new_ok();
//! let words = Words::new("Acme", "help@acme.example")?;
//! let mailer = LettreMailer::new(transport, "Acme <accounts@acme.example>".parse()?, words)
//!     .reply_to("Acme's help desk <help@acme.example>".parse()?)
//!     // Postmark rewrites no link of this mail: see the guide "Mail".
//!     .header("X-PM-TrackLinks", "None")?;
//! # let _ = mailer;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod body;
mod compose;
mod error;

pub use error::{HeaderError, LettreError};

use crate::mailer::{Mailer, Message};
use crate::words::Wording;
use core::fmt;
use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::{Address, AsyncTransport};

/// The headers that the mailer writes, and those that name recipients.
const OWN: [&str; 18] = [
    "auto-submitted",
    "bcc",
    "cc",
    "content-disposition",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-entity-ref-id",
];

/// The longest word of a header, which leaves room for the header's name in a line of 998 bytes.
const MAX_HEADER_WORD_BYTES: usize = 900;

/// Sends both messages as text and HTML, each in a thread of its own.
///
/// A mail has one recipient, the stored address, written as mail servers take it: see
/// [`Recipient::to_smtp`](crate::mailer::Recipient::to_smtp). One with letters outside ASCII before
/// the `@` is an error of the transport where the server does not take it.
pub struct LettreMailer<T, W> {
    transport: T,
    wording: W,
    setup: Setup,
}

/// What all mails have alike.
struct Setup {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    envelope_sender: Option<Address>,
    headers: Vec<HeaderValue>,
    eight_bit: bool,
}

impl<T, W> LettreMailer<T, W> {
    /// A mailer that sends these words through `transport` as `from`.
    #[must_use]
    pub const fn new(transport: T, from: Mailbox, wording: W) -> Self {
        let setup = Setup {
            from,
            reply_to: None,
            envelope_sender: None,
            headers: Vec::new(),
            eight_bit: false,
        };
        Self { transport, wording, setup }
    }

    /// Where answers go; otherwise to the sender.
    #[must_use]
    pub fn reply_to(mut self, mailbox: Mailbox) -> Self {
        self.setup.reply_to = Some(mailbox);
        self
    }

    /// Where reports of mails that bounced go, as the envelope names it (`MAIL FROM`); otherwise to
    /// the sender.
    #[must_use]
    pub fn envelope_sender(mut self, address: Address) -> Self {
        self.setup.envelope_sender = Some(address);
        self
    }

    /// Adds a header to every mail, such as one that switches a provider's tracking of links off.
    /// Values outside ASCII are encoded (RFC 2047). A header of the same name is replaced.
    ///
    /// # Errors
    /// The name is none; it is one that the mailer writes, or that names recipients; or the value
    /// has a control character, or more than 900 characters without a space, which no line of a
    /// mail has room for.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, HeaderError> {
        if !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(HeaderError::Name);
        }
        let lower = name.to_ascii_lowercase();
        if OWN.contains(&&*lower) || lower.starts_with("resent-") {
            return Err(HeaderError::Own);
        }
        // lettre breaks a line at spaces alone.
        let is_long = |word: &str| word.is_ascii() && word.len() > MAX_HEADER_WORD_BYTES;
        if value.contains(char::is_control) || value.split(' ').any(is_long) {
            return Err(HeaderError::Value);
        }
        let parsed = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| HeaderError::Name)?;
        self.setup.headers.push(HeaderValue::new(parsed, value.to_owned()));
        Ok(self)
    }

    /// Says that the mail server takes 8-bit text (8BITMIME, as nearly all do), so that a text that
    /// is not ASCII is sent as it is, with the link whole in the source too. Otherwise such a text
    /// is encoded, and the link is whole to whoever reads it decoded.
    ///
    /// If the server does not take it, lettre's SMTP client refuses the mail. Whoever signs mails
    /// (DKIM) should leave this off: a server on the way that converts a mail breaks its signature
    /// (RFC 6376, section 5.3).
    #[must_use]
    pub const fn eight_bit(mut self) -> Self {
        self.setup.eight_bit = true;
        self
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
        let content = self.wording.content(message).await;
        let content = content.map_err(|error| LettreError::Wording(error.into()))?;
        let mail = compose::compose(&self.setup, message, content)?;
        self.transport.send(mail).await.map(drop).map_err(LettreError::Transport)
    }
}

impl<T, W> fmt::Debug for LettreMailer<T, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LettreMailer").field("from", &self.setup.from).finish_non_exhaustive()
    }
}
