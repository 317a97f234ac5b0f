//! Where the pages can be mounted, and which proxies can stand before them.

use super::visitor::{ALICE, BOB, GOOD, Pages, Plain, Post, TEMPLATE, token_in};
use super::{Site, Visitor};
use http::{Request, StatusCode};
use password_reset::adapters::memory::MemoryStore;
use password_reset::web::{ResetPages, WebError};
use password_reset::{LinkTemplate, PasswordReset};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn built(
    template: &str,
    with: impl FnOnce(Pages) -> Pages,
) -> Result<ResetPages, WebError> {
    let link = LinkTemplate::new(template)
        .or_else(|_| LinkTemplate::insecure_private_network(template))
        .unwrap_or_else(|error| panic!("{template}: {error}"));
    let resets = PasswordReset::builder(Arc::new(MemoryStore::new()), Post::default(), link);
    with(ResetPages::builder(resets.build().unwrap(), Plain::default())).build()
}

#[test]
fn templates_that_fit() {
    for (template, base) in [
        ("https://app.example.com/reset?token={token}", ""),
        ("https://app.example.com:8443/reset?token={token}", ""),
        ("https://app.example.com/account/reset?token={token}", "/account"),
        ("https://app.example.com/a/b-c/d_e/~f/reset?token={token}", "/a/b-c/d_e/~f"),
        ("https://app.example.com/reset/reset?token={token}", "/reset"),
        ("https://app.example.com/x:y/z*/reset?token={token}", "/x:y/z*"),
        ("https://app.example.com/@me/a=b/(c)/reset?token={token}", "/@me/a=b/(c)"),
        ("https://[2001:db8::1]/reset?token={token}", ""),
        ("https://[::]:8443/a/reset?token={token}", "/a"),
        ("http://127.0.0.1:8080/reset?token={token}", ""),
        ("http://intranet/reset?token={token}", ""),
    ] {
        let routes = built(template, |pages| pages).unwrap().routes();
        assert!(routes.contains(&format!("{base}/reset/{{id}}/cancel")), "{template}: {routes:?}");
        assert!(routes.contains(&"/.well-known/change-password".to_owned()));
    }
}

#[test]
fn templates_that_do_not_fit_are_refused_with_a_sentence() {
    for address in [
        "/{token}",
        "/reset/{token}",
        "/reset#token={token}",
        "/reset?t={token}",
        "/reset?a=b&token={token}",
        "/reset?token={token}&a=b",
        "/reset?token={token}#x",
        "/reset?token={token}.",
        "/reset/?token={token}",
        "/a//reset?token={token}",
        "//reset?token={token}",
        "/a;b/reset?token={token}",
        "/a,b/reset?token={token}",
        "/:a/reset?token={token}",
        "/*/reset?token={token}",
        "/a/*b/reset?token={token}",
        "/a%20b/reset?token={token}",
        "/a?b/reset?token={token}",
        "/a#b/reset?token={token}",
        "?a=/reset?token={token}",
        "#/reset?token={token}",
        "?token={token}",
    ] {
        let template = format!("https://app.example.com{address}");
        let refused = built(&template, |pages| pages);
        assert_eq!(refused.err(), Some(WebError::Template), "{template}");
    }
    for host in ["[2001:0db8::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:192.0.2.7]", "[::ffff:c000:207]"] {
        let template = format!("https://{host}/reset?token={{token}}");
        assert_eq!(built(&template, |pages| pages).err(), Some(WebError::Template), "{host}");
    }
    let sentence = WebError::Template.to_string();
    assert!(sentence.contains("<origin><base>/reset?token={token}"), "{sentence}");
    assert!(sentence.contains("`api_only`"), "{sentence}");
}

