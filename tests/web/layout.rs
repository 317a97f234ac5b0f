//! A host's own layout, and its own verdicts.

use super::visitor::{ALICE, GOOD, Resets, TEMPLATE, token_in};
use super::{Site, Visitor};
use bytes::Bytes;
use http::{Request, StatusCode};
use password_reset::PasswordPolicy;
use password_reset::policy::CustomRequirement;
use password_reset::web::{Page, View, WebError};
use serde_json::json;
use std::fmt;

/// What a layer of the host's has found out of the request.
#[derive(Clone)]
struct Tenant(&'static str);

fn layout(view: &View<'_>) -> String {
    let tenant = view.extensions.get::<Tenant>().map_or("nobody", |tenant| tenant.0);
    let (language, head, content) = (view.translation.tag(), view.head(), view.content());
    let name = format!("{:?}", view.page);
    let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
    format!("{language}|{tenant}|{name}|{}|{head}|{content}", view.title)
}

#[tokio::test]
async fn a_layout_replaces_the_page_and_sees_what_the_hosts_layers_left() {
    let site = Site::with(|pages| pages.layout(layout));
    let ask = |path: &str| Request::get(path).body(Bytes::new()).unwrap();
    let mut request = ask("/forgot");
    request.extensions_mut().insert(Tenant("Acme"));
    let answer = site.pages.answer(request).await;
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers()["referrer-policy"], "same-origin");
    let body = String::from_utf8(answer.into_body().to_vec()).unwrap();
    assert!(body.starts_with("en|Acme|Forgot|Forgotten password?|<meta charset"), "{body}");
    assert!(body.contains("<meta name=\"referrer\" content=\"same-origin\">"), "{body}");
    assert!(body.contains("action=\"/forgot\""), "{body}");
    assert!(!body.contains("DOCTYPE"), "{body}");

    let link = site.link_for(ALICE).await;
    let browser = Visitor::wishing(&site, "de");
    let page = browser.open(&link).await;
    for (path, expected) in [
        (&*page, "de|nobody|Reset|Neues Passwort festlegen|"),
        (&*format!("{page}/cancel"), "de|nobody|Cancel|"),
        ("/reset?token=x", "de|nobody|Dead|"),
        ("/nowhere", "de|nobody|Nowhere|"),
    ] {
        let answer = browser.get(path).await;
        assert!(answer.body.starts_with(expected), "{}", answer.body);
    }
}

#[tokio::test]
async fn styles_apply_to_the_librarys_own_element_and_page_alone() {
    let site = Site::new();
    let style = Visitor::new(&site).get(&site.pages.stylesheet()).await.body;
    let selectors = style.lines().map(str::trim).filter(|line| line.ends_with(['{', ',']));
    let mut selectors = selectors.filter(|line| !line.starts_with(['@', '-'])).peekable();
    assert!(selectors.peek().is_some());
    for selector in selectors {
        assert!(selector.starts_with(".password-reset"), "{selector}");
    }
    let form = Visitor::new(&site).get("/forgot").await.body;
    assert!(form.contains("<main>\n<div class=\"password-reset\">\n<h1>"), "{form}");
    assert!(form.contains("</div>\n</main>"), "{form}");
}

