//! What the recipients of the mails see, read with a mail program's parser.

mod delivery;
mod words;

use lettre::message::Mailbox;
use lettre::transport::stub::AsyncStubTransport;
use mail_parser::{Address, MessageParser};
use password_reset::LinkTemplate;
use password_reset::adapters::lettre::{LettreError, LettreMailer, Wording};
use password_reset::link::ResetLink;
use password_reset::mailer::{Mailer, Message, Recipient};
use password_reset::token::ResetToken;
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
    let mailer = LettreMailer::new(transport.clone(), sender()).wording(wording);
    mailer.send(message).await?;
    let mut sent = transport.messages().await;
    assert_eq!(sent.len(), 1);
    Ok(Mail::from(sent.remove(0)))
}

async fn send(wording: impl Wording<u64>, message: &Message<'_, u64>) -> Mail {
    try_send(wording, message).await.unwrap()
}

/// What a reader of the HTML sees in the attribute or the element.
fn unescape_html(html: &str) -> String {
    let without_escapes = html.replace("&#39;", "").replace("&amp;", "");
    assert!(!without_escapes.contains(['&', '\'', '"', '<', '>']), "{html}");
    html.replace("&#39;", "'").replace("&amp;", "&")
}

fn assert_link_is_whole(mail: &Mail, link: &ResetLink) {
    let url = link.expose_url();
    assert_eq!(mail.text.lines().filter(|line| *line == url).count(), 1, "{}", mail.text);
    assert_eq!(mail.text.matches(TOKEN).count(), 1);

    let (_, after) = mail.html.split_once("<a href=\"").unwrap();
    let (href, after) = after.split_once("\">").unwrap();
    let (visible, _) = after.split_once("</a>").unwrap();
    assert_eq!(unescape_html(href), url);
    assert_eq!(unescape_html(visible), url);
}