#[test]
fn other_parts_that_do_not_fit_are_refused_with_a_sentence() {
    let base = |base: &'static str| move |pages: Pages| pages.served_at(base);
    for wrong in
        ["/", "a", "/a/", "//a", "/a//b", "/:a", "/*", "/{a}", "/a?b", "/a#b", "/a b", "/.."]
    {
        assert_eq!(built(TEMPLATE, base(wrong)).err(), Some(WebError::Base), "{wrong}");
        let api = |pages: Pages| pages.api_only(wrong);
        assert_eq!(built(TEMPLATE, api).err(), Some(WebError::Base), "{wrong}");
    }
    for sign_in in ["", "login", "//evil.example", "http://app.example.com", "javascript:x", "/a b"]
    {
        let refused = built(TEMPLATE, |pages| pages.sign_in(sign_in));
        assert_eq!(refused.err(), Some(WebError::SignIn), "{sign_in}");
    }
    for sign_in in ["/", "/login?next=/", "https://login.example.com/x?y#z"] {
        assert!(built(TEMPLATE, |pages| pages.sign_in(sign_in)).is_ok(), "{sign_in}");
    }
    for origin in [
        "",
        "*",
        "null",
        "www.example.com",
        "https://",
        "https://www.example.com/",
        "https://WWW.example.com",
        "https://www.example.com:443",
        "http://localhost:80",
        "https://www.example.com/a",
        "https://www.example.com?a",
        "https://user@www.example.com",
        "https://*.example.com",
        "ftp://www.example.com",
        "https://münchen.example",
        "https://www.example.com:x",
        "https://[::1",
        "https://:::",
    ] {
        let refused = built(TEMPLATE, |pages| pages.origin(origin));
        assert_eq!(refused.err(), Some(WebError::Origin(origin.to_owned())), "{origin}");
    }
    for origin in ["https://www.example.com", "http://localhost:3000", "https://[::1]:8443"] {
        assert!(built(TEMPLATE, |pages| pages.origin(origin)).is_ok(), "{origin}");
    }
    let second = Duration::from_secs(1);
    let too_long = Duration::from_secs(3601);
    for (at_once, deadline) in
        [(0, second), (1, Duration::ZERO), (usize::MAX, second), (1, too_long), (1, Duration::MAX)]
    {
        let refused = built(TEMPLATE, |pages| pages.requests(at_once, deadline));
        assert_eq!(refused.err(), Some(WebError::Requests));
    }
}

