//! Which request bodies are accepted.

use super::visitor::{ALICE, FORM, GOOD, token_in};
use super::{Answer, Site, Visitor};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service as _;

const JSON: &str = "application/json";
const LIMIT: usize = 16 * 1024;

/// What comes after the pieces of a body.
#[derive(Clone, Copy)]
pub(crate) enum Ending {
    Ends,
    Fails,
    Never,
    /// A byte each second, for ever.
    Drips,
}

/// A body in pieces, as it comes from a network.
pub(crate) struct Stream {
    pieces: VecDeque<Bytes>,
    ending: Ending,
    polls: Arc<AtomicUsize>,
    next: Pin<Box<tokio::time::Sleep>>,
}

impl Stream {
    pub(crate) fn new<const N: usize>(pieces: [&str; N], ending: Ending) -> Self {
        let pieces = pieces.map(|piece| Bytes::from(piece.to_owned())).into();
        let next = Box::pin(tokio::time::sleep(Duration::from_secs(1)));
        Self { pieces, ending, polls: Arc::default(), next }
    }

    /// How often more was read.
    pub(crate) fn polls(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.polls)
    }
}

impl Body for Stream {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        if let Some(piece) = self.pieces.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match self.ending {
            Ending::Ends => Poll::Ready(None),
            Ending::Fails => Poll::Ready(Some(Err(std::io::Error::other("reset by peer")))),
            Ending::Never => Poll::Pending,
            Ending::Drips => self.next.as_mut().poll(context).map(|()| {
                self.next = Box::pin(tokio::time::sleep(Duration::from_secs(1)));
                Some(Ok(Frame::data(Bytes::from_static(b"x"))))
            }),
        }
    }
}

async fn sent(site: &Site, path: &str, headers: &[(&str, &str)], body: Stream) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = site.pages.clone().call(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer::of(http::Response::from_parts(parts, body))
}

fn padded(before: &str, after: &str, length: usize) -> String {
    format!("{before}{}{after}", "x".repeat(length - before.len() - after.len()))
}

