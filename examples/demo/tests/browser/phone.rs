use crate::chromium::{Chromium, Page};
use crate::support::{ALICE, Demo};

/// The page's width, the heights of what is to be hit with a thumb, and the sizes of the
/// text that is typed. Where the text is smaller, iOS zooms into the page.
const SIZES: &str = r#"
    const isShown = (element) => element.getClientRects().length > 0;
    const all = (css) => [...document.querySelectorAll(css)].filter(isShown);
    const targets = all("button, .button, .toggle, input:not([type=checkbox])");
    const fields = all("input:not([type=checkbox])");
    return [
        document.documentElement.scrollWidth,
        targets.map((target) => target.getBoundingClientRect().height),
        fields.map((field) => parseFloat(getComputedStyle(field).fontSize)),
    ];
"#;

async fn shows(page: &Page, heading: &str, status: u64) {
    page.shows(heading, status).await;
    assert_fits(page, heading).await;
}

async fn assert_fits(page: &Page, heading: &str) {
    let sizes = page.run(SIZES, vec![]).await;
    let each_at_least = |sizes: &serde_json::Value, least: f64| {
        sizes.as_array().unwrap().iter().all(|size| size.as_f64().unwrap() >= least)
    };
    assert_eq!(sizes[0], Chromium::PHONE.width, "{heading}");
    assert!(each_at_least(&sizes[1], 44.0), "{heading}: {sizes}");
    assert!(each_at_least(&sizes[2], 16.0), "{heading}: {sizes}");
}

async fn ask_for_link(page: &Page, demo: &mut Demo) -> String {
    page.open("/forgot").await;
    shows(page, "Forgotten password?", 200).await;
    page.type_into("#login", ALICE).await;
    page.click("button").await;
    shows(page, "Check your email", 200).await;
    demo.next_mail().link(&demo.url)
}

#[test]
fn on_a_phone_every_page_of_the_journey_fits_and_is_easily_hit() {
    Chromium::PHONE.visit(async |page, demo| {
        let first = ask_for_link(page, demo).await;
        let second = ask_for_link(page, demo).await;
        page.open(&first).await;
        shows(page, "This link does not work", 410).await;
        page.open(&second).await;
        shows(page, "Set a new password", 200).await;
        page.click("a[href$='/cancel']").await;
        shows(page, "Cancel this link?", 200).await;
        page.click("a[href^='/reset/']").await;
        shows(page, "Set a new password", 200).await;
        page.type_into("#password", &"word".repeat(70)).await;
        page.click(".toggle").await;
        assert!(page.text(".checklist").await.contains("at most 256 characters"));
        assert_fits(page, "while typing").await;
        page.click("form[action^='/reset/'] button").await;
        shows(page, "Set a new password", 422).await;
        page.type_into("#password", "Looking-Glass-2").await;
        page.click("form[action^='/reset/'] button").await;
        shows(page, "Your password was set", 200).await;
        page.click("a[href='/login']").await;
        shows(page, "Sign in", 200).await;
        page.type_into("#login", ALICE).await;
        page.type_into("#password", "Looking-Glass-3").await;
        page.click("button").await;
        shows(page, "Sign in", 422).await;
        page.type_into("#password", "Looking-Glass-2").await;
        page.click("button").await;
        shows(page, "You are signed in", 200).await;
        page.open(&second).await;
        shows(page, "Your password was set", 200).await;
        page.open("/nowhere").await;
        shows(page, "There is no such page", 404).await;
    });
}
