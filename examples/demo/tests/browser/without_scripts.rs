use crate::chromium::{Chromium, Marked, Page};
use crate::support::ALICE;

async fn assert_no_dead_control(page: &Page) {
    assert!(!page.is_displayed(".toggle").await);
    assert!(!page.is_displayed("#show").await);
    assert_eq!(page.text("#progress").await, "");
}

fn shown(checklist: &[Marked]) -> Vec<(&str, Option<bool>)> {
    let shown = checklist.iter().filter(|item| item.is_shown);
    shown.map(|item| (item.code.as_str(), item.met)).collect()
}

#[test]
fn without_scripts_the_password_is_reset_all_the_same() {
    let codes = ["too_short", "missing_digit", "missing_lowercase", "missing_uppercase"];
    let chromium = Chromium { runs_scripts: false, ..Chromium::DESKTOP };
    chromium.visit(async |page, demo| {
        page.open("/forgot").await;
        page.shows("Forgotten password?", 200).await;
        page.type_into("#login", ALICE).await;
        page.click("button").await;
        page.shows("Check your email", 200).await;
        page.open(&demo.next_mail().link(&demo.url)).await;
        page.shows("Set a new password", 200).await;
        assert_no_dead_control(page).await;

        page.type_into("#password", "password").await;
        assert_eq!(shown(&page.checklist().await), codes.map(|code| (code, None)));
        page.click("form[action^='/reset/'] button").await;
        page.shows("Set a new password", 422).await;
        let judged = [true, false, true, false].map(Some);
        let judged: Vec<_> = codes.into_iter().zip(judged).collect();
        assert_eq!(shown(&page.checklist().await), judged);
        assert_no_dead_control(page).await;

        page.type_into("#password", "Looking-Glass-2").await;
        assert_eq!(shown(&page.checklist().await), judged, "no script runs");
        page.click("form[action^='/reset/'] button").await;
        page.shows("Your password was set", 200).await;
        assert_eq!(demo.browser().sign_in(ALICE, "Looking-Glass-2").status, 303);
    });
}
