use crate::chromium::{Chromium, Page};
use crate::support::ALICE;
use crate::tour::tour;
use serde_json::json;

/// The narrowest phone that is still in use (WCAG 2.2, 1.4.10).
const NARROW: Chromium = Chromium { width: 320, ..Chromium::PHONE };

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

async fn assert_fits(page: &Page, about: &str) {
    let sizes = page.run(SIZES, vec![]).await;
    let each_at_least = |sizes: &serde_json::Value, least: f64| {
        sizes.as_array().unwrap().iter().all(|size| size.as_f64().unwrap() >= least)
    };
    assert_eq!(sizes[0], NARROW.width, "{about} scrolls sideways");
    assert!(each_at_least(&sizes[1], 44.0), "{about}: {sizes}");
    assert!(each_at_least(&sizes[2], 16.0), "{about}: {sizes}");
}

/// Every page is the demo's own, in English, or the library's in the visitor's language.
#[test]
fn on_a_phone_every_page_fits_and_is_easily_hit_also_where_words_are_long_or_run_to_the_left() {
    for (language, direction) in [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")] {
        let own = [
            "sign in",
            "wrong password",
            "signed in",
            "change password",
            "not changed",
            "accounts",
            "invited",
        ];
        Chromium { language, ..NARROW }.visit(async |page, demo| {
            tour(page, demo, async |name| {
                assert_fits(page, &format!("{name} in {language}")).await;
                let root =
                    "[document.documentElement.lang, getComputedStyle(document.body).direction]";
                let is_own = own.contains(&name);
                let expected = if is_own { ["en", "ltr"] } else { [language, direction] };
                assert_eq!(page.value(root).await, json!(expected), "{name}");
            })
            .await;
        });
    }
}

#[test]
fn on_a_phone_the_longest_address_fits() {
    let label = "l".repeat(60);
    let address = format!("{}@{label}.{label}.{label}.exampl", "a".repeat(64));
    NARROW.visit(async |page, demo| {
        demo.execute(&format!("UPDATE users SET email = '{address}' WHERE email = '{ALICE}'"));
        page.open(&demo.ask_for_link_of(&address)).await;
        page.shows("Set a new password", 200).await;
        assert!(page.text("main").await.contains(&address));
        assert_fits(page, "the form").await;
        page.type_into("#password", "Looking-Glass-2").await;
        page.click("form[action^='/reset/'] button").await;
        page.shows("Your password was set", 200).await;
        page.click("a[href='/login']").await;
        page.shows("Sign in", 200).await;
        page.type_into("#login", &address).await;
        page.type_into("#password", "Looking-Glass-2").await;
        page.click("button").await;
        page.shows("You are signed in", 200).await;
        assert_fits(page, "the first page").await;
    });
}

#[test]
fn the_marks_of_the_checklist_stand_where_lines_begin() {
    const EDGES: &str = r#"
        const item = document.querySelector(".checklist li");
        const { left, right } = item.getBoundingClientRect();
        const { paddingLeft, paddingRight } = getComputedStyle(item);
        const mark = getComputedStyle(item, "::before");
        return [paddingLeft, paddingRight, parseFloat(mark.left) < parseFloat(mark.right)];
    "#;
    for (language, edges) in
        [("en", json!(["25.6px", "0px", true])), ("ar", json!(["0px", "25.6px", false]))]
    {
        Chromium { language, ..NARROW }.visit(async |page, demo| {
            page.open(&demo.ask_for_link()).await;
            page.arrives(200).await;
            assert_eq!(page.run(EDGES, vec![]).await, edges, "{language}");
        });
    }
}
