//! The code from the mail, typed where the link does not open.

use super::visitor::{ALICE, BOB, Course, FORM, GOOD, form, request, token_in};
use super::{Answer, Site, Visitor};
use http::{Method, StatusCode};
use password_reset::web::WebError;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

async fn type_code(browser: &Visitor<'_>, login: &str, code: &str) -> Answer {
    browser.post_from("", "/code", &[("login", login), ("code", code)]).await
}

/// A code of as many digits that is not this one.
fn other_than(code: &str) -> &'static str {
    if code.starts_with('0') { "1234-5678" } else { "0234-5678" }
}

#[tokio::test(start_paused = true)]
async fn one_browser_does_it_all_with_the_code() {
    let site = Site::with_codes();
    let browser = Visitor::new(&site);
    let asked = browser.post("/forgot", &[("login", ALICE)]).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("<h1>Check your email</h1>"), "{}", asked.body);
    assert!(
        asked.body.contains("<input type=\"hidden\" name=\"login\" value=\"alice@example.com\">")
    );
    assert!(asked.body.contains("autocomplete=\"one-time-code\""), "{}", asked.body);
    assert_eq!(asked.referrer_policy(), "same-origin");

    let mail = site.mail().await;
    let code = mail.code().unwrap().expose_in_groups();
    let opened = type_code(&browser, ALICE, &code).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
    let page = opened.header("location").to_owned();
    let form = browser.get(&page).await;
    assert!(form.text().contains("This is for the account alice@example.com."), "{}", form.text());
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&page).await.text().contains("Your password was set"));
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}

