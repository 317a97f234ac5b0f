use super::visitor::{ALICE, GOOD};
use super::{Site, Visitor};
use http::StatusCode;
use serde_json::{Value, json};

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
    let rejected = app.json("/api/reset", &json!({ "token": token, "password": "x" })).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem: Value = serde_json::from_str(&rejected.body).unwrap();
    assert_eq!(problem["code"], "rejected");
    assert_eq!(problem["violations"][0]["parameters"]["min"], 8);
    let done = app.json("/api/reset", &json!({ "token": token, "password": GOOD })).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    let again = app.json("/api/check", &json!({ "token": token })).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert_eq!(serde_json::from_str::<Value>(&again.body).unwrap()["code"], "used");
}
