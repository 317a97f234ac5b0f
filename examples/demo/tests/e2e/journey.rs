use crate::support::{ALICE, Demo, FIRST_PASSWORD};
use std::thread;

#[test]
fn whoever_forgot_the_password_sets_a_new_one_and_signs_in_with_it() {
    let mut demo = Demo::start();
    let elsewhere = demo.browser();
    assert_eq!(elsewhere.sign_in(ALICE, FIRST_PASSWORD).header("location"), "/");
    assert!(elsewhere.is_signed_in());

    let first = demo.ask_for_link();
    let second = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&first).assert(410, "A newer link was asked for.");
    browser.open(&second).assert(200, "Set a new password");

    let rejected = browser.post("/reset", &[("password", "password")]);
    rejected.assert(422, "Use at least one number.");
    rejected.assert(422, "Use at least one upper-case letter.");
    assert!(!rejected.body.contains("Use at least one lower-case letter."));
    assert!(!rejected.body.contains("Use at least 8 characters."));
    browser.get("/reset").assert(200, "Set a new password");
    assert!(elsewhere.is_signed_in(), "a rejected password ends no session");

    let changed = browser.post("/reset", &[("password", "Looking-Glass-2")]);
    assert_eq!((changed.status, changed.header("location")), (303, "/reset/done"));
    browser.get("/reset/done").assert(200, "Your password was changed");
    let notice = demo.next_mail();
    assert_eq!(notice.recipients, [ALICE]);
    assert_eq!(notice.subject, "Your Demo password was changed");
    assert!(notice.text.contains("If it wasn't you"), "{}", notice.text);
    assert_eq!(demo.outbox().len(), 3);

    assert!(!elsewhere.is_signed_in(), "old sessions end");
    assert!(!browser.is_signed_in(), "a reset starts no session");
    browser.sign_in(ALICE, FIRST_PASSWORD).assert(422, "do not match");
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").header("location"), "/");
    browser.get("/").assert(200, ALICE);

    demo.browser().open(&first).assert(410, "A newer link was asked for.");
    demo.browser().open(&second).assert(410, "This link has already been used.");
}

#[test]
fn no_sign_in_with_the_old_password_outlives_a_reset() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    browser.open(&demo.ask_for_link()).assert(200, "Set a new password");
    // More than are hashed at once, so that some were read before the reset and are verified after it.
    let elsewhere: Vec<_> = (0..12).map(|_| demo.browser()).collect();
    thread::scope(|scope| {
        for browser in &elsewhere {
            scope.spawn(|| browser.sign_in(ALICE, FIRST_PASSWORD));
        }
        let changed = browser.post("/reset", &[("password", "Looking-Glass-2")]);
        assert_eq!(changed.header("location"), "/reset/done");
    });
    let signed_in = elsewhere.iter().filter(|browser| browser.is_signed_in()).count();
    assert_eq!(signed_in, 0);
}

#[test]
fn signing_out_ends_the_session() {
    let demo = Demo::start();
    let browser = demo.browser();
    browser.sign_in(ALICE, FIRST_PASSWORD);
    let session = format!("session={}", browser.cookie("/", "session").unwrap());
    let another = demo.browser();
    another.get_with("/", &[("cookie", &session)]).assert(200, "You are signed in");

    assert_eq!(browser.post("/logout", &[]).header("location"), "/login");
    assert_eq!(browser.cookie("/", "session"), None);
    assert_eq!(another.get_with("/", &[("cookie", &session)]).header("location"), "/login");
}

#[test]
fn asking_for_a_link_neither_locks_nor_signs_out_the_account() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    browser.sign_in(ALICE, FIRST_PASSWORD);
    demo.ask_for_link();
    assert!(browser.is_signed_in());
    assert_eq!(demo.browser().sign_in(ALICE, FIRST_PASSWORD).header("location"), "/");
}
