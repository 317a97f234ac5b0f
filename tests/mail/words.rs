use super::{
    ALICE, Mail, TEMPLATE, TOKEN, asked_at, assert_link_is_whole, link, password_changed,
    reset_link, send, sender,
};
use lettre::transport::stub::AsyncStubTransport;
use password_reset::adapters::lettre::{Content, English, LettreMailer, Wording, escape_html};
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::{Message, Recipient};
use password_reset::{LinkTemplate, PasswordReset};
use std::time::Duration;
use time::UtcDateTime;

#[tokio::test]
async fn the_mail_says_all_that_its_reader_must_know() {
    let link = link(TEMPLATE);
    let mail = send(English::new("Acme"), &reset_link("alice@example.com", &link)).await;
    assert_eq!(mail.subject, "Reset your Acme password");
    let expected = format!(
        "Somebody asked to reset the password of your Acme account,\n\
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
    for line in expected.lines() {
        assert!(mail.html.contains(&escape_html(line)), "{line} in {}", mail.html);
    }
}

#[tokio::test]
async fn the_notice_says_what_to_do_and_has_no_link() {
    let mail = send(English::new("Acme"), &password_changed()).await;
    assert_eq!(mail.subject, "Your Acme password was changed");
    let expected = "\
        The password of your Acme account was changed\n\
        at 13:05:42 UTC on 23 November 2026.\n\
        \n\
        If it was you, there is nothing to do.\n\
        \n\
        If it wasn't you, act at once: ask for a new link (\"Forgotten password?\", where\n\
        you sign in), set a new password, and contact Acme.\n\
        Somebody may be able to read your email, so change the password of your\n\
        mailbox as well.\n";
    assert_eq!(mail.text, expected);
    for line in expected.lines() {
        assert!(mail.html.contains(&escape_html(line)), "{line} in {}", mail.html);
    }
    assert!(!mail.raw.contains("://") && !mail.raw.contains("href"), "{}", mail.raw);
}

#[tokio::test]
async fn the_link_is_whole_even_the_longest() {
    let dull = TEMPLATE.replace('?', &format!("/{}?", "a".repeat(512 - TEMPLATE.len() - 1)));
    let escaped = TEMPLATE.replace("token=", &"&".repeat(512 - TEMPLATE.len() + 6));
    let full_stop = "https://app.example.com/.{token}.?a=3D=".to_owned();
    for template in [TEMPLATE.to_owned(), full_stop, dull, escaped] {
        let link = link(&template);
        for wording in [English::default(), English::new("Größe"), English::new("密".repeat(400))]
        {
            let mail = send(wording, &reset_link("alice@example.com", &link)).await;
            assert_link_is_whole(&mail, &link);
            assert!(mail.raw.is_ascii(), "bytes that a server may not take: {}", mail.raw);
        }
    }
}

#[tokio::test]
async fn the_link_is_whole_before_decoding_too() {
    let template = TEMPLATE.replace('?', &format!("/{}?", "a".repeat(512 - TEMPLATE.len() - 1)));
    assert_eq!(template.len(), 512);
    let link = link(&template);
    let mail = send(English::new("Acme"), &reset_link("alice@example.com", &link)).await;
    assert_eq!(mail.raw.split("\r\n").filter(|line| *line == link.expose_url()).count(), 1);
}

#[tokio::test]
async fn a_hostile_service_name_stays_a_name() {
    let name = "<script>alert('&\"')</script>\r\nBcc: eve@evil.example\r\n\r\nWelcome";
    let link = link("https://app.example.com/reset?a='b'&token={token}");
    for message in [reset_link("alice@example.com", &link), password_changed()] {
        let mail = send(English::new(name), &message).await;
        assert_eq!(mail.to, ["alice@example.com"]);
        assert_eq!(mail.envelope.to().len(), 1);
        assert_eq!(mail.header("Bcc"), [""; 0]);
        assert!(!mail.html.contains("<script"), "{}", mail.html);
        assert!(mail.html.contains("&lt;script&gt;alert(&#39;&amp;&quot;&#39;)"), "{}", mail.html);
        assert!(mail.subject.contains("<script>alert('&\"')</script>"), "{}", mail.subject);
    }
}

struct Russian;

impl<Id> Wording<Id> for Russian {
    fn content(&self, message: &Message<'_, Id>) -> Content {
        let Message::ResetLink { link, .. } = message else {
            return English::default().content(message);
        };
        let url = link.expose_url();
        Content {
            subject: "Восстановление пароля".into(),
            text: format!("Ссылка для смены пароля:\n\n{url}\n\nОна действует один час.\n"),
            html: format!("<p>Ссылка: <a href=\"{0}\">{0}</a></p>", escape_html(url)),
        }
    }
}

#[tokio::test]
async fn a_host_says_it_in_its_own_words_and_language() {
    let link = link("https://app.example.com/reset?lang=ru&token={token}");
    let mail = send(Russian, &reset_link("alice@example.com", &link)).await;
    assert_eq!(mail.subject, "Восстановление пароля");
    assert!(mail.text.starts_with("Ссылка для смены пароля:\n\n"), "{}", mail.text);
    assert!(mail.text.ends_with("\n\nОна действует один час.\n"), "{}", mail.text);
    assert_link_is_whole(&mail, &link);
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
    ] {
        let until = asked_at() + Duration::from_secs(seconds);
        let message = Message::reset_link(&ALICE, recipient, &link, asked_at(), until);
        let mail = send(English::default(), &message).await;
        assert!(mail.text.contains(said), "{said} in {}", mail.text);
    }
}

