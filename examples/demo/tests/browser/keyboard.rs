use crate::chromium::{Chromium, Page};
use crate::support::ALICE;
use fantoccini::key::Key;
use serde_json::json;

/// Whether the focus is where it should go, whether it can be seen, and whether it went on
/// in reading order.
const FOCUS: &str = r#"
    const focus = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(focus);
    const box = focus.getBoundingClientRect();
    const isInWindow = box.height > 1 && box.top >= 0 && box.bottom <= innerHeight;
    const before = window.focusBefore;
    window.focusBefore = focus;
    const follows = !before
        || (before.compareDocumentPosition(focus) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
            && box.top >= before.getBoundingClientRect().top;
    const isVisible = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && isInWindow;
    return [focus.matches(arguments[0]), isVisible, follows, focus.outerHTML.slice(0, 99)];
"#;

async fn tab_to(page: &Page, css: &str) {
    for _ in 0..9 {
        page.press(Key::Tab).await;
        let focus = page.run(FOCUS, vec![json!(css)]).await;
        assert_eq!((&focus[1], &focus[2]), (&json!(true), &json!(true)), "{focus}");
        if focus[0] == true {
            return;
        }
    }
    panic!("no tab leads to {css}");
}

#[test]
fn a_visitor_with_only_a_keyboard_gets_from_the_form_to_being_signed_in() {
    let kind = "document.querySelector('#password').type";
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open("/login").await;
        page.shows("Sign in", 200).await;
        tab_to(page, "a[href='/forgot']").await;
        page.press(Key::Enter).await;
        page.shows("Forgotten password?", 200).await;
        tab_to(page, "#login").await;
        page.type_text(ALICE).await;
        tab_to(page, "button").await;
        page.press(Key::Space).await;
        page.shows("Check your email", 200).await;

        page.open(&demo.next_mail().link(&demo.url)).await;
        page.shows("Set a new password", 200).await;
        tab_to(page, "a[href$='/cancel']").await;
        page.press(Key::Enter).await;
        page.shows("Cancel this link?", 200).await;
        tab_to(page, "form[action$='/cancel'] button").await;
        tab_to(page, "a[href^='/reset/']").await;
        page.press(Key::Enter).await;
        page.shows("Set a new password", 200).await;
        tab_to(page, "#password").await;
        page.type_text("password").await;
        assert_eq!(
            page.text("#progress").await,
            "Missing: at least one number, at least one upper-case letter"
        );
        tab_to(page, "#show").await;
        page.press(Key::Space).await;
        assert_eq!(page.value(kind).await, "text");
        page.press(Key::Space).await;
        assert_eq!(page.value(kind).await, "password");
        tab_to(page, "form[action^='/reset/'] button").await;
        page.press(Key::Enter).await;

        page.shows("Set a new password", 422).await;
        tab_to(page, "#password").await;
        page.type_text("Looking-Glass-2").await;
        assert_eq!(page.text("#progress").await, "Everything that it needs is there.");
        page.press(Key::Enter).await;
        page.shows("Your password was set", 200).await;
        tab_to(page, "a[href='/login']").await;
        page.press(Key::Enter).await;
        page.shows("Sign in", 200).await;
        tab_to(page, "#login").await;
        page.type_text(ALICE).await;
        tab_to(page, "#password").await;
        page.type_text("Looking-Glass-2").await;
        page.press(Key::Enter).await;
        page.shows("You are signed in", 200).await;
        tab_to(page, "button").await;
        page.press(Key::Space).await;
        page.shows("Sign in", 200).await;
    });
}
