use crate::support::{ALICE, Browser, Demo, FIRST_PASSWORD};

fn token_of(link: &str) -> &str {
    link.rsplit_once('=').unwrap().1
}

#[test]
fn the_token_leaves_the_address_bar() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let token = token_of(&link);
    let browser = demo.browser();
    let moved = browser.get(&link);
    assert_eq!((moved.status, moved.header("location")), (303, "/reset"));
    assert_eq!(
        moved.header("set-cookie"),
        format!("reset_token={token}; HttpOnly; SameSite=Lax; Path=/reset; Max-Age=900")
    );
    assert!(!moved.body.contains(token));

    let form = browser.get("/reset");
    form.assert(200, "Set a new password");
    assert!(!form.body.contains(token));
    assert_eq!(form.header("set-cookie"), "");
}

#[test]
fn a_forged_host_changes_no_link() {
    let mut demo = Demo::start();
    for headers in [
        // The demo takes a form only where both agree, so the forged host did arrive.
        [("host", "evil.example"), ("origin", "https://evil.example")],
        [("x-forwarded-host", "evil.example"), ("x-host", "evil.example")],
        [("forwarded", "host=evil.example"), ("x-original-url", "https://evil.example/")],
    ] {
        let page = demo.browser().post_with("/forgot", &[("login", ALICE)], &headers);
        assert_eq!(page.status, 200, "{headers:?}");
        let mail = demo.next_mail();
        assert!(!mail.text.contains("evil.example"), "{headers:?}: {}", mail.text);
        demo.browser().open(&mail.link(&demo.url)).assert(200, "Set a new password");
    }
}

#[test]
fn behind_https_links_and_cookies_are_secure() {
    let mut demo = Demo::start_with(&[("DEMO_BASE_URL", "https://demo.example.com/")]);
    let browser = demo.browser();
    browser.post("/forgot", &[("login", ALICE)]);
    let link = demo.next_mail().link("https://demo.example.com/reset?token=");
    let moved = browser.get(&format!("/reset?token={}", token_of(&link)));
    assert!(moved.header("set-cookie").contains("; Secure;"));
    let signed_in = browser.sign_in(ALICE, FIRST_PASSWORD);
    assert!(signed_in.header("set-cookie").contains("; HttpOnly; SameSite=Lax; Secure;"));
}

#[test]
fn the_browser_forgets_the_token_once_the_password_was_set() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    assert!(browser.cookie("/reset", "reset_token").is_some());
    assert_eq!(browser.post("/reset", &[("password", "Looking-Glass-2")]).status, 303);
    assert_eq!(browser.cookie("/reset", "reset_token"), None);
    browser.get("/reset").assert(404, "Open the link once more");
    browser.post("/reset", &[("password", "Looking-Glass-3")]).assert(404, "Open the link");
}

#[test]
fn a_preview_of_the_link_costs_nothing() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    for _ in 0..3 {
        demo.browser().open(&link).assert(200, "Set a new password");
    }
    let browser = demo.browser();
    browser.open(&link);
    assert_eq!(browser.post("/reset", &[("password", "Looking-Glass-2")]).status, 303);
}

#[test]
fn whoever_did_not_ask_is_asked_once_more_and_cancels_the_link() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link).assert(200, "This wasn’t me");
    browser.get("/reset/cancel").assert(200, r#"<form method="post" action="/reset/cancel">"#);
    browser.open(&link).assert(200, "Set a new password");
    browser.post("/reset/cancel", &[]).assert(200, "The link was cancelled");
    assert_eq!(browser.cookie("/reset", "reset_token"), None);

    let later = demo.browser();
    later.open(&link).assert(410, "This link was cancelled.");
    later.post("/reset", &[("password", "Looking-Glass-2")]).assert(410, "was cancelled");
    later.get("/reset/cancel").assert(410, "was cancelled");
    later.post("/reset/cancel", &[]).assert(410, "was cancelled");
    assert_eq!(later.sign_in(ALICE, FIRST_PASSWORD).status, 303);
}

#[test]
fn whoever_holds_a_superseded_link_is_sent_a_new_one_by_it() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let newer = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&older).assert(410, r#"<form method="post" action="/reset/renew">"#);
    assert_eq!(demo.outbox().len(), 2, "to open it sends nothing");
    browser.post("/reset/renew", &[]).assert(200, "Check your email");
    let mail = demo.next_mail();
    assert_eq!(mail.recipients, [ALICE]);
    demo.browser().open(&mail.link(&demo.url)).assert(200, "Set a new password");
    demo.browser().open(&newer).assert(410, "A newer link was asked for.");
}

#[test]
fn a_link_that_renews_nothing_gets_the_same_answer() {
    let mut demo = Demo::start();
    let usual = demo.browser().post("/forgot", &[("login", "nobody@example.com")]).without_date();
    let older = demo.ask_for_link();
    let used = demo.ask_for_link();
    let redeemer = demo.browser();
    redeemer.open(&used);
    assert_eq!(redeemer.post("/reset", &[("password", "Looking-Glass-2")]).status, 303);
    demo.next_mail();
    let good = demo.ask_for_link();
    let made_up = format!("{}/reset?token={}", demo.url, "A".repeat(48));
    for link in [older, used, good, made_up] {
        let browser = demo.browser();
        browser.open(&link);
        assert_eq!(browser.post("/reset/renew", &[]).without_date(), usual);
        demo.wait_for_line(r#"flow="renew""#);
    }
    assert_eq!(demo.outbox().len(), 4, "three links and a notice");
    demo.browser().post("/reset/renew", &[]).assert(404, "Open the link once more");
}

#[test]
fn what_never_was_a_link_is_not_valid() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let token = token_of(&link);
    let other_verifier = format!("{}{}", &token[..16], "A".repeat(32));
    let endings = [
        String::new(),
        "x".to_owned(),
        other_verifier,
        format!("{token}."),
        format!("{token}%3D"),
        format!("{token}&token={token}"),
        token[1..].to_owned(),
        token.to_ascii_lowercase(),
        format!("%FF{token}"),
        format!("%00{token}"),
        format!("{token}%0D%0ASet-Cookie:%20a=b"),
        "A".repeat(48),
        "A".repeat(10_000),
    ];
    for ending in endings {
        let browser = demo.browser();
        let page = browser.open(&format!("{}/reset?token={ending}", demo.url));
        page.assert(404, "This link is not valid. Ask for a new one.");
        page.assert(404, r#"href="/forgot""#);
    }
    demo.browser().open(&link).assert(200, "Set a new password");
}

#[test]
fn every_refusal_has_a_way_on() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let newer = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&older).assert(410, r#"action="/reset/renew""#);
    browser.open(&newer);
    browser.post("/reset", &[("password", "Looking-Glass-2")]);
    browser.open(&newer).assert(410, r#"href="/login""#);
}

#[test]
fn two_browsers_with_one_link_set_one_password() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let set =
        |browser: &Browser, password| browser.post("/reset", &[("password", password)]).status;
    let browsers = [demo.browser(), demo.browser()];
    let [one, other] = &browsers;
    one.open(&link);
    other.open(&link);
    let mut statuses = std::thread::scope(|scope| {
        let race = [
            scope.spawn(|| set(one, "Looking-Glass-2")),
            scope.spawn(|| set(other, "Looking-Glass-3")),
        ];
        race.map(|browser| browser.join().unwrap())
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
}
