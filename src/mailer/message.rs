//! The messages that a mailer sends.

use super::Recipient;
use crate::link::ResetLink;
#[cfg(feature = "codes")]
use crate::token::Code;
use core::fmt;
use time::UtcDateTime;

/// The longest tag that every program should expect (RFC 5646, section 4.4.1).
const MAX_LANGUAGE_BYTES: usize = 35;

/// A message to the holder of an account.
///
/// The service makes the messages, and a [`Mailer`](super::Mailer) sends them. A link and a code
/// are secret: the `Debug` output contains neither. The constructors are for your tests and for
/// forwarding a notice to more addresses.
///
/// ```
/// use password_reset::mailer::{Message, Recipient};
/// use time::UtcDateTime;
///
/// let recipient = Recipient::parse("alice@example.com")?;
/// let notice = Message::password_changed(&1_u64, recipient, UtcDateTime::UNIX_EPOCH);
/// assert_eq!(*notice.account_id(), 1);
/// assert_eq!(notice.recipient().as_str(), "alice@example.com");
/// # Ok::<(), password_reset::mailer::AddressError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Message<'a, Id> {
    /// A link to set a password with. Somebody, probably the recipient, requested it.
    #[non_exhaustive]
    ResetLink {
        /// The account that the message is about.
        account_id: &'a Id,
        /// The mailbox to send the message to.
        recipient: Recipient<'a>,
        /// The language that the visitor prefers, if known. Prefer the account's own setting.
        language: Option<Language<'a>>,
        /// Why the message is sent.
        reason: Reason,
        /// The secret link. It must appear on a line of its own, unbroken.
        link: &'a ResetLink,
        /// The time at which the link was requested. Show it in the mail, so that its reader can
        /// tell which mail is the most recent.
        asked_at: UtcDateTime,
        /// The first instant at which the link is no longer good.
        expires_at: UtcDateTime,
        /// The secret code beside the link, if the issuer makes [codes](crate::token::Codes).
        ///
        /// It must appear neither in the subject nor in the first line, which locked screens show.
        /// A mailer may also send the code alone, for instance in a text message.
        #[cfg(feature = "codes")]
        code: Option<&'a Code>,
    },
    /// How to sign in without a password, without a link. Somebody, probably the recipient,
    /// requested a link, and the account has no password.
    ///
    /// The service sends it if the host chose
    /// [`FirstPassword::Explain`](crate::service::FirstPassword::Explain).
    #[non_exhaustive]
    Explanation {
        /// The account that the message is about.
        account_id: &'a Id,
        /// The mailbox to send the message to.
        recipient: Recipient<'a>,
        /// The language that the visitor prefers, if known. Prefer the account's own setting.
        language: Option<Language<'a>>,
        /// Why the message is sent.
        reason: Reason,
        /// The time at which a link was requested.
        asked_at: UtcDateTime,
    },
    /// The notice that the password was changed, with a link or by a signed-in user. The mail must
    /// say what to do if it wasn't you.
    #[non_exhaustive]
    PasswordChanged {
        /// The account that the message is about.
        account_id: &'a Id,
        /// The mailbox to send the message to.
        recipient: Recipient<'a>,
        /// The time at which the password was changed.
        changed_at: UtcDateTime,
    },
}

/// Why a link is sent.
///
/// The reason never comes from a request. Otherwise a visitor could make a mail say that an
/// administrator asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A visitor said that the password was forgotten, or requested a new link in place of a dead
    /// one.
    Forgotten,
    /// The host requested the link by the account's id, for instance for an administrator.
    Administrator,
    /// The link is an invitation to choose a first password, by its
    /// [kind](crate::token::IssueKind).
    Invitation,
}

impl<'a, Id> Message<'a, Id> {
    /// Returns the account that the message is about. Look it up to greet its holder by name.
    #[must_use]
    pub const fn account_id(&self) -> &'a Id {
        let (Self::ResetLink { account_id, .. }
        | Self::Explanation { account_id, .. }
        | Self::PasswordChanged { account_id, .. }) = self;
        account_id
    }

    /// Returns the only mailbox that the message goes to.
    #[must_use]
    pub const fn recipient(&self) -> Recipient<'a> {
        let (Self::ResetLink { recipient, .. }
        | Self::Explanation { recipient, .. }
        | Self::PasswordChanged { recipient, .. }) = self;
        *recipient
    }

    /// Returns the language that the visitor prefers, if known. Prefer the account's own setting.
    #[must_use]
    pub const fn language(&self) -> Option<Language<'a>> {
        match self {
            Self::ResetLink { language, .. } | Self::Explanation { language, .. } => *language,
            Self::PasswordChanged { .. } => None,
        }
    }

    /// Returns the time at which the link was requested, or at which the password was changed.
    #[must_use]
    pub const fn at(&self) -> UtcDateTime {
        let (Self::ResetLink { asked_at: at, .. }
        | Self::Explanation { asked_at: at, .. }
        | Self::PasswordChanged { changed_at: at, .. }) = self;
        *at
    }

    /// Returns a message with a link, as for a visitor whose language is unknown.
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

    /// Adds a code beside the link. A message without a link stays as it is.
    #[cfg(feature = "codes")]
    #[must_use]
    pub const fn with_code(mut self, new: &'a Code) -> Self {
        if let Self::ResetLink { code, .. } = &mut self {
            *code = Some(new);
        }
        self
    }

    /// Returns a message that says how to sign in without a password, as for a visitor whose
    /// language is unknown.
    #[must_use]
    pub const fn explanation(
        account_id: &'a Id,
        recipient: Recipient<'a>,
        asked_at: UtcDateTime,
    ) -> Self {
        let (language, reason) = (None, Reason::Forgotten);
        Self::Explanation { account_id, recipient, language, reason, asked_at }
    }

    /// Returns the notice that the password was changed.
    #[must_use]
    pub const fn password_changed(
        account_id: &'a Id,
        recipient: Recipient<'a>,
        changed_at: UtcDateTime,
    ) -> Self {
        Self::PasswordChanged { account_id, recipient, changed_at }
    }
}

/// The language that a visitor prefers, as a tag such as `de` or `pt-BR` (RFC 5646).
///
/// Anybody may have sent the tag, so the `Debug` output does not contain it.
///
/// ```
/// use password_reset::mailer::Language;
///
/// assert_eq!(Language::parse("pt-BR").map(|language| language.as_str()), Some("pt-BR"));
/// assert!(Language::parse("pt_BR; drop table").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Language<'a>(&'a str);

impl<'a> Language<'a> {
    /// Parses a tag. Returns `None` for any other text.
    ///
    /// A tag has at most 35 bytes. It consists of parts of one to eight ASCII letters and digits,
    /// which are separated by hyphens.
    #[must_use]
    pub fn parse(tag: &'a str) -> Option<Self> {
        let is_part = |part: &str| {
            matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        (tag.len() <= MAX_LANGUAGE_BYTES && tag.split('-').all(is_part)).then_some(Self(tag))
    }

    /// Returns the tag, in the case in which it was sent.
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