/// The whole flow through what stands before the pages, in a browser that says nothing of where a
/// form comes from but its origin.
async fn flow(site: &Site) {
    let (hers, his) = (site.link_for(ALICE).await, site.link_for(BOB).await);
    let browser = Visitor::old(site);
    let (page, other) = (browser.open(&hers).await, browser.open(&his).await);
    assert!(page.starts_with(&site.path("/reset/")), "{page}");
    let form = browser.get(&page).await;
    assert!(form.text().contains(ALICE), "{}", form.text());
    for attribute in [" href=\"", " src=\"", " action=\""] {
        for rest in form.body.split(attribute).skip(1) {
            let address = rest.split('"').next().unwrap();
            assert!(address == "/" || address.starts_with(&site.path("/reset")), "{address}");
            if address.contains("/reset.") {
                assert_eq!(browser.get(address).await.status, StatusCode::OK, "{address}");
            }
        }
    }
    let rejected = browser.post(&page, &[("password", "short")]).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", rejected.text());
    let done = browser.post(&page, &[("password", GOOD)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*page));
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    assert!(browser.get(&page).await.text().contains("Your password was set"));
    assert_eq!(browser.post(&format!("{other}/cancel"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&other).await.text().contains("This link was cancelled."));
    let known = browser.get("/.well-known/change-password").await;
    assert_eq!(known.header("location"), site.path("/forgot"));
    let checked =
        browser.json(&site.path("/api/check"), &json!({ "token": token_in(&hers) })).await;
    assert_eq!(checked.json()["code"], "used");
    // And what another site sends is refused all the same.
    let forged = Request::post(site.path("/forgot")).header("Origin", "https://evil.example");
    assert_eq!(browser.send(forged, "").await.status, StatusCode::FORBIDDEN);
    let silent = Request::post(site.path("/forgot")).header("Origin", "null");
    assert_eq!(browser.send(silent, "").await.status, StatusCode::FORBIDDEN);
}

const BELOW: &str = "https://app.example.com/my/account/reset?token={token}";

#[tokio::test]
async fn the_whole_flow_goes_through_a_proxy_that_ends_tls() {
    flow(&Site::new().behind_proxy("/", "/")).await;
    flow(&Site::at(BELOW, |pages| pages).behind_proxy("/", "/")).await;
}

#[tokio::test]
async fn the_whole_flow_goes_through_a_proxy_that_strips_or_changes_the_base() {
    flow(&Site::at(BELOW, |pages| pages.served_at("")).behind_proxy("/my/account", "")).await;
    let changed = Site::at(BELOW, |pages| pages.served_at("/v2/pages"));
    flow(&changed.behind_proxy("/my/account", "/v2/pages")).await;
    let added = Site::with(|pages| pages.served_at("/app")).behind_proxy("/forgot", "/app/forgot");
    assert_eq!(Visitor::new(&added).get("/forgot").await.status, StatusCode::OK);
    let routes = added.pages.routes();
    assert!(routes.contains(&"/app/reset/{id}".to_owned()), "{routes:?}");
    assert!(routes.contains(&"/.well-known/change-password".to_owned()), "{routes:?}");
}

#[tokio::test]
async fn a_proxy_that_strips_the_base_unknown_to_the_pages_finds_nothing() {
    let site = Site::at(BELOW, |pages| pages).behind_proxy("/my/account", "");
    assert_eq!(Visitor::new(&site).get("/my/account/forgot").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_route_is_answered_and_nothing_beside_them() {
    for site in [Site::new(), Site::at(BELOW, |pages| pages)] {
        for route in site.pages.routes() {
            let answer = Visitor::new(&site).get(&route.replace("{id}", "AAAAAAAAAAAAAAAA")).await;
            assert!(!answer.text().contains("There is no such page"), "{route}");
        }
        for path in ["/", "/Forgot", "/forgot/", "/forgot.html", "/reset/a/b", "/reset/a/cancel/"] {
            let answer = Visitor::new(&site).get(&site.path(path)).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.text().contains("There is no such page"), "{path}");
        }
    }
    let below = Site::at(BELOW, |pages| pages);
    for path in ["/forgot", "/my/forgot", "/my/accountx/forgot", "/my/account"] {
        assert_eq!(Visitor::new(&below).get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_host_whose_link_leads_to_a_page_of_its_own_has_the_api_alone() {
    for (template, base) in [
        ("https://www.example.com/set-password/{token}", "/auth"),
        ("https://www.example.com/app#/reset/{token}", ""),
        ("https://www.example.com/reset?token={token}&lang=de", "/auth"),
        ("https://www.example.com?x={token}", "/a/b"),
        (TEMPLATE, ""),
    ] {
        let site = Site::at(template, |pages| pages.api_only(base));
        let routes = site.pages.routes();
        assert_eq!(routes.len(), 6, "{routes:?}");
        assert!(routes.iter().all(|route| route.starts_with(&format!("{base}/api/"))));
        let app = Visitor::new(&site);
        let asked = app.json(&format!("{base}/api/forgot"), &json!({ "login": ALICE })).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED);
        let mail = site.mail().await;
        let token = mail.link().unwrap().expose_token();
        let body = json!({ "token": token, "password": GOOD });
        let done = app.json(&format!("{base}/api/reset"), &body).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT);
        assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
        for page in ["/forgot", "/reset?token=x", "/reset/x", "/.well-known/change-password"] {
            let answer = app.get(&format!("{base}{page}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
            assert!(answer.headers.get("set-cookie").is_none());
            assert_eq!(answer.header("content-type"), "application/problem+json", "no page");
        }
        // The template's origin is the API's own.
        let own = Request::post(format!("{base}/api/forgot"))
            .header("Content-Type", "application/json")
            .header(
                "Origin",
                if template == TEMPLATE {
                    "https://app.example.com"
                } else {
                    "https://www.example.com"
                },
            );
        assert_eq!(app.send(own, "{\"login\":\"x\"}").await.status, StatusCode::ACCEPTED);
    }
}
