use crate::support::{ALICE, BOB, Demo, FIRST_PASSWORD};

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
    let path = moved.header("location");
    assert_eq!((moved.status, path.len()), (303, "/reset/".len() + 16));
    assert!(path.starts_with("/reset/") && !path.contains(&token[..4]), "{path}");
    let cookie = format!("reset-token={token}; Path={path}; Max-Age=900; HttpOnly; SameSite=Lax");
    assert_eq!(moved.header("set-cookie"), cookie);
    assert!(!moved.body.contains(token));

    let form = browser.get(path);
    form.assert(200, "Set a new password");
    assert!(!form.body.contains(token));
    assert_eq!(form.header("set-cookie"), cookie, "from each page on it stays for as long");
}

#[test]
fn a_forged_host_changes_no_link() {
    let mut demo = Demo::start();
    for headers in [
        [("host", "evil.example"), ("sec-fetch-site", "same-origin")],
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
    let cookie = moved.header("set-cookie");
    assert!(
        cookie.starts_with("__Secure-reset-token=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    let signed_in = browser.sign_in(ALICE, FIRST_PASSWORD);
    assert!(signed_in.header("set-cookie").contains("; HttpOnly; SameSite=Lax; Secure;"));
}

#[test]
fn the_page_of_a_link_that_set_a_password_says_so_and_sets_no_other() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let path = browser.open(&link).path;
    for password in ["Looking-Glass-2", "Looking-Glass-3"] {
        let set = browser.post(&path, &[("password", password)]);
        assert_eq!((set.status, set.header("location")), (303, path.as_str()));
        let done = browser.get(&path);
        done.assert(200, "Your password was set");
        assert!(!done.body.contains("<form") && !done.body.contains(ALICE), "{}", done.body);
    }
    browser.sign_in(ALICE, "Looking-Glass-3").assert(422, "do not match");
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").status, 303);
    // In a browser that has not opened the link, its page belongs to no link.
    let other = demo.browser();
    other.get(&path).assert(404, "Open the link once more");
    other.post(&path, &[("password", "Looking-Glass-3")]).assert(404, "Open the link once more");
}

#[test]
fn links_of_two_accounts_and_an_older_and_a_newer_one_never_meet_in_one_browser() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let (hers, his) = (demo.ask_for_link(), demo.ask_for_link_of(BOB));
    let browser = demo.browser();
    let her_form = browser.open(&hers);
    browser.open(&his).assert(200, BOB);
    browser.open(&older).assert(410, "A newer link was asked for.");
    her_form.assert(200, ALICE);
    let set = browser.post(&her_form.path, &[("password", "Looking-Glass-2")]);
    assert_eq!(set.header("location"), her_form.path);
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").status, 303);
    assert_eq!(demo.browser().sign_in(BOB, "Wonderland2").status, 303);
}

#[test]
fn a_preview_of_the_link_costs_nothing() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    for _ in 0..3 {
        demo.browser().open(&link).assert(200, "Set a new password");
    }
    assert_eq!(demo.browser().set_password(&link, "Looking-Glass-2").status, 303);
}