#[tokio::test]
async fn no_time_is_too_odd_for_a_mail() {
    let link = link(TEMPLATE);
    let recipient = Recipient::parse("alice@example.com").unwrap();
    for (at, date, said) in [
        (
            UtcDateTime::MIN,
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "at 00:00:00 UTC on 1 January -9999.",
        ),
        (
            UtcDateTime::MAX,
            "Fri, 31 Dec 9999 23:59:59 +0000",
            "at 23:59:59 UTC on 31 December 9999.",
        ),
    ] {
        for until in [UtcDateTime::MIN, UtcDateTime::MAX] {
            let message = Message::reset_link(&ALICE, recipient, &link, at, until);
            let mail = send(English::default(), &message).await;
            assert_eq!(mail.header("Date"), [date]);
            assert!(mail.text.contains(said), "{}", mail.text);
        }
    }
}

#[test]
fn nothing_prints_the_words_of_a_mail() {
    let link = link(TEMPLATE);
    let content = English::default().content(&reset_link("alice@example.com", &link));
    assert!(content.text.contains(TOKEN));
    assert!(!format!("{content:?}").contains(TOKEN));
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender());
    assert!(format!("{mailer:?}").contains("accounts"));
}

/// Says what a host can choose its words by.
struct Personal;

impl Wording<u64> for Personal {
    fn content(&self, message: &Message<'_, u64>) -> Content {
        let Message::ResetLink { account_id, language, reason, .. } = message else {
            return English::default().content(message);
        };
        let language = language.map_or("none", |language| language.as_str());
        let subject = format!("account {account_id}, language {language}, {reason:?}");
        Content { subject, text: String::new(), html: String::new() }
    }
}

#[tokio::test]
async fn a_wording_knows_the_account_the_language_and_the_reason() {
    let store = MemoryStore::new();
    let alice = store.add_account("alice@example.com", "hash").unwrap();
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender()).wording(Personal);
    let link = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, mailer, link).build().unwrap();
    resets.request_in("alice@example.com", "pt-BR").await;
    resets.request_for(&alice).await;

    let mails = transport.messages().await.into_iter().map(Mail::from);
    let subjects: Vec<_> = mails.map(|mail| mail.subject).collect();
    let expected =
        ["account 1, language pt-BR, Forgotten", "account 1, language none, Administrator"];
    assert_eq!(subjects, expected);
}

#[tokio::test]
async fn the_mail_says_that_an_administrator_asked_where_one_did() {
    let store = MemoryStore::new();
    let alice = store.add_account("alice@example.com", "hash").unwrap();
    let transport = AsyncStubTransport::new_ok();
    let mailer = LettreMailer::new(transport.clone(), sender());
    let resets = PasswordReset::builder(store, mailer, LinkTemplate::new(TEMPLATE).unwrap());
    let resets = resets.build().unwrap();
    resets.request("alice@example.com").await;
    resets.request_for(&alice).await;
    let mails: Vec<_> = transport.messages().await.into_iter().map(Mail::from).collect();
    assert!(mails[0].text.starts_with("Somebody asked to reset the password"));
    assert!(mails[1].text.starts_with("An administrator asked to reset the password"));
}
