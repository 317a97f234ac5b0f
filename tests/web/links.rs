//! The life of a link in a browser.

use super::visitor::{ALICE, BOB, GOOD, TEMPLATE, token_in};
use super::{Site, Visitor};
use http::{Request, StatusCode};
use password_reset::adapters::memory::Mail;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

#[tokio::test]
async fn a_visitor_who_forgot_the_password_sets_a_new_one() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
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
async fn a_reload_the_back_button_and_a_second_post_show_that_the_password_was_set() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    for _ in 0..2 {
        let again = browser.post(&page, &[("password", "Correct horse 8")]).await;
        assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, &*page));
        let reloaded = browser.get(&page).await;
        assert_eq!(reloaded.status, StatusCode::OK);
        assert!(reloaded.text().contains("Your password was set"), "{}", reloaded.text());
        assert!(!reloaded.has_form() && !reloaded.body.contains(ALICE));
        // From the mail, in this browser or another.
        assert_eq!(browser.open(&link).await, page);
        assert_eq!(Visitor::new(&site).open(&link).await, page);
    }
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    assert_eq!(site.mails().await.len(), 1);
}

#[tokio::test]
async fn a_double_click_on_a_slow_form_sets_once_and_both_get_the_page_that_says_so() {
    let site = Site::new();
    let gate = Arc::new(Semaphore::new(0));
    *site.hasher.gate.lock().unwrap() = Some(Arc::clone(&gate));
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let fields = [("password", GOOD)];
    let clicks = async { tokio::join!(browser.post(&page, &fields), browser.post(&page, &fields)) };
    let open = async {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(2);
    };
    let ((first, second), ()) = tokio::join!(clicks, open);
    for click in [first, second] {
        assert_eq!((click.status, click.header("location")), (StatusCode::SEE_OTHER, &*page));
    }
    assert!(browser.get(&page).await.text().contains("Your password was set"));
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
    assert!(matches!(&site.mails().await[..], [Mail::PasswordChanged { .. }]), "one notice");
}

/// Makes the page of a link that is dead in each way, and what it must say.
async fn dead(site: &Site, how: &str) -> (String, &'static str) {
    let link = site.link_for(ALICE).await;
    let other = Visitor::new(site);
    let page = other.open(&link).await;
    match how {
        "superseded" => drop(site.link_for(ALICE).await),
        "expired" => site.clock.advance(Duration::from_secs(3600)),
        "used" => drop(other.post(&page, &[("password", GOOD)]).await),
        "revoked" => drop(other.post(&format!("{page}/cancel"), &[]).await),
        "changed" => drop(site.store.set_password_hash(1, "hash by another path")),
        _ => unreachable!("{how}"),
    }
    let _ = site.mails().await;
    let sentence = match how {
        "superseded" => "A newer link was asked for.",
        "expired" => "This link has expired.",
        "used" => "Your password was set",
        "revoked" => "This link was cancelled.",
        _ => "Your address or password has changed",
    };
    (link, sentence)
}

const WAYS: [&str; 5] = ["superseded", "expired", "used", "revoked", "changed"];

#[tokio::test]
async fn a_dead_links_page_says_why_and_shows_nothing_of_the_account() {
    for how in WAYS {
        let site = Site::new();
        let (link, sentence) = dead(&site, how).await;
        let browser = Visitor::new(&site);
        let opened = browser.get(&link).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{how} is genuine, so it gets a cookie");
        assert!(opened.headers.contains_key("set-cookie"), "{how}");
        let page = opened.header("location").to_owned();
        for path in ["", "/cancel", "/renew"] {
            let shown = browser.get(&format!("{page}{path}")).await;
            if path == "/renew" && matches!(how, "superseded" | "expired") {
                assert!(shown.has_form(), "{how}");
            } else {
                assert!(shown.text().contains(sentence), "{how} {path}: {}", shown.text());
                assert!(!shown.has_form(), "{how} {path}");
                let status = if how == "used" { StatusCode::OK } else { StatusCode::GONE };
                assert_eq!(shown.status, status, "{how} {path}");
            }
            for of_the_account in [ALICE, "alice", token_in(&link)] {
                assert!(!shown.body.contains(of_the_account), "{how} {path}: {}", shown.body);
            }
        }
        let sent = browser.post(&page, &[("password", "Correct horse 9")]).await;
        assert!(!sent.body.contains("alice"), "{how}");
        assert!(!site.password_of(ALICE).contains("horse 9"), "{how}");
    }
}

#[tokio::test]
async fn only_a_link_that_is_late_offers_a_new_one_and_asks_before_it_sends_it() {
    for how in WAYS {
        let site = Site::new();
        let (link, _) = dead(&site, how).await;
        let browser = Visitor::new(&site);
        let page = browser.open(&link).await;
        let renew = format!("{page}/renew");
        let offered = browser.get(&page).await.body.contains(&format!("href=\"{renew}\""));
        assert_eq!(offered, matches!(how, "superseded" | "expired"), "{how}");

        let asked = browser.get(&renew).await;
        assert_eq!(asked.has_form(), offered, "{how}");
        assert!(site.mails().await.is_empty(), "asking sends nothing");
        let sent = browser.post(&renew, &[]).await;
        assert_eq!(sent.status, StatusCode::OK, "{how}");
        assert!(sent.text().contains("Check your email"), "{how}: {}", sent.text());
        let mails = site.mails().await;
        assert_eq!(mails.len(), usize::from(offered), "{how}");
        assert!(mails.iter().all(|mail| mail.recipient() == ALICE && mail.link().is_some()));
    }
}

