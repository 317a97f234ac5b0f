//! The pages in each language.

use super::visitor::{ALICE, Course, GOOD};
use super::{Answer, Site, Visitor};
use http::{Request, StatusCode};
use password_reset::words::Translations;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// Every page, by name, as a visitor with these wishes gets it.
async fn every_page(wishes: &str, translations: Translations) -> BTreeMap<&'static str, Answer> {
    let site = Site::with(|pages| pages.translations(translations.clone()));
    let browser = Visitor::wishing(&site, wishes);
    let mut pages = BTreeMap::new();
    let link = site.link_for(ALICE).await;
    let page = browser.open(&link).await;
    pages.insert("forgot", browser.get("/forgot").await);
    pages.insert("asked", browser.post("/forgot", &[("login", "x")]).await);
    pages.insert("unread", browser.post("/forgot", &[]).await);
    pages.insert("foreign", browser.send_from_elsewhere("/forgot").await);
    pages.insert("nowhere", browser.get("/nowhere").await);
    pages.insert("unknown", browser.get("/reset?token=x").await);
    pages.insert("reopen", Visitor::wishing(&site, wishes).get(&page).await);
    pages.insert("reset", browser.get(&page).await);
    pages.insert("rejected", browser.post(&page, &[("password", "")]).await);
    pages.insert("cancel", browser.get(&format!("{page}/cancel")).await);
    *site.hasher.course.lock().unwrap() = Course::Fails;
    pages.insert("busy", browser.post(&page, &[("password", GOOD)]).await);
    *site.hasher.course.lock().unwrap() = Course::Comes;
    browser.post(&format!("{page}/cancel"), &[]).await;
    pages.insert("revoked", browser.get(&page).await);
    let old = browser.open(&site.link_for(ALICE).await).await;
    let page = browser.open(&site.link_for(ALICE).await).await;
    pages.insert("superseded", browser.get(&old).await);
    pages.insert("renew", browser.get(&format!("{old}/renew")).await);
    browser.post(&page, &[("password", GOOD)]).await;
    pages.insert("done", browser.get(&page).await);
    let _ = site.mails().await;
    let page = browser.open(&site.link_for(ALICE).await).await;
    site.store.set_password_hash(1, "hash by another path");
    pages.insert("changed", browser.get(&page).await);
    site.clock.advance(Duration::from_secs(3600));
    pages.insert("expired", browser.get(&page).await);
    let site = Site::with_codes_and(|pages| pages.translations(translations));
    let browser = Visitor::wishing(&site, wishes);
    pages.insert("forgot with codes", browser.get("/forgot").await);
    pages.insert("asked with codes", browser.post("/forgot", &[("login", "x")]).await);
    let typed = [("login", "x"), ("code", "x")];
    pages.insert("wrong code", browser.post_from("", "/code", &typed).await);
    pages.insert("code", browser.get("/code").await);
    pages
}

/// The texts of a page, each between two tags, and of its attributes that are read.
fn texts(answer: &Answer) -> Vec<&str> {
    let between = answer.body.split('<').filter_map(|tag| Some(tag.split_once('>')?.1.trim()));
    let attributes = ["data-met=\"", "data-missing=\"", "data-all=\"", "data-none=\""];
    let attributes = attributes.iter().flat_map(|start| answer.body.split(start).skip(1));
    let attributes = attributes.map(|rest| rest.split('"').next().unwrap());
    between.filter(|text| !text.is_empty()).chain(attributes).collect()
}

