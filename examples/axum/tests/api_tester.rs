//! A property-based tester of APIs, schemathesis, runs against the service with its OpenAPI
//! document.

use axum::Router;
use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::hasher::PasswordHasher;
use password_reset::token::{CodeKey, Codes, TokenIssuer};
use password_reset::web::ResetPages;
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::io::Write as _;
use std::process::Command;
use std::time::Duration;

struct InstantHasher;

impl PasswordHasher for InstantHasher {
    type Error = Infallible;

    async fn hash(&self, password: &str) -> Result<String, Infallible> {
        Ok(format!("hash of {} characters", password.chars().count()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_no_response_that_the_document_does_not_describe() {
    let schemathesis = std::env::var("TEST_SCHEMATHESIS").unwrap_or_default();
    if schemathesis.is_empty() {
        // Not `eprintln!`, which the test runner shows only if the test fails.
        let why = "skipped: the API's tester: TEST_SCHEMATHESIS names no schemathesis";
        return writeln!(std::io::stderr(), "{why}").unwrap();
    }
    let store = MemoryStore::new();
    store.add_account("alice@example.com", "hash").unwrap();
    let link = LinkTemplate::new("https://app.acme.example/reset?token={token}").unwrap();
    let codes = Codes::new(CodeKey::new(b"the key of the codes in the tests").unwrap());
    let issuer = TokenIssuer::builder().codes(codes).build().unwrap();
    let resets = PasswordReset::builder(store, Outbox::new(), link).issuer(issuer);
    let pages = ResetPages::builder(resets.build().unwrap(), InstantHasher);
    let pages = pages.answer_codes_after(Duration::from_millis(1));
    let pages = pages.requests(100_000, Duration::from_secs(20)).build().unwrap();
    let app = pages
        .routes()
        .iter()
        .fold(Router::new(), |app, path| app.route_service(path, pages.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src/web/openapi.json");
    let run = tokio::task::spawn_blocking(move || {
        Command::new(schemathesis)
            .args(["run", document, "--url", &url, "--checks", "all", "--max-examples", "200"])
            // A made-up token has the right form, but no link has it.
            .args(["--exclude-checks", "positive_data_acceptance", "--seed", "7", "--no-color"])
            .output()
            .unwrap()
    });
    let run = run.await.unwrap();
    server.abort();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
}
