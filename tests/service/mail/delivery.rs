//! Recipients, headers and errors.

use super::{
    Mail, TEMPLATE, TOKEN, link, password_changed, reset_link, send, sender, try_send_by, words,
};
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::stub::AsyncStubTransport;
use mail_parser::MessageParser;
use password_reset::adapters::lettre::{HeaderError, LettreError, LettreMailer};
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::{AddressError, Mailer, Message, Recipient};
use password_reset::service::{Fault, Outcome};
use password_reset::store::Store;
use password_reset::words::{Content, Wording};
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::HashSet;

#[tokio::test]
async fn each_mail_has_the_headers_of_its_kind() {
    let mail = send(words(), &password_changed()).await;
    assert_eq!(mail.subject, "Your Acme password was changed");
    assert_eq!(mail.header("Auto-Submitted"), ["auto-generated"]);
    assert_eq!(mail.header("Date"), ["Mon, 23 Nov 2026 13:05:42 +0000"]);
    assert_eq!(mail.header("From"), ["Acme <accounts@acme.example>"]);
    assert_eq!(mail.envelope.from().unwrap().as_ref() as &str, "accounts@acme.example");
    assert_eq!(mail.header("Reply-To"), [""; 0]);
}

/// Gmail folds mails with one subject into one conversation, and hides the newest one's link,
/// unless each refers to something else.
#[tokio::test]
async fn two_mails_to_one_person_share_no_thread() {
    let link = link(TEMPLATE);
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words());
    let mut seen = HashSet::new();
    for _ in 0..2 {
        let message = reset_link("alice@example.com", &link);
        let mail = try_send_by(&mailer, &message).await.unwrap();
        let parsed = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
        let id = parsed.message_id().unwrap().to_owned();
        let references = parsed.references().as_text().unwrap().to_owned();
        let reference = parsed.header("X-Entity-Ref-ID").unwrap().as_text().unwrap().to_owned();
        assert!(id.ends_with("@acme.example"), "{id}");
        assert!(parsed.in_reply_to().as_text().is_none());
        for one in [id, references, reference] {
            assert!(one.is_ascii() && one.len() >= 32, "{one}");
            assert!(seen.insert(one.clone()), "{one} is in two places");
        }
    }
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn the_identifiers_of_a_mail_are_ascii_whatever_the_senders_domain() {
    for (domain, ascii) in [
        ("bücher.example", "xn--bcher-kva.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("acme.example", "acme.example"),
        ("ｅxample.com", "mail.invalid"),
    ] {
        let sender = Mailbox::new(None, Address::new("accounts", domain).unwrap());
        let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender, words());
        let mail = try_send_by(&mailer, &password_changed()).await.unwrap();
        for name in ["Message-ID", "References"] {
            let header = mail.header(name)[0];
            assert!(header.is_ascii(), "{header}");
            assert!(header.ends_with(&format!("@{ascii}>")), "{header}");
        }
    }
}

#[tokio::test]
async fn a_host_says_where_answers_and_bounces_go_and_what_its_provider_does() {
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words())
        .reply_to("Hilfe für alle <help@acme.example>".parse().unwrap())
        .envelope_sender("bounces+reset@acme.example".parse().unwrap())
        .header("X-PM-TrackLinks", "None")
        .unwrap()
        .header("Comments", "Grüße")
        .unwrap();
    let mail = try_send_by(&mailer, &password_changed()).await.unwrap();
    let parsed = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
    let reply_to = parsed.reply_to().unwrap().first().unwrap();
    assert_eq!(reply_to.address(), Some("help@acme.example"));
    assert_eq!(reply_to.name(), Some("Hilfe für alle"));
    assert_eq!(mail.envelope.from().unwrap().as_ref() as &str, "bounces+reset@acme.example");
    assert_eq!(mail.header("From"), ["Acme <accounts@acme.example>"]);
    assert_eq!(mail.header("X-PM-TrackLinks"), ["None"]);
    assert_eq!(parsed.header("Comments").unwrap().as_text(), Some("Grüße"));
    assert!(mail.raw.is_ascii());
}

