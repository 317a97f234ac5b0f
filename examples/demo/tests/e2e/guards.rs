use crate::support::{ALICE, Demo, FIRST_PASSWORD};
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
        let nobody = [("login", "nobody@example.com"), ("password", "Wonderland1")];
        let signed_in = if status == 403 { 403 } else { 422 };
        for (path, status) in [("/forgot", status), ("/login", signed_in)] {
            let page = demo.browser().post_with(path, &nobody, &headers);
            assert_eq!(page.status, status, "{path}: {headers:?}");
            assert_eq!(page.body.contains("sent by another site"), status == 403, "{headers:?}");
        }
    }
}

#[test]
fn a_form_from_another_site_changes_nothing() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.sign_in(ALICE, FIRST_PASSWORD);
    let form = browser.open(&link);
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let password = [("password", "Looking-Glass-2")];
    browser.post_with(&form.path, &password, &elsewhere).assert(403, "");
    browser.post_with(&format!("{}/cancel", form.path), &[], &elsewhere).assert(403, "");
    browser.post_with(&format!("{}/renew", form.path), &[], &elsewhere).assert(403, "");
    browser.post_with("/logout", &[], &elsewhere).assert(403, "");
    browser.get(&form.path).assert(200, "Set a new password");
    assert!(browser.is_signed_in());
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

/// Sends forms until one is refused, as a proxy forwards them for this client.
fn is_limited(demo: &Demo, client: &str) -> bool {
    let headers = [("x-forwarded-for", client)];
    let form = [("login", "nobody@example.com")];
    (0..100).any(|_| demo.browser().post_with("/forgot", &form, &headers).status == 429)
}

fn may_send(demo: &Demo, client: &str) -> bool {
    let headers = [("x-forwarded-for", client)];
    demo.browser().post_with("/forgot", &[("login", ALICE)], &headers).status == 200
}

#[test]
fn behind_a_proxy_each_client_has_a_limit_of_its_own_and_a_network_in_ipv6_is_one() {
    let demo = Demo::start_with(&[("DEMO_PROXY_HEADER", "X-Forwarded-For")]);
    assert!(is_limited(&demo, "2001:db8:1:2::1"));
    assert!(!may_send(&demo, "2001:db8:1:2:ffff::7"), "the same network");
    assert!(!may_send(&demo, "203.0.113.9, 2001:db8:1:2::1"), "what the client wrote is not read");
    assert!(may_send(&demo, "2001:db8:1:3::1"));
    assert!(may_send(&demo, "2001:db8:1:2::1, 198.51.100.1"));
}

#[test]
fn without_a_proxy_no_client_gets_a_limit_of_its_own_by_a_header() {
    let demo = Demo::start();
    assert!(is_limited(&demo, "198.51.100.1"));
    assert!(!may_send(&demo, "198.51.100.2"));
}

#[test]
fn a_store_that_fails_gives_a_plain_page_and_the_link_still_works() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    rename_table(&demo, "password_reset_ledgers", "away");
    browser.get(&link).assert(503, "Try again in a moment");
    rename_table(&demo, "away", "password_reset_ledgers");
    let form = browser.open(&link);
    form.assert(200, "Set a new password");
    rename_table(&demo, "password_reset_ledgers", "away");
    browser.get(&form.path).assert(503, "Try again in a moment");
    rename_table(&demo, "away", "password_reset_ledgers");
    browser.get(&form.path).assert(200, "Set a new password");
}

#[test]
fn a_commit_that_fails_leaves_the_link_and_the_password() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let form = browser.open(&link);
    rename_table(&demo, "sessions", "away");
    let password = [("password", "Looking-Glass-2")];
    browser.post(&form.path, &password).assert(503, "Try again in a moment");
    browser.sign_in(ALICE, FIRST_PASSWORD).assert(503, "Something went wrong");
    rename_table(&demo, "away", "sessions");
    assert_eq!(browser.sign_in(ALICE, FIRST_PASSWORD).status, 303);
    browser.get(&form.path).assert(200, "Set a new password");
    assert_eq!(demo.outbox().len(), 1, "no notice of what did not happen");
}

#[test]
fn no_secret_is_stored_or_logged() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let form = browser.open(&link);
    browser.post(&form.path, &[("password", "canary-rejected")]);
    browser.post(&form.path, &[("password", "Canary-accepted-1")]);
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
fn rename_table(demo: &Demo, from: &str, to: &str) {
    demo.execute(&format!("ALTER TABLE {from} RENAME TO {to}"));
}
