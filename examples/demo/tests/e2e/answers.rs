use crate::support::{ALICE, Demo, FIRST_PASSWORD, Page};
use ureq::http::HeaderMap;

/// An answer without what was typed, which stands in it for the form of the code.
fn without_login(mut answer: Page) -> (u16, HeaderMap, String) {
    let field = r#"<input type="hidden" name="login" value=""#;
    let (before, rest) = answer.body.split_once(field).expect(field);
    answer.body = [before, rest.split_once('"').unwrap().1].concat();
    answer.headers.remove("content-length");
    answer.without_date()
}

#[test]
fn a_known_and_an_unknown_login_get_the_same_answer() {
    let mut demo = Demo::start_with(&[("DEMO_COOLDOWN_SECONDS", "60")]);
    let mut ask = |login, outcome| {
        let answer = demo.browser().post("/forgot", &[("login", login)]);
        demo.wait_for_line(outcome);
        without_login(answer)
    };
    let sent = ask(ALICE, r#"outcome="sent""#);
    assert_eq!(sent.0, 200);
    assert_eq!(ask("nobody@example.com", r#"outcome="unknown_account""#), sent);
    assert_eq!(ask(ALICE, r#"outcome="throttled""#), sent);
    assert_eq!(demo.outbox().len(), 1, "within the cooldown nothing more is mailed");
}

#[test]
fn a_mail_goes_to_the_stored_address_however_the_login_was_typed() {
    let mut demo = Demo::start();
    demo.browser().post("/forgot", &[("login", "ALICE@Example.COM")]);
    assert_eq!(demo.next_mail().recipients, [ALICE]);
}

#[test]
fn a_hostile_login_gets_the_same_answer_and_mails_nobody() {
    let mut demo = Demo::start();
    let usual = without_login(demo.browser().post("/forgot", &[("login", "nobody@example.com")]));
    demo.wait_for_line(r#"outcome="unknown_account""#);
    for login in [
        "alıce@example.com",
        "ALİCE@example.com",
        "alice@example.com\0",
        "alice@example.com\r\nBcc: mallory@example.com",
        "alice@example.com\tmallory@example.com",
        "alice@example.com,mallory@example.com",
        "alice@example.com;mallory@example.com",
        "Alice <alice@example.com>",
        "' OR 1=1 --",
        "%",
        &"a".repeat(10_000),
    ] {
        let answer = without_login(demo.browser().post("/forgot", &[("login", login)]));
        assert_eq!(answer, usual, "{login:.50}");
        demo.wait_for_line(r#"outcome="unknown_account""#);
        demo.browser().sign_in(login, "Wonderland1").assert(422, "do not match");
    }
    assert_eq!(demo.outbox().len(), 0);
}

#[test]
fn a_form_with_several_logins_mails_nobody() {
    let demo = Demo::start();
    let mallory = "mallory@example.com";
    for form in [
        [("login", ALICE), ("login", mallory)],
        [("login", mallory), ("login", ALICE)],
        [("login[]", ALICE), ("login[]", mallory)],
        [("login[0]", ALICE), ("login[1]", mallory)],
    ] {
        demo.browser().post("/forgot", &form).assert(400, "did not arrive as it was sent");
    }
    assert_eq!(demo.outbox().len(), 0);
}

#[test]
fn a_form_that_is_too_long_or_not_whole_is_answered_with_a_page() {
    let demo = Demo::start();
    let browser = demo.browser();
    let long = "a".repeat(16 * 1024);
    browser.post("/forgot", &[("login", &long)]).assert(413, "longer than this page accepts");
    browser.post("/forgot", &[("name", "alice")]).assert(400, "did not arrive as it was sent");
    let longer = "a".repeat(2 * 1024 * 1024);
    browser.sign_in(&longer, FIRST_PASSWORD).assert(413, "could not be read");
    browser.post("/login", &[("login", ALICE)]).assert(422, "did not arrive as it was sent");
}
