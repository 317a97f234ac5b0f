use crate::{run, text};
use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::transport::stub::AsyncStubTransport;
use mail_parser::MessageParser;
use password_reset::LinkTemplate;
use password_reset::adapters::lettre::{HeaderError, LettreError, LettreMailer};
use password_reset::mailer::{AddressError, Language, Mailer, Message, Recipient};
use password_reset::token::ResetToken;
use password_reset::words::{Content, Reader, Wording, Words, WordsError, escape_html};
use std::convert::Infallible;
use std::time::Duration;
use time::UtcDateTime;

const TOKEN: &str = "Zm9yZ290dGVuLXBhc3N3b3JkLWNhbmFyeS1pbi1hLXRlc3QR";
const TEMPLATE: &str = "https://app.example.com/reset?l=en&token={token}";
const ID: u64 = 7;
const SENDER: &str = "accounts@acme.example";
const HEADERS: [&str; 10] = [
    "Auto-Submitted",
    "Content-Type",
    "Date",
    "From",
    "MIME-Version",
    "Message-ID",
    "References",
    "Subject",
    "To",
    "X-Entity-Ref-ID",
];

/// An address, a service's name, a subject, words, a reader's name and a language, with `0xFF`
/// between them: refused, or mailed to that one address, with no header more, and the link on a
/// line of its own.
pub fn mail_headers(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == 0xFF).map(text);
    let mut part = || parts.next().unwrap_or_default();
    let [address, service, subject, words, name, language] =
        [part(), part(), part(), part(), part(), part()];
    if [&service, &subject, &words].iter().any(|text| text.contains("token=")) {
        return;
    }
    let recipient = match Recipient::parse(&address) {
        Ok(recipient) => recipient,
        Err(error) => return assert_is_refused_with_reason(&address, error),
    };
    assert_eq!(recipient.as_str(), address);
    assert!(address.len() <= 254 && !address.contains(char::is_control));
    assert_is_one_mailbox(&address);
    assert_is_one_mailbox(&recipient.to_smtp());

    let link = LinkTemplate::new(TEMPLATE).unwrap().link(&ResetToken::parse(TOKEN).unwrap());
    let now = UtcDateTime::UNIX_EPOCH + Duration::from_secs(data.len() as u64);
    let reset = Message::reset_link(&ID, recipient, &link, now, now + Duration::from_secs(3600));
    let notice = || Message::password_changed(&ID, recipient, now);
    let reader = Reader { name: Some(&name), language: Some(&language), sign_in: Some(&subject) };
    for message in [reset, notice()] {
        let mut contents =
            vec![Own { subject: subject.clone().into(), words: words.clone().into() }.of(&message)];
        match Words::new(&service, &service) {
            Ok(known) => {
                assert_escapes(&known, &message, &reader);
                contents.push(known.content_for(&message, &reader));
            }
            Err(WordsError::Service) => assert!(is_no_service(&service), "{service:?}"),
            Err(error) => panic!("{error}"),
        }
        for content in contents {
            let sender = Mailbox::new(None, SENDER.parse().unwrap());
            let mail = send(sender, Said(&content), &message).unwrap();
            mail.assert_is_for(&recipient.to_smtp(), &content, &message);
        }
    }
    // No wish of a visitor is more than letters, digits and hyphens.
    if let Some(wish) = Language::parse(&language) {
        assert!(wish.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }

    let notice = notice();
    let content = Own { subject: "x".into(), words: words.clone().into() }.of(&notice);
    let named = Mailbox::new(Some(subject.clone().into()), SENDER.parse().unwrap());
    match send(named, Said(&content), &notice) {
        Ok(mail) => {
            assert!(!subject.contains(char::is_control));
            mail.assert_is_for(&recipient.to_smtp(), &content, &notice);
        }
        Err(LettreError::Sender) => assert!(subject.contains(char::is_control)),
        Err(error) => panic!("{error}"),
    }
    assert_headers_are_one_line(&name, &words);
}

fn is_no_service(name: &str) -> bool {
    !(1..=64).contains(&name.chars().count()) || name.contains(char::is_control)
}

/// A header of a host's own is refused or one header, whatever it says.
fn assert_headers_are_one_line(name: &str, value: &str) {
    let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), SENDER.parse().unwrap(), ());
    match mailer.header(name, value) {
        Ok(_) => assert!(!name.contains(':') && !value.contains(char::is_control)),
        Err(HeaderError::Value) => {
            let is_long = value.split(' ').any(|word| word.len() > 900);
            assert!(is_long || value.contains(char::is_control), "{value:?}");
        }
        Err(HeaderError::Name) => {
            assert!(name.len() > 76 || name.is_empty() || !is_token(name), "{name:?}");
        }
        Err(_) => assert!(is_token(name)),
    }
}

fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

/// One to a mail program, whether or not the mail library takes it.
fn assert_is_one_mailbox(address: &str) {
    let mail = format!("To: {address}\r\nSubject: x\r\n\r\nx\r\n");
    let parsed = MessageParser::default().parse(mail.as_bytes()).unwrap();
    assert_eq!(parsed.headers().len(), 2, "{address:?}");
    assert_eq!(parsed.to().unwrap().iter().count(), 1, "{address:?}");
    assert!(has_colons_in_its_domain(address) || parsed.to().unwrap().as_group().is_none());
}

/// The parser takes the colons of an IPv6 address for those of a group.
fn has_colons_in_its_domain(address: &str) -> bool {
    address.contains("@[IPv6:")
}

