//! What the recipients of the mails see, read with the parser of a mail program.

mod codes;
mod delivery;
mod languages;
mod smtp;
mod source;
mod words;

use lettre::message::Mailbox;
use lettre::transport::stub::AsyncStubTransport;
use mail_parser::{Address, MessageParser};
use password_reset::LinkTemplate;
use password_reset::adapters::lettre::{LettreError, LettreMailer};
use password_reset::link::ResetLink;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::token::ResetToken;
use password_reset::words::{Wording, Words};
use std::time::Duration;
use time::UtcDateTime;

const TOKEN: &str = "Zm9yZ290dGVuLXBhc3N3b3JkLWNhbmFyeS1pbi1hLVRFU1RT";
const TEMPLATE: &str = "https://app.example.com/reset?token={token}";

/// Whose account the messages are about.
const ALICE: u64 = 7;

type StubError = LettreError<lettre::transport::stub::Error>;

fn asked_at() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_795_439_142).unwrap()
}

fn link(template: &str) -> ResetLink {
    LinkTemplate::new(template).unwrap().link(&ResetToken::parse(TOKEN).unwrap())
}

fn sender() -> Mailbox {
    "Acme <accounts@acme.example>".parse().unwrap()
}

fn words() -> Words {
    Words::new("Acme", "help@acme.example").unwrap()
}

fn reset_link<'a>(address: &'a str, link: &'a ResetLink) -> Message<'a, u64> {
    let recipient = Recipient::parse(address).unwrap();
    let expires_at = asked_at() + Duration::from_secs(3600);
    Message::reset_link(&ALICE, recipient, link, asked_at(), expires_at)
}

fn password_changed() -> Message<'static, u64> {
    let recipient = Recipient::parse("alice@example.com").unwrap();
    Message::password_changed(&ALICE, recipient, asked_at())
}

/// A mail as its recipient's program reads it.
struct Mail {
    envelope: lettre::address::Envelope,
    raw: String,
    subject: String,
    to: Vec<String>,
    text: String,
    html: String,
}

impl Mail {
    fn header(&self, name: &str) -> Vec<&str> {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        head.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
    }

    fn from((envelope, raw): (lettre::address::Envelope, String)) -> Self {
        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert!(parsed.cc().is_none() && parsed.bcc().is_none());
        assert_eq!((parsed.text_body_count(), parsed.html_body_count()), (1, 1));
        assert_eq!(parsed.attachment_count(), 0);
        let Some(Address::List(to)) = parsed.to() else { panic!("no list: {:?}", parsed.to()) };
        Self {
            subject: parsed.subject().unwrap().to_owned(),
            to: to.iter().map(|to| to.address().unwrap().to_owned()).collect(),
            text: parsed.body_text(0).unwrap().replace("\r\n", "\n"),
            html: parsed.body_html(0).unwrap().replace("\r\n", "\n"),
            envelope,
            raw,
        }
    }
}

async fn try_send(
    wording: impl Wording<u64>,
    message: &Message<'_, u64>,
) -> Result<Mail, StubError> {
    let transport = AsyncStubTransport::new_ok();
    try_send_by(&LettreMailer::new(transport, sender(), wording), message).await
}

async fn try_send_by<W: Wording<u64>>(
    mailer: &LettreMailer<AsyncStubTransport, W>,
    message: &Message<'_, u64>,
) -> Result<Mail, StubError> {
    mailer.send(message).await?;
    Ok(Mail::from(mailer.transport().messages().await.pop().unwrap()))
}

async fn send(wording: impl Wording<u64>, message: &Message<'_, u64>) -> Mail {
    try_send(wording, message).await.unwrap()
}

/// What a reader of the HTML sees in the attribute or the element.
fn unescape_html(html: &str) -> String {
    let mut read = String::new();
    let mut parts = html.split('&');
    read.push_str(parts.next().unwrap());
    for part in parts {
        let (entity, rest) = part.split_once(';').unwrap();
        read.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            number => {
                let number = number.strip_prefix('#').unwrap().parse().unwrap();
                char::from_u32(number).unwrap()
            }
        });
        read.push_str(rest);
    }
    read
}

/// The link stands in the text once, on a line of its own; in the HTML as a button, and below it in
/// letters.
fn assert_link_is_whole(mail: &Mail, link: &ResetLink) {
    let url = link.expose_url();
    assert_eq!(mail.text.lines().filter(|line| *line == url).count(), 1, "{}", mail.text);
    assert_eq!(mail.text.matches(TOKEN).count(), 1);

    let anchors: Vec<_> = mail.html.split("<a ").skip(1).map(anchor).collect();
    assert_eq!(anchors.len(), 2, "{}", mail.html);
    assert!(anchors.iter().all(|(href, _)| href == url), "{anchors:?}");
    assert_eq!(anchors[1].1, url);
}

/// Where an anchor leads, and what is to be read of it.
fn anchor(html: &str) -> (String, String) {
    let (_, after) = html.split_once("href=\"").unwrap();
    let (href, after) = after.split_once('"').unwrap();
    let (_, after) = after.split_once('>').unwrap();
    let (visible, _) = after.split_once("</a>").unwrap();
    (unescape_html(href), unescape_html(visible))
}
