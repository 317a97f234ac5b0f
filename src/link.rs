//! The link that a mail carries, made from configuration.

use crate::secret::Secret;
use crate::token::ResetToken;
use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;

const PLACEHOLDER: &str = "{token}";

/// The longest template. With the token, a link stays far below the 998 characters
/// that a line of mail may have (RFC 5322, section 2.1.1).
const MAX_TEMPLATE_BYTES: usize = 512;

/// Names that no public resolver knows (RFC 6762, RFC 8375, and ICANN's `internal`).
const PRIVATE_NAMES: [&str; 3] = [".internal", ".local", ".home.arpa"];

/// The address of the host's reset page, with `{token}` where the token goes.
///
/// It is configuration: nothing of it ever comes from a request.
///
/// ```
/// use password_reset::{LinkError, LinkTemplate};
///
/// assert!(LinkTemplate::new("https://app.example.com/reset?token={token}").is_ok());
/// assert_eq!(
///     LinkTemplate::new("http://app.example.com/reset?token={token}").unwrap_err(),
///     LinkError::NotHttps
/// );
/// ```
#[derive(Clone, Debug)]
pub struct LinkTemplate {
    before: String,
    after: String,
}

impl LinkTemplate {
    /// A template that starts with `https://`, names a host, has no user info, is at
    /// most 512 bytes of the characters that RFC 3986 permits in a URI, has no dot segment
    /// (`.` or `..`) in its path, and contains `{token}` exactly once, in its path, query or
    /// fragment.
    ///
    /// The scheme is in lower case, and an international host in punycode. The token is 48
    /// characters of URL-safe base64, and so needs no escaping.
    ///
    /// # Errors
    /// The first of these rules that the template breaks.
    pub fn new(template: &str) -> Result<Self, LinkError> {
        let rest = template.strip_prefix("https://").ok_or(LinkError::NotHttps)?;
        let (link, _) = Self::parse(template, rest)?;
        Ok(link)
    }

    /// The same over plain `http://`, for trying things out on this machine: the
    /// host must be `localhost` or a loopback address.
    ///
    /// # Errors
    /// As [`new`](Self::new), or a host elsewhere.
    pub fn insecure_loopback(template: &str) -> Result<Self, LinkError> {
        let rest = template.strip_prefix("http://").ok_or(LinkError::NotLoopback)?;
        let (link, host) = Self::parse(template, rest)?;
        if is_loopback(host) { Ok(link) } else { Err(LinkError::NotLoopback) }
    }

    /// The same over plain `http://` to a machine on a private network, such as a company's
    /// intranet: everybody who can read that network's traffic can read the token and set the
    /// password.
    ///
    /// The host must be an address for private use (RFC 1918, RFC 4193), link-local or loopback,
    /// a name of one label, or one that ends in `.internal`, `.local` or `.home.arpa`.
    ///
    /// # Errors
    /// As [`new`](Self::new), or a host elsewhere.
    pub fn insecure_private_network(template: &str) -> Result<Self, LinkError> {
        let rest = template.strip_prefix("http://").ok_or(LinkError::NotPrivate)?;
        let (link, host) = Self::parse(template, rest)?;
        if is_loopback(host) || is_private(host) { Ok(link) } else { Err(LinkError::NotPrivate) }
    }

    /// Returns the template and its host.
    fn parse<'t>(template: &str, rest: &'t str) -> Result<(Self, &'t str), LinkError> {
        if template.len() > MAX_TEMPLATE_BYTES {
            return Err(LinkError::TooLong);
        }
        let (before, after) = template.split_once(PLACEHOLDER).ok_or(LinkError::NoToken)?;
        if after.contains(PLACEHOLDER) {
            return Err(LinkError::SeveralTokens);
        }
        if !is_uri_text(before) || !is_uri_text(after) {
            return Err(LinkError::Character);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host_of(authority).ok_or(LinkError::Host)?;
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        if path.split('/').any(is_dot_segment) {
            return Err(LinkError::DotSegment);
        }
        Ok((Self { before: before.into(), after: after.into() }, host))
    }

    /// What stands before the token, and what behind it.
    #[cfg(feature = "web")]
    pub(crate) fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// The link for a token.
    #[must_use]
    pub fn link(&self, token: &ResetToken) -> ResetLink {
        let (token, start) = (token.expose_text(), self.before.len());
        let mut url = String::with_capacity(self.before.len() + token.len() + self.after.len());
        url.push_str(&self.before);
        url.push_str(token);
        url.push_str(&self.after);
        ResetLink { token: start..start + token.len(), url: Secret::new(url) }
    }
}

