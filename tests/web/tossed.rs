//! Cookies that a sister host plants, such as `evil.example.com` for `example.com`.
//!
//! They have the link's cookie name and any path, and come before or after its own cookie.

use super::visitor::{ALICE, BOB, FORM, GOOD, ORIGIN_OF_APP, form, request, token_in};
use super::{Answer, Site, Visitor};
use bytes::Bytes;
use http::{Method, StatusCode};

const NAME: &str = "__Secure-reset-token";

/// Sends these `Cookie` headers with a GET and with the form.
async fn answers(site: &Site, page: &str, cookies: &[Vec<u8>]) -> [Answer; 2] {
    let cookies = cookies.iter().map(|cookie| ("cookie", &**cookie));
    let mut headers: Vec<_> = cookies.collect();
    let shown = request(Method::GET, page, &headers).map(|()| Bytes::new());
    headers.extend([("content-type", FORM.as_bytes()), ("origin", ORIGIN_OF_APP.as_bytes())]);
    let sent = request(Method::POST, page, &headers).map(|()| form(&[("password", GOOD)]).into());
    [Answer::of(site.pages.answer(shown).await), Answer::of(site.pages.answer(sent).await)]
}

/// What a sister host may have set: the value of each cookie under the link's name.
fn tossed(bobs: &str) -> Vec<Vec<u8>> {
    let mut tossed: Vec<Vec<u8>> = [
        "",
        "x",
        "\"\"",
        "A".repeat(48).as_str(),
        "A".repeat(47).as_str(),
        "A".repeat(4000).as_str(),
        bobs,
        &format!("\"{bobs}\""),
        &format!("{bobs}="),
        "%00",
        "a=b=c",
    ]
    .iter()
    .map(|value| format!("{NAME}={value}").into_bytes())
    .collect();
    tossed.extend([NAME, "", "=", "==", " ", "\t"].map(|pair| pair.as_bytes().to_vec()));
    tossed.push(format!("{}={bobs}", NAME.to_lowercase()).into_bytes());
    tossed.push(format!("reset-token={bobs}").into_bytes());
    tossed.push("theme=größer".as_bytes().to_vec());
    tossed.push(format!("{NAME}=größer").into_bytes());
    tossed.push([NAME.as_bytes(), b"=\xff\xfe\x80"].concat());
    tossed
}

#[tokio::test]
async fn of_all_cookies_of_the_name_only_the_one_of_this_link_counts() {
    for own_at in 0..=tossed("").len() {
        for way in 0..4 {
            let site = Site::new();
            let (hers, bobs) = (site.link_for(ALICE).await, site.link_for(BOB).await);
            let page = Visitor::new(&site).open(&hers).await;
            let mut pairs = tossed(token_in(&bobs));
            pairs.insert(own_at, format!("{NAME}={}", token_in(&hers)).into_bytes());
            let cookies = match way {
                0 => vec![pairs.join(&b"; "[..])],
                1 => vec![pairs.join(&b";"[..])],
                2 => pairs,
                _ => pairs.chunks(3).map(|some| some.join(&b"; "[..])).collect(),
            };
            let [shown, sent] = answers(&site, &page, &cookies).await;
            assert_eq!(shown.status, StatusCode::OK, "{own_at} {way}: {}", shown.text());
            assert!(shown.body.contains(ALICE) && !shown.body.contains(BOB));
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{own_at} {way}: {}", sent.text());
            assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
            assert_eq!(site.password_of(BOB), "hash of the old one");
        }
    }
}

#[tokio::test]
async fn without_the_cookie_of_this_link_no_other_opens_its_page() {
    let site = Site::new();
    let (hers, bobs) = (site.link_for(ALICE).await, site.link_for(BOB).await);
    let page = Visitor::new(&site).open(&hers).await;
    let one_header = tossed(token_in(&bobs)).join(&b"; "[..]);
    for cookies in [tossed(token_in(&bobs)), vec![one_header], Vec::new()] {
        for answer in answers(&site, &page, &cookies).await {
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
            assert!(!answer.body.contains(ALICE) && !answer.body.contains(BOB));
            assert!(answer.headers.get("set-cookie").is_none());
        }
    }
    assert_eq!(site.password_of(ALICE), "hash of the old one");
    assert_eq!(site.password_of(BOB), "hash of the old one");
}

#[tokio::test]
async fn two_hundred_tossed_cookies_do_nothing() {
    for own_at in [0, 100, 200] {
        let site = Site::new();
        let (hers, bobs) = (site.link_for(ALICE).await, site.link_for(BOB).await);
        let page = Visitor::new(&site).open(&hers).await;
        let mut pairs = vec![format!("{NAME}={}", token_in(&bobs)); 200];
        pairs.insert(own_at, format!("{NAME}={}", token_in(&hers)));
        let [shown, _] = answers(&site, &page, &[pairs.join("; ").into_bytes()]).await;
        assert!(shown.body.contains(ALICE) && !shown.body.contains(BOB));
        assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
        assert_eq!(site.password_of(BOB), "hash of the old one");
    }
}

#[tokio::test]
async fn the_token_of_this_link_under_another_name_does_not_count() {
    let site = Site::new();
    let hers = site.link_for(ALICE).await;
    let page = Visitor::new(&site).open(&hers).await;
    for name in ["reset-token", "__Host-reset-token", "__secure-reset-token", "token", ""] {
        let cookie = format!("{name}={}", token_in(&hers)).into_bytes();
        for answer in answers(&site, &page, &[cookie]).await {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        }
    }
    assert_eq!(site.password_of(ALICE), "hash of the old one");
}

/// Of two cookies of one name, path and host a browser keeps the later one: then the link is to be
/// opened once more, and nothing is set with the other.
#[tokio::test]
async fn a_cookie_that_was_overwritten_asks_to_open_the_link_once_more() {
    let site = Site::new();
    let (hers, bobs) = (site.link_for(ALICE).await, site.link_for(BOB).await);
    let browser = Visitor::new(&site);
    let page = browser.open(&hers).await;
    browser.keep(&page, &format!("{NAME}={}", token_in(&bobs)));
    let sent = browser.post(&page, &[("password", GOOD)]).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    assert!(sent.text().contains("Open the link once more"), "{}", sent.text());
    assert_eq!(site.password_of(BOB), "hash of the old one");
    assert_eq!(browser.open(&hers).await, page);
    assert_eq!(browser.post(&page, &[("password", GOOD)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.password_of(ALICE), format!("hash of {GOOD}"));
}
