//! Which requests another site could have caused, as a table.

use super::bodies::{Ending, Stream};
use super::visitor::{ALICE, FORM, ORIGIN_OF_APP, request};
use super::{Answer, Site, Visitor};
use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use std::sync::atomic::Ordering;
use tower_service::Service as _;

const LISTED: &str = "https://www.example.com";
const FOREIGN: &str = "https://evil.example";

/// What a header says, by name, with its values.
type Said = (&'static str, &'static [&'static [u8]]);

const SITES: [Said; 9] = [
    ("absent", &[]),
    ("same-origin", &[b"same-origin"]),
    ("none", &[b"none"]),
    ("same-site", &[b"same-site"]),
    ("cross-site", &[b"cross-site"]),
    ("garbage", &[b"Same-Origin"]),
    ("empty", &[b""]),
    ("two", &[b"same-origin", b"same-origin"]),
    ("non-ASCII", &[b"same-origin\xff"]),
];

const ORIGINS: [Said; 8] = [
    ("absent", &[]),
    ("own", &[b"https://app.example.com"]),
    ("listed", &[b"https://www.example.com"]),
    ("foreign", &[b"https://evil.example"]),
    ("null", &[b"null"]),
    ("empty", &[b""]),
    ("two", &[b"https://app.example.com", b"https://app.example.com"]),
    ("non-ASCII", &[b"https://app.example.com\xff"]),
];

/// The rule, as it is told: "Several or non-ASCII headers are refused. `same-origin` and `none` are
/// accepted whatever `Origin` says, other values refused. Without it, `Origin` must be the template's
/// or one that the host listed. With neither, accepted. Listed origins may call the API from
/// elsewhere."
fn is_accepted(site: &str, origin: &str, is_api: bool) -> bool {
    match (site, origin) {
        ("two" | "non-ASCII", _) | (_, "two" | "non-ASCII") => false,
        ("same-origin" | "none", _) => true,
        (_, "listed") if is_api => true,
        ("absent", "absent" | "own" | "listed") => true,
        _ => false,
    }
}

fn headers(site: Said, origin: Said) -> Vec<(&'static str, &'static [u8])> {
    let sites = site.1.iter().map(|value| ("sec-fetch-site", *value));
    sites.chain(origin.1.iter().map(|value| ("origin", *value))).collect()
}

#[tokio::test]
async fn a_foreign_site_changes_nothing_and_what_is_from_here_is_accepted() {
    let site = Site::with(|pages| pages.origin(LISTED));
    let link = site.link_for(ALICE).await;
    let page = Visitor::new(&site).open(&link).await;
    let mut accepted = 0;
    for (fetch_site, origin) in SITES.iter().flat_map(|s| ORIGINS.iter().map(move |o| (*s, *o))) {
        for (path, media_type, body) in [
            ("/forgot", FORM, "login=x"),
            (&*page, FORM, "password=x"),
            (&*format!("{page}/cancel"), FORM, ""),
            (&*format!("{page}/renew"), FORM, ""),
            ("/api/forgot", "application/json", "{\"login\":\"x\"}"),
            ("/api/check", "application/json", "{\"token\":\"x\"}"),
            ("/api/reset", "application/json", "{\"token\":\"x\",\"password\":\"x\"}"),
            ("/api/cancel", "application/json", "{\"token\":\"x\"}"),
            ("/api/renew", "application/json", "{\"token\":\"x\"}"),
        ] {
            let mut headers = headers(fetch_site, origin);
            headers.push(("content-type", media_type.as_bytes()));
            let request = request(Method::POST, path, &headers).map(|()| Bytes::from(body));
            let answer = Answer::of(site.pages.answer(request).await);
            let expected = is_accepted(fetch_site.0, origin.0, path.starts_with("/api/"));
            let is_refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(!is_refused, expected, "{} {} {path}", fetch_site.0, origin.0);
            if is_refused && path.starts_with("/api/") {
                assert_eq!(answer.json()["code"], "foreign_site");
            } else if is_refused {
                assert!(answer.text().contains("That came from elsewhere"), "{}", answer.text());
            }
            accepted += usize::from(expected);
        }
    }
    // Of 72 pairs: the pages accept 15, the API 18 and the one that two of them share.
    assert_eq!(accepted, 4 * 15 + 5 * 19);
}

#[tokio::test]
async fn what_changes_nothing_is_answered_wherever_it_comes_from() {
    let site = Site::new();
    for (fetch_site, origin) in SITES.iter().flat_map(|s| ORIGINS.iter().map(move |o| (*s, *o))) {
        for (method, path, status) in [
            (Method::GET, "/forgot", StatusCode::OK),
            (Method::HEAD, "/forgot", StatusCode::OK),
            (Method::GET, "/api/policy", StatusCode::OK),
            (Method::OPTIONS, "/api/forgot", StatusCode::NO_CONTENT),
        ] {
            let request = request(method, path, &headers(fetch_site, origin));
            let answer = site.pages.answer(request.map(|()| Bytes::new())).await;
            assert_eq!(answer.status(), status);
        }
    }
}

#[tokio::test]
async fn the_own_origin_is_the_templates_as_browsers_write_it() {
    for (template, own, others) in [
        ("https://app.example.com", ORIGIN_OF_APP, ["http://app.example.com", FOREIGN]),
        ("https://app.example.com:443", ORIGIN_OF_APP, ["https://app.example.com:443", FOREIGN]),
        ("https://app.example.com:8443", "https://app.example.com:8443", [ORIGIN_OF_APP, FOREIGN]),
        ("https://app.example.com:08443", "https://app.example.com:8443", [ORIGIN_OF_APP, FOREIGN]),
        ("https://App.Example.COM", ORIGIN_OF_APP, ["https://App.Example.COM", FOREIGN]),
        ("https://app.example.com.", "https://app.example.com.", [ORIGIN_OF_APP, FOREIGN]),
        ("https://app.example.com/my/base", ORIGIN_OF_APP, ["https://example.com", FOREIGN]),
        ("https://192.0.2.7:80", "https://192.0.2.7:80", ["https://192.0.2.7", FOREIGN]),
        ("https://[2001:DB8::A]", "https://[2001:db8::a]", ["https://[2001:DB8::A]", FOREIGN]),
        ("https://[2001:db8::1]", "https://[2001:db8::1]", ["https://[2001:db8::2]", FOREIGN]),
        ("https://[2001:db8::1]:443", "https://[2001:db8::1]", ["https://2001:db8::1", FOREIGN]),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", ["null", FOREIGN]),
        ("http://localhost", "http://localhost", ["https://localhost", "http://localhost:80"]),
        ("http://localhost:80", "http://localhost", ["http://localhost:80", "http://127.0.0.1"]),
        ("http://localhost:8080", "http://localhost:8080", ["http://localhost", FOREIGN]),
        ("http://localhost:443", "http://localhost:443", ["http://localhost", FOREIGN]),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", ["http://localhost:8080", FOREIGN]),
        ("http://[::1]:8080", "http://[::1]:8080", ["http://[::1]", FOREIGN]),
    ] {
        let site = Site::at(&format!("{template}/reset?token={{token}}"), |pages| pages);
        let forgot = site.path("/forgot");
        for (origin, status) in [
            (own, StatusCode::OK),
            (others[0], StatusCode::FORBIDDEN),
            (others[1], StatusCode::FORBIDDEN),
        ] {
            let request = Request::post(&forgot).header("Content-Type", FORM);
            let request = request.header("Origin", origin);
            let answer = Visitor::new(&site).send(request, "login=x").await;
            assert_eq!(answer.status, status, "{template}: {origin}");
        }
    }
}

/// Host and forwarding headers say nothing of where a request comes from.
#[tokio::test]
async fn no_other_header_makes_an_origin_trusted() {
    let site = Site::new();
    let request = Request::post("/forgot")
        .header("Content-Type", FORM)
        .header("Origin", FOREIGN)
        .header("Host", "evil.example")
        .header("X-Forwarded-Host", "evil.example")
        .header("Forwarded", "host=evil.example;proto=https")
        .header("Referer", "https://app.example.com/forgot");
    let answer = Visitor::new(&site).send(request, "login=x").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_foreign_request_is_refused_before_its_body_is_read() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let page = Visitor::new(&site).open(&link).await;
    for path in ["/forgot", &page, "/api/forgot", "/api/check", "/api/reset"] {
        let body = Stream::new([], Ending::Never);
        let polls = body.polls();
        let mut request = Request::post(path).body(body).unwrap();
        *request.headers_mut() = HeaderMap::from_iter([
            (HeaderName::from_static("content-type"), HeaderValue::from_static(FORM)),
            (HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static("cross-site")),
        ]);
        let answer = site.pages.clone().call(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(polls.load(Ordering::Relaxed), 0, "{path}");
    }
}