#[tokio::test]
async fn a_template_of_the_hosts_own_writes_the_whole_form_from_the_view() {
    let site = Site::with(|pages| {
        pages.layout(|view| {
            let Page::Reset(form) = view.page else { return view.document() };
            let items = form
                .items
                .iter()
                .map(|item| format!("{}={:?}:{:?};", item.code, item.parameters, item.is_met));
            let items: String = items.collect();
            format!("{} {} {} {items}", form.action, form.cancel, form.address)
        })
    });
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let form = browser.get(&page).await.body;
    assert!(form.starts_with(&format!("{page} {page}/cancel {ALICE} ")), "{form}");
    assert!(form.contains("too_short=[(\"min\", 8)]:None;"), "{form}");
    let rejected = browser.post(&page, &[("password", "alllowercase")]).await.body;
    assert!(rejected.contains("too_short=[(\"min\", 8)]:Some(true);"), "{rejected}");
    assert!(rejected.contains("missing_digit=[]:Some(false);"), "{rejected}");
    assert!(browser.get("/forgot").await.body.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn what_a_host_or_a_visitor_writes_is_no_markup() {
    const EVIL: &str = "\"><script>alert('1')</script>@example.com";
    let site = Site::with(|pages| pages.sign_in("/login?next=/a&b='c'"));
    let id = site.store.add_account(EVIL, "hash").unwrap();
    let answer = Visitor::new(&site).post("/forgot", &[("login", EVIL)]).await;
    assert!(answer.body.contains("href=\"/login?next=/a&amp;b=&#39;c&#39;\""), "{}", answer.body);
    assert_eq!(id, 3);
    if let Some(mail) = site.mails().await.pop() {
        let link = mail.link().unwrap().expose_url().strip_prefix("https://app.example.com");
        let form = Visitor::new(&site);
        let page = form.open(link.unwrap()).await;
        let shown = form.get(&page).await.body;
        assert!(!shown.contains("<script>") && !shown.contains("\"><"), "{shown}");
    }
    site.store.set_address(1, "o'neil&sons@example.com").unwrap();
    let browser = Visitor::new(&site);
    let page = browser.open(&site.link_for("o'neil&sons@example.com").await).await;
    let shown = browser.get(&page).await.body;
    assert!(shown.contains("value=\"o&#39;neil&amp;sons@example.com\""), "{shown}");
}

/// A phrase is long without being hard to remember.
#[derive(Debug)]
struct Words(usize);

impl CustomRequirement for Words {
    fn code(&self) -> &'static str {
        "too_few_words"
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at least {} words", self.0)
    }

    fn parameters(&self) -> Vec<(&str, usize)> {
        vec![("min", self.0)]
    }

    fn is_met_by(&self, password: &str) -> bool {
        password.split_whitespace().count() >= self.0
    }
}

fn with_words(resets: Resets) -> Resets {
    resets.policy(PasswordPolicy::builder().requirement(Words(3)).build().unwrap())
}

#[tokio::test]
async fn a_requirement_of_the_hosts_own_stands_in_the_form_and_in_json() {
    let site = Site::of(TEMPLATE, with_words, |pages| pages);
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let form = browser.get(&page).await;
    assert!(form.body.contains("<li data-requirement=\"too_few_words\" data-min=\"3\">"));
    assert!(form.text().contains("at least 3 words"));
    let rejected = browser.post(&page, &[("password", "Two words7")]).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rejected.text().contains("Use at least 3 words."), "{}", rejected.text());

    let policy = browser.get("/api/policy").await.json();
    let own = policy["requirements"].as_array().unwrap().iter();
    let own = own.into_iter().find(|required| required["code"] == "too_few_words").unwrap();
    assert_eq!(
        (&own["parameters"]["min"], &own["phrase"]),
        (&json!(3), &json!("at least 3 words"))
    );
    let body = json!({ "token": token_in(&link), "password": "Two words7" });
    let rejected = browser.json("/api/reset", &body).await.json();
    let expected = json!([{
        "code": "too_few_words",
        "parameters": { "min": 3 },
        "sentence": "Use at least 3 words.",
    }]);
    assert_eq!(rejected["violations"], expected);
}

#[tokio::test]
async fn a_verdict_of_the_hosts_own_stands_in_the_form_and_in_json_and_the_link_stays_good() {
    const SENTENCE: &str = "This was one of your last <four> passwords.";
    let site = Site::with(|pages| {
        pages.review(async |accepted, _| {
            let is_old = accepted.expose_password() == "Old horse 7";
            Ok(accepted.reject_if(is_old, "recent_password", SENTENCE)?)
        })
    });
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    assert!(!browser.get(&page).await.body.contains("recent_password"));
    let rejected = browser.post(&page, &[("password", "Old horse 7")]).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rejected.body.contains("data-requirement=\"recent_password\""), "{}", rejected.body);
    assert!(rejected.body.contains("your last &lt;four&gt; passwords."), "{}", rejected.body);
    assert!(rejected.body.contains("<title>Error: Set a new password</title>"));
    assert!(rejected.text().contains("Met: at least 8 characters"), "{}", rejected.text());
    let body = json!({ "token": token_in(&link), "password": "Old horse 7" });
    let told = browser.json("/api/reset", &body).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    let expected = json!([{ "code": "recent_password", "parameters": {}, "sentence": SENTENCE }]);
    assert_eq!(told.json()["violations"], expected);

    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}

#[tokio::test]
async fn the_content_security_policy_can_be_widened_and_framing_cannot() {
    let site = Site::with(|pages| {
        pages
            .allow("img-src", "'self'")
            .allow("script-src", "https://cdn.example.com")
            .allow("img-src", "data:")
    });
    assert_eq!(
        Visitor::new(&site).get("/forgot").await.header("content-security-policy"),
        "default-src 'none'; script-src 'self' https://cdn.example.com; style-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src 'self' data:"
    );
    for (directive, source) in [
        ("frame-ancestors", "*"),
        ("default-src", "*"),
        ("base-uri", "*"),
        ("IMG-SRC", "*"),
        ("img-src", ""),
        ("img-src", "'none'"),
        ("img-src", "*; frame-ancestors *"),
        ("img-src", "a b"),
        ("img-src", "a,b"),
        ("img-src", "a\r\nb"),
        ("img-src", "\u{fc}"),
    ] {
        let refused = super::place::built(TEMPLATE, |pages| pages.allow(directive, source));
        assert!(matches!(refused, Err(WebError::Source(_))), "{directive} {source}");
    }
}
