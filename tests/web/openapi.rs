//! The OpenAPI document agrees with the service.

use super::visitor::{ALICE, GOOD};
use super::{Site, Visitor};
use http::{Method, Request};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(include_str!("../../src/web/openapi.json")).unwrap()
}

/// Follows the references of the document, which all lead into it.
fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(path) => resolve(document, document.pointer(path.strip_prefix('#').unwrap()).unwrap()),
        None => value,
    }
}

/// Whether an answer is one that the document promises for this operation.
fn assert_promised(document: &Value, path: &str, method: &str, answer: &super::visitor::Answer) {
    let operation = &document["paths"][path][method];
    let status = answer.status.as_u16().to_string();
    let promised = resolve(document, &operation["responses"][&status]);
    assert!(promised.is_object(), "{path}: {status} is not in the document");
    let Some(content) = promised.get("content").and_then(Value::as_object) else {
        return assert_eq!(answer.body, "", "{path}: {status} has no body");
    };
    let (media_type, promised) = content.iter().next().unwrap();
    assert_eq!(answer.header("content-type"), media_type, "{path}: {status}");
    let mut schema = promised["schema"].clone();
    schema["components"] = document["components"].clone();
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let body = serde_json::from_str(&answer.body).unwrap();
    assert!(schema.is_valid(&body), "{path}: {status}: {body}: {:?}", schema.validate(&body).err());
}

#[tokio::test]
async fn every_route_of_the_api_is_in_the_document_and_the_other_way_round() {
    let site = Site::with_codes();
    let document = document();
    let told: BTreeSet<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let routes = site.pages.routes().into_iter().filter(|path| path.starts_with("/api/"));
    assert_eq!(told, routes.collect());

    for path in &told {
        let operations = document["paths"][path].as_object().unwrap();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let name = method.as_str().to_lowercase();
            let request = Request::builder().method(&method).uri(path);
            let answer = Visitor::new(&site).send(request, "").await;
            assert_eq!(answer.status != 405, operations.contains_key(&name), "{method} {path}");
        }
    }
}

/// What a program may send, from right to wrong.
fn bodies(token: &str, code: &str) -> Vec<String> {
    let mut bodies: Vec<_> = [
        json!({ "login": ALICE }),
        json!({ "login": ALICE, "language": "de" }),
        json!({ "login": 7 }),
        json!({ "login": ALICE, "code": code }),
        json!({ "login": ALICE, "code": "00000000" }),
        json!({ "login": "nobody", "code": code }),
        json!({ "login": ALICE, "code": 12_345_678 }),
        json!({ "token": token, "password": "short" }),
        json!({ "token": token, "password": GOOD }),
        json!({ "token": token }),
        json!({ "token": "made up" }),
        json!({ "token": "made up", "password": GOOD }),
        json!({ "token": token, "else": 1 }),
        json!([]),
    ]
    .iter()
    .map(Value::to_string)
    .collect();
    bodies.extend([String::new(), "{".to_owned(), "x".repeat(17 * 1024)]);
    bodies
}

/// The token and the code of a new mail.
async fn mailed(site: &Site) -> (String, String) {
    Visitor::new(site).post("/forgot", &[("login", ALICE)]).await;
    let mail = site.mail().await;
    let (link, code) = (mail.link().unwrap(), mail.code().unwrap());
    (link.expose_token().to_owned(), code.expose_digits().to_owned())
}

#[tokio::test(start_paused = true)]
async fn every_answer_of_the_api_is_as_the_document_says() {
    let document = document();
    let mut seen = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().keys() {
        for number in 0..bodies("", "").len() {
            let site = Site::with_codes();
            let (old, link) = (mailed(&site).await, mailed(&site).await);
            for (token, code) in [old, link] {
                let method = if path == "/api/policy" { "get" } else { "post" };
                for headers in [
                    vec![("Content-Type", "application/json")],
                    vec![("Content-Type", "text/plain")],
                    vec![("Content-Type", "application/json"), ("Sec-Fetch-Site", "cross-site")],
                ] {
                    let mut request = Request::builder().method(method.to_uppercase().as_str());
                    for (name, value) in headers {
                        request = request.header(name, value);
                    }
                    let body = &bodies(&token, &code)[number];
                    let answer = Visitor::new(&site).send(request.uri(path), body).await;
                    assert_promised(&document, path, method, &answer);
                    seen.insert((path.clone(), answer.status.as_u16()));
                }
            }
        }
    }
    // All that is promised was seen, but for what takes long or a full house.
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (_, operation) in operations.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                let status = status.parse().unwrap();
                let is_seen = seen.contains(&(path.clone(), status));
                assert!(is_seen || matches!(status, 408 | 503), "{path}: {status} was not seen");
            }
        }
    }
}

#[test]
fn the_document_names_every_code_and_no_other() {
    let document = document();
    let problem = &document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"];
    let told: BTreeSet<_> =
        problem.as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let refusals = ["unknown", "superseded", "used", "revoked", "expired", "changed"];
    let others = [
        "busy",
        "foreign_site",
        "malformed",
        "method_not_allowed",
        "not_found",
        "not_json",
        "too_large",
        "too_slow",
    ];
    assert_eq!(told, refusals.into_iter().chain(others).collect());
    let source = include_str!("../../src/web/api.rs");
    // Two have a shape of their own.
    for code in others.into_iter().chain(["rejected", "wrong_code"]) {
        assert!(source.contains(&format!("\"{code}\"")), "{code}");
    }
    for refusal in include_str!("../../src/token/refusal.rs").lines().filter_map(|line| {
        line.trim().strip_prefix("Self::")?.split_once("=> \"")?.1.strip_suffix("\",")
    }) {
        assert!(told.contains(refusal), "{refusal}");
    }
}