#[tokio::test(start_paused = true)]
async fn the_link_works_beside_an_exchanged_code_until_a_password_is_set() {
    let site = Site::with_codes();
    let (browser, other) = (Visitor::new(&site), Visitor::new(&site));
    Visitor::new(&site).post("/forgot", &[("login", ALICE)]).await;
    let mail = site.mail().await;
    let link = mail.link().unwrap().expose_url().strip_prefix(&site.origin).unwrap();
    let page = type_code(&browser, ALICE, mail.code().unwrap().expose_digits()).await;
    let page = page.header("location");
    let linked = other.open(link).await;
    assert_ne!(page, linked, "each has a page of its own");
    assert!(other.get(&linked).await.has_form());
    assert_eq!(browser.post(page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert!(other.get(&linked).await.text().contains("Your password was set"));
}

#[tokio::test(start_paused = true)]
async fn whatever_does_not_work_gets_one_answer_at_one_moment() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let browser = Visitor::new(&site);
    let mut pages = Vec::new();
    // A wrong code, an unknown login, an account without a code, no code at all, and a dead code.
    let mut typed = vec![("nobody@example.com", &*code), (BOB, &*code), (ALICE, ""), (ALICE, "x")];
    typed.extend([(ALICE, other_than(&code)); 5]);
    typed.push((ALICE, &code));
    for (login, code) in typed {
        let from = Instant::now();
        let page = type_code(&browser, login, code).await;
        assert_eq!(from.elapsed(), Duration::from_secs(1), "{login} {code}");
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{login} {code}");
        let from = Instant::now();
        let told = browser.json("/api/code", &json!({ "login": login, "code": code })).await;
        assert_eq!(from.elapsed(), Duration::from_secs(1), "{login} {code}");
        pages.push((page.body.replace(login, "_"), page.headers, told.body, told.headers));
    }
    assert!(pages[0].0.contains("This code does not work."), "{}", pages[0].0);
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    assert!(pages[0].2.contains("urn:password-reset:wrong_code"), "{}", pages[0].2);
}

#[tokio::test(start_paused = true)]
async fn the_right_code_is_answered_at_that_moment_as_well() {
    let site = Site::with_codes_and(|pages| pages.answer_codes_after(Duration::from_secs(3)));
    let code = site.code_for(ALICE).await;
    let from = Instant::now();
    let opened = type_code(&Visitor::new(&site), ALICE, &code).await;
    assert_eq!((opened.status, from.elapsed()), (StatusCode::SEE_OTHER, Duration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_code_is_asked_for_again_with_the_login_kept_and_the_field_marked() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = type_code(&browser, "\"><b>alice", other_than(&code)).await;
    let field = "type=\"email\" autocomplete=\"username\" value=\"&quot;&gt;&lt;b&gt;alice\"";
    assert!(page.body.contains(field), "it can be corrected: {}", page.body);
    assert!(
        page.body.contains("<title>Error: Type the code from your email</title>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("aria-describedby=\"wrong-code\" aria-invalid=\"true\""));
    assert!(!page.body.contains(other_than(&code)), "what was typed does not come back");
    assert_eq!(type_code(&browser, ALICE, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn who_has_closed_the_page_types_the_login_again() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let browser = Visitor::new(&site);
    let forgot = browser.get("/forgot").await;
    assert!(forgot.body.contains("<a href=\"/code\">I have a code</a>"), "{}", forgot.body);
    let page = browser.get("/code").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<input id=\"login\" name=\"login\" type=\"email\""));
    assert!(!page.body.contains("role=\"alert\""));
    let opened = browser.post("/code", &[("login", ALICE), ("code", &code)]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn a_native_app_goes_the_whole_way_with_the_code() {
    let site = Site::with_codes();
    let app = Visitor::new(&site);
    let asked = app.json("/api/forgot", &json!({ "login": ALICE })).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED);
    let mail = site.mail().await;
    let code = mail.code().unwrap().expose_in_groups();
    let told = app.json("/api/code", &json!({ "login": ALICE, "code": code })).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    assert_eq!(told.header("cache-control"), "no-store");
    let token = &told.json()["token"];
    let body = json!({ "token": token, "password": GOOD });
    assert_eq!(app.json("/api/reset", &body).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    let again = app.json("/api/code", &json!({ "login": ALICE, "code": code })).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is exchanged once");
}

#[tokio::test(start_paused = true)]
async fn a_code_from_a_foreign_site_is_not_read() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let foreign = Visitor::new(&site).send_from_elsewhere("/code").await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(type_code(&Visitor::new(&site), ALICE, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn a_code_is_counted_although_its_browser_goes_away() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    for digit in 0..5 {
        let browser = Visitor::new(&site);
        let wrong = format!("{digit}{}", &other_than(&code)[1..]);
        let typed = type_code(&browser, ALICE, &wrong);
        assert!(tokio::time::timeout(Duration::from_millis(1), typed).await.is_err());
    }
    let dead = type_code(&Visitor::new(&site), ALICE, &code).await;
    assert_eq!(dead.status, StatusCode::UNPROCESSABLE_ENTITY, "five ended it");
}

#[tokio::test(start_paused = true)]
async fn a_second_click_has_the_answer_of_the_first() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let browser = Visitor::new(&site);
    let click = async |wait, code: &str| {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        type_code(&Visitor::new(&site), ALICE, code).await
    };
    let (first, second) = futures_util::future::join(click(0, &code), click(900, &code)).await;
    assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(first.header("location"), second.header("location"));
    let late = type_code(&browser, ALICE, &code).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is exchanged once");

    let code = site.code_for(ALICE).await;
    let wrong = other_than(&code);
    for _ in 0..4 {
        futures_util::future::join(click(0, wrong), click(900, wrong)).await;
    }
    assert_eq!(
        type_code(&browser, ALICE, &code).await.status,
        StatusCode::SEE_OTHER,
        "four counted"
    );
}

#[tokio::test(start_paused = true)]
async fn a_script_that_would_get_no_cookie_spends_no_code() {
    let site = Site::with_codes();
    let code = site.code_for(ALICE).await;
    let request = request(
        Method::POST,
        "/code",
        &[
            ("content-type", FORM.as_bytes()),
            ("sec-fetch-site", b"same-origin"),
            ("sec-fetch-mode", b"cors"),
        ],
    );
    let body = form(&[("login", ALICE), ("code", &code)]);
    let fetched = site.pages.answer(request.map(|()| body.into())).await;
    assert_eq!(fetched.status(), StatusCode::BAD_REQUEST);
    assert_eq!(type_code(&Visitor::new(&site), ALICE, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(start_paused = true)]
async fn full_places_turn_every_login_away_the_same() {
    let site = Site::with_codes_and(|pages| pages.requests(2, Duration::from_secs(1)));
    let browser = Visitor::new(&site);
    let guess = async |login: &'static str| type_code(&browser, login, "1234-5678").await;
    let answers = futures_util::future::join4(
        guess("nobody@example.com"),
        guess(ALICE),
        guess(ALICE),
        guess("nobody@example.com"),
    );
    let (first, second, third, fourth) = answers.await;
    assert_eq!([first.status, second.status], [StatusCode::UNPROCESSABLE_ENTITY; 2]);
    assert_eq!([third.status, fourth.status], [StatusCode::SERVICE_UNAVAILABLE; 2]);
    assert_eq!(guess(ALICE).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a second later");
}

#[tokio::test]
async fn a_site_without_codes_has_no_page_for_them() {
    let site = Site::new();
    let browser = Visitor::new(&site);
    assert!(site.pages.routes().iter().all(|route| !route.contains("code")));
    assert_eq!(browser.get("/code").await.status, StatusCode::NOT_FOUND);
    let told = browser.json("/api/code", &json!({ "login": ALICE, "code": "12345678" })).await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
    let asked = browser.post("/forgot", &[("login", ALICE)]).await;
    assert!(!asked.has_form(), "{}", asked.body);
    assert!(!browser.get("/forgot").await.body.contains("I have a code"));
}

#[tokio::test(start_paused = true)]
async fn a_renewed_link_brings_a_code_as_well() {
    let site = Site::with_codes();
    let [old, _] = [site.link_for(ALICE).await, site.link_for(ALICE).await];
    let browser = Visitor::new(&site);
    let body = json!({ "token": token_in(&old) });
    assert_eq!(browser.json("/api/renew", &body).await.status, StatusCode::ACCEPTED);
    let mail = site.mail().await;
    let code = mail.code().unwrap().expose_digits().to_owned();
    assert_eq!(type_code(&browser, ALICE, &code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_moment_that_is_none_is_refused_when_the_pages_are_built() {
    let site = Site::with_codes();
    for moment in [Duration::ZERO, Duration::from_secs(3601)] {
        let pages =
            password_reset::web::ResetPages::builder(site.resets.clone(), site.hasher.clone());
        let refused = pages.answer_codes_after(moment).build().unwrap_err();
        assert_eq!(refused, WebError::CodeDeadline);
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_says_that_a_code_comes_even_if_the_mail_fails() {
    let site = Site::with_codes();
    let mut pages = Vec::new();
    for (login, course) in
        [(ALICE, Course::Comes), (ALICE, Course::Fails), ("nobody", Course::Comes)]
    {
        *site.post.course.lock().unwrap() = course;
        let page = Visitor::new(&site).post("/forgot", &[("login", login)]).await;
        pages.push(page.body.replace(login, "_"));
        let _ = site.mails().await;
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
}

#[tokio::test]
async fn the_page_for_a_code_is_a_page_like_any_other() {
    let site = Site::with_codes();
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 200), (Method::PUT, 405)] {
        let asked = request(method.clone(), "/code", &[]).map(|()| bytes::Bytes::new());
        let answer = site.pages.answer(asked).await;
        assert_eq!(answer.status().as_u16(), status, "{method}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
    }
}
