//! The cookie of an opened link: one for each link, on its own path.

use super::place::Place;
use crate::token::ResetToken;
use base64ct::{Base64UrlUnpadded, Encoding};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

/// How long a link stays open in a browser after its last page, in seconds.
const STAYS: u32 = 15 * 60;

/// Separates this digest of a token from every other.
const TAG: &[u8] = b"password-reset: the path of an opened link\0";

/// The id in the path of an opened link. It reveals nothing about the token.
pub(super) fn id_of(token: &ResetToken) -> String {
    let digest = Sha256::new().chain_update(TAG).chain_update(token.expose_text()).finalize();
    Base64UrlUnpadded::encode_string(digest.get(..12).unwrap_or_default())
}

/// Finds the token of the link with this id among all cookies of the request. A cookie that is not
/// UTF-8 must not hide the others in its header.
pub(super) fn token_of(place: &Place, headers: &HeaderMap, id: &str) -> Option<ResetToken> {
    let name = name(place);
    let headers = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes);
    headers
        .flat_map(|header| header.split(|byte| *byte == b';'))
        .filter_map(|cookie| core::str::from_utf8(cookie).ok()?.trim().split_once('='))
        .filter(|(cookie, _)| *cookie == name)
        .filter_map(|(_, value)| ResetToken::parse(value).ok())
        .find(|token| id_of(token) == id)
}

/// Returns the cookie that keeps the link open in this browser for the next 15 minutes.
pub(super) fn keep(place: &Place, token: &ResetToken) -> Option<HeaderValue> {
    let (name, path) = (name(place), place.link(&id_of(token)));
    let end =
        if place.is_secure { "HttpOnly; SameSite=Lax; Secure" } else { "HttpOnly; SameSite=Lax" };
    let cookie = format!("{name}={}; Path={path}; Max-Age={STAYS}; {end}", token.expose_text());
    let mut value = HeaderValue::try_from(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}

const fn name(place: &Place) -> &'static str {
    if place.is_secure { "__Secure-reset-token" } else { "reset-token" }
}
