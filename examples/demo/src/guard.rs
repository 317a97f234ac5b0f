//! What every request passes, whatever page it asks for.

use crate::page::{Fault, Message, SIGN_IN, page};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_governor::GovernorError;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                                       form-action 'self'; base-uri 'none'; \
                                       frame-ancestors 'none'";

/// No other site learns the address of a page, and no cache keeps one.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

pub(crate) async fn add_headers(mut response: Response) -> Response {
    response.headers_mut().extend(HEADERS);
    response
}

/// Refuses forms that another site sent.
pub(crate) async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_safe || is_from_here(request.headers()) {
        return next.run(request).await;
    }
    let message = Message {
        title: "That came from elsewhere",
        sentence: "This form was sent by another site, so it was not accepted. \
                   Open the page here and try again.",
        ways_on: &[SIGN_IN],
    };
    page(StatusCode::FORBIDDEN, &message)
}

/// Whether the browser says that one of our own pages sent this. What is no browser says
/// nothing, and has nobody's cookies to abuse.
fn is_from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, origin)| Some(origin) == host)
}

pub(crate) fn too_many_requests(error: GovernorError) -> Response<Body> {
    let GovernorError::TooManyRequests { wait_time, headers } = error else {
        tracing::error!("a client could not be told from others: {error}");
        return Fault::from(error).into_response();
    };
    let seconds = wait_time.max(1);
    let sentence = format!(
        "Too many forms were sent from your connection. Wait {seconds} s and try again; \
         a link that you were sent still works."
    );
    let message = Message { title: "Not so fast", sentence: &sentence, ways_on: &[SIGN_IN] };
    let mut response = page(StatusCode::TOO_MANY_REQUESTS, &message);
    response.headers_mut().extend(headers.unwrap_or_default());
    response
}