/// What switches a provider's rewriting of links off, as its documentation has it.
#[tokio::test]
async fn each_providers_header_arrives_as_it_was_given() {
    for (name, value) in [
        ("X-SES-CONFIGURATION-SET", "no-tracking"),
        ("X-PM-TrackLinks", "None"),
        (
            "X-SMTPAPI",
            r#"{"filters":{"clicktrack":{"settings":{"enable":0,"enable_text":false}},"opentrack":{"settings":{"enable":0}}}}"#,
        ),
        ("X-Mailgun-Track-Clicks", "no"),
        ("X-Mailgun-Track-Opens", "no"),
    ] {
        let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words());
        let mailer = mailer.header(name, value).unwrap();
        let mail = try_send_by(&mailer, &password_changed()).await.unwrap();
        assert_eq!(mail.header(name), [value]);
    }
}

#[test]
fn a_header_that_could_do_harm_is_refused() {
    let mailer = || LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words());
    let long = "X".repeat(77);
    for name in ["", "X Y", "X:", "Größe", "X\r\nBcc", "X\n", "X\0", &long] {
        assert_eq!(mailer().header(name, "1").unwrap_err(), HeaderError::Name, "{name:?}");
    }
    for name in ["To", "cc", "BCC", "Subject", "Message-ID", "Resent-To", "Content-Type"] {
        assert_eq!(mailer().header(name, "1").unwrap_err(), HeaderError::Own, "{name}");
    }
    let longest = "x".repeat(900);
    assert!(mailer().header(&"X".repeat(76), &format!("1 {longest}")).is_ok());
    let long = format!("1 {longest}x");
    for value in ["1\r\nBcc: eve@evil.example", "1\n", "\r", "a\0b", "\u{85}", &long] {
        assert_eq!(mailer().header("X", value).unwrap_err(), HeaderError::Value, "{value:?}");
    }
}

