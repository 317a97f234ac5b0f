//! Invitations, an administrator's page, and a change of password while signed in.

use crate::support::{ALICE, BOB, Browser, CAROL, Demo, FIRST_PASSWORD};

const DORA: &str = "dora@example.com";
const ADMINISTRATOR: &str = "admin@example.com";
const NEW_PASSWORD: &str = "Looking-Glass-2";

fn administrator(demo: &Demo) -> Browser {
    let browser = demo.browser();
    assert_eq!(browser.sign_in(ADMINISTRATOR, "Wonderland4").header("location"), "/");
    browser.get("/").assert(200, "href=\"/admin\"");
    browser
}

#[test]
fn an_invited_user_chooses_a_password_and_signs_in() {
    let mut demo = Demo::start();
    let invited = administrator(&demo).post("/admin/invite", &[("email", DORA)]);
    invited.assert(200, "data-delivery=\"sent\"");
    let mail = demo.next_mail();
    assert_eq!(mail.recipients, [DORA]);
    assert_eq!(mail.subject, "Choose your Demo password");
    assert!(mail.text.contains("valid for 7 days"), "{}", mail.text);
    let link = mail.link(&demo.origin);
    assert!(!invited.body.contains("token="), "nobody but Dora gets the link");

    // A stranger presses "forgotten password" in her name, and more than once.
    for _ in 0..3 {
        demo.ask_for_link_of(DORA);
    }
    let browser = demo.browser();
    let form = browser.open(&link);
    form.assert(200, "Choose your password");
    browser.post(&form.path, &[("password", "dora")]).assert(422, "Use at least one number.");
    assert_eq!(browser.post(&form.path, &[("password", NEW_PASSWORD)]).status, 303);
    browser.get(&form.path).assert(200, "Your password was set");
    assert_eq!(demo.next_mail().subject, "Your Demo password was changed");
    assert_eq!(browser.sign_in(DORA, NEW_PASSWORD).header("location"), "/");
    browser.get("/").assert(200, DORA);
}

#[test]
fn an_administrator_learns_whether_each_mail_was_sent() {
    let mut demo = Demo::start();
    let browser = administrator(&demo);
    browser.get("/admin").assert(200, "Invite carol@example.com");
    let rows = [
        ("link", ALICE, "sent"),
        ("invite", CAROL, "sent"),
        ("invite", BOB, "has_password"),
        ("invite", "no body@example.com", "no_address"),
        ("link", "nobody@example.com", "may_not_reset"),
    ];
    for (what, email, delivery) in rows {
        let page = browser.post(&format!("/admin/{what}"), &[("email", email)]);
        page.assert(200, &format!("data-delivery=\"{delivery}\""));
        page.assert(200, email);
        if delivery == "sent" {
            assert_eq!(demo.next_mail().recipients, [email]);
        }
    }
    assert_eq!(demo.outbox().len(), 2);

    let elsewhere = browser.post("/admin/invite", &[("email", "victim@elsewhere.test")]);
    elsewhere.assert(422, "people at example.com only");
    browser.post("/admin/link", &[("email", ALICE)]).assert(200, "data-delivery=\"sent\"");
    let mail = demo.next_mail();
    assert!(mail.text.starts_with("An administrator asked"), "{}", mail.text);
}

#[test]
fn nobody_else_may_start_a_reset_or_invite() {
    let demo = Demo::start();
    let (alice, nobody) = (demo.browser(), demo.browser());
    alice.sign_in(ALICE, FIRST_PASSWORD);
    assert!(!alice.get("/").body.contains("/admin"));
    for browser in [&alice, &nobody] {
        browser.get("/admin").assert(403, "Only an administrator");
        for path in ["/admin/link", "/admin/invite"] {
            browser.post(path, &[("email", CAROL)]).assert(403, "Only an administrator");
        }
    }
    let foreign = [("origin", "https://evil.example")];
    let page = administrator(&demo).post_with("/admin/invite", &[("email", CAROL)], &foreign);
    page.assert(403, "sent by another site");
    assert!(demo.outbox().is_empty());
}

