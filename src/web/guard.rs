//! Which requests another site may have caused.

use http::header::{HeaderName, ORIGIN};
use http::{HeaderMap, Method};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a request changes nothing by its method.
pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether no foreign site caused the request. What is no browser says nothing, and has nobody's
/// cookies to abuse. `listed` are further origins that may send it.
pub(super) fn is_from_here(headers: &HeaderMap, own: &str, listed: &[String]) -> bool {
    let (Ok(site), Ok(origin)) = (only(headers, &SEC_FETCH_SITE), only(headers, &ORIGIN)) else {
        return false;
    };
    let is_listed = |origin: &str| listed.iter().any(|listed| listed == origin);
    match (site, origin) {
        (_, Some(origin)) if is_listed(origin) => true,
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == own,
        (None, None) => true,
    }
}

/// The origin of a page elsewhere that may call the API.
pub(super) fn listed_origin<'h>(headers: &'h HeaderMap, listed: &[String]) -> Option<&'h str> {
    let origin = only(headers, &ORIGIN).ok().flatten()?;
    listed.iter().any(|listed| listed == origin).then_some(origin)
}

/// A header that may stand there once, in ASCII.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}
