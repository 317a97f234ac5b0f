//! Accounts with a second factor or without a password.

use super::visitor::{ALICE, BOB, GOOD, Site, Visitor, token_in};
use http::StatusCode;
use password_reset::ResetError;
use password_reset::adapters::memory::Mail;
use password_reset::mailer::Reason;
use password_reset::service::Delivery;
use serde_json::json;
use std::time::Duration;

const CAROL: &str = "carol@example.com";
const DAY: Duration = Duration::from_secs(86_400);

/// A site that has invited Carol, and the path and query of her link.
async fn invited() -> (Site, String) {
    let site = Site::new();
    let carol = site.store.add_account(CAROL, "").unwrap();
    assert_eq!(site.resets.invite(&carol).await.delivery(), Delivery::Sent);
    let link = site.mailed_link(CAROL).await;
    (site, link)
}

#[tokio::test]
async fn an_invitation_opens_the_form_for_a_first_password() {
    let (site, link) = invited().await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let form = browser.get(&page).await;
    assert!(form.body.contains("<h1>Choose your password</h1>"), "{}", form.body);
    assert!(form.text().contains("This is for the account carol@example.com."));
    let weak = browser.post(&page, &[("password", "weak")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.body.contains("<title>Error: Choose your password</title>"), "{}", weak.body);
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get(&page).await.text().contains("Your password was set"));
    assert_eq!(site.store.password_hash(3).unwrap(), format!("hash of {GOOD}"));
}

#[tokio::test]
async fn a_visitor_who_presses_forgotten_password_leaves_the_invitation_open() {
    let (site, link) = invited().await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let strangers = site.link_for(CAROL).await;
    assert!(browser.get(&page).await.has_form());
    let asked = Visitor::new(&site);
    let recovery = asked.open(&strangers).await;
    assert!(asked.get(&recovery).await.body.contains("<h1>Set a new password</h1>"));

    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    let told = asked.get(&recovery).await;
    assert_eq!(told.status, StatusCode::GONE);
    assert!(told.text().contains("password has changed since this link was sent"));
}

#[tokio::test]
async fn an_expired_invitation_is_sent_again_on_request() {
    let (site, link) = invited().await;
    site.clock.advance(DAY * 8);
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let dead = browser.get(&page).await;
    assert_eq!(dead.status, StatusCode::GONE);
    assert!(dead.text().contains("Send me a new link"), "{}", dead.text());
    let sent = browser.post(&format!("{page}/renew"), &[]).await;
    assert_eq!(sent.status, StatusCode::OK);
    let mail = site.mail().await;
    assert!(matches!(mail, Mail::ResetLink { reason: Reason::Invitation, .. }), "{mail:?}");
}

#[tokio::test]
async fn json_says_of_a_link_what_it_is_for() {
    let (site, link) = invited().await;
    let browser = Visitor::new(&site);
    let told = browser.json("/api/check", &json!({ "token": token_in(&link) })).await.json();
    assert_eq!(told["kind"], "invitation");
    let link = site.link_for(ALICE).await;
    let told = browser.json("/api/check", &json!({ "token": token_in(&link) })).await.json();
    assert_eq!((&told["kind"], &told["needs_second_factor"]), (&json!("recovery"), &json!(false)));
    let body = json!({ "token": token_in(&link), "password": GOOD });
    assert_eq!(browser.json("/api/reset", &body).await.status, StatusCode::NO_CONTENT);
}

/// A site on which Alice needs a second factor, whose code is 123456.
fn guarded() -> Site {
    let site = Site::with(|pages| {
        pages.review(async |accepted, code| {
            let is_wrong = accepted.needs_second_factor() && code != "123456";
            let accepted = accepted.reject_if(is_wrong, "second_factor", "This is not the code.");
            Ok::<_, ResetError<_>>(accepted?.second_factor_passed())
        })
    });
    assert!(site.store.set_needs_second_factor(1, true));
    site
}

#[tokio::test]
async fn the_form_asks_for_a_second_factor_where_the_account_needs_one() {
    let site = guarded();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let form = browser.get(&page).await.body;
    assert!(form.contains("name=\"second_factor\""), "{form}");
    assert!(form.contains("autocomplete=\"one-time-code\""), "{form}");
    for code in ["", "123455"] {
        let told = browser.post(&page, &[("password", GOOD), ("second_factor", code)]).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(told.text().contains("This is not the code."), "{}", told.text());
        let wrong: Vec<_> = told.body.lines().filter(|l| l.contains("aria-invalid")).collect();
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("id=\"second-factor\""), "{wrong:?}");
        assert!(!told.body.contains("data-requirement=\"second_factor\""), "{}", told.body);
        assert!(told.body.contains("name=\"second_factor\"") && !told.body.contains("123455"));
    }
    let weak = browser.post(&page, &[("password", "weak"), ("second_factor", "123456")]).await;
    assert!(!weak.text().contains("This is not the code."), "the code was not looked at");
    assert_eq!(site.password_of(ALICE), "hash of the old one");
    let told = browser.post(&page, &[("password", GOOD), ("second_factor", "123456")]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));

    let browser = Visitor::new(&site);
    let page = browser.open(&site.link_for(BOB).await).await;
    assert!(!browser.get(&page).await.body.contains("second_factor"), "Bob has none");
}

#[tokio::test]
async fn json_takes_the_code_of_a_second_factor() {
    let site = guarded();
    let link = site.link_for(ALICE).await;
    let token = token_in(&link);
    let browser = Visitor::new(&site);
    let told = browser.json("/api/check", &json!({ "token": token })).await.json();
    assert_eq!(told["needs_second_factor"], true);
    let body = |code| json!({ "token": token, "password": GOOD, "second_factor": code });
    let told = browser.json("/api/reset", &body("1")).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(told.json()["violations"][0]["code"], "second_factor");
    let told = browser.json("/api/reset", &body("123456")).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_account_that_needs_a_second_factor_gets_no_password_past_a_host_that_asks_for_none() {
    let site = Site::new();
    assert!(site.store.set_needs_second_factor(1, true));
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let told = browser.post(&page, &[("password", GOOD), ("second_factor", "123456")]).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.password_of(ALICE), "hash of the old one");
    assert!(browser.get(&page).await.has_form(), "the link still works");
}

#[tokio::test]
async fn a_code_that_is_sent_twice_is_no_code() {
    let site = guarded();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let fields = [("password", GOOD), ("second_factor", "123456"), ("second_factor", "123456")];
    assert_eq!(browser.post(&page, &fields).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(browser.post(&page, &fields[1..2]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.password_of(ALICE), "hash of the old one");
}
