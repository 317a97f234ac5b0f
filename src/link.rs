//! The link in a mail, and the template that it is made from.

use crate::secret::Secret;
use crate::token::ResetToken;
use alloc::string::String;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;

const PLACEHOLDER: &str = "{token}";

/// The length of the longest template. With the token, a link stays far below the 998 characters
/// that a line of mail may have (RFC 5322, section 2.1.1).
const MAX_TEMPLATE_BYTES: usize = 512;

/// Domains that no public resolver knows (RFC 6762, RFC 8375, and ICANN's `internal`).
const PRIVATE_NAMES: [&str; 3] = [".internal", ".local", ".home.arpa"];

/// The address of your reset page, with `{token}` in the place of the token.
///
/// The template is configuration. No part of it ever comes from a request.
///
/// ```
/// use password_reset::token::ResetToken;
/// use password_reset::{LinkError, LinkTemplate};
///
/// let template = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// let token = ResetToken::parse("c2VsZWN0b3IuLi4udmVyaWZpZXIuLi4uLi4uLi4uLi4uLi4O")?;
/// assert_eq!(
///     template.link(&token).expose_url(),
///     "https://app.example.com/reset?token=c2VsZWN0b3IuLi4udmVyaWZpZXIuLi4uLi4uLi4uLi4uLi4O"
/// );
///
/// assert_eq!(
///     LinkTemplate::new("http://app.example.com/reset?token={token}").unwrap_err(),
///     LinkError::NotHttps
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LinkTemplate {
    before: String,
    after: String,
}

impl LinkTemplate {
    /// Returns the template with this text.
    ///
    /// - It starts with `https://` in lower case.
    /// - It names a host and has no user info. An international host is in punycode.
    /// - It has at most 512 bytes, of the characters that RFC 3986 permits in a URI.
    /// - Its path has no dot segment (`.` or `..`).
    /// - It contains `{token}` exactly once, in its path, query or fragment. The token is 48
    ///   characters of URL-safe base64, so it needs no escaping.
    ///
    /// # Errors
    /// Fails if the template breaks one of these rules.
    pub fn new(template: &str) -> Result<Self, LinkError> {
        let rest = template.strip_prefix("https://").ok_or(LinkError::NotHttps)?;
        let (link, _) = Self::parse(template, rest)?;
        Ok(link)
    }

    /// Like [`new`](Self::new), over plain `http://` to this machine, for development.
    ///
    /// The host must be `localhost` or a loopback address.
    ///
    /// # Errors
    /// Fails as [`new`](Self::new) does, or if the host is another one.
    pub fn insecure_loopback(template: &str) -> Result<Self, LinkError> {
        let rest = template.strip_prefix("http://").ok_or(LinkError::NotLoopback)?;
        let (link, host) = Self::parse(template, rest)?;
        if is_loopback(host) { Ok(link) } else { Err(LinkError::NotLoopback) }
    }

    /// Like [`new`](Self::new), over plain `http://` to a machine on a private network, such as a
    /// company's intranet.
    ///
    /// Everybody who can read the traffic of that network can read the token and set the password.
    ///
    /// The host must be one of these:
    ///
    /// - an address for private use (RFC 1918, RFC 4193), a link-local or a loopback address;
    /// - `localhost` or another name of one label;
    /// - a name that ends in `.internal`, `.local` or `.home.arpa`.
    ///
    /// # Errors
    /// Fails as [`new`](Self::new) does, or if the host is another one.
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

    /// Returns the text before the token and the text after it.
    #[cfg(feature = "web")]
    pub(crate) fn parts(&self) -> (&str, &str) {
        (&self.before, &self.after)
    }

    /// Returns the link with a token.
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

/// Returns the address of a host, if the host is an address.
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

/// Returns whether there are only RFC 3986's unreserved and reserved characters and whole
/// percent-encodings. Half an encoding before the token would include the token's first characters.
fn is_uri_text(part: &str) -> bool {
    let is_permitted = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&b);
    part.bytes().all(is_permitted) && has_whole_encodings(part)
}

/// Returns whether two hexadecimal digits follow every `%`.
pub(crate) fn has_whole_encodings(text: &str) -> bool {
    let is_whole =
        |encoded: &str| encoded.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    text.split('%').skip(1).all(is_whole)
}

/// Returns whether browsers remove the segment. For `..` they also remove the segment before it,
/// which may be the token.
fn is_dot_segment(segment: &str) -> bool {
    let dots = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(dots.as_str(), "." | "..")
}

/// Returns the host of an authority that has a host, no port or a valid one, and no user info.
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
    // To browsers, every name that ends in a number is an address, and `0.1` is `0.0.0.1`.
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
    /// The template does not start with `https://`.
    #[error("a reset link must start with https://")]
    NotHttps,
    /// Plain `http://` leads to another machine.
    #[error("plain http:// is only for localhost and loopback addresses")]
    NotLoopback,
    /// Plain `http://` leads to a machine that is not on a private network.
    #[error("plain http:// is only for addresses and names of a private network")]
    NotPrivate,
    /// The host is missing or malformed, the port is malformed, or there is user info.
    #[error("a reset link must have a valid host, no user info, and a valid port if it has one")]
    Host,
    /// There is a character that a URI may not have: white space, a control character, a brace, a
    /// `%` without two hexadecimal digits, or anything else outside RFC 3986.
    #[error("a reset link may only have what URIs permit: ASCII, and % before two hex digits")]
    Character,
    /// The path has a segment `.` or `..`. Browsers remove these, and for `..` also the segment
    /// before it.
    #[error("a reset link must not have the segments . or .. in its path")]
    DotSegment,
    /// There is no `{token}`.
    #[error("a reset link must contain {{token}}")]
    NoToken,
    /// There is more than one `{token}`.
    #[error("a reset link must contain {{token}} only once")]
    SeveralTokens,
    /// The template is longer than 512 bytes.
    #[error("a reset link's template must not be longer than 512 bytes")]
    TooLong,
}

/// A link with its token. It is a secret.
#[derive(Debug)]
pub struct ResetLink {
    url: Secret<String>,
    /// Where the token stands in the URL.
    token: Range<usize>,
}

impl ResetLink {
    /// Returns the secret URL, for the account holder's mail and nothing else.
    #[must_use]
    pub fn expose_url(&self) -> &str {
        self.url.expose()
    }

    /// Returns the secret token alone, for a link of your own that opens a native app. Like the
    /// URL, it is for the account holder's mail and nothing else.
    #[must_use]
    pub fn expose_token(&self) -> &str {
        self.expose_url().get(self.token.clone()).unwrap_or_default()
    }

    #[cfg(feature = "std")]
    pub(crate) fn duplicate(&self) -> Self {
        Self { url: Secret::new(self.expose_url().into()), token: self.token.clone() }
    }
}