#[test]
fn changing_the_password_while_signed_in_ends_links_and_the_other_sessions() {
    let mut demo = Demo::start();
    let (browser, elsewhere) = (demo.browser(), demo.browser());
    browser.sign_in(ALICE, FIRST_PASSWORD);
    elsewhere.sign_in(ALICE, FIRST_PASSWORD);
    let link = demo.ask_for_link();
    browser.get("/password").assert(200, "at least one number");

    let change = |present, new| browser.post("/password", &[("present", present), ("new", new)]);
    change("Wonderland2", NEW_PASSWORD).assert(422, "not your present password");
    change(FIRST_PASSWORD, "weak").assert(422, "Use at least one number.");
    assert!(elsewhere.is_signed_in());
    assert_eq!(change(FIRST_PASSWORD, NEW_PASSWORD).header("location"), "/");
    assert_eq!(demo.next_mail().subject, "Your Demo password was changed");

    assert!(browser.is_signed_in() && !elsewhere.is_signed_in());
    demo.browser().open(&link).assert(410, "password has changed since this link was sent");
    demo.browser().sign_in(ALICE, FIRST_PASSWORD).assert(422, "do not match");
    assert_eq!(demo.browser().sign_in(ALICE, NEW_PASSWORD).header("location"), "/");
    change(FIRST_PASSWORD, "Looking-Glass-3").assert(422, "not your present password");
    change(NEW_PASSWORD, FIRST_PASSWORD).assert(422, "not among your last four");
}

#[test]
fn a_session_that_was_found_open_guesses_five_passwords_and_no_more() {
    let demo = Demo::start();
    let browser = demo.browser();
    browser.sign_in(ALICE, FIRST_PASSWORD);
    let guess = |present| browser.post("/password", &[("present", present), ("new", NEW_PASSWORD)]);
    for _ in 0..5 {
        guess("Wonderland2").assert(422, "not your present password");
    }
    assert_eq!(guess(FIRST_PASSWORD).header("location"), "/login");
    assert_eq!(demo.browser().sign_in(ALICE, FIRST_PASSWORD).status, 303);
}

#[test]
fn none_of_the_last_four_passwords_is_taken_again() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    let mut form = browser.open(&demo.ask_for_link());
    let rejected = browser.post(&form.path, &[("password", FIRST_PASSWORD)]);
    rejected.assert(422, "Use a password that is not among your last four.");
    rejected.assert(422, "data-requirement=\"recent_password\"");
    for number in 2..=5 {
        let new = format!("Looking-Glass-{number}");
        assert_eq!(browser.post(&form.path, &[("password", &new)]).status, 303);
        assert_eq!(demo.next_mail().subject, "Your Demo password was changed");
        form = browser.open(&demo.ask_for_link());
    }
    let third = browser.post(&form.path, &[("password", "Looking-Glass-2")]);
    third.assert(422, "not among your last four");
    assert_eq!(browser.post(&form.path, &[("password", FIRST_PASSWORD)]).status, 303);
}

#[test]
fn a_password_can_be_changed_that_was_never_forgotten() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    browser.sign_in(BOB, "Wonderland2");
    let form = [("present", "Wonderland2"), ("new", NEW_PASSWORD)];
    assert_eq!(browser.post("/password", &form).header("location"), "/");
    assert_eq!(demo.next_mail().recipients, [BOB]);
    let link = demo.ask_for_link_of(BOB);
    assert_eq!(demo.browser().set_password(&link, "Looking-Glass-3").status, 303);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_visitor_who_is_not_signed_in_changes_no_password() {
    let demo = Demo::start();
    assert_eq!(demo.browser().get("/password").header("location"), "/login");
    let form = [("present", FIRST_PASSWORD), ("new", NEW_PASSWORD)];
    assert_eq!(demo.browser().post("/password", &form).header("location"), "/login");
    assert_eq!(demo.browser().sign_in(ALICE, FIRST_PASSWORD).status, 303);
}
