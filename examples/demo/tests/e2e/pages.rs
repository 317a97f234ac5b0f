use crate::support::{ALICE, Demo, Page};

/// One of each page, the mistaken and the refused among them.
fn every_page(demo: &mut Demo) -> Vec<(&'static str, Page)> {
    let (older, link) = (demo.ask_for_link(), demo.ask_for_link());
    let browser = demo.browser();
    let form = browser.open(&link);
    let superseded = browser.open(&older);
    let (cancel, renew) = (format!("{}/cancel", form.path), format!("{}/renew", superseded.path));
    let [style, script] = assets(&form);
    let mut pages = vec![
        ("signed out", browser.get("/")),
        ("login", browser.get("/login")),
        ("wrong password", browser.sign_in(ALICE, "wrong")),
        ("forgot", browser.get("/forgot")),
        ("asked", browser.post("/forgot", &[("login", "nobody@example.com")])),
        ("no link", browser.get("/reset")),
        ("not opened", browser.get("/reset/AAAAAAAAAAAAAAAA")),
        ("link", browser.get(&link)),
        ("rejected", browser.post(&form.path, &[("password", "x")])),
        ("cancel", browser.get(&cancel)),
        ("cancelled", browser.post(&cancel, &[])),
        ("refused", browser.get(&form.path)),
        ("superseded", superseded),
        ("renew", browser.get(&renew)),
        ("not found", browser.get("/nowhere")),
        ("not whole", browser.post("/login", &[])),
        ("forgot, not whole", browser.post("/forgot", &[])),
        ("wrong method", browser.get("/logout")),
        ("from elsewhere", browser.post_with("/login", &[], &[("sec-fetch-site", "cross-site")])),
        ("style", browser.get(&style)),
        ("script", browser.get(&script)),
        ("change password", browser.get("/.well-known/change-password")),
        ("reset", form),
    ];
    let link = demo.ask_for_link();
    let set = browser.set_password(&link, "Looking-Glass-2");
    pages.push(("done", browser.get(set.header("location"))));
    pages.push(("set", set));
    browser.sign_in(ALICE, "Looking-Glass-2");
    pages.push(("home", browser.get("/")));
    pages
}

/// The paths of the style and the script, which a form has both.
fn assets(form: &Page) -> [String; 2] {
    [r#"<link rel="stylesheet" href=""#, r#"<script type="module" src=""#].map(|start| {
        let (_, rest) = form.body.split_once(start).unwrap();
        rest.split('"').next().unwrap().to_owned()
    })
}

const HAVE_A_FORM: [&str; 9] =
    ["login", "wrong password", "forgot", "asked", "reset", "rejected", "cancel", "renew", "home"];

#[test]
fn every_page_has_the_headers_that_protect_it() {
    for (name, page) in every_page(&mut Demo::start()) {
        let is_asset = ["style", "script"].contains(&name);
        let cached = if is_asset { "public, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(page.header("cache-control"), cached, "{name}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
        // What the browser says of a form's origin is what the form's page lets it say.
        assert_eq!(page.body.contains("<form"), HAVE_A_FORM.contains(&name), "{name}");
        if HAVE_A_FORM.contains(&name) {
            assert_eq!(page.header("referrer-policy"), "same-origin", "{name}");
            page.assert(page.status, r#"<meta name="referrer" content="same-origin">"#);
        }
        if name == "link" {
            assert_eq!(page.header("referrer-policy"), "no-referrer");
        }
        let policy = page.header("content-security-policy").split("; ").collect::<Vec<_>>();
        for directive in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(&directive), "{name}: {policy:?}");
        }
        let others = policy.iter().filter(|directive| !directive.contains("script-src 'self'"));
        assert_eq!(others.count(), 5, "{name}: {policy:?}");
    }
}

