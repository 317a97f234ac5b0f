use crate::chromium::{Chromium, Page};
use crate::support::{ALICE, Demo};

async fn ask_for_link(page: &Page, demo: &mut Demo) -> String {
    page.open("/login").await;
    page.click("a[href='/forgot']").await;
    page.shows("Forgotten password?", 200).await;
    page.type_into("#login", ALICE).await;
    page.click("button").await;
    page.shows("Check your email", 200).await;
    demo.next_mail().link(&demo.url)
}

async fn marks(page: &Page) -> Vec<Option<bool>> {
    let checklist = page.checklist().await;
    checklist.iter().filter(|item| item.is_shown).map(|item| item.met).collect()
}

#[test]
fn a_visitor_who_forgot_the_password_is_led_from_the_form_to_being_signed_in() {
    Chromium::DESKTOP.visit(async |page, demo| {
        let first = ask_for_link(page, demo).await;
        let second = ask_for_link(page, demo).await;
        page.open(&first).await;
        page.shows("This link does not work", 410).await;
        assert!(page.text("main").await.contains("A newer link was asked for."));

        page.open(&second).await;
        page.shows("Set a new password", 200).await;
        let address = page.address().await;
        let id = address.strip_prefix(&format!("{}/reset/", demo.url)).unwrap();
        assert!(id.len() == 16 && !second.contains(id), "{address}");
        assert_eq!(marks(page).await, [None; 4]);
        page.type_into("#password", "pass").await;
        assert_eq!(marks(page).await, [false, false, true, false].map(Some));
        assert_eq!(
            page.text("#progress").await,
            "Missing: at least 8 characters, at least one number, at least one upper-case letter"
        );
        page.type_into("#password", "word").await;
        assert_eq!(marks(page).await, [true, false, true, false].map(Some));
        assert_eq!(
            page.text("#progress").await,
            "Missing: at least one number, at least one upper-case letter"
        );

        page.click("form[action^='/reset/'] button").await;
        page.shows("Set a new password", 422).await;
        assert!(page.text("main").await.contains("Your password was not changed."));
        assert!(page.text(".checklist").await.contains("Use at least one number."));
        assert_eq!(marks(page).await, [true, false, true, false].map(Some));
        page.type_into("#password", "Looking-Glass-2").await;
        assert_eq!(marks(page).await, [Some(true); 4]);
        assert_eq!(page.text("#progress").await, "Everything that it needs is there.");
        assert!(!page.text(".checklist").await.contains("Use at least"));

        page.click("form[action^='/reset/'] button").await;
        page.shows("Your password was set", 200).await;
        page.click("a[href='/login']").await;
        page.shows("Sign in", 200).await;
        page.type_into("#login", ALICE).await;
        page.type_into("#password", "Looking-Glass-2").await;
        page.click("button").await;
        page.shows("You are signed in", 200).await;
        assert!(page.text("main").await.contains(ALICE));

        page.open(&second).await;
        page.shows("Your password was set", 200).await;
        assert!(page.text("main").await.contains("It was set with this link"));
    });
}

#[test]
fn the_holder_of_a_dead_link_is_sent_a_new_one_with_it() {
    Chromium::DESKTOP.visit(async |page, demo| {
        let dead = demo.ask_for_link();
        demo.ask_for_link();
        page.open(&dead).await;
        page.shows("This link does not work", 410).await;
        page.click("a[href$='/renew']").await;
        page.shows("Send a new link?", 200).await;
        page.click("form[action$='/renew'] button").await;
        page.shows("Check your email", 200).await;
        page.open(&demo.next_mail().link(&demo.url)).await;
        page.shows("Set a new password", 200).await;
    });
}

#[test]
fn an_owner_who_did_not_ask_confirms_once_and_cancels_the_link() {
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open(&demo.ask_for_link()).await;
        page.shows("Set a new password", 200).await;
        page.click("a[href$='/cancel']").await;
        page.shows("Cancel this link?", 200).await;
        page.click("a[href^='/reset/']").await;
        page.shows("Set a new password", 200).await;
        page.click("a[href$='/cancel']").await;
        page.shows("Cancel this link?", 200).await;
        page.click("form[action$='/cancel'] button").await;
        page.shows("This link does not work", 410).await;
        assert!(page.text("main").await.contains("This link was cancelled."));
    });
}

#[test]
fn a_password_manager_finds_whose_password_it_is() {
    const USERNAME: &str = "document.querySelector('form input[autocomplete=username]').value";
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open(&demo.ask_for_link()).await;
        page.shows("Set a new password", 200).await;
        assert_eq!(page.value(USERNAME).await, ALICE);
        assert!(!page.is_displayed("input[autocomplete=username]").await);
    });
}
