use super::{
    Mail, TEMPLATE, TOKEN, assert_link_is_whole, link, password_changed, reset_link, send, sender,
    try_send,
};
use lettre::message::Mailbox;
use lettre::transport::stub::AsyncStubTransport;
use password_reset::adapters::lettre::{Content, English, LettreError, LettreMailer, Wording};
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::{AddressError, Mailer, Message, Recipient};
use password_reset::service::Outcome;
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::HashSet;

#[tokio::test]
async fn no_line_is_longer_than_mail_permits() {
    let escaped = TEMPLATE.replace("token=", &"&".repeat(512 - TEMPLATE.len() + 6));
    let link = link(&escaped);
    let mail = send(English::new("a".repeat(999)), &reset_link("alice@example.com", &link)).await;
    let (_, body) = mail.raw.split_once("\r\n\r\n").unwrap();
    assert!(body.split("\r\n").all(|line| line.len() <= 998));
    assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
    assert_link_is_whole(&mail, &link);
}

/// The same short words as text and as HTML.
struct Curt(&'static str);

impl<Id> Wording<Id> for Curt {
    fn content(&self, _: &Message<'_, Id>) -> Content {
        Content { subject: "Reset".into(), text: self.0.into(), html: self.0.into() }
    }
}

/// To some servers a lone return ends a line, and a full stop on a line of its own the mail.
#[tokio::test]
async fn a_lone_return_or_a_nul_in_the_words_is_encoded() {
    for words in ["Acme\r.\rMAIL FROM:<eve@evil.example>", "Ac\0me", "\r", "Acme\r\r\n.\r\nx"] {
        let mail = send(Curt(words), &password_changed()).await;
        assert!(!mail.raw.replace("\r\n", "").contains(['\r', '\n', '\0']), "{:?}", mail.raw);
        assert_eq!(mail.text, words.replace("\r\n", "\n"));
        assert_eq!(mail.html, mail.text);
    }
}

#[tokio::test]
async fn each_mail_has_the_headers_of_its_kind() {
    let first = send(English::default(), &password_changed()).await;
    let second = send(English::default(), &password_changed()).await;
    assert_eq!(first.subject, "Your password was changed");
    assert_eq!(first.header("Auto-Submitted"), ["auto-generated"]);
    assert_eq!(first.header("Date"), ["Mon, 23 Nov 2026 13:05:42 +0000"]);
    assert_eq!(first.header("From"), ["Acme <accounts@acme.example>"]);
    assert_eq!(first.envelope.from().unwrap().as_ref() as &str, "accounts@acme.example");

    let ids: HashSet<_> = [&first, &second].map(|mail| mail.header("Message-ID")).into();
    assert_eq!(ids.len(), 2);
    for id in ids {
        assert!(id[0].starts_with('<') && id[0].ends_with("@acme.example>"), "{id:?}");
    }
}

#[tokio::test]
async fn the_stored_address_is_the_one_recipient_to_the_byte() {
    let (local, label) = ("l".repeat(64), "d".repeat(60));
    let longest = format!("{local}@{label}.{label}.{label}.exampl");
    assert_eq!(longest.len(), 254);
    let link = link(TEMPLATE);
    for address in [
        "alice@example.com",
        "Alice.O'Hara+tag@EXAMPLE.com",
        "mıke@example.com",
        "mike@exämple.com",
        "bob@[192.0.2.1]",
        "\"a, b\"@example.com",
        "\"eve@evil.example\"@example.com",
        "\"x\\\"y\"@example.com",
        longest.as_str(),
    ] {
        let mail = send(English::default(), &reset_link(address, &link)).await;
        let envelope: Vec<&str> = mail.envelope.to().iter().map(AsRef::as_ref).collect();
        assert_eq!(envelope, [address]);
        assert_eq!(mail.header("To"), [address]);
        assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_mailed_to_is_an_error_without_the_address() {
    let link = link(TEMPLATE);
    for address in ["😀@example.com", ".alice@example.com", "a..b@example.com", "\"\"@example.com"]
    {
        let error = try_send(English::default(), &reset_link(address, &link)).await.err().unwrap();
        assert!(matches!(error, LettreError::Recipient(_)), "{error:?}");
        assert_says_nothing_of(&error, &[TOKEN, address]);
    }
    for (address, error) in [
        ("alice@example.com\r\nBcc: eve@evil.example", AddressError::ControlCharacter),
        ("alice@example.com\n", AddressError::ControlCharacter),
        ("alice\0@example.com", AddressError::ControlCharacter),
        ("alice@example.com,eve@evil.example", AddressError::NotOneMailbox),
    ] {
        assert_eq!(Recipient::parse(address), Err(error));
    }
}

#[tokio::test]
async fn a_sender_whose_name_breaks_the_line_is_an_error() {
    let from = Mailbox::new(Some("Acme\r\nBcc: eve@evil.example".into()), sender().email);
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), from);
    let error = mailer.send(&password_changed()).await.unwrap_err();
    assert!(matches!(error, LettreError::Sender), "{error:?}");
}

fn assert_says_nothing_of(error: &(dyn std::error::Error + 'static), secrets: &[&str]) {
    let mut next = Some(error);
    while let Some(error) = next {
        for secret in secrets {
            assert!(!error.to_string().contains(secret));
            assert!(!format!("{error:?}").contains(secret));
        }
        next = error.source();
    }
}

#[tokio::test]
async fn a_transport_that_fails_is_named_and_nothing_secret_is() {
    let mailer = LettreMailer::new(AsyncStubTransport::new_error(), sender());
    let link = link(TEMPLATE);
    let error = mailer.send(&reset_link("alice@example.com", &link)).await.unwrap_err();
    assert_eq!(error.to_string(), "the mail could not be handed over");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "stub error");
    assert_says_nothing_of(&error, &[TOKEN, "alice"]);
}

#[tokio::test]
async fn the_mailed_link_works_and_the_notice_follows() {
    let store = MemoryStore::new();
    store.add_account("alice@example.com", "hash of the old one").unwrap();
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender());
    let link = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, mailer, link).build().unwrap();

    // Spawned, since a host runs it off the response path.
    let service = resets.clone();
    let handled = tokio::spawn(async move { service.request("ALICE@example.com").await }).await;
    assert!(matches!(handled.unwrap().outcome_for_logs(), Outcome::Sent));

    let mail = Mail::from(transport.messages().await.remove(0));
    assert_eq!(mail.to, ["alice@example.com"]);
    let url = mail.text.lines().find(|line| line.starts_with("https://")).unwrap();
    let (_, token) = url.split_once("token=").unwrap();
    let accepted = resets.accept(token, "Abcdefg1").await.unwrap();
    accepted.commit("hash of the new one").await.unwrap().notice.unwrap();

    let notice = Mail::from(transport.messages().await.remove(1));
    assert_eq!(notice.subject, "Your password was changed");
    assert!(!notice.raw.contains(token) && !notice.raw.contains("Abcdefg1"));
}

#[test]
fn what_is_printed_of_a_mails_words_is_the_subject() {
    let message = password_changed();
    let shown = format!("{:?}", English::default().content(&message));
    assert_eq!(shown, r#"Content { subject: "Your password was changed", .. }"#);
}

#[tokio::test]
async fn the_hosts_transport_is_still_there() {
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender());
    mailer.send(&password_changed()).await.unwrap();
    assert_eq!(mailer.transport().messages().await.len(), 1);
}
