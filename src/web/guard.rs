//! The check of foreign sites: which requests another site may have caused.

use http::HeaderMap;
use http::header::{HeaderName, ORIGIN};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Whether no foreign site caused the request. A program that is not a browser sends neither
/// header, and carries no visitor's cookies that a site could abuse. Pages of `listed` origins may
/// call the API.
pub(super) fn is_from_here(headers: &HeaderMap, own: &str, listed: &[String], api: bool) -> bool {
    let (Ok(site), Ok(origin)) = (only(headers, &SEC_FETCH_SITE), only(headers, &ORIGIN)) else {
        return false;
    };
    let is_listed = listed_origin(headers, listed).is_some();
    match site {
        Some("same-origin" | "none") => true,
        Some(_) => api && is_listed,
        None => is_listed || origin.is_none_or(|origin| origin == own),
    }
}

/// Returns the request's origin if it is one of the listed ones.
pub(super) fn listed_origin<'h>(headers: &'h HeaderMap, listed: &[String]) -> Option<&'h str> {
    let origin = only(headers, &ORIGIN).ok().flatten()?;
    listed.iter().any(|listed| listed == origin).then_some(origin)
}

/// Whether the browser navigates to a page, rather than a script or an image fetching it.
pub(super) fn is_navigation(headers: &HeaderMap) -> bool {
    only(headers, &SEC_FETCH_MODE).is_ok_and(|mode| mode.is_none_or(|mode| mode == "navigate"))
}

/// Returns a header that may occur once, in ASCII.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(drop),
        (Some(_), Some(_)) => Err(()),
    }
}