#[test]
fn an_owner_who_did_not_ask_confirms_once_and_cancels_the_link() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let form = browser.open(&link);
    form.assert(200, "This wasn&#39;t me");
    let cancel = format!("{}/cancel", form.path);
    browser.get(&cancel).assert(200, &format!(r#"<form method="post" action="{cancel}">"#));
    browser.open(&link).assert(200, "Set a new password");
    let cancelled = browser.post(&cancel, &[]);
    assert_eq!((cancelled.status, cancelled.header("location")), (303, form.path.as_str()));
    browser.get(&form.path).assert(410, "This link was cancelled.");

    let later = demo.browser();
    later.open(&link).assert(410, "This link was cancelled.");
    later.post(&form.path, &[("password", "Looking-Glass-2")]).assert(410, "was cancelled");
    later.get(&cancel).assert(410, "was cancelled");
    assert_eq!(later.post(&cancel, &[]).header("location"), form.path);
    assert_eq!(later.sign_in(ALICE, FIRST_PASSWORD).status, 303);
}

#[test]
fn the_holder_of_a_superseded_link_is_sent_a_new_one_with_it() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let newer = demo.ask_for_link();
    let browser = demo.browser();
    let dead = browser.open(&older);
    let renew = format!("{}/renew", dead.path);
    dead.assert(410, &format!(r#"href="{renew}""#));
    browser.get(&renew).assert(200, &format!(r#"<form method="post" action="{renew}">"#));
    assert_eq!(demo.outbox().len(), 2, "to open it and to be asked sends nothing");
    browser.post(&renew, &[]).assert(200, "Check your email");
    let mail = demo.next_mail();
    assert_eq!(mail.recipients, [ALICE]);
    demo.browser().open(&mail.link(&demo.url)).assert(200, "Set a new password");
    demo.browser().open(&newer).assert(410, "A newer link was asked for.");
}

#[test]
fn a_link_that_renews_nothing_gets_the_same_answer() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let used = demo.ask_for_link();
    assert_eq!(demo.browser().set_password(&used, "Looking-Glass-2").status, 303);
    demo.next_mail();
    let good = demo.ask_for_link();
    let mut usual = None;
    for link in [older, used, good.clone()] {
        let browser = demo.browser();
        let renew = format!("{}/renew", browser.open(&link).path);
        let answer = browser.post(&renew, &[]).without_date();
        assert_eq!(&answer, usual.get_or_insert_with(|| answer.clone()));
        demo.wait_for_line(r#"flow="renew""#);
    }
    assert_eq!(demo.outbox().len(), 4, "three links and a notice");
    let renew = format!("{}/renew", demo.browser().open(&good).path);
    demo.browser().post(&renew, &[]).assert(404, "Open the link once more");
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
        let page = demo.browser().get(&format!("/reset?token={ending}"));
        page.assert(404, "This link is not valid. Ask for a new one.");
        page.assert(404, r#"href="/forgot""#);
        assert_eq!(page.header("set-cookie"), "", "{ending}");
    }
    demo.browser().get("/reset").assert(404, "This link is not valid.");
    demo.browser().open(&link).assert(200, "Set a new password");
}

#[test]
fn a_link_is_read_as_mail_programs_leave_it() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let (start, token) = link.rsplit_once('=').unwrap();
    for left in [format!("{link}."), format!("{link}%3E"), format!("{start}=3D{token}")] {
        demo.browser().open(&left).assert(200, "Set a new password");
    }
}

#[test]
fn every_refusal_has_a_way_on() {
    let mut demo = Demo::start();
    let older = demo.ask_for_link();
    let newer = demo.ask_for_link();
    let browser = demo.browser();
    let dead = browser.open(&older);
    dead.assert(410, &format!(r#"href="{}/renew""#, dead.path));
    browser.set_password(&newer, "Looking-Glass-2");
    browser.open(&newer).assert(200, r#"href="/login""#);
    browser.get(&dead.path).assert(410, r#"href="/login""#);
    browser.get("/reset").assert(404, r#"href="/forgot""#);
    browser.get("/reset/AAAAAAAAAAAAAAAA").assert(404, r#"href="/forgot""#);
}

#[test]
fn two_browsers_with_one_link_set_one_password() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let passwords = ["Looking-Glass-2", "Looking-Glass-3"];
    let forms = passwords.map(|password| {
        let browser = demo.browser();
        let path = browser.open(&link).path;
        (browser, path, password)
    });
    std::thread::scope(|scope| {
        for (browser, path, password) in &forms {
            // The second visitor is redirected to the page that says that the link was used.
            scope.spawn(|| {
                let set = browser.post(path, &[("password", password)]);
                assert_eq!((set.status, set.header("location")), (303, path.as_str()));
            });
        }
    });
    let works = |password: &&str| demo.browser().sign_in(ALICE, password).status == 303;
    assert_eq!(passwords.iter().filter(|password| works(password)).count(), 1);
    assert_eq!(demo.outbox().len(), 2, "one link and one notice");
}
