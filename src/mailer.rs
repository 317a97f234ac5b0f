//! The port to the host's mail.

use crate::link::ResetLink;
#[cfg(feature = "codes")]
use crate::token::Code;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use time::UtcDateTime;

/// The longest tag that every program should expect (RFC 5646, section 4.4.1).
const MAX_LANGUAGE_BYTES: usize = 35;

/// Hands messages over for delivery. `Id` is the store's type of account ids.
///
/// Implement it with a plain `async fn`.
///
/// # Contract
///
/// - A message goes to its [recipient](Message::recipient) and to nobody else.
/// - The link stands in it unchanged, and nowhere else: not in a log, not in an error.
/// - `Ok` means that the message was handed over. After an error the caller does not retry, since
///   the message may have been handed over. The text of an error holds no address.
/// - The service waits for `send` and sets no timeout: bound it, or hand the message to a queue.
///
/// ```
/// use password_reset::mailer::{Mailer, Message};
/// use std::io;
///
/// /// Prints what a mailer would send.
/// struct Terminal;
///
/// impl Mailer<u64> for Terminal {
///     type Error = io::Error;
///
///     async fn send(&self, message: &Message<'_, u64>) -> Result<(), io::Error> {
///         let to = message.recipient().as_str();
///         // Look the account up by `message.account_id()` to greet its holder by name.
///         match message {
///             Message::ResetLink { link, .. } => println!("To {to}: {}", link.expose_url()),
///             Message::Explanation { .. } => println!("To {to}: you sign in without a password"),
///             Message::PasswordChanged { .. } => println!("To {to}: your password was changed"),
///             _ => return Err(io::ErrorKind::Unsupported.into()),
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Mailer<Id>: Send + Sync {
    /// The mailer's own error.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Hands one message over.
    fn send(
        &self,
        message: &Message<'_, Id>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What a person is to be told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Message<'a, Id> {
    /// Somebody, probably the recipient, asked for this link.
    #[non_exhaustive]
    ResetLink {
        /// Whose account it is.
        account_id: &'a Id,
        /// The mailbox to send it to.
        recipient: Recipient<'a>,
        /// The language that the visitor wished, if any. Prefer the account's own setting.
        language: Option<Language<'a>>,
        /// Why it is sent.
        reason: Reason,
        /// The secret link: on a line of its own, unbroken.
        link: &'a ResetLink,
        /// The time at which it was asked for. Every mail shows it, so that its reader can tell
        /// which is the most recent.
        asked_at: UtcDateTime,
        /// The first instant at which the link is no longer good.
        expires_at: UtcDateTime,
        /// The secret code beside the link, where the issuer makes
        /// [codes](crate::token::Codes): neither in the subject nor in the first line, which
        /// locked screens show. A mailer may hand the code over alone, as in a text message.
        #[cfg(feature = "codes")]
        code: Option<&'a Code>,
    },
    /// Somebody, probably the recipient, asked for a link, and the account has no password: it says
    /// how to sign in, and has no link. The service sends it where the host chose
    /// [`FirstPassword::Explain`](crate::service::FirstPassword::Explain).
    #[non_exhaustive]
    Explanation {
        /// Whose account it is.
        account_id: &'a Id,
        /// The mailbox to send it to.
        recipient: Recipient<'a>,
        /// The language that the visitor wished, if any. Prefer the account's own setting.
        language: Option<Language<'a>>,
        /// Why it is sent.
        reason: Reason,
        /// The time at which somebody asked.
        asked_at: UtcDateTime,
    },
    /// The password was changed, with a link or by somebody who is signed in. Says what to do if it
    /// wasn't you.
    #[non_exhaustive]
    PasswordChanged {
        /// Whose account it is.
        account_id: &'a Id,
        /// The mailbox to send it to.
        recipient: Recipient<'a>,
        /// The time at which it was changed.
        changed_at: UtcDateTime,
    },
}

/// Why a link is sent. It never comes from a request: otherwise a visitor could make a mail say
/// that an administrator asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A visitor said that the password was forgotten, or asked for a new link in the place of
    /// a dead one.
    Forgotten,
    /// The host asked for it by the account's id, for instance for an administrator.
    Administrator,
    /// It is an invitation to choose a first password, by the link's
    /// [kind](crate::token::IssueKind).
    Invitation,
}

impl<'a, Id> Message<'a, Id> {
    /// The message that carries a link, asked for by a visitor without a wish for a language.
    #[must_use]
    pub const fn reset_link(
        account_id: &'a Id,
        recipient: Recipient<'a>,
        link: &'a ResetLink,
        asked_at: UtcDateTime,
        expires_at: UtcDateTime,
    ) -> Self {
        let (language, reason) = (None, Reason::Forgotten);
        Self::ResetLink {
            account_id,
            recipient,
            language,
            reason,
            link,
            asked_at,
            expires_at,
            #[cfg(feature = "codes")]
            code: None,
        }
    }

    /// The same message with a code beside the link, if it carries one.
    #[cfg(feature = "codes")]
    #[must_use]
    pub const fn with_code(mut self, new: &'a Code) -> Self {
        if let Self::ResetLink { code, .. } = &mut self {
            *code = Some(new);
        }
        self
    }

    /// The mail to somebody who has no password, asked for by a visitor without a wish for a
    /// language.
    #[must_use]
    pub const fn explanation(
        account_id: &'a Id,
        recipient: Recipient<'a>,
        asked_at: UtcDateTime,
    ) -> Self {
        let (language, reason) = (None, Reason::Forgotten);
        Self::Explanation { account_id, recipient, language, reason, asked_at }
    }

    /// The notice after a reset.
    #[must_use]
    pub const fn password_changed(
        account_id: &'a Id,
        recipient: Recipient<'a>,
        changed_at: UtcDateTime,
    ) -> Self {
        Self::PasswordChanged { account_id, recipient, changed_at }
    }

    /// Whose account it is.
    #[must_use]
    pub const fn account_id(&self) -> &'a Id {
        let (Self::ResetLink { account_id, .. }
        | Self::Explanation { account_id, .. }
        | Self::PasswordChanged { account_id, .. }) = self;
        account_id
    }

    /// The one mailbox that it goes to.
    #[must_use]
    pub const fn recipient(&self) -> Recipient<'a> {
        let (Self::ResetLink { recipient, .. }
        | Self::Explanation { recipient, .. }
        | Self::PasswordChanged { recipient, .. }) = self;
        *recipient
    }

    /// The language that the visitor wished, if any.
    #[must_use]
    pub const fn language(&self) -> Option<Language<'a>> {
        match self {
            Self::ResetLink { language, .. } | Self::Explanation { language, .. } => *language,
            Self::PasswordChanged { .. } => None,
        }
    }

    /// The time at which it was asked for, or the password was changed.
    #[must_use]
    pub const fn at(&self) -> UtcDateTime {
        let (Self::ResetLink { asked_at: at, .. }
        | Self::Explanation { asked_at: at, .. }
        | Self::PasswordChanged { changed_at: at, .. }) = self;
        *at
    }
}

