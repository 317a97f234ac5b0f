//! `/reset?token=…`: which texts are a link, and who gets a cookie for it.

use super::visitor::{ALICE, NotNow, TEMPLATE, token_in};
use super::{Answer, Site, Visitor};
use crate::support::scripted::entropy_of;
use http::{Request, StatusCode};

fn assert_not_opened(answer: &Answer, what: &str) {
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
    assert!(answer.headers.get("set-cookie").is_none(), "{what}");
    assert!(answer.text().contains("This link is not valid."), "{what}: {}", answer.text());
    assert!(!answer.has_form(), "{what}");
}

#[tokio::test]
async fn what_is_no_link_gets_no_cookie() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let token = token_in(&link);
    let swapped = token.chars().rev().collect::<String>();
    let wrong = format!("{}{}", &token[..24], &swapped[..24]);
    for query in [
        String::new(),
        "?".to_owned(),
        "?token".to_owned(),
        "?token=".to_owned(),
        format!("?token={}", "A".repeat(48)),
        format!("?token={wrong}"),
        format!("?token={swapped}"),
        format!("?token={}", &token[1..]),
        format!("?token={}", &token[..47]),
        format!("?token={token}A"),
        format!("?token={token}&token={token}"),
        format!("?token={token}&token="),
        format!("?Token={token}"),
        format!("?{token}"),
        format!("?token={token}%00"),
        format!("?token={token}%FF"),
        format!("?token=x{token}"),
        format!("?token={}", "A".repeat(60_000)),
    ] {
        let answer = Visitor::new(&site).get(&format!("/reset{query}")).await;
        assert_not_opened(&answer, &query);
    }
}

#[tokio::test]
async fn only_a_navigation_gets_a_cookie() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    for mode in ["cors", "no-cors", "same-origin", "websocket", "nested-navigate", "Navigate", ""] {
        let request = Request::get(&link).header("Sec-Fetch-Mode", mode);
        assert_not_opened(&Visitor::new(&site).send(request, "").await, mode);
    }
    let twice = Request::get(&link).header("Sec-Fetch-Mode", "navigate");
    let twice = twice.header("Sec-Fetch-Mode", "cors");
    assert_not_opened(&Visitor::new(&site).send(twice, "").await, "two");
    for request in [Request::get(&link), Request::get(&link).header("Sec-Fetch-Mode", "navigate")] {
        let opened = Visitor::new(&site).send(request, "").await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER);
        assert!(opened.headers.contains_key("set-cookie"));
    }
}

/// What stands around the token where a mail program took too much for the link, or left it encoded.
#[tokio::test]
async fn a_token_is_read_as_mail_programs_leave_it() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let token = token_in(&link);
    let ends = [">", ").", ",", "\"", "%3E", "%22", "%29.", "]", "'", "!", ";", ".%20", "%0D%0A"];
    let others = ["&utm_source=mail", "&x=%FF", "&x=%zz", "&100%", "&gt;", "&amp;x=1"];
    let page = Visitor::new(&site).open(&link).await;
    for end in ends.iter().chain(&others).chain(&[""]) {
        for start in ["", "3D", "%20", "utm_source=mail&"] {
            let query = match start.strip_suffix('&') {
                Some(other) => format!("{other}&token={token}{end}"),
                None => format!("token={start}{token}{end}"),
            };
            // As browsers send what may not stand there.
            let query = query.replace('"', "%22").replace('>', "%3E");
            let opened = Visitor::new(&site).get(&format!("/reset?{query}")).await;
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{query}: {}", opened.text());
            assert_eq!(opened.header("location"), page, "{query}");
        }
    }
}

/// What stands before a token in quoted-printable text may be its own beginning.
#[tokio::test]
async fn a_token_that_begins_like_what_mail_programs_leave_is_read_whole() {
    let bytes = [[0xDC, 0x33, 0x33]; 12].as_flattened().try_into().unwrap();
    let entropy = move || Ok::<_, NotNow>(entropy_of(bytes));
    let site = Site::of(TEMPLATE, |resets| resets.entropy(entropy), |pages| pages);
    let link = site.link_for(ALICE).await;
    assert!(token_in(&link).starts_with("3D"), "{link}");
    let page = Visitor::new(&site).open(&link).await;
    for query in [format!("3D{}", token_in(&link)), format!("{}%3E", token_in(&link))] {
        assert_eq!(Visitor::new(&site).open(&format!("/reset?token={query}")).await, page);
    }
    let without = &token_in(&link)[2..];
    assert_not_opened(&Visitor::new(&site).get(&format!("/reset?token={without}")).await, without);
}

#[tokio::test]
async fn nothing_that_is_left_around_it_turns_a_wrong_token_into_a_right_one() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let token = token_in(&link);
    let (first, last) = (&token[..1], &token[47..]);
    let other = |c: &str| if c == "A" { "B" } else { "A" };
    for wrong in [
        format!("{}{}", other(first), &token[1..]),
        format!("{}{}", &token[..47], other(last)),
        token[1..].to_owned(),
        token[..47].to_owned(),
        format!("{token}{last}"),
        format!("{first}{token}"),
        format!("3D3D{token}"),
        token.to_lowercase(),
        format!("{}.{}", &token[..24], &token[24..]),
        format!("{} {}", &token[..24], &token[24..]),
        format!("{token}-"),
        format!("{token}_"),
        format!("{token}%3D"),
        format!("{token}=="),
        format!(">{token}"),
    ] {
        for end in ["", ">", ").", ",", "%22", "%3E"] {
            for start in ["", "3D"] {
                let query = format!("{start}{wrong}{end}").replace(' ', "%20").replace('>', "%3E");
                let answer = Visitor::new(&site).get(&format!("/reset?token={query}")).await;
                assert_not_opened(&answer, &query);
            }
        }
    }
}
