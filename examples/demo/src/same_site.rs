//! The check of foreign sites for the demo's own forms. The library's pages have their own.

use crate::app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Rejects forms that another site sent.
pub(crate) async fn refuse_others(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    if !request.method().is_safe() && !is_from_here(request.headers(), &app.origin) {
        let sentence = "This form was sent by another site, so it was not accepted. \
                        Open the page here and try again.";
        return app.message(StatusCode::FORBIDDEN, "That came from elsewhere", sentence);
    }
    next.run(request).await
}

/// Whether one of our own pages sent this. Over plain http, except to this machine, browsers say so
/// with `Origin` alone. A program that is not a browser sends neither header, and carries no
/// visitor's cookies that a site could abuse.
fn is_from_here(headers: &HeaderMap, own: &str) -> bool {
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin == own,
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::is_from_here;
    use axum::http::{HeaderMap, HeaderName};

    #[test]
    fn only_what_a_browser_says_of_a_page_of_this_origin_is_from_here() {
        for (headers, is_ours) in [
            (&[][..], true),
            (&[("origin", "http://demo.internal")], true),
            (&[("origin", "http://demo.internal:8080")], false),
            (&[("origin", "https://demo.internal")], false),
            (&[("origin", "null")], false),
            (&[("origin", "")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "http://demo.internal")], false),
            (&[("sec-fetch-site", "cross-site")], false),
        ] {
            let pairs = headers
                .iter()
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
            let headers = pairs.collect::<HeaderMap>();
            assert_eq!(is_from_here(&headers, "http://demo.internal"), is_ours, "{headers:?}");
        }
    }
}
