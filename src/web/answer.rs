//! What answers are made of.

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

/// Adds a header.
pub(super) fn with(mut answer: Answer, name: HeaderName, value: &'static str) -> Answer {
    answer.headers_mut().append(name, HeaderValue::from_static(value));
    answer
}

/// Leads the browser to another page, which it fetches by GET.
pub(super) fn see(path: &str) -> Answer {
    let mut answer = empty(StatusCode::SEE_OTHER);
    if let Ok(path) = HeaderValue::try_from(path) {
        answer.headers_mut().insert(LOCATION, path);
    }
    answer
}

/// Says when to come back, where something is only full.
pub(super) fn later(answer: Answer) -> Answer {
    with(answer, RETRY_AFTER, "5")
}

/// Says that the answer differs by the language that the browser wishes.
pub(super) fn varies(answer: Answer) -> Answer {
    with(answer, VARY, "Accept-Language")
}
