use crate::support::{ALICE, BOB, CAROL, Demo, FIRST_PASSWORD};
use std::thread;

#[test]
fn a_visitor_who_forgot_the_password_sets_a_new_one_and_signs_in_with_it() {
    let mut demo = Demo::start();
    let elsewhere = demo.browser();
    assert_eq!(elsewhere.sign_in(ALICE, FIRST_PASSWORD).header("location"), "/");
    assert!(elsewhere.is_signed_in());

    let first = demo.ask_for_link();
    let second = demo.ask_for_link();
    let browser = demo.browser();
    browser.open(&first).assert(410, "A newer link was asked for.");
    let form = browser.open(&second);
    let rejected = browser.post(&form.path, &[("password", "password")]);
    rejected.assert(422, "Use at least one number.");
    rejected.assert(422, "Use at least one upper-case letter.");
    assert!(!rejected.body.contains("Use at least one lower-case letter."));
    assert!(!rejected.body.contains("Use at least 8 characters."));
    browser.get(&form.path).assert(200, "Set a new password");
    assert!(elsewhere.is_signed_in(), "a rejected password ends no session");

    let set = browser.post(&form.path, &[("password", "Looking-Glass-2")]);
    assert_eq!((set.status, set.header("location")), (303, form.path.as_str()));
    browser.get(&form.path).assert(200, "Your password was set");
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
    demo.browser().open(&second).assert(200, "It was set with this link");
}

#[test]
fn no_sign_in_with_the_old_password_outlives_a_reset() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    let form = browser.open(&demo.ask_for_link());
    // More than are hashed at once, so that some were read before the reset and are verified after it.
    let elsewhere: Vec<_> = (0..12).map(|_| demo.browser()).collect();
    thread::scope(|scope| {
        for browser in &elsewhere {
            scope.spawn(|| browser.sign_in(ALICE, FIRST_PASSWORD));
        }
        let set = browser.post(&form.path, &[("password", "Looking-Glass-2")]);
        assert_eq!((set.status, set.header("location")), (303, form.path.as_str()));
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

#[test]
fn an_account_without_a_password_gets_its_first_by_a_link() {
    let mut demo = Demo::start();
    for password in ["", FIRST_PASSWORD] {
        demo.browser().sign_in(CAROL, password).assert(422, "do not match");
    }
    let link = demo.ask_for_link_of(CAROL);
    let browser = demo.browser();
    assert_eq!(browser.set_password(&link, "Looking-Glass-2").status, 303);
    assert_eq!(demo.next_mail().recipients, [CAROL]);
    assert_eq!(browser.sign_in(CAROL, "Looking-Glass-2").header("location"), "/");
    browser.get("/").assert(200, CAROL);
}

#[test]
fn a_reset_signs_out_its_own_account_alone() {
    let mut demo = Demo::start();
    let (alice, bob) = (demo.browser(), demo.browser());
    alice.sign_in(ALICE, FIRST_PASSWORD);
    bob.sign_in(BOB, "Wonderland2");
    let link = demo.ask_for_link_of(BOB);
    assert_eq!(demo.browser().set_password(&link, "Looking-Glass-2").status, 303);
    assert!(alice.is_signed_in() && !bob.is_signed_in());
}
