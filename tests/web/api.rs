//! The flow as JSON.

use super::visitor::{ALICE, BOB, GOOD, token_in};
use super::{Site, Visitor};
use http::StatusCode;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_program_goes_the_whole_way_in_json() {
    let site = Site::new();
    let app = Visitor::new(&site);
    let asked = app.json("/api/forgot", &json!({ "login": ALICE, "language": "de" })).await;
    assert_eq!((asked.status, &*asked.body), (StatusCode::ACCEPTED, ""));
    let mail = site.mail().await;
    let token = mail.link().unwrap().expose_token();
    let checked = app.json("/api/check", &json!({ "token": token })).await;
    assert_eq!(checked.status, StatusCode::OK);
    let expected = json!({
        "expires_at": "2026-11-23T14:05:42Z",
        "kind": "recovery",
        "needs_second_factor": false,
    });
    assert_eq!(checked.json(), expected, "and not whose");
    let rejected = app.json("/api/reset", &json!({ "token": token, "password": "x" })).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem = rejected.json();
    assert_eq!(problem["code"], "rejected");
    assert_eq!(problem["violations"][0]["parameters"]["min"], 8);
    let done = app.json("/api/reset", &json!({ "token": token, "password": GOOD })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    let again = app.json("/api/check", &json!({ "token": token })).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert_eq!(again.json()["code"], "used");
}

#[tokio::test]
async fn a_problem_says_its_code_in_three_ways() {
    let site = Site::new();
    let [old, link] = [site.link_for(ALICE).await, site.link_for(ALICE).await];
    let (late, bobs) = (site.link_for(BOB).await, Visitor::new(&site));
    let app = Visitor::new(&site);
    let code = async |call: &str, token: &str, status: StatusCode, code: &str| {
        let body = json!({ "token": token, "password": GOOD });
        let body = if call == "reset" { body } else { json!({ "token": token }) };
        let answer = app.json(&format!("/api/{call}"), &body).await;
        assert_eq!(answer.status, status, "{call} {code}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["type"], format!("urn:password-reset:{code}"));
        assert_eq!(problem["status"], status.as_u16());
        assert!(problem["title"].as_str().is_some_and(|title| title.ends_with('.')), "{problem}");
        assert!(!answer.body.contains("example.com"), "{problem}");
    };
    for call in ["check", "cancel", "reset"] {
        code(call, "x", StatusCode::NOT_FOUND, "unknown").await;
        code(call, token_in(&old), StatusCode::GONE, "superseded").await;
    }
    let page = bobs.open(&late).await;
    site.store.set_password_hash(2, "hash by another path");
    code("check", token_in(&late), StatusCode::GONE, "changed").await;
    site.store.set_password_hash(2, "hash of the old one");
    assert!(bobs.get(&page).await.has_form());
    app.json("/api/cancel", &json!({ "token": token_in(&link) })).await;
    code("reset", token_in(&link), StatusCode::GONE, "revoked").await;
    site.clock.advance(Duration::from_secs(3600));
    code("reset", token_in(&late), StatusCode::GONE, "expired").await;
}

#[tokio::test]
async fn a_program_may_hand_over_a_token_as_the_mail_program_left_it() {
    let site = Site::new();
    let app = Visitor::new(&site);
    let link = site.link_for(ALICE).await;
    for token in
        [">", ").", ",", "\"", " ", "\r\n"].map(|end| format!("3D{}{end}", token_in(&link)))
    {
        let checked = app.json("/api/check", &json!({ "token": token })).await;
        assert_eq!(checked.status, StatusCode::OK, "{token:?}");
    }
    let renewed = site.link_for(ALICE).await;
    let token = format!("{}>", token_in(&link));
    app.json("/api/renew", &json!({ "token": token })).await;
    let newest = site.mailed_link(ALICE).await;
    let token = format!("{}).", token_in(&newest));
    let done = app.json("/api/reset", &json!({ "token": token, "password": GOOD })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_ne!(renewed, newest);
    let his = format!("<{}>", token_in(&site.link_for(BOB).await));
    let cancelled = app.json("/api/cancel", &json!({ "token": his })).await;
    assert_eq!(
        cancelled.status,
        StatusCode::NOT_FOUND,
        "what stands before it is no mail program's"
    );
}
