use crate::support::{ALICE, Demo, FIRST_PASSWORD};
use sqlx::{Connection, SqliteConnection};
use std::fs;

#[test]
fn a_form_from_another_site_is_refused() {
    let demo = Demo::start();
    let host = demo.url.strip_prefix("http://").unwrap();
    let own_origin = demo.url.as_str();
    let statuses = [
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("sec-fetch-site", "cross-site"), ("origin", own_origin)], 403),
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", host)], 403),
        (vec![("sec-fetch-site", "same-origin")], 200),
        (vec![("sec-fetch-site", "same-origin"), ("origin", "null")], 200),
        (vec![("sec-fetch-site", "none")], 200),
        (vec![("origin", own_origin)], 200),
        (vec![], 200),
    ];
    for (headers, status) in statuses {
        let form = [("login", "nobody@example.com")];
        let page = demo.browser().post_with("/forgot", &form, &headers);
        assert_eq!(page.status, status, "{headers:?}");
        assert_eq!(page.body.contains("sent by another site"), status == 403, "{headers:?}");
    }
}

#[test]
fn a_form_from_another_site_changes_nothing() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    let elsewhere = [("sec-fetch-site", "cross-site")];
    browser.post_with("/reset", &[("password", "Looking-Glass-2")], &elsewhere).assert(403, "");
    browser.post_with("/reset/cancel", &[], &elsewhere).assert(403, "");
    browser.post_with("/reset/renew", &[], &elsewhere).assert(403, "");
    browser.get("/reset").assert(200, "Set a new password");
    assert_eq!(browser.sign_in(ALICE, FIRST_PASSWORD).status, 303);
}

#[test]
fn a_client_that_sends_too_many_forms_is_told_to_wait() {
    let demo = Demo::start();
    let limited = (0..1000)
        .map(|_| demo.browser().post("/forgot", &[("login", "nobody@example.com")]))
        .find(|page| page.status != 200)
        .unwrap();
    limited.assert(429, "Too many forms were sent from your connection.");
    assert!(limited.header("retry-after").parse::<u32>().is_ok());
    assert_eq!(limited.header("cache-control"), "no-store");
    demo.browser().get("/login").assert(200, "Sign in");
}

#[test]
fn a_store_that_fails_gives_a_plain_page_and_the_link_still_works() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    rename_table(&demo, "password_reset_ledgers", "away");
    browser.open(&link).assert(503, "Something went wrong");
    rename_table(&demo, "away", "password_reset_ledgers");
    browser.get("/reset").assert(200, "Set a new password");
}

#[test]
fn a_commit_that_fails_leaves_the_link_and_the_password() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    rename_table(&demo, "sessions", "away");
    browser.post("/reset", &[("password", "Looking-Glass-2")]).assert(503, "Something went wrong");
    rename_table(&demo, "away", "sessions");
    assert_eq!(browser.sign_in(ALICE, FIRST_PASSWORD).status, 303);
    browser.get("/reset").assert(200, "Set a new password");
    assert_eq!(demo.outbox().len(), 1, "no notice of what did not happen");
}

#[test]
fn no_secret_is_stored_or_logged() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    browser.post("/reset", &[("password", "canary-rejected")]);
    browser.post("/reset", &[("password", "Canary-accepted-1")]);
    browser.sign_in(ALICE, "canary-mistyped");
    browser.sign_in(ALICE, "Canary-accepted-1");
    let session = browser.cookie("/", "session").unwrap();
    let secrets = [link.rsplit_once('=').unwrap().1, session.as_str(), "canary", "Canary"];

    let write_ahead_log = demo.database().with_extension("sqlite-wal");
    let mut stored = fs::read(demo.database()).unwrap();
    stored.extend(fs::read(write_ahead_log).unwrap());
    demo.interrupt();
    demo.wait();
    assert!(contains(&stored, ALICE) && demo.said().contains("completed"));
    for secret in secrets {
        assert!(!contains(&stored, secret), "{secret} is in the database");
        assert!(!demo.said().contains(secret), "{secret} is in the log");
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Breaks the demo's database, or mends it.
#[tokio::main(flavor = "current_thread")]
async fn rename_table(demo: &Demo, from: &str, to: &str) {
    let url = format!("sqlite://{}", demo.database().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let rename = format!("ALTER TABLE {from} RENAME TO {to}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