/// The language that a visitor wished, as a tag such as `de` or `pt-BR` (RFC 5646). It is
/// something that anybody may have sent, and so is never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language<'a>(&'a str);

impl<'a> Language<'a> {
    /// Takes a tag of at most 35 bytes: parts of one to eight ASCII letters and digits, with a
    /// hyphen between two. Anything else is no wish.
    #[must_use]
    pub fn parse(tag: &'a str) -> Option<Self> {
        let is_part = |part: &str| {
            matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        (tag.len() <= MAX_LANGUAGE_BYTES && tag.split('-').all(is_part)).then_some(Self(tag))
    }

    /// The tag, in the case in which it was sent.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl fmt::Debug for Language<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Language(..)")
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
    /// As [`to_smtp`](Self::to_smtp) gives it, more than 254 bytes, or 64 before the `@` (RFC 5321,
    /// section 4.5.3.1); a control character; not one mailbox: no `@` between two parts, an encoded
    /// word (`=?`), or, outside a quoted local part and the literal of an IP address, a second `@`,
    /// white space, or one of `,;:<>()"\[]`; or a domain that is none.
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
        if !is_local_part(local) || !(is_plain(domain) || is_literal(domain)) || has_encoded_word {
            return Err(AddressError::NotOneMailbox);
        }
        if !is_literal(domain) && !ascii(domain).is_some_and(|domain| is_domain(&domain)) {
            return Err(AddressError::Domain);
        }
        let recipient = Self(address);
        let smtp = recipient.to_smtp();
        let is_long = smtp.len() > 254 || smtp.rfind('@').is_some_and(|at| at > 64);
        if is_long { Err(AddressError::TooLong) } else { Ok(recipient) }
    }

