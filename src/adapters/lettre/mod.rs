//! Mail through any of lettre's asynchronous transports.
//!
//! This crate enables none of lettre's TLS and SMTP features. Choose them in your own dependency,
//! for instance:
//!
//! ```toml
//! lettre = { version = "0.11", default-features = false, features = [
//!     "smtp-transport", "tokio1-rustls", "ring", "webpki-roots"] }
//! ```
//!
//! # Settings of lettre
//!
//! - **Use a new connection for each mail.** Leave lettre's feature `pool` off, or build the
//!   transport with `.pool_config(PoolConfig::new().max_size(0))`, which also holds if another
//!   crate enables `pool`. lettre tests whether a pooled connection still works (`NOOP`), and
//!   replaces one that the server has closed. But if the server says goodbye (`421`) only to the
//!   mail itself, that mail is lost.
//! - **Set a deadline.** lettre's `timeout` covers connecting only, so put a timeout around
//!   [`send`](Mailer::send) as well, as the demo does.
//! - **Keep lettre's feature `tracing` off, or its events out of your logs.** At the level `debug`,
//!   its SMTP client logs every mail, with the secret link.
//! - The copies of a mail that lettre holds are not wiped, even with the feature `zeroize`.

/// The crate whose types the mailer takes: mailboxes, addresses and transports.
pub use ::lettre;

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

/// The headers that the mailer writes itself, and those that name recipients.
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

/// The longest word of a header. It leaves room for the header's name in a line of 998 bytes.
const MAX_HEADER_WORD_BYTES: usize = 900;

/// Sends each message as text and HTML, in a mail thread of its own, through the transport `T` and
/// with the words of the [`Wording`] `W`.
///
/// A mail has one recipient, the stored address, in the form that mail servers accept: see
/// [`Recipient::to_smtp`](crate::mailer::Recipient::to_smtp). For an address with letters outside
/// ASCII before the `@`, the transport returns an error if the server does not accept it.
///
/// ```
/// use password_reset::adapters::lettre::LettreMailer;
/// use password_reset::adapters::lettre::lettre::transport::stub::AsyncStubTransport;
/// use password_reset::words::Words;
///
/// let transport = AsyncStubTransport::new_ok();
/// let words = Words::new("Acme", "help@acme.example")?;
/// let mailer = LettreMailer::new(transport, "Acme <accounts@acme.example>".parse()?, words)
///     .reply_to("Acme's help desk <help@acme.example>".parse()?)
///     // With this header, Postmark does not rewrite the link: see the guide "Mail".
///     .header("X-PM-TrackLinks", "None")?;
/// # let _ = mailer;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LettreMailer<T, W> {
    transport: T,
    wording: W,
    setup: Setup,
}

/// What all mails have in common.
struct Setup {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    envelope_sender: Option<Address>,
    headers: Vec<HeaderValue>,
    eight_bit: bool,
}

impl<T, W> LettreMailer<T, W> {
    /// Returns a mailer that sends `wording` through `transport`, with the sender `from`.
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

    /// Sets the mailbox that replies go to. By default, they go to the sender.
    #[must_use]
    pub fn reply_to(mut self, mailbox: Mailbox) -> Self {
        self.setup.reply_to = Some(mailbox);
        self
    }

    /// Sets the address that bounces go to: the envelope's sender (`MAIL FROM`). By default, they
    /// go to the sender.
    #[must_use]
    pub fn envelope_sender(mut self, address: Address) -> Self {
        self.setup.envelope_sender = Some(address);
        self
    }

    /// Adds a header to every mail, for instance one that switches off a provider's link tracking.
    ///
    /// A value outside ASCII is encoded (RFC 2047). A header of the same name is replaced.
    ///
    /// # Errors
    /// - [`HeaderError::Name`] if the name is not a header's.
    /// - [`HeaderError::Own`] if the mailer writes the header itself, or if it names recipients.
    /// - [`HeaderError::Value`] if the value has a control character, or more than 900 characters
    ///   without a space, which do not fit on a line of a mail.
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

    /// Sends text outside ASCII as it is, for a mail server that accepts 8-bit text (8BITMIME).
    /// Nearly all do. The link is then unbroken in the source of the mail too. By default, such a
    /// text is encoded, and the link is unbroken once it is decoded.
    ///
    /// If the server does not accept 8-bit text, lettre's SMTP client refuses the mail. Leave this
    /// off if your mails are signed (DKIM): a server on the way that converts a mail breaks its
    /// signature (RFC 6376, section 5.3).
    #[must_use]
    pub const fn eight_bit(mut self) -> Self {
        self.setup.eight_bit = true;
        self
    }

    /// Returns the transport.
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
