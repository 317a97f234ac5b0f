//! The headers of each answer.

use super::visitor::{ALICE, Course, FORM, GOOD, token_in};
use super::{Answer, Site, Visitor};
use http::{Method, Request, StatusCode};
use serde_json::json;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A path as each answer can be had, with the answer.
async fn all_answers(site: &Site) -> (Vec<String>, Vec<(String, Answer)>) {
    let mut answers = Vec::new();
    let (old, link) = (site.link_for(ALICE).await, site.link_for(ALICE).await);
    let browser = Visitor::new(site);
    let other = Visitor::new(site);
    let (dead, page) = (browser.open(&old).await, browser.open(&link).await);
    let asset = |kind: &str| {
        let is_it = |route: &&String| route.ends_with(kind);
        site.pages.routes().iter().find(is_it).unwrap().clone()
    };
    let tokens = [&old, &link].map(|link| token_in(link).to_owned());
    let below = |path: &str| site.path(path);
    for path in [
        old.clone(),
        link.clone(),
        below("/forgot"),
        below("/reset?token=x"),
        below("/nowhere"),
        below("/api/policy"),
        below("/api/forgot"),
        "/.well-known/change-password".to_owned(),
        asset(".css"),
        asset(".js"),
    ] {
        answers.push((format!("GET {path}"), browser.get(&path).await));
        let deleted = Request::delete(&path);
        answers.push((format!("DELETE {path}"), browser.send(deleted, "").await));
        let options = Request::builder().method(Method::OPTIONS).uri(&path);
        answers.push((format!("OPTIONS {path}"), browser.send(options, "").await));
    }
    for page in [&dead, &page] {
        for path in ["", "/cancel", "/renew", "/other"].map(|step| format!("{page}{step}")) {
            answers.push((format!("GET {path}"), browser.get(&path).await));
            answers.push((format!("GET {path} without a cookie"), other.get(&path).await));
            let forged = Request::post(&path).header("Sec-Fetch-Site", "cross-site");
            answers.push((format!("POST {path} from elsewhere"), browser.send(forged, "").await));
        }
        let unread = Request::post(page).header("Content-Type", "text/plain");
        answers.push((format!("POST {page} as text"), browser.send(unread, "").await));
    }
    answers.push(("POST asks".into(), browser.post(&below("/forgot"), &[("login", "x")]).await));
    answers.push(("POST rejected".into(), browser.post(&page, &[("password", "x")]).await));
    answers.push(("POST dead".into(), browser.post(&dead, &[("password", GOOD)]).await));
    *site.hasher.course.lock().unwrap() = Course::Fails;
    answers.push(("POST refused".into(), browser.post(&page, &[("password", GOOD)]).await));
    *site.hasher.course.lock().unwrap() = Course::Comes;
    for (call, body) in [
        ("forgot", json!({ "login": "x" })),
        ("check", json!({ "token": tokens[0] })),
        ("check", json!({ "token": tokens[1] })),
        ("renew", json!({ "token": "x" })),
        ("cancel", json!({ "token": tokens[0] })),
        ("reset", json!({ "token": tokens[1], "password": "x" })),
        ("reset", json!({ "token": tokens[1] })),
    ] {
        let answer = browser.json(&below(&format!("/api/{call}")), &body).await;
        answers.push((format!("POST {call}"), answer));
    }
    answers.push(("POST sets".into(), browser.post(&page, &[("password", GOOD)]).await));
    answers.push(("GET done".into(), browser.get(&page).await));
    (tokens.into(), answers)
}

fn sites() -> [Site; 2] {
    [
        Site::at("https://app.example.com/my/account/reset?token={token}", |pages| pages),
        Site::at("http://localhost:8080/reset?token={token}", |pages| pages),
    ]
}