#[tokio::test]
async fn a_good_link_is_not_renewed() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let asked = browser.get(&format!("{page}/renew")).await;
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, &*page));
    browser.post(&format!("{page}/renew"), &[]).await;
    assert!(site.mails().await.is_empty());
    assert!(browser.get(&page).await.has_form());
}

#[tokio::test]
async fn cancelling_requires_a_confirmation() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    let cancel = format!("{page}/cancel");
    assert!(browser.get(&page).await.body.contains(&format!("href=\"{cancel}\"")));
    let asked = browser.get(&cancel).await;
    assert!(asked.text().contains("Cancel this link?"), "{}", asked.text());
    assert!(asked.body.contains(&format!("<form method=\"post\" action=\"{cancel}\">")));
    assert!(asked.body.contains(&format!("href=\"{page}\"")), "a way back");
    assert!(browser.get(&page).await.has_form(), "asking cancels nothing");

    let cancelled = browser.post(&cancel, &[]).await;
    assert_eq!((cancelled.status, cancelled.header("location")), (StatusCode::SEE_OTHER, &*page));
    assert!(browser.get(&page).await.text().contains("This link was cancelled."));
    assert_eq!(site.password_of(ALICE), "hash of the old one");
}

/// Reads every page with a form by GET and by HEAD, with what a form would send in the query.
#[tokio::test]
async fn a_get_or_head_never_changes_anything() {
    let site = Site::new();
    let (old, link) = (site.link_for(ALICE).await, site.link_for(ALICE).await);
    let browser = Visitor::new(&site);
    let (dead, page) = (browser.open(&old).await, browser.open(&link).await);
    let ledger = site.store.ledger(1);
    for path in [&*old, &*link, "/forgot", "/.well-known/change-password", "/api/policy"]
        .map(str::to_owned)
        .into_iter()
        .chain(["", "/cancel", "/renew"].map(|step| format!("{page}{step}")))
        .chain(["", "/cancel", "/renew"].map(|step| format!("{dead}{step}")))
    {
        let query = if path.contains('?') { "&" } else { "?" };
        let with_fields = format!("{path}{query}login={ALICE}&password=Correct+horse+7");
        for path in [path, with_fields] {
            let got = browser.get(&path).await;
            let headed = browser.head(&path).await;
            assert_eq!((headed.status, &*headed.body), (got.status, ""), "{path}");
            let mut headers = [got.headers, headed.headers];
            for headers in &mut headers {
                headers.remove("content-length");
            }
            assert_eq!(headers[0], headers[1], "{path}");
        }
    }
    assert_eq!(site.store.ledger(1), ledger);
    assert!(site.mails().await.is_empty());
    assert_eq!(site.password_of(ALICE), "hash of the old one");
}

#[tokio::test]
async fn a_link_works_in_a_browser_without_fetch_metadata() {
    let site = Site::at("http://127.0.0.1:8080/reset?token={token}", |pages| pages);
    let link = site.link_for(ALICE).await;
    let browser = Visitor::old(&site);
    let page = browser.open(&link).await;
    let done = browser.post(&page, &[("password", GOOD)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*page));
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}

#[tokio::test]
async fn a_link_of_another_service_is_not_known() {
    let (site, other) = (Site::new(), Site::new());
    let link = other.link_for(BOB).await;
    let browser = Visitor::new(&site);
    let opened = browser.get(&link).await;
    assert_eq!(opened.status, StatusCode::NOT_FOUND);
    // Even where a cookie of it was made up.
    let page = Visitor::new(&other).open(&link).await;
    browser.keep(&page, &format!("__Secure-reset-token={}", token_in(&link)));
    for path in ["", "/cancel", "/renew"] {
        let shown = browser.get(&format!("{page}{path}")).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND);
        assert!(shown.text().contains("This link is not valid."), "{}", shown.text());
        assert!(shown.headers.get("set-cookie").is_none(), "only for a genuine token");
    }
    for path in ["/cancel", "/renew", ""] {
        let sent = browser.post(&format!("{page}{path}"), &[("password", GOOD)]).await;
        assert!(sent.status != StatusCode::SEE_OTHER || path == "/cancel", "{path}");
        assert!(sent.headers.get("set-cookie").is_none(), "{path}: only for a genuine token");
    }
}

#[tokio::test]
async fn an_account_that_may_reset_no_more_has_no_page() {
    let site = Site::at(TEMPLATE, |pages| pages);
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    site.store.set_disabled(1, true);
    let shown = browser.get(&page).await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert!(!shown.body.contains(ALICE));
    let sent = browser.send(Request::get(&link), "").await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
}
