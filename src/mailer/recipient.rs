//! The stored address of an account, checked before mail goes to it.

use alloc::borrow::Cow;
use alloc::format;
use core::net::{Ipv4Addr, Ipv6Addr};

/// An account's stored address that is exactly one mailbox and safe in a mail header.
///
/// The check guards against header injection and second recipients. It is not a full grammar of
/// addresses, which is the mail library's part.
///
/// ```
/// use password_reset::mailer::{AddressError, Recipient};
///
/// let recipient = Recipient::parse("alice@example.com")?;
/// assert_eq!(recipient.to_smtp(), "alice@example.com");
/// assert_eq!(
///     Recipient::parse("alice@example.com, mallory@example.net").unwrap_err(),
///     AddressError::NotOneMailbox
/// );
/// # Ok::<(), AddressError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient<'a>(&'a str);

impl<'a> Recipient<'a> {
    /// Parses a stored address. The address is kept byte for byte.
    ///
    /// # Errors
    /// - [`TooLong`](AddressError::TooLong): as stored or as [`to_smtp`](Self::to_smtp) returns it,
    ///   the address has more than 254 bytes, or more than 64 before the `@` (RFC 5321, section
    ///   4.5.3.1).
    /// - [`ControlCharacter`](AddressError::ControlCharacter): it contains a control character.
    /// - [`NotOneMailbox`](AddressError::NotOneMailbox): it has no `@` between two parts, or
    ///   contains an encoded word (`=?`). Outside a quoted local part and the literal of an IP
    ///   address, a second `@`, white space and the characters `,;:<>()"\[]` are not allowed
    ///   either.
    /// - [`Domain`](AddressError::Domain): the part after the `@` is not a domain.
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
        // Some mail programs decode an encoded word even in an address, and see another mailbox.
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

    /// Returns the address, byte for byte as it is stored.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Returns the same mailbox in the form that mail servers accept.
    ///
    /// - A local part with a full stop too many, such as `foo..bar`, is quoted, as RFC 5321
    ///   requires (section 4.1.2).
    /// - With the feature `idn`, a domain outside ASCII is in A-labels, which every server accepts.
    /// - A local part outside ASCII stays as it is. It needs a server with SMTPUTF8 (RFC 6531).
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

/// Returns the domain in A-labels, if it can be written in them.
#[cfg(feature = "idn")]
fn ascii(domain: &str) -> Option<Cow<'_, str>> {
    crate::idn::to_ascii(domain)
}

/// Returns the domain as it is.
#[cfg(not(feature = "idn"))]
#[expect(clippy::unnecessary_wraps, reason = "with `idn` it can be `None`")]
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

/// Whether mail servers accept the domain's labels: at most 63 bytes of letters, digits, hyphens
/// and underscores, which some domains have, with a letter or digit at both ends.
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

/// Why a stored address cannot receive mail. The error does not contain the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The address has more than 254 bytes, or more than 64 before the `@`, quotes included.
    #[error("the stored address is longer than mail permits")]
    TooLong,
    /// The address has a control character, which could end a mail header.
    #[error("the stored address has a control character")]
    ControlCharacter,
    /// The address is no mailbox, or several.
    #[error("the stored address is not exactly one mailbox")]
    NotOneMailbox,
    /// The part after the `@` is not a domain, or it is one that only looks like another.
    #[error("the stored address has a domain that cannot receive mail")]
    Domain,
}
