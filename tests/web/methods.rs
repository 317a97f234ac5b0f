//! Which methods each route accepts, and from which origins.

use super::visitor::ALICE;
use super::{Site, Visitor};
use http::{Method, Request, StatusCode};

const LISTED: &str = "https://www.example.com";

#[tokio::test]
async fn every_route_says_which_methods_it_takes() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let page = Visitor::new(&site).open(&link).await;
    let id = page.rsplit('/').next().unwrap();
    for route in site.pages.routes() {
        let path = route.replace("{id}", id);
        let expected = match &*route {
            "/api/policy" => "GET, HEAD, OPTIONS",
            api if api.starts_with("/api/") => "OPTIONS, POST",
            form if form == "/forgot" || form.starts_with("/reset/{id}") => "GET, HEAD, POST",
            _ => "GET, HEAD",
        };
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"] {
            let method: Method = method.parse().unwrap();
            let request = Request::builder().method(&method).uri(&path);
            let answer = Visitor::new(&site).send(request, "").await;
            let is_allowed = expected.split(", ").any(|allowed| allowed == method.as_str());
            let is_405 = answer.status == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(is_405, !is_allowed, "{method} {path}: {}", answer.status);
            let says = is_405 || method == Method::OPTIONS;
            assert_eq!(answer.header("allow"), if says { expected } else { "" }, "{method} {path}");
            if is_405 && path.starts_with("/api/") && method != Method::HEAD {
                assert_eq!(answer.header("content-type"), "application/problem+json");
                assert_eq!(answer.json()["code"], "method_not_allowed");
            }
        }
    }
}

#[tokio::test]
async fn listed_origins_may_call_the_api_from_elsewhere_and_no_others() {
    let site = Site::with(|pages| pages.origin("https://other.example").origin(LISTED));
    let preflight = |path: &str, origin: &str| {
        Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header("Origin", origin)
            .header("Sec-Fetch-Site", "cross-site")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type")
    };
    let browser = Visitor::new(&site);
    for call in ["forgot", "check", "reset", "cancel", "renew", "policy"] {
        let path = format!("/api/{call}");
        let allowed = browser.send(preflight(&path, LISTED), "").await;
        assert_eq!(allowed.status, StatusCode::NO_CONTENT);
        assert_eq!(allowed.header("access-control-allow-origin"), LISTED);
        assert_eq!(allowed.header("access-control-allow-headers"), "content-type");
        assert!(allowed.header("access-control-allow-methods").contains("POST"));
        assert_eq!(allowed.header("access-control-allow-credentials"), "", "no cookies");
        for foreign in ["https://evil.example", "null", "https://www.example.com.evil.example", "*"]
        {
            let refused = browser.send(preflight(&path, foreign), "").await;
            let names = refused.headers.keys().map(http::HeaderName::as_str);
            assert!(!names.into_iter().any(|name| name.starts_with("access-control")), "{foreign}");
            assert!(refused.headers.get_all("vary").iter().any(|vary| vary == "Origin"));
        }
    }
    let call = |origin: &str| {
        Request::post("/api/check")
            .header("Origin", origin)
            .header("Sec-Fetch-Site", "cross-site")
            .header("Content-Type", "application/json")
    };
    let called = browser.send(call(LISTED), "{\"token\":\"x\"}").await;
    assert_eq!(called.status, StatusCode::NOT_FOUND);
    assert_eq!(called.header("access-control-allow-origin"), LISTED);
    let refused = browser.send(call("https://evil.example"), "{\"token\":\"x\"}").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.header("access-control-allow-origin"), "");

    // A page is not part of the API: no other origin reads it.
    let page = browser.send(Request::get("/forgot").header("Origin", LISTED), "").await;
    assert_eq!(page.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn without_listed_origins_no_answer_speaks_of_them() {
    let site = Site::new();
    for origin in ["https://app.example.com", "https://evil.example"] {
        let request = Request::get("/api/policy").header("Origin", origin);
        let answer = Visitor::new(&site).send(request, "").await;
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert_eq!(answer.header("vary"), "Accept-Language");
    }
}
