//! The sentences of the mails.

use super::{
    ALICE, Mail, TEMPLATE, TOKEN, asked_at, link, password_changed, reset_link, send, sender,
    unescape_html, words,
};
use lettre::transport::stub::AsyncStubTransport;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::{Message, Recipient};
use password_reset::service::Delivery;
use password_reset::words::{Content, Reader, Wording, Words, WordsError, Zone, escape_html};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::time::Duration;
use time::{UtcDateTime, UtcOffset};

/// What a reader sees of the HTML, in lines.
fn read(html: &str) -> String {
    let (_, body) = html.split_once("<body").unwrap();
    let text: String = body.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect();
    unescape_html(&text)
}

#[tokio::test]
async fn the_mail_says_all_that_its_reader_must_know() {
    let link = link(TEMPLATE);
    let mail = send(words(), &reset_link("alice@example.com", &link)).await;
    assert_eq!(mail.subject, "Reset your Acme password");
    let expected = format!(
        "Somebody asked to reset the password of the Acme account alice@example.com, \
         at 13:05:42 UTC on 23 November 2026.\n\
         \n\
         To set a new password, open this link:\n\
         \n\
         https://app.example.com/reset?token={TOKEN}\n\
         \n\
         The link is valid for 60 minutes, until 14:05 UTC on 23 November 2026.\n\
         It works once, and only the link in the most recent email works.\n\
         \n\
         If it wasn't you, ignore this email: your password stays as it is.\n"
    );
    assert_eq!(mail.text, expected);
    let read = read(&mail.html);
    for line in expected.lines().filter(|line| !line.starts_with("To set")) {
        assert!(read.contains(line), "{line} in {read}");
    }
    assert!(read.contains("Set a new password\n"), "{read}");
    assert!(read.contains("If the button opens no page, go to this address:"), "{read}");
}

#[tokio::test]
async fn the_notice_says_what_to_do_whom_to_contact_and_has_no_link() {
    let mail = send(words(), &password_changed()).await;
    assert_eq!(mail.subject, "Your Acme password was changed");
    let expected = "\
        The password of the Acme account alice@example.com was changed, \
        at 13:05:42 UTC on 23 November 2026.\n\
        \n\
        If it was you, there is nothing to do.\n\
        \n\
        If it wasn't you, act at once: ask for a new link (\"Forgotten password?\", where \
        you sign in), set a new password, and contact help@acme.example.\n\
        Somebody may be able to read your email, so change the password of your \
        mailbox as well.\n";
    assert_eq!(mail.text, expected);
    let read = read(&mail.html);
    assert!(expected.lines().all(|line| read.contains(line)), "{read}");
    assert!(!mail.raw.contains("://") && !mail.raw.contains("href"), "{}", mail.raw);
}

#[tokio::test]
async fn the_html_fetches_nothing() {
    let link = link(TEMPLATE);
    let mail = send(words(), &reset_link("alice@example.com", &link)).await;
    for fetching in ["<img", "<link", "<script", "<iframe", "src=", "url(", "@import", "@font-face"]
    {
        assert!(!mail.html.contains(fetching), "{fetching} in {}", mail.html);
    }
    assert_eq!(mail.html.matches("://").count(), 3, "the link alone: {}", mail.html);
}

#[tokio::test]
async fn a_services_name_with_markup_stays_a_name() {
    let name = "<script>alert('&\"')</script>";
    let link = link("https://app.example.com/reset?a='b'&token={token}");
    for message in [reset_link("alice@example.com", &link), password_changed()] {
        let mail = send(Words::new(name, name).unwrap(), &message).await;
        assert_eq!(mail.to, ["alice@example.com"]);
        assert!(!mail.html.contains("<script"), "{}", mail.html);
        assert!(mail.html.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)"), "{}", mail.html);
        assert!(mail.subject.contains(name), "{}", mail.subject);
    }
}

#[test]
fn a_name_or_a_contact_that_spoils_a_mail_is_refused() {
    let long = "a".repeat(65);
    for name in ["", &long, "Acme\r\nBcc: eve@evil.example", "Ac\0me", "\u{85}"] {
        assert_eq!(Words::new(name, "help").unwrap_err(), WordsError::Service, "{name:?}");
    }
    let long = "a".repeat(201);
    for contact in ["", &long, "help\n"] {
        assert_eq!(Words::new("Acme", contact).unwrap_err(), WordsError::Contact, "{contact:?}");
    }
    assert!(Words::new(&"密".repeat(64), &"密".repeat(200)).is_ok());
}

