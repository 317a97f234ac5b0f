use super::visitor::{ALICE, BOB, GOOD};
use super::{Site, Visitor};
use http::StatusCode;

#[tokio::test]
async fn a_visitor_who_forgot_the_password_sets_a_new_one() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let opened = browser.get(&link).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    let page = opened.header("location").to_owned();
    assert!(!page.contains("token"), "{page}");
    let form = browser.get(&page).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.text().contains("at least 8 characters"), "{}", form.text());
    assert!(form.body.contains("autocomplete=\"username\" value=\"alice@example.com\""));

    let rejected = browser.post(&page, &[("username", ALICE), ("password", "short")]).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    for missing in ["Use at least 8 characters.", "Use at least one number.", "upper-case"] {
        assert!(rejected.text().contains(missing), "{}", rejected.text());
    }
    let done = browser.post(&page, &[("username", ALICE), ("password", GOOD)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*page));
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    let after = browser.get(&page).await;
    assert!(after.text().contains("Your password was set"), "{}", after.text());
    assert_eq!(site.mail().await.recipient(), ALICE);
}

#[tokio::test]
async fn links_of_two_accounts_in_two_tabs_never_meet() {
    let site = Site::new();
    let (hers, his) = (site.link_for(ALICE).await, site.link_for(BOB).await);
    let browser = Visitor::new(&site);
    let her_page = browser.get(&hers).await.header("location").to_owned();
    let his_page = browser.get(&his).await.header("location").to_owned();
    assert_ne!(her_page, his_page);
    browser.post(&her_page, &[("password", GOOD)]).await;
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    assert_eq!(site.password_of(BOB), "hash of the old one");
    assert!(browser.get(&his_page).await.text().contains(BOB));
}