fn assert_is_refused_with_reason(address: &str, error: AddressError) {
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    let is_good = is_plain(local) && is_plain(domain);
    let is_long = address.len() > 254 || address.rfind('@').is_some_and(|at| at > 64);
    match error {
        AddressError::TooLong => assert!(is_long, "{address:?}"),
        AddressError::ControlCharacter => {
            assert!(address.contains(|c: char| c.is_control() || !c.is_ascii()), "{address:?}");
        }
        // An A-label that stands for nothing is a plain word as well.
        _ => assert!(!is_good || domain.to_ascii_lowercase().contains("xn--"), "{address:?}"),
    }
}

/// What a host and a reader are called changes nothing of what the HTML is made of.
fn assert_escapes(words: &Words, message: &Message<'_, u64>, reader: &Reader<'_>) {
    let plain = Words::new("x", "x").unwrap();
    let name = reader.name.filter(|_| {
        words.content_for(message, reader).html.matches("<p").count()
            > plain
                .content_for(message, &Reader { name: None, ..*reader })
                .html
                .matches("<p")
                .count()
    });
    let alike = Reader { name: name.map(|_| "x"), ..*reader };
    let [html, plain] = [(words, reader), (&plain, &alike)]
        .map(|(words, reader)| words.content_for(message, reader).html);
    assert!(html.is_ascii(), "{html}");
    for mark in ['<', '>', '"', '\''] {
        assert_eq!(html.matches(mark).count(), plain.matches(mark).count(), "{html}");
    }
}

/// Words of a host's own.
struct Own {
    subject: String,
    words: String,
}

impl Own {
    fn of(&self, message: &Message<'_, u64>) -> Content {
        let url = match message {
            Message::ResetLink { link, .. } => link.expose_url(),
            _ => "",
        };
        let text = format!("{}\n{url}\n", self.words);
        let html = format!("<p>{}</p>\n", escape_html(&text));
        Content { subject: self.subject.clone(), text, html }
    }
}

/// Words that are there already.
struct Said<'a>(&'a Content);

impl Wording<u64> for Said<'_> {
    type Error = Infallible;

    async fn content(&self, _: &Message<'_, u64>) -> Result<Content, Infallible> {
        let Content { subject, text, html } = self.0;
        Ok(Content { subject: subject.clone(), text: text.clone(), html: html.clone() })
    }
}

struct Mail {
    envelope: Envelope,
    raw: String,
}

fn send(
    sender: Mailbox,
    wording: Said<'_>,
    message: &Message<'_, u64>,
) -> Result<Mail, LettreError<lettre::transport::stub::Error>> {
    let transport = AsyncStubTransport::new_ok();
    run(LettreMailer::new(transport.clone(), sender, wording).send(message))?;
    let mut mails = run(transport.messages());
    let (envelope, raw) = mails.pop().unwrap();
    assert!(mails.is_empty());
    Ok(Mail { envelope, raw })
}

impl Mail {
    fn assert_is_for(&self, address: &str, content: &Content, message: &Message<'_, u64>) {
        let Self { envelope, raw } = self;
        let recipients: Vec<&str> = envelope.to().iter().map(AsRef::as_ref).collect();
        assert_eq!(recipients, [address]);
        assert_eq!(envelope.from().map(AsRef::as_ref), Some(SENDER));
        assert!(!raw.split("\r\n").any(|line| line.contains(['\r', '\n', '\0'])), "{raw}");

        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        // A subject is folded between its words, and one long word is left as it is.
        assert!(body.split("\r\n").all(|line| line.len() <= 998), "{raw}");
        let head = head.replace("\r\n ", " ").replace("\r\n\t", "\t");
        let mut fields: Vec<_> = head.split("\r\n").map(|f| f.split_once(": ").unwrap()).collect();
        fields.sort_unstable();
        let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, HEADERS, "{raw}");
        assert_eq!(fields[8].1, address);

        let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert_eq!(parsed.headers().len(), HEADERS.len(), "{raw}");
        assert!(parsed.cc().is_none() && parsed.bcc().is_none());
        let from: Vec<_> = parsed.from().unwrap().iter().map(|from| from.address()).collect();
        assert_eq!(from, [Some(SENDER)], "{raw}");
        if !has_colons_in_its_domain(address) {
            let to: Vec<_> = parsed.to().unwrap().iter().map(|to| to.address()).collect();
            assert_eq!(to.len(), 1, "{raw}");
            assert!(address.contains('"') || to == [Some(address)], "{raw}");
        }
        assert_eq!((parsed.text_body_count(), parsed.html_body_count()), (1, 1), "{raw}");
        assert_eq!(parsed.attachment_count(), 0);

        let text = parsed.body_text(0).unwrap();
        assert_eq!(lines(&text), lines(&content.text), "{raw}");
        // A line that is too long ends in a comment.
        let html = parsed.body_html(0).unwrap().replace("\r\n", "\n").replace("<!--\n-->", "");
        assert_eq!(lines(&html), lines(&content.html), "{raw}");
        if let Message::ResetLink { link, .. } = message {
            let url = link.expose_url();
            assert_eq!(text.lines().filter(|line| *line == url).count(), 1, "{raw}");
        }
    }
}

/// The lines of a text, however they end.
fn lines(text: &str) -> Vec<&str> {
    text.trim_end().split(['\r', '\n']).filter(|line| !line.is_empty()).collect()
}
