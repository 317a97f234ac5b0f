use crate::native_app::reset_password;
use crate::support::{ALICE, Demo, FIRST_PASSWORD};

#[test]
fn a_visitor_who_cannot_open_the_link_types_the_code_on_the_page_that_is_still_open() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    browser.post("/forgot", &[("login", ALICE)]).assert(200, "Code from the email");
    let code = demo.next_mail().code();
    let opened = browser.post("/code", &[("login", ALICE), ("code", &code)]);
    assert_eq!(opened.status, 303, "{}", opened.body);
    let form = browser.get(opened.header("location"));
    form.assert(200, "Set a new password");
    let set = browser.post(&form.path, &[("password", "Looking-Glass-2")]);
    assert_eq!(set.status, 303, "{}", set.body);
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").header("location"), "/");
}

#[test]
fn five_wrong_codes_end_the_code_and_not_the_link() {
    let mut demo = Demo::start();
    let browser = demo.browser();
    browser.post("/forgot", &[("login", ALICE)]);
    let mail = demo.next_mail();
    let code = mail.code();
    let wrong = if code.starts_with('0') { "1234-5678" } else { "0234-5678" };
    for _ in 0..5 {
        let told = browser.post("/code", &[("login", ALICE), ("code", wrong)]);
        told.assert(422, "This code does not work.");
    }
    browser.post("/code", &[("login", ALICE), ("code", &code)]).assert(422, "This code does not");
    browser.open(&mail.link(&demo.origin)).assert(200, "Set a new password");
}

#[test]
fn a_native_app_goes_the_whole_way_in_json() {
    let mut demo = Demo::start();
    let site = demo.url.clone();
    let mut heard = Vec::new();
    let done = reset_password(&site, |question| {
        heard.push(question.to_owned());
        Ok(match heard.len() {
            1 => ALICE.to_owned(),
            2 => "a guess".to_owned(),
            3 => demo.next_mail().code(),
            4 => "looking-glass".to_owned(),
            _ => "Looking-Glass-2".to_owned(),
        })
    });
    done.unwrap();
    assert!(heard[2].starts_with("This code does not work."), "{heard:?}");
    let missed = "Use at least one number.\nUse at least one upper-case letter.";
    assert_eq!(heard[4], missed);
    let browser = demo.browser();
    browser.sign_in(ALICE, FIRST_PASSWORD).assert(422, "do not match");
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").header("location"), "/");
}

#[test]
fn a_code_outlives_a_restart_where_its_key_is_kept() {
    let key = [("DEMO_CODE_KEY", "dGhlIGtleSBvZiB0aGUgY29kZXMgaW4gdGhlIGRlbW8=")];
    let mut demo = Demo::start_with(&key);
    demo.browser().post("/forgot", &[("login", ALICE)]);
    let code = demo.next_mail().code();
    let typed = [("login", ALICE), ("code", &*code)];
    let mut demo = demo.restart();
    demo.browser().post("/code", &typed).assert(422, "This code does not work.");
    demo.wait_for_line("a code is stored under a key that is missing");
    let demo = demo.restart_with(&key);
    assert_eq!(demo.browser().post("/code", &typed).status, 303);
}