#[test]
fn every_page_is_html_with_at_most_the_one_script_and_nothing_from_elsewhere() {
    let pages = every_page(&mut Demo::start());
    let script = format!(r#"<script type="module" src="{}"></script>"#, assets(&pages[22].1)[1]);
    for (name, page) in pages {
        if page.body.is_empty() || ["style", "script"].contains(&name) {
            continue;
        }
        let scripts = usize::from(["reset", "rejected"].contains(&name));
        assert_eq!(page.body.matches(&script).count(), scripts, "{name}");
        let markup = page.body.replace(&script, "");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{name}");
        for part in [r#"<html lang="en">"#, "<title>", "<main>", "<h1>"] {
            assert_eq!(page.body.matches(part).count(), 1, "{part} in {name}");
        }
        assert!(page.body.contains(" – Demo</title>") && page.body.contains(">Demo</a></header>"));
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
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let [style, script] = assets(&demo.browser().open(&link));
    for (path, kind) in [
        (&*style, "text/css; charset=utf-8"),
        (&script, "text/javascript; charset=utf-8"),
        ("/site.css", "text/css"),
    ] {
        let asset = demo.browser().get(path);
        assert_eq!((asset.status, asset.header("content-type")), (200, kind), "{path}");
    }
}

#[test]
fn the_well_known_address_leads_to_the_form() {
    let page = Demo::start().browser().get("/.well-known/change-password");
    assert_eq!((page.status, page.header("location")), (303, "/forgot"));
}

#[test]
fn the_librarys_pages_stand_in_the_demos_frame_in_the_visitors_language() {
    let demo = Demo::start();
    for (wished, html, heading) in [
        ("de-AT, en;q=0.5", r#"<html lang="de">"#, "<h1>Passwort vergessen?</h1>"),
        ("en;q=0.5, ar", r#"<html lang="ar" dir="rtl">"#, "<h1>"),
        ("cy", r#"<html lang="en">"#, "<h1>Forgotten password?</h1>"),
    ] {
        let page = demo.browser().get_with("/forgot", &[("accept-language", wished)]);
        for part in [html, heading, r#"<header class="site"><a href="/">Demo</a></header>"#] {
            page.assert(200, part);
        }
    }
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
    page.assert(200, r#"required: digit; allowed: ascii-printable;""#);
    page.assert(200, r#" aria-describedby="requirements" maxlength="514">"#);
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
    let form = browser.open(&link);
    form.assert(200, &field);
    let path = form.path;
    let form = [("username", "mallory@example.com"), ("password", "password")];
    browser.post(&path, &form).assert(422, &field);
    let form = [("username", "mallory@example.com"), ("password", "Looking-Glass-2")];
    assert_eq!(browser.post(&path, &form).status, 303);
    assert!(!browser.open(&link).body.contains(ALICE));
}

#[test]
fn a_user_who_was_already_sent_a_link_is_told_to_use_it() {
    let page = Demo::start().browser().post("/forgot", &[("login", "nobody@example.com")]);
    page.assert(200, "If you were sent a link a short time ago, use that one");
}

#[test]
fn a_rejected_password_is_never_in_the_page() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let browser = demo.browser();
    let path = browser.open(&link).path;
    for (password, misses) in [
        ("canary", "Use at least 8 characters."),
        ("canary-canary", "Use at least one number."),
        ("CANARY\0CANARY1", "Use no NUL character."),
        ("canary\"><script>alert(1)", "Use at least one upper-case letter."),
        (&"canary-Canary1".repeat(100), "Use at most 256 characters."),
        (&"canary".repeat(2_000), "Use at most 256 characters."),
        ("", "Use at least 8 characters."),
    ] {
        let page = browser.post(&path, &[("password", password)]);
        page.assert(422, &format!(r#"<span class="hidden">Missing: </span>{misses}</li>"#));
        page.assert(422, r#"role="alert""#);
        page.assert(422, r#"aria-invalid="true""#);
        assert!(!page.body.to_ascii_lowercase().contains("canary"));
    }
    let page = browser.post(&path, &[("password", &"canary".repeat(10_000))]);
    page.assert(413, "That could not be read");
    assert!(!page.body.contains("canary"));
    browser.get(&path).assert(200, "Set a new password");
}

#[test]
fn a_login_is_shown_again_as_text_only() {
    let page = Demo::start().browser().sign_in("\"><script>alert(1)</script>", "wrong");
    assert_eq!(page.status, 422);
    assert!(!page.body.contains("<script"), "{}", page.body);
}