/// The address of a host that is one.
fn address_of(host: &str) -> Option<IpAddr> {
    let literal = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    literal.unwrap_or(host).parse().ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || address_of(host).is_some_and(|address| address.is_loopback())
}

fn is_private(host: &str) -> bool {
    match address_of(host) {
        Some(IpAddr::V4(v4)) => v4.is_private() || v4.is_link_local(),
        Some(IpAddr::V6(v6)) => v6.is_unique_local() || v6.is_unicast_link_local(),
        None => {
            let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
            !name.contains('.') || PRIVATE_NAMES.iter().any(|private| name.ends_with(private))
        }
    }
}

/// Only RFC 3986's unreserved and reserved characters, and whole percent-encodings: half
/// of one before the token would swallow its start.
fn is_uri_text(part: &str) -> bool {
    let is_permitted = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b);
    part.bytes().all(is_permitted) && has_whole_encodings(part)
}

/// Whether two hexadecimal digits follow every `%`.
pub(crate) fn has_whole_encodings(text: &str) -> bool {
    let is_whole =
        |encoded: &str| encoded.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    text.split('%').skip(1).all(is_whole)
}

/// Whether a browser removes the segment, and with `..` the one before it: the token, maybe.
fn is_dot_segment(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(dots.as_str(), "." | "..")
}

/// The host of an authority that has one, a valid port or none, and no user info.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    (is_host(host) && port.is_none_or(is_port)).then_some(host)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

fn is_host(host: &str) -> bool {
    if let Some(literal) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return literal.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last_label = name.rsplit('.').next().unwrap_or_default();
    // Browsers take whatever ends in a number for an address, and `0.1` for `0.0.0.1`.
    if last_label.starts_with(|c: char| c.is_ascii_digit()) {
        host.parse::<Ipv4Addr>().is_ok()
    } else {
        name.split('.').all(is_label)
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Why a template is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// Anything but `https://` at its start.
    #[error("a reset link must start with https://")]
    NotHttps,
    /// Plain http to another machine.
    #[error("plain http:// is only for localhost and loopback addresses")]
    NotLoopback,
    /// Plain http to a machine that is not on a private network.
    #[error("plain http:// is only for addresses and names of a private network")]
    NotPrivate,
    /// No host, a malformed one or port, or user info.
    #[error("a reset link must name a host, without user info, and a valid port if any")]
    Host,
    /// White space, a control character, a brace, a `%` without two hexadecimal digits,
    /// or anything else outside a URI.
    #[error("a reset link may only have what URIs permit: ASCII, and % before two hex digits")]
    Character,
    /// `.` or `..` between the slashes of the path, which browsers remove: `..` with what
    /// stands before it.
    #[error("a reset link must not have the segments . or .. in its path")]
    DotSegment,
    /// No `{token}`.
    #[error("a reset link must contain {{token}}")]
    NoToken,
    /// More than one `{token}`.
    #[error("a reset link must contain {{token}} only once")]
    SeveralTokens,
    /// Over 512 bytes.
    #[error("a reset link's template must not be longer than 512 bytes")]
    TooLong,
}

/// A link with its token: a secret.
#[derive(Debug)]
pub struct ResetLink {
    url: Secret<String>,
    /// Where the token stands in the URL.
    token: Range<usize>,
}

impl ResetLink {
    #[cfg(feature = "std")]
    pub(crate) fn duplicate(&self) -> Self {
        Self { url: Secret::new(self.expose_url().into()), token: self.token.clone() }
    }

    /// The secret URL: for the account holder's mail, and nowhere else.
    #[must_use]
    pub fn expose_url(&self) -> &str {
        self.url.expose()
    }

    /// The secret token alone, for a link of the host's own that opens a native app. It belongs
    /// where the URL does, and nowhere else.
    #[must_use]
    pub fn expose_token(&self) -> &str {
        self.expose_url().get(self.token.clone()).unwrap_or_default()
    }
}