#[tokio::test]
async fn the_stored_address_is_the_one_recipient() {
    let (local, label) = ("l".repeat(64), "d".repeat(60));
    let longest = format!("{local}@{label}.{label}.{label}.exampl");
    assert_eq!(longest.len(), 254);
    let link = link(TEMPLATE);
    for (stored, mailed) in [
        ("alice@example.com", "alice@example.com"),
        ("Alice.O'Hara+tag@EXAMPLE.com", "Alice.O'Hara+tag@EXAMPLE.com"),
        ("mıke@example.com", "mıke@example.com"),
        ("😀@example.com", "😀@example.com"),
        ("bob@[192.0.2.1]", "bob@[192.0.2.1]"),
        ("\"a, b\"@example.com", "\"a, b\"@example.com"),
        ("\"eve@evil.example\"@example.com", "\"eve@evil.example\"@example.com"),
        ("\"x\\\"y\"@example.com", "\"x\\\"y\"@example.com"),
        ("\"x..y.\"@example.com", "\"x..y.\"@example.com"),
        ("bob@mail_1.example", "bob@mail_1.example"),
        (longest.as_str(), longest.as_str()),
        // What mail libraries refuse is quoted, as RFC 5321 asks for.
        ("foo..bar@docomo.ne.jp", "\"foo..bar\"@docomo.ne.jp"),
        ("foo.@docomo.ne.jp", "\"foo.\"@docomo.ne.jp"),
        (".foo@docomo.ne.jp", "\".foo\"@docomo.ne.jp"),
        // In letters to people, in A-labels to mail servers.
        ("mike@exämple.com", "mike@xn--exmple-cua.com"),
        ("carol@Bücher.example", "carol@xn--bcher-kva.example"),
        ("carol@bu\u{308}cher.example", "carol@xn--bcher-kva.example"),
        ("carol@xn--bcher-kva.example", "carol@xn--bcher-kva.example"),
        ("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah"),
        ("\"a b\"@faß.example", "\"a b\"@xn--fa-hia.example"),
        ("carol@bücher.xn--p1ai", "carol@xn--bcher-kva.xn--p1ai"),
        ("eleni@ΠΑΡΆΔΕΙΓΜΑ.ΕΛΛΆΣ", "eleni@xn--hxajbheg2az3al.xn--hxarsa5b"),
    ] {
        let mail = send(words(), &reset_link(stored, &link)).await;
        let envelope: Vec<&str> = mail.envelope.to().iter().map(AsRef::as_ref).collect();
        assert_eq!(envelope, [mailed]);
        assert_eq!(mail.header("To"), [mailed]);
        assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
        assert!(mail.text.contains(&format!("account {stored}")), "{}", mail.text);
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_mailed_to_is_an_error_before_a_link_is_issued() {
    let too_long_in_quotes = format!("{}..b@example.com", "a".repeat(60));
    let too_long_in_a_labels = format!("{}@{}example", "a".repeat(40), "é.".repeat(28));
    for (address, error) in [
        ("alice@example.com\r\nBcc: eve@evil.example", AddressError::ControlCharacter),
        ("alice@example.com\n", AddressError::ControlCharacter),
        ("alice\0@example.com", AddressError::ControlCharacter),
        ("alice@example.com,eve@evil.example", AddressError::NotOneMailbox),
        (&too_long_in_quotes, AddressError::TooLong),
        (&too_long_in_a_labels, AddressError::TooLong),
        ("alice@example..com", AddressError::Domain),
        ("alice@-example.com", AddressError::Domain),
        ("alice@example.com.", AddressError::Domain),
        ("alice@exa/mple.com", AddressError::Domain),
        ("alice@xn--0.example", AddressError::Domain),
        // It would go to example.com.
        ("alice@ｅxample.com", AddressError::Domain),
        ("alice@ℬücher.example", AddressError::Domain),
        ("alice@\u{212A}e\u{301}.example", AddressError::Domain),
    ] {
        assert_eq!(Recipient::parse(address), Err(error), "{address}");
        let store = MemoryStore::new();
        let alice = store.add_account(address, "hash").unwrap();
        let transport = AsyncStubTransport::new_ok();
        let mailer = LettreMailer::new(transport.clone(), sender(), words());
        let template = LinkTemplate::new(TEMPLATE).unwrap();
        let resets = PasswordReset::builder(&store, mailer, template).build().unwrap();
        let handled = resets.request_for(&alice).await;
        let outcome = handled.outcome_for_logs();
        assert!(
            matches!(outcome, Outcome::Failed(Fault::Address(e)) if *e == error),
            "{outcome:?}"
        );
        assert!(store.find_by_id(&alice).await.unwrap().unwrap().ledger.is_none(), "{address}");
        assert!(transport.messages().await.is_empty());
        assert_says_nothing_of(&error, &[address]);
    }
}

#[tokio::test]
async fn a_sender_whose_name_breaks_the_line_is_an_error() {
    let from = Mailbox::new(Some("Acme\r\nBcc: eve@evil.example".into()), sender().email);
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), from.clone(), words());
    let error = mailer.send(&password_changed()).await.unwrap_err();
    assert!(matches!(error, LettreError::Sender), "{error:?}");

    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words()).reply_to(from);
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
    let mailer = LettreMailer::new(AsyncStubTransport::new_error(), sender(), words());
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
    let mailer = LettreMailer::new(transport.clone(), sender(), words());
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
    assert_eq!(notice.subject, "Your Acme password was changed");
    assert!(!notice.raw.contains(token) && !notice.raw.contains("Abcdefg1"));
}

/// A wording whose database is away.
struct Speechless;

impl<Id: Sync> Wording<Id> for Speechless {
    type Error = std::io::Error;

    async fn content(&self, _: &Message<'_, Id>) -> Result<Content, std::io::Error> {
        Err(std::io::ErrorKind::TimedOut.into())
    }
}

#[tokio::test]
async fn a_wording_that_fails_is_named_and_nothing_is_sent() {
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), Speechless);
    let error = mailer.send(&password_changed()).await.unwrap_err();
    assert!(matches!(error, LettreError::Wording(_)), "{error:?}");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "timed out");
    assert!(mailer.transport().messages().await.is_empty());
}

#[tokio::test]
async fn the_hosts_transport_is_still_there() {
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words());
    mailer.send(&password_changed()).await.unwrap();
    assert_eq!(mailer.transport().messages().await.len(), 1);
}
