use crate::support::{ALICE, Demo, Page};

/// One of each page, the mistaken and the refused among them.
fn every_page(demo: &mut Demo) -> Vec<(&'static str, Page)> {
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let mut pages = vec![
        ("signed out", browser.get("/")),
        ("login", browser.get("/login")),
        ("wrong password", browser.sign_in("alice@example.com", "wrong")),
        ("forgot", browser.get("/forgot")),
        ("asked", browser.post("/forgot", &[("login", "nobody@example.com")])),
        ("no link", browser.get("/reset")),
        ("link", browser.get(&link)),
        ("reset", browser.get("/reset")),
        ("rejected", browser.post("/reset", &[("password", "x")])),
        ("cancel", browser.get("/reset/cancel")),
        ("cancelled", browser.post("/reset/cancel", &[])),
        ("refused", browser.open(&link)),
        ("done", browser.get("/reset/done")),
        ("not found", browser.get("/nowhere")),
        ("not whole", browser.post("/login", &[])),
        ("wrong method", browser.get("/logout")),
        ("from elsewhere", browser.post_with("/login", &[], &[("sec-fetch-site", "cross-site")])),
        ("style", browser.get("/style.css")),
        ("script", browser.get("/checklist.js")),
        ("change password", browser.get("/.well-known/change-password")),
    ];
    browser.sign_in("alice@example.com", "Wonderland1");
    pages.push(("home", browser.get("/")));
    pages
}

#[test]
fn every_page_has_the_headers_that_protect_it() {
    for (name, page) in every_page(&mut Demo::start()) {
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{name}");
        assert_eq!(page.header("cache-control"), "no-store", "{name}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(
            page.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
            "{name}"
        );
    }
}

#[test]
fn every_page_is_html_with_at_most_the_one_script_and_nothing_from_elsewhere() {
    const SCRIPT: &str = r#"<script type="module" src="/checklist.js"></script>"#;
    for (name, page) in every_page(&mut Demo::start()) {
        if page.body.is_empty() || ["style", "script"].contains(&name) {
            continue;
        }
        let scripts = usize::from(["reset", "rejected"].contains(&name));
        assert_eq!(page.body.matches(SCRIPT).count(), scripts, "{name}");
        let markup = page.body.replace(SCRIPT, "");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{name}");
        for part in [r#"<html lang="en">"#, "<title>", "<main>", "<h1>"] {
            assert_eq!(page.body.matches(part).count(), 1, "{part} in {name}");
        }
        for tag in markup.split('<').filter_map(|tag| tag.split('>').next()) {
            for part in ["src=", "//", "style="] {
                assert!(!tag.contains(part), "{part} in {name}");
            }
            let is_handler = |word: &str| word.starts_with("on") && word.contains('=');
            assert!(!tag.starts_with("script") && !tag.split(' ').any(is_handler), "{name}");
        }
    }
}

#[test]
fn the_script_and_the_style_say_what_they_are() {
    let demo = Demo::start();
    for (path, kind) in [("/checklist.js", "text/javascript"), ("/style.css", "text/css")] {
        let asset = demo.browser().get(path);
        assert_eq!(asset.status, 200);
        assert_eq!(asset.header("content-type"), format!("{kind}; charset=utf-8"));
    }
}

#[test]
fn the_well_known_address_leads_to_the_form() {
    let page = Demo::start().browser().get("/.well-known/change-password");
    assert_eq!((page.status, page.header("location")), (303, "/forgot"));
}

#[test]
fn the_requirements_are_read_before_anybody_types() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let page = demo.browser().open(&link);
    for (requirement, sentence) in [
        (r#""too_short" data-min="8""#, "at least 8 characters"),
        (r#""missing_digit""#, "at least one number"),
        (r#""missing_lowercase""#, "at least one lower-case letter"),
        (r#""missing_uppercase""#, "at least one upper-case letter"),
        (r#""too_long" data-max="256" data-only-missing hidden"#, "at most 256 characters"),
        (r#""nul_character" data-only-missing hidden"#, "no NUL character"),
    ] {
        page.assert(200, &format!("<li data-requirement={requirement}>{sentence}</li>"));
    }
    assert_eq!(page.body.matches("<li ").count(), 6);
    page.assert(200, r#"autocomplete="new-password""#);
    page.assert(200, r#"required: digit; allowed: ascii-printable;" maxlength="514""#);
    page.assert(200, r#" aria-describedby="requirements">"#);
}

/// Password managers save the new password under it. A dead link tells nobody whose it was.
#[test]
fn the_form_of_a_good_link_has_the_address_in_a_hidden_field() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let field = format!(
        r#"<input type="text" name="username" autocomplete="username" value="{ALICE}" hidden>"#
    );
    browser.open(&link).assert(200, &field);
    let form = [("username", "mallory@example.com"), ("password", "password")];
    browser.post("/reset", &form).assert(422, &field);
    let form = [("username", "mallory@example.com"), ("password", "Looking-Glass-2")];
    assert_eq!(browser.post("/reset", &form).status, 303);
    assert!(!browser.open(&link).body.contains(ALICE));
}

#[test]
fn whoever_was_sent_a_link_already_is_told_to_use_it() {
    let page = Demo::start().browser().post("/forgot", &[("login", "nobody@example.com")]);
    page.assert(200, "If you were sent a link within the last hour, use the one in the most");
}

#[test]
fn a_rejected_password_is_never_in_the_page() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&link);
    for (password, misses) in [
        ("canary", "Use at least 8 characters."),
        ("canary-canary", "Use at least one number."),
        ("CANARY\0CANARY1", "Use no NUL character."),
        ("canary\"><script>alert(1)", "Use at least one upper-case letter."),
        (&"canary-Canary1".repeat(100), "Use at most 256 characters."),
        (&"canary".repeat(200_000), "Use at most 256 characters."),
        ("", "Use at least 8 characters."),
    ] {
        let page = browser.post("/reset", &[("password", password)]);
        page.assert(
            422,
            &format!(r#"class="missing"><span class="hidden">Missing: </span>{misses}</li>"#),
        );
        page.assert(422, r#"role="alert""#);
        page.assert(422, r#"aria-invalid="true""#);
        assert!(!page.body.to_ascii_lowercase().contains("canary"));
    }
}

#[test]
fn a_login_is_shown_again_as_text_only() {
    let page = Demo::start().browser().sign_in("\"><script>alert(1)</script>", "wrong");
    assert_eq!(page.status, 422);
    assert!(!page.body.contains("<script"), "{}", page.body);
}
