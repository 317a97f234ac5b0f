//! The parts of a response: status, media type, headers.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, VARY};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

pub(super) type Answer = Response<Full<Bytes>>;

pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = status;
    answer
}

pub(super) fn full(
    status: StatusCode,
    media_type: &'static str,
    content: impl Into<Bytes>,
) -> Answer {
    let answer = empty(status).map(|_| Full::new(content.into()));
    with(answer, CONTENT_TYPE, media_type)
}

pub(super) fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().append(name, HeaderValue::from_static(value));
    answer
}

/// Redirects the browser to another page, which it fetches with GET.
pub(super) fn see(path: &str) -> Answer {
    let mut answer = empty(StatusCode::SEE_OTHER);
    if let Ok(path) = HeaderValue::try_from(path) {
        answer.headers_mut().insert(LOCATION, path);
    }
    answer
}

/// Says when to try again, if the service is only full.
pub(super) fn later(answer: Answer) -> Answer {
    with(answer, RETRY_AFTER, "5")
}

/// Tells caches that the response depends on the browser's language.
pub(super) fn varies(answer: Answer) -> Answer {
    with(answer, VARY, "Accept-Language")
}