    /// The address, byte for byte as it is stored.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The same mailbox as a mail server takes it. A local part with a full stop too many, such as
    /// `foo..bar`, is quoted, which RFC 5321 asks for (section 4.1.2). With the feature `idn`, a
    /// domain outside ASCII is in A-labels, which every server takes; a local part outside ASCII
    /// needs a server with SMTPUTF8 (RFC 6531).
    #[must_use]
    pub fn to_smtp(&self) -> Cow<'a, str> {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((self.0, ""));
        let is_quoted = local.starts_with('"');
        let has_bare_stop = !is_quoted && local.split('.').any(str::is_empty);
        let ascii = if is_literal(domain) { None } else { ascii(domain) };
        let ascii = ascii.unwrap_or(Cow::Borrowed(domain));
        match (has_bare_stop, ascii) {
            (true, ascii) => Cow::Owned(format!("\"{local}\"@{ascii}")),
            (false, Cow::Owned(ascii)) => Cow::Owned(format!("{local}@{ascii}")),
            (false, Cow::Borrowed(_)) => Cow::Borrowed(self.0),
        }
    }
}

/// The domain in A-labels, if it can be written so.
#[cfg(feature = "idn")]
fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    crate::idn::to_ascii(domain)
}

/// The domain as it is.
#[cfg(not(feature = "idn"))]
#[expect(clippy::unnecessary_wraps, reason = "with `idn` there may be none")]
const fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(domain))
}

fn is_local_part(local: &str) -> bool {
    match local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        Some(content) => is_quoted_content(content),
        None => is_plain(local),
    }
}

fn is_literal(domain: &str) -> bool {
    let literal = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']'));
    literal.is_some_and(|literal| match literal.strip_prefix("IPv6:") {
        Some(literal) => literal.parse::<Ipv6Addr>().is_ok(),
        None => literal.parse::<Ipv4Addr>().is_ok(),
    })
}

/// Whether its labels are what servers take: at most 63 bytes of letters, digits, hyphens and, as
/// some have it, underscores, with a letter or digit at both ends.
fn is_domain(domain: &str) -> bool {
    let ends = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
    domain.split('.').all(|label| {
        matches!(label.len(), 1..=63)
            && label.starts_with(ends)
            && label.ends_with(ends)
            && label.chars().all(|c| ends(c) || matches!(c, '-' | '_'))
    })
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
    /// More than 254 bytes, or more than 64 before the `@`, quotes included.
    #[error("the stored address is longer than mail permits")]
    TooLong,
    /// A control character, which could end a mail header.
    #[error("the stored address has a control character")]
    ControlCharacter,
    /// None, or several.
    #[error("the stored address is not exactly one mailbox")]
    NotOneMailbox,
    /// What stands behind the `@` is no domain, or is one that only looks like another.
    #[error("the stored address has a domain that no mail can go to")]
    Domain,
}

macro_rules! forward {
    ($pointer:ty) => {
        #[deny(clippy::missing_trait_methods)]
        impl<Id: Sync, M: Mailer<Id> + ?Sized> Mailer<Id> for $pointer {
            type Error = M::Error;

            async fn send(&self, message: &Message<'_, Id>) -> Result<(), M::Error> {
                M::send(self, message).await
            }
        }
    };
}

forward!(&M);
forward!(Arc<M>);
forward!(Box<M>);
