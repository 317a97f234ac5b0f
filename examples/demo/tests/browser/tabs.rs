//! Several links, and several looks at one, in one browser.

use crate::chromium::{Chromium, Page};
use crate::support::{ALICE, BOB, Demo, FIRST_PASSWORD};
use std::thread;

const NEW: &str = "Looking-Glass-2";

async fn open_form(page: &Page, link: &str) {
    page.open(link).await;
    page.shows("Set a new password", 200).await;
}

async fn set_password(page: &Page) {
    page.type_into("#password", NEW).await;
    page.click("form[action^='/reset/'] button").await;
    page.shows("Your password was set", 200).await;
}

fn signs_in(demo: &Demo, login: &str, password: &str) -> bool {
    demo.browser().sign_in(login, password).status == 303
}

#[test]
fn of_two_accounts_links_in_two_tabs_each_form_sets_its_own_accounts_password() {
    Chromium::DESKTOP.visit(async |page, demo| {
        let (hers, his) = (demo.ask_for_link(), demo.ask_for_link_of(BOB));
        open_form(page, &hers).await;
        assert!(page.text("main").await.contains(ALICE));
        let her_tab = page.open_tab().await;
        open_form(page, &his).await;
        assert!(page.text("main").await.contains(BOB));

        let his_tab = page.switch_to(her_tab).await;
        set_password(page).await;
        assert!(signs_in(demo, ALICE, NEW) && signs_in(demo, BOB, "Wonderland2"));
        page.switch_to(his_tab).await;
        set_password(page).await;
        assert!(signs_in(demo, BOB, NEW) && !signs_in(demo, BOB, "Wonderland2"));
    });
}

#[test]
fn an_older_link_opened_in_another_tab_disturbs_no_form_of_the_newer() {
    Chromium::DESKTOP.visit(async |page, demo| {
        let (older, newer) = (demo.ask_for_link(), demo.ask_for_link());
        open_form(page, &newer).await;
        let first_tab = page.open_tab().await;
        page.open(&older).await;
        page.shows("This link does not work", 410).await;
        page.switch_to(first_tab).await;
        set_password(page).await;
        assert!(signs_in(demo, ALICE, NEW));
    });
}

#[test]
fn the_form_of_a_link_that_was_superseded_since_says_why_it_sets_nothing() {
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, &demo.ask_for_link()).await;
        let first_tab = page.open_tab().await;
        open_form(page, &demo.ask_for_link()).await;
        let second_tab = page.switch_to(first_tab).await;
        page.type_into("#password", "Looking-Glass-3").await;
        page.click("form[action^='/reset/'] button").await;
        page.shows("This link does not work", 410).await;
        assert!(page.text("main").await.contains("A newer link was asked for."));
        assert!(signs_in(demo, ALICE, FIRST_PASSWORD));
        page.switch_to(second_tab).await;
        set_password(page).await;
        assert!(signs_in(demo, ALICE, NEW));
    });
}

#[test]
fn a_double_click_while_hashing_is_slow_sets_the_password_once() {
    // Each client has a limit of its own, as behind a proxy.
    let behind_a_proxy = || Demo::start_with(&[("DEMO_PROXY_HEADER", "x-forwarded-for")]);
    Chromium::DESKTOP.visit_with(behind_a_proxy, async |page, demo| {
        open_form(page, &demo.ask_for_link()).await;
        page.type_into("#password", NEW).await;
        // Sign-ins keep the hasher busy in the meantime.
        let others = 12 * thread::available_parallelism().map_or(1, usize::from);
        let others: Vec<_> = (0..others).map(|number| (number, demo.browser())).collect();
        let others = others.into_iter().map(|(number, browser)| {
            thread::spawn(move || {
                let client = format!("2001:db8:0:{number:x}::1");
                let wrong = [("login", BOB), ("password", "wrong")];
                browser.post_with("/login", &wrong, &[("x-forwarded-for", &client)]).status
            })
        });
        let others: Vec<_> = others.collect();
        page.double_click("form[action^='/reset/'] button").await;
        page.shows("Your password was set", 200).await;
        for other in others {
            assert_eq!(other.join().unwrap(), 422);
        }
        assert_eq!(demo.next_mail().subject, "Your Demo password was changed");
        assert!(signs_in(demo, ALICE, NEW));
        demo.interrupt();
        assert!(demo.wait().success());
        assert_eq!(demo.outbox().len(), 2, "one link and one notice");
    });
}

#[test]
fn a_reload_and_the_way_back_after_success_show_that_the_password_was_set() {
    Chromium::DESKTOP.visit(async |page, demo| {
        page.open("/login").await;
        page.shows("Sign in", 200).await;
        open_form(page, &demo.ask_for_link()).await;
        let address = page.address().await;
        set_password(page).await;
        for _ in 0..2 {
            page.reload().await;
            page.shows("Your password was set", 200).await;
            assert_eq!(page.address().await, address);
        }
        page.click("a[href='/login']").await;
        page.shows("Sign in", 200).await;
        page.go_back().await;
        page.shows("Your password was set", 200).await;
        // To the form, and from there to where the link was opened.
        page.go_back().await;
        page.shows("Your password was set", 200).await;
        assert_eq!(page.address().await, address);
        page.go_back().await;
        assert_eq!(page.address().await, format!("{}/login", demo.url));
    });
}