#[tokio::test]
async fn validity_is_said_in_round_numbers_and_never_too_long() {
    let link = link(TEMPLATE);
    let recipient = Recipient::parse("alice@example.com").unwrap();
    for (seconds, said) in [
        (59, "for less than a minute, until 13:06 UTC"),
        (60, "for 1 minute, until 13:06 UTC"),
        (119, "for 1 minute, until 13:07 UTC"),
        (90 * 60, "for 90 minutes, until 14:35 UTC"),
        (24 * 3600, "for 24 hours, until 13:05 UTC on 24 November 2026"),
        (36 * 3600, "for 36 hours, until 01:05 UTC on 25 November 2026"),
        (3 * 24 * 3600, "for 3 days, until 13:05 UTC on 26 November 2026"),
    ] {
        let until = asked_at() + Duration::from_secs(seconds);
        let message = Message::reset_link(&ALICE, recipient, &link, asked_at(), until);
        let mail = send(words(), &message).await;
        assert!(mail.text.contains(said), "{said} in {}", mail.text);
    }
}

#[tokio::test]
async fn times_are_in_the_hosts_zone_and_the_zone_is_named() {
    // Clocks go back between the two times.
    let change = asked_at() + Duration::from_secs(1800);
    let zoned = words().time_zone(move |at| {
        let (hours, name) = if at < change { (2, "CEST") } else { (1, "CET") };
        Zone { offset: UtcOffset::from_hms(hours, 0, 0).unwrap(), name: name.into() }
    });
    let link = link(TEMPLATE);
    let mail = send(zoned, &reset_link("alice@example.com", &link)).await;
    assert!(mail.text.contains("at 15:05:42 CEST on 23 November 2026"), "{}", mail.text);
    assert!(mail.text.contains("until 15:05 CET on 23 November 2026"), "{}", mail.text);
    assert_eq!(mail.header("Date"), ["Mon, 23 Nov 2026 13:05:42 +0000"]);
}

#[tokio::test]
async fn no_time_is_too_odd_for_a_mail() {
    let link = link(TEMPLATE);
    let recipient = Recipient::parse("alice@example.com").unwrap();
    let far = |hours| {
        move |_| Zone { offset: UtcOffset::from_hms(hours, 0, 0).unwrap(), name: "FAR".into() }
    };
    for (at, zone, date, said) in [
        (UtcDateTime::MIN, -25, "Thu, 01 Jan 1970", "at 00:00:00 UTC on 1 January -9999."),
        (UtcDateTime::MIN, 1, "Thu, 01 Jan 1970", "at 01:00:00 FAR on 1 January -9999."),
        (UtcDateTime::MAX, 25, "Fri, 31 Dec 9999", "at 23:59:59 UTC on 31 December 9999."),
    ] {
        for until in [UtcDateTime::MIN, UtcDateTime::MAX] {
            let message = Message::reset_link(&ALICE, recipient, &link, at, until);
            let mail = send(words().time_zone(far(zone)), &message).await;
            assert!(mail.header("Date")[0].starts_with(date));
            assert!(mail.text.contains(said), "{}", mail.text);
        }
    }
}

#[test]
fn nothing_prints_the_words_of_a_mail() {
    let link = link(TEMPLATE);
    let message = reset_link("alice@example.com", &link);
    let content = words().content_for(&message, &Reader::default());
    assert!(content.text.contains(TOKEN));
    assert_eq!(format!("{content:?}"), r#"Content { subject: "Reset your Acme password", .. }"#);
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words());
    assert!(format!("{mailer:?}").contains("accounts"));
}