#[tokio::test]
async fn a_body_has_at_most_16_kib_whatever_it_declares() {
    let site = Site::new();
    for (path, media_type, before, after, ok) in [
        ("/forgot", FORM, "login=", "", StatusCode::OK),
        ("/api/forgot", JSON, "{\"login\":\"", "\"}", StatusCode::ACCEPTED),
    ] {
        let headers = [("content-type", media_type)];
        let full = padded(before, after, LIMIT);
        let answer = sent(&site, path, &headers, Stream::new([&*full], Ending::Ends)).await;
        assert_eq!(answer.status, ok);
        let (start, end) = full.split_at(9000);
        let answer = sent(&site, path, &headers, Stream::new([start, end], Ending::Ends)).await;
        assert_eq!(answer.status, ok);

        let over = padded(before, after, LIMIT + 1);
        let (start, end) = over.split_at(9000);
        let is_too_large = |answer: Answer| {
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
            if path.starts_with("/api") {
                assert_eq!(answer.json()["code"], "too_large");
            } else {
                assert!(answer.text().contains("The form is longer than this page accepts."));
            }
        };
        is_too_large(sent(&site, path, &headers, Stream::new([start, end], Ending::Never)).await);
        let lying = [headers[0], ("content-length", "10")];
        is_too_large(sent(&site, path, &lying, Stream::new([start, end], Ending::Never)).await);
        for declared in ["16385", "18446744073709551615"] {
            let declared = [headers[0], ("content-length", declared)];
            let body = Stream::new([&*full], Ending::Never);
            let polls = body.polls();
            is_too_large(sent(&site, path, &declared, body).await);
            assert_eq!(polls.load(Ordering::Relaxed), 0, "what is declared is believed unread");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_within_ten_seconds_is_given_up() {
    let site = Site::new();
    for ending in [Ending::Never, Ending::Drips] {
        for (path, media_type) in [("/forgot", FORM), ("/api/forgot", JSON)] {
            let began = tokio::time::Instant::now();
            let body = Stream::new(["login="], ending);
            let answer = sent(&site, path, &[("content-type", media_type)], body).await;
            assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
            assert_eq!(began.elapsed().as_secs(), 10);
            if media_type == JSON {
                assert_eq!(answer.json()["code"], "too_slow");
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let site = Site::new();
    for (path, media_type) in [("/forgot", FORM), ("/api/forgot", JSON)] {
        let body = Stream::new(["login=a"], Ending::Fails);
        let answer = sent(&site, path, &[("content-type", media_type)], body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_body_is_of_the_one_type_that_its_path_takes() {
    let site = Site::new();
    let multipart = "multipart/form-data; boundary=x";
    for types in [
        &[][..],
        &[""],
        &["text/plain"],
        &[multipart],
        &["application/jsonp"],
        &["application/json, text/plain"],
        &["text/plain; a=application/json"],
        &["application/json", "application/json"],
        &[FORM, FORM],
        &[FORM, JSON],
        &["application/x-www-form-urlencoded-x"],
        &["*/*"],
    ] {
        for path in ["/forgot", "/api/forgot"] {
            let headers: Vec<_> = types.iter().map(|value| ("content-type", *value)).collect();
            let body = Stream::new([], Ending::Never);
            let answer = sent(&site, path, &headers, body).await;
            assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {types:?}");
        }
    }
    for (path, media_type) in [("/forgot", JSON), ("/api/forgot", FORM)] {
        let body = Stream::new([], Ending::Never);
        let answer = sent(&site, path, &[("content-type", media_type)], body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

async fn post(site: &Site, path: &str, media_type: &str, body: impl Into<Bytes>) -> Answer {
    let request = Request::post(path).header("content-type", media_type);
    Answer::of(site.pages.answer(request.body(body.into()).unwrap()).await)
}

#[tokio::test]
async fn a_form_that_is_not_utf_8_to_the_byte_is_refused() {
    let site = Site::new();
    let malformed: [&[u8]; 11] = [
        b"login=\xff",
        b"login=%FF",
        b"login=%C3",
        b"login=%ED%A0%80",
        b"login=%C0%80",
        b"login=%",
        b"login=%4",
        b"login=%zz",
        b"login=100%",
        b"login=x&%FF=y",
        b"login=x&y=%zz",
    ];
    for body in malformed {
        let answer = post(&site, "/forgot", FORM, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", String::from_utf8_lossy(body));
        assert!(answer.text().contains("That could not be read"));
    }
}

#[tokio::test]
async fn a_field_stands_in_a_form_once() {
    let site = Site::new();
    let link = site.link_for(ALICE).await;
    let browser = Visitor::new(&site);
    let page = browser.open(&link).await;
    for (path, fields) in [
        ("/forgot", &[][..]),
        ("/forgot", &[("Login", ALICE)]),
        ("/forgot", &[("password", ALICE)]),
        ("/forgot", &[("login", ALICE), ("login", ALICE)]),
        ("/forgot", &[("login", ALICE), ("login", "")]),
        (&*page, &[]),
        (&*page, &[("username", ALICE)]),
        (&*page, &[("password", GOOD), ("password", GOOD)]),
        (&*page, &[("password", GOOD), ("password", "")]),
    ] {
        let answer = browser.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {fields:?}");
    }
    assert!(site.mails().await.is_empty());
    assert_eq!(site.password_of(ALICE), "hash of the old one");
}

#[tokio::test]
async fn a_password_is_set_as_it_was_typed() {
    for password in [
        "  Two spaces 7  ",
        "Ünïcode & = + % 7",
        "Emoji 7 👨‍👩‍👧‍👦 a",
        "Nul%00 7 aB",
        "\u{202e}aB7 rtl x",
    ] {
        let site = Site::new();
        let link = site.link_for(ALICE).await;
        let browser = Visitor::new(&site);
        let page = browser.open(&link).await;
        let done = browser.post(&page, &[("password", password)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(site.password_of(ALICE), format!("hash of {password}"));
    }
}

#[tokio::test]
async fn an_empty_login_gets_the_answer_that_everybody_gets() {
    let site = Site::new();
    let known = Visitor::new(&site).post("/forgot", &[("login", ALICE)]).await;
    let _ = site.mails().await;
    for login in ["", " ", "\0", "a\r\nBcc: b@example.com", &"x".repeat(2000)] {
        let answer = Visitor::new(&site).post("/forgot", &[("login", login)]).await;
        assert_eq!((answer.status, &answer.body), (known.status, &known.body));
        let answer = Visitor::new(&site).json("/api/forgot", &json!({ "login": login })).await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::ACCEPTED, ""));
    }
    assert!(site.mails().await.is_empty());
}

#[tokio::test]
async fn json_of_another_shape_is_malformed() {
    let site = Site::new();
    let deep = format!("{{\"login\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    let deep_objects = format!("{}1{}", "{\"login\":".repeat(1000), "}".repeat(1000));
    for body in [
        "",
        "null",
        "\"alice@example.com\"",
        "[]",
        "[\"alice@example.com\"]",
        "[\"alice@example.com\",\"de\"]",
        "{}",
        "{\"login\":null}",
        "{\"login\":7}",
        "{\"login\":true}",
        "{\"login\":[\"alice@example.com\"]}",
        "{\"login\":{\"a\":1}}",
        "{\"login\":\"a\",\"language\":null}",
        "{\"login\":\"a\",\"language\":1}",
        "{\"login\":\"a\",\"other\":1}",
        "{\"login\":\"a\",\"login\":\"a\"}",
        "{\"login\":\"a\",\"log\\u0069n\":\"a\"}",
        "{\"login\":\"a\"} x",
        "{\"login\":\"a\"}{\"login\":\"a\"}",
        "{\"login\":\"a\",}",
        "{'login':'a'}",
        "{\"login\":\"a\"",
        "{\"login\":\"\\ud800\"}",
        "{\"login\":\"a\nb\"}",
        "\u{feff}{\"login\":\"a\"}",
        "// a comment\n{\"login\":\"a\"}",
        "{\"login\":NaN}",
        &deep,
        &deep_objects,
    ] {
        let answer = post(&site, "/api/forgot", JSON, body.to_owned()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(answer.json()["code"], "malformed", "{body}");
    }
    let invalid = post(&site, "/api/forgot", JSON, &b"{\"login\":\"\xff\"}"[..]).await;
    assert_eq!(invalid.status, StatusCode::BAD_REQUEST);
    for (call, body) in [
        ("check", json!({})),
        ("check", json!(["x"])),
        ("check", json!({ "token": 7 })),
        ("check", json!({ "token": "x", "password": "x" })),
        ("cancel", json!({ "token": null })),
        ("renew", json!({ "token": "x", "login": "x" })),
        ("reset", json!({ "token": "x" })),
        ("reset", json!({ "password": "x" })),
        ("reset", json!(["x", "x"])),
        ("reset", json!({ "token": "x", "password": "x", "username": "x" })),
    ] {
        let answer = Visitor::new(&site).json(&format!("/api/{call}"), &body).await;
        assert_eq!(answer.json()["code"], "malformed", "{call} {body}");
    }
    // White space around it is JSON's, and parameters are the media type's.
    let spaced =
        post(&site, "/api/forgot", "application/json; charset=utf-8", " \n{\"login\":\"a\"}\t ");
    assert_eq!(spaced.await.status, StatusCode::ACCEPTED);
    assert!(site.mails().await.is_empty());
}

/// A form, or nearly one.
fn any_form() -> impl Strategy<Value = Vec<u8>> {
    let pieces = ["login=", "password=", "&", "=", "%", "%C3%BC", "+", "Correct+horse+7"];
    let piece = prop_oneof![
        prop::sample::select(pieces.map(|piece| piece.as_bytes().to_vec()).to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
    ];
    let whole = prop::sample::select(vec!["login=x", "password=x", "password=Correct+horse+7"]);
    prop_oneof![
        4 => prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat()),
        1 => whole.prop_map(|form| form.as_bytes().to_vec()),
    ]
}

/// JSON, or nearly so, with `TOKEN` where the token goes.
fn any_json() -> impl Strategy<Value = Vec<u8>> {
    let marks = ["{", "}", "[", ",", ":", "\"login\"", "\"token\"", "\"TOKEN\"", "null", "-1e999"];
    let piece = prop_oneof![
        prop::sample::select(marks.map(str::to_owned).to_vec()),
        any::<String>().prop_map(|text| json!(text).to_string()),
    ];
    let name = prop::sample::select(vec!["login", "token", "password", "language", "x"]);
    let value = prop_oneof![Just("TOKEN".to_owned()), Just(GOOD.to_owned()), any::<String>()];
    prop_oneof![
        prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat().into_bytes()),
        prop::collection::hash_map(name, value, 0..3).prop_map(|all| json!(all).to_string().into()),
        prop::collection::vec(any::<u8>(), 0..100),
        prop::sample::select(vec!["\"x\"}", "\"Correct horse 7\"}"])
            .prop_map(|password| format!("{{\"token\":\"TOKEN\",\"password\":{password}").into()),
        Just(json!({ "token": "TOKEN" }).to_string().into_bytes()),
    ]
}

#[test]
fn no_bytes_make_a_page_or_the_api_fail() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bodies = prop::collection::vec((any_form(), any_json()), 100);
    let mut reached = BTreeMap::<(bool, u16), u32>::new();
    for _ in 0..20 {
        let bodies = bodies.new_tree(&mut runner).unwrap().current();
        runtime.block_on(async {
            let site = Site::with(|pages| pages.requests(10_000, Duration::from_secs(20)));
            let link = site.link_for(ALICE).await;
            let page = Visitor::new(&site).open(&link).await;
            let cookie = format!("__Secure-reset-token={}", token_in(&link));
            for (form, json) in bodies {
                let json = match String::from_utf8(json) {
                    Ok(text) => text.replace("TOKEN", token_in(&link)).into_bytes(),
                    Err(error) => error.into_bytes(),
                };
                let calls =
                    ["forgot", "check", "reset", "renew"].map(|call| format!("/api/{call}"));
                let calls = calls.iter().map(|path| (&**path, JSON, &json));
                let forms = ["/forgot", &page].map(|path| (path, FORM, &form));
                for (path, media_type, body) in forms.into_iter().chain(calls) {
                    let request = Request::post(path).header("content-type", media_type);
                    let request = request.header("cookie", &cookie).body(body.clone().into());
                    let status = site.pages.answer(request.unwrap()).await.status();
                    assert!(status.as_u16() < 500, "{path}: {status}: {}", body.escape_ascii());
                    *reached.entry((media_type == JSON, status.as_u16())).or_default() += 1;
                }
            }
        });
    }
    let forms = [200, 303, 400, 422].map(|status| (false, status));
    for outcome in forms.into_iter().chain([200, 202, 204, 400, 404, 410, 422].map(|s| (true, s))) {
        assert!(reached.contains_key(&outcome), "{outcome:?} was not reached: {reached:?}");
    }
}