#[tokio::test]
async fn the_cookie_is_of_its_link_alone_and_no_script_reads_it() {
    for site in sites() {
        let link = site.link_for(ALICE).await;
        let browser = Visitor::new(&site);
        let opened = browser.get(&link).await;
        let page = opened.header("location").to_owned();
        let id = page.strip_prefix(&site.path("/reset/")).unwrap();
        assert_eq!(id.len(), 16);
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        let attributes = format!("Path={page}; Max-Age=900; HttpOnly; SameSite=Lax");
        let token = token_in(&link);
        let expected = if link.starts_with("/my") {
            format!("__Secure-reset-token={token}; {attributes}; Secure")
        } else {
            format!("reset-token={token}; {attributes}")
        };
        assert_eq!(opened.header("set-cookie"), expected);
        assert!(opened.headers["set-cookie"].is_sensitive());

        // Each page of the link keeps it open for as long again.
        let kept = |answer: Answer| assert_eq!(answer.header("set-cookie"), expected);
        for step in ["", "/cancel", "/renew"] {
            kept(browser.get(&format!("{page}{step}")).await);
        }
        kept(browser.post(&page, &[("password", "x")]).await);
        kept(browser.post(&page, &[("password", GOOD)]).await);
        kept(browser.get(&page).await);
        // And what is no navigation keeps nothing.
        let fetched = Request::get(&page).header("Sec-Fetch-Mode", "cors");
        assert_eq!(browser.send(fetched, "").await.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn the_token_stands_nowhere_but_in_the_cookie() {
    for site in sites() {
        let (tokens, answers) = all_answers(&site).await;
        for (what, answer) in answers {
            let mut headers = answer.headers;
            headers.remove("set-cookie");
            let headers = format!("{headers:?}");
            for token in &tokens {
                // What mail programs and encoders could make of it, too.
                for part in [&token[..24], &token[24..]] {
                    assert!(!answer.body.contains(part), "{what}");
                    assert!(!headers.contains(part), "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn nothing_but_the_two_assets_is_kept_and_nothing_is_sniffed() {
    for site in sites() {
        let mut kept = 0;
        for (what, answer) in all_answers(&site).await.1 {
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
            let is_asset = what.starts_with("GET") && what.contains("/reset.");
            let expected =
                if is_asset { "public, max-age=31536000, immutable" } else { "no-store" };
            assert_eq!(answer.header("cache-control"), expected, "{what}");
            kept += usize::from(is_asset);
            assert!(!is_asset || answer.headers.get("set-cookie").is_none());
        }
        assert_eq!(kept, 2);
    }
}

#[tokio::test]
async fn every_page_has_the_same_policy_and_cannot_be_framed() {
    for site in sites() {
        let mut pages = 0;
        for (what, answer) in all_answers(&site).await.1 {
            let is_page = answer.header("content-type") == "text/html; charset=utf-8";
            assert_eq!(is_page, answer.body.contains("<!DOCTYPE html>"), "{what}");
            let expected = if is_page { POLICY } else { "" };
            assert_eq!(answer.header("content-security-policy"), expected, "{what}");
            pages += usize::from(is_page);
        }
        assert!(pages > 30);
    }
}

#[tokio::test]
async fn a_page_with_a_form_names_its_origin_and_no_other_page_names_anything() {
    for site in sites() {
        let mut forms = 0;
        for (what, answer) in all_answers(&site).await.1 {
            let expected = if answer.has_form() { "same-origin" } else { "no-referrer" };
            assert_eq!(answer.header("referrer-policy"), expected, "{what}");
            assert_eq!(answer.referrer_policy(), expected, "{what}");
            let has_meta = answer.body.contains("<meta name=\"referrer\"");
            assert_eq!(has_meta, answer.body.contains("<html"), "{what}");
            if what.contains("?token=") {
                assert!(!answer.has_form(), "{what}");
            }
            forms += usize::from(answer.has_form());
        }
        assert!(forms >= 5, "{forms}");
    }
}

#[tokio::test]
async fn pages_have_nothing_from_elsewhere_and_no_script_of_their_own() {
    for site in sites() {
        for (what, answer) in all_answers(&site).await.1 {
            if !answer.body.contains("<!DOCTYPE html>") {
                continue;
            }
            let served = site.pages.routes();
            for attribute in [" src=\"", " href=\"", " action=\""] {
                for rest in answer.body.split(attribute).skip(1) {
                    let address = rest.split('"').next().unwrap();
                    let is_own = address.starts_with('/') && !address.starts_with("//");
                    assert!(is_own, "{what}: {address}");
                    assert!(attribute != " src=\"" || served.iter().any(|route| route == address));
                }
            }
            for dangerous in ["<style", "style=", "<iframe", "javascript:", "onclick", "<script>"] {
                assert!(!answer.body.contains(dangerous), "{what}: {dangerous}");
            }
        }
    }
}

#[tokio::test]
async fn the_form_is_one_that_password_managers_know() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let form = browser.get(&page).await.body;
    for part in [
        &*format!("<form method=\"post\" action=\"{page}\">"),
        "name=\"username\" autocomplete=\"username\" value=\"alice@example.com\" hidden",
        "name=\"password\" type=\"password\" autocomplete=\"new-password\"",
        "passwordrules=\"",
    ] {
        assert!(form.contains(part), "{part} in {form}");
    }
    let field = form.split("<input ").find(|input| input.contains("name=\"password\"")).unwrap();
    let field = field.split('>').next().unwrap();
    for hindrance in ["onpaste", "minlength=", "pattern=", "maxlength=\"256\"", "readonly"] {
        assert!(!field.contains(hindrance), "{hindrance} in {field}");
    }
    let known = browser.get("/.well-known/change-password").await;
    assert_eq!((known.status, known.header("location")), (StatusCode::SEE_OTHER, "/forgot"));
}

#[tokio::test]
async fn a_form_as_files_or_text_is_not_read() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    for media_type in ["multipart/form-data; boundary=x", "text/plain", "application/json", ""] {
        let request = Request::post(&page).header("Content-Type", media_type);
        let sent = browser.send(request, "password=Correct+horse+7").await;
        assert_eq!(sent.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{media_type}");
    }
    let form = [FORM, "Application/X-WWW-Form-Urlencoded", &format!("{FORM};charset=UTF-8")];
    for media_type in form {
        let request = Request::post(&page).header("Content-Type", media_type);
        let sent = browser.send(request, "password=Correct+horse+7").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{media_type}");
    }
}