#[test]
fn the_reader_is_greeted_by_name_unless_the_name_could_pass_for_more() {
    let message = password_changed();
    let text = |name| {
        words().content_for(&message, &Reader { name: Some(name), ..Reader::default() }).text
    };
    for name in [
        "Alice",
        "Søren O’Hara-Śmigły",
        "J. R. Smith Jr.",
        "X Æ A-12",
        "علي",
        "علی\u{200c}رضا",
        "山田太郎",
        "दीपिका",
    ] {
        assert!(text(name).starts_with(&format!("Hello {name},\n\n")) || !name.is_ascii());
        assert!(text(name).contains(name), "{name}");
        assert!(text(name).starts_with("Hello "), "{name}");
    }
    let long = "a".repeat(65);
    for name in [
        "",
        " ",
        "42",
        "win at evil.example",
        "https://evil.example",
        "Alice\nYour account is locked, call 555",
        "a@b",
        "<b>Alice</b>",
        "Alice: call +1 555",
        "Alice call 1 800 555 0100",
        "Alice call 911",
        "Alice call ٩١١",
        "evil。example",
        &long,
    ] {
        assert!(text(name).starts_with("The password"), "{name}");
    }
}

/// Looks its reader up, as a host with accounts does.
struct Personal(Words);

impl Wording<u64> for Personal {
    type Error = Infallible;

    async fn content(&self, message: &Message<'_, u64>) -> Result<Content, Infallible> {
        tokio::task::yield_now().await;
        let (name, language) = match message.account_id() {
            1 => ("Alice", Some("pl")),
            _ => ("Bob", None),
        };
        Ok(self.0.content_for(message, &Reader { name: Some(name), language, ..Reader::default() }))
    }
}

#[tokio::test]
async fn a_mail_speaks_the_accounts_language_then_the_visitors() {
    let store = MemoryStore::new();
    for address in ["alice@example.com", "bob@example.com"] {
        store.add_account(address, "hash").unwrap();
    }
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender(), Personal(words()));
    let link = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, mailer, link).build().unwrap();
    resets.request_in("alice@example.com", "de").await;
    resets.request_in("bob@example.com", "de-AT").await;

    let mails = transport.messages().await.into_iter().map(Mail::from);
    let first_lines: Vec<_> = mails.map(|m| m.text.lines().next().unwrap().to_owned()).collect();
    assert_eq!(first_lines, ["Dzień dobry, Alice!", "Guten Tag Bob!"]);
}

#[tokio::test]
async fn the_mail_says_that_an_administrator_asked_where_one_did() {
    let store = MemoryStore::new();
    let alice = store.add_account("alice@example.com", "hash").unwrap();
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender(), words());
    let resets = PasswordReset::builder(store, mailer, LinkTemplate::new(TEMPLATE).unwrap());
    let resets = resets.build().unwrap();
    resets.request("alice@example.com").await;
    resets.request_for(&alice).await;
    let mails: Vec<_> = transport.messages().await.into_iter().map(Mail::from).collect();
    assert!(mails[0].text.starts_with("Somebody asked to reset the password"));
    assert!(mails[1].text.starts_with("An administrator asked to reset the password"));
    assert!(mails[1].text.contains("If you did not expect it, ignore this email"));
}

#[test]
fn what_html_shows_is_what_was_given() {
    let odd = "<a href='x'>&\"Ä密😀\u{2068}";
    let escaped = escape_html(odd);
    assert!(escaped.is_ascii() && !escaped.contains(['<', '>', '"', '\'']), "{escaped}");
    assert_eq!(unescape_html(&escaped), odd);
}

#[tokio::test]
async fn an_invitation_says_so_and_asks_to_choose_a_password() {
    let store = MemoryStore::new();
    let carol = store.add_account("carol@example.com", "").unwrap();
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender(), words());
    let resets = PasswordReset::builder(store, mailer, LinkTemplate::new(TEMPLATE).unwrap());
    let resets = resets.invitation_lifetime(Duration::from_secs(3 * 86_400)).build().unwrap();
    assert_eq!(resets.invite(&carol).await.delivery(), Delivery::Sent);
    let mail = Mail::from(transport.messages().await.remove(0));
    assert_eq!(mail.subject, "Choose your Acme password");
    assert!(mail.text.starts_with("You were invited to Acme, with the account carol@example.com"));
    for said in ["To choose your password", "valid for 3 days", "nobody gets in without a password"]
    {
        assert!(mail.text.contains(said), "{said} in {}", mail.text);
    }
    assert!(mail.html.contains(">Choose a password</a>"), "{}", mail.html);
}