#[tokio::test(start_paused = true)]
async fn every_page_says_all_of_it_in_all_ten_languages() {
    let english = every_page("en", Translations::default()).await;
    assert_eq!(english.len(), 21);
    let tags: Vec<_> = Translations::default().tags().map(str::to_owned).collect();
    assert_eq!(tags.len(), 10);
    for tag in &tags {
        for (name, page) in every_page(tag, Translations::default()).await {
            assert!(!page.body.contains(['{', '}']), "{tag} {name}: {}", page.body);
            for element in ["<h1></h1>", "<title></title>", "<p></p>", "<li></li>", "\"></a>"] {
                assert!(!page.body.contains(element), "{tag} {name}: {}", page.body);
            }
            for element in ["<button></button>", "></label>", "data-met=\"\"", "data-none=\"\""] {
                assert!(!page.body.contains(element), "{tag} {name}: {}", page.body);
            }
            let expected = texts(&english[name]);
            let texts = texts(&page);
            assert_eq!(texts.len(), expected.len(), "{tag} {name}: {texts:?}");
            for (text, english) in texts.iter().zip(expected) {
                let is_said = tag == "en" || *text != english || text.contains("http");
                assert!(is_said, "{tag} {name}: {text}");
            }
            assert_eq!(page.header("content-language"), tag);
            assert!(page.headers.get_all("vary").iter().any(|vary| vary == "Accept-Language"));
            let direction = if tag == "ar" { "rtl" } else { "ltr" };
            let start = format!("<!DOCTYPE html>\n<html lang=\"{tag}\" dir=\"{direction}\">");
            assert!(page.body.starts_with(&start), "{tag} {name}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn the_languages_that_the_browser_wishes_are_honoured() {
    let site = Site::new();
    for (wishes, expected) in [
        ("", "en"),
        ("de", "de"),
        ("de-CH, fr;q=0.9", "de"),
        ("nl, fr;q=0.9, de;q=0.8", "fr"),
        ("fr;q=0.5, de;q=0.9", "de"),
        ("fr;q=0.5,de", "de"),
        ("fr ; q=0.5 , pl ; q=0.6", "pl"),
        ("de;q=0, it;q=0.1", "it"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("pt-PT", "pt"),
        ("JA-jp", "ja"),
        ("xx, yy, zz", "en"),
        ("de;q=x, it", "it"),
        (",,;;==,q=1", "en"),
        ("fr;q=0.5, en;q=0.5", "fr"),
    ] {
        let answer = Visitor::wishing(&site, wishes).get("/forgot").await;
        assert_eq!(answer.header("content-language"), expected, "{wishes}");
    }
    let many = format!("{}de", "xx, ".repeat(5000));
    assert_eq!(Visitor::wishing(&site, &many).get("/forgot").await.status, StatusCode::OK);
    let request = Request::get("/forgot").header("Accept-Language", "nl");
    let request = request.header("Accept-Language", "tr");
    let answer = Visitor::new(&site).send(request, "").await;
    assert_eq!(answer.header("content-language"), "tr", "over several headers");
}

#[tokio::test]
async fn the_mail_is_in_the_language_that_the_visitor_prefers() {
    let site = Site::new();
    for (wishes, language, expected) in [
        ("fr;q=0.5, de-CH", None, Some("de-CH")),
        ("fr;q=0.5, de-CH", Some("pl"), Some("pl")),
        ("", None, None),
        ("*", None, None),
    ] {
        let visitor = Visitor::wishing(&site, wishes);
        match language {
            None => visitor.post("/forgot", &[("login", ALICE)]).await,
            Some(tag) => {
                visitor.json("/api/forgot", &json!({ "login": ALICE, "language": tag })).await
            }
        };
        let mail = site.mail().await;
        let password_reset::adapters::memory::Mail::ResetLink { language, .. } = mail else {
            panic!("{mail:?}")
        };
        assert_eq!(language.as_deref(), expected, "{wishes}");
    }
}

/// Dutch mails and requirements, as a host may have written them before there were pages.
fn dutch() -> Translations {
    let english = include_str!("../../src/words/languages/en.ftl");
    let (_, mails) = english.split_at(0);
    let is_a_pages = |line: &str| line.starts_with("page-") || line.starts_with("refused-");
    let sentences: Vec<_> = mails.lines().filter(|line| !is_a_pages(line)).collect();
    Translations::default().with("nl", &sentences.join("\n")).unwrap()
}

#[tokio::test]
async fn a_host_language_without_page_sentences_falls_back_to_english() {
    let english = every_page("en", Translations::default()).await;
    for (name, page) in every_page("nl", dutch()).await {
        assert_eq!(texts(&page), texts(&english[name]), "{name}");
        assert_eq!(page.header("content-language"), "nl");
    }
    let own = dutch().with("nl", "page-forgot = Wachtwoord vergeten?").unwrap();
    let page = &every_page("nl", own).await["forgot"];
    assert!(page.text().contains("Wachtwoord vergeten?"), "{}", page.text());
    assert!(page.text().contains("Send me a link"), "{}", page.text());
}

#[tokio::test]
async fn problems_of_the_api_are_in_the_visitors_language() {
    let site = Site::new();
    let program = Visitor::wishing(&site, "de");
    let unknown = program.json("/api/check", &json!({ "token": "x" })).await;
    assert_eq!(unknown.json()["title"], "Dieser Link ist ungültig. Fordern Sie einen neuen an.");
    assert_eq!(unknown.header("vary"), "Accept-Language");
    let policy = program.get("/api/policy").await;
    assert_eq!(policy.json()["requirements"][0]["phrase"], "mindestens 8 Zeichen");
}
