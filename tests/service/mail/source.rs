//! The source of the mail, before it is decoded.

use super::{
    Mail, TEMPLATE, assert_link_is_whole, link, password_changed, reset_link, send, sender,
    try_send_by, words,
};
use lettre::transport::stub::AsyncStubTransport;
use mail_parser::MessageParser;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::link::ResetLink;
use password_reset::mailer::Message;
use password_reset::words::{Content, Reader, Wording, Words, escape_html};
use std::convert::Infallible;

/// Names in Latin, Cyrillic, Arabic and Chinese letters, and the longest there may be.
const NAMES: [&str; 6] = [
    "Acme",
    "Café Zürich",
    "Ромашка",
    "مقهى السلام",
    "密碼服務",
    "密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密密",
];

fn longest_links() -> [ResetLink; 4] {
    let dull = TEMPLATE.replace('?', &format!("/{}?", "a".repeat(512 - TEMPLATE.len() - 1)));
    let escaped = TEMPLATE.replace("token=", &"&".repeat(512 - TEMPLATE.len() + 6));
    assert_eq!((dull.len(), escaped.len()), (512, 512));
    let full_stop = "https://app.example.com/.{token}.?a=3D=";
    [TEMPLATE, full_stop, &dull, &escaped].map(link)
}

/// The two parts of the mail as they are sent.
fn parts(mail: &Mail) -> (&str, &str) {
    let parsed = MessageParser::default().parse(mail.raw.as_bytes()).unwrap();
    let part = |of: &mail_parser::MessagePart<'_>| {
        let (from, to) = (of.raw_body_offset(), of.raw_end_offset());
        mail.raw.get(from as usize..to as usize).unwrap()
    };
    (part(parsed.text_part(0).unwrap()), part(parsed.html_part(0).unwrap()))
}

#[tokio::test]
async fn the_link_is_whole_in_every_language_whatever_the_name_and_the_length() {
    for link in longest_links() {
        for name in NAMES {
            let words = Words::new(name, "help@acme.example").unwrap();
            for language in ["en", "de", "fr", "es", "pt", "it", "pl", "tr", "ar", "ja"] {
                let message = reset_link("alice@example.com", &link);
                let wording = In(words.clone(), language);
                let mail = send(wording, &message).await;
                assert_link_is_whole(&mail, &link);
                assert!(mail.raw.is_ascii(), "bytes that a server may not take: {}", mail.raw);
                assert!(mail.raw.split("\r\n").all(|line| line.len() <= 998), "{}", mail.raw);
                assert!(!mail.raw.replace("\r\n", "").contains(['\r', '\n']));

                let (_, html) = parts(&mail);
                let url = escape_html(link.expose_url());
                if url.len() > 980 {
                    assert!(html.contains("=\r\n"), "no line of a mail has room for it: {html}");
                    continue;
                }
                assert_eq!(html.matches(&format!("href=\"{url}\"")).count(), 2, "{html}");
                assert!(html.contains(&format!(">{url}</a>")), "{html}");
            }
        }
    }
}

/// The words in one language, whatever was wished.
struct In(Words, &'static str);

impl<Id: Sync> Wording<Id> for In {
    type Error = Infallible;

    async fn content(&self, message: &Message<'_, Id>) -> Result<Content, Infallible> {
        let reader = Reader { language: Some(self.1), ..Reader::default() };
        Ok(self.0.content_for(message, &reader))
    }
}

#[tokio::test]
async fn the_link_is_whole_in_the_texts_source_where_all_of_it_is_ascii() {
    for link in longest_links() {
        let mail = send(words(), &reset_link("alice@example.com", &link)).await;
        let (text, _) = parts(&mail);
        assert_eq!(text.split("\r\n").filter(|line| *line == link.expose_url()).count(), 1);
    }
}

#[tokio::test]
async fn the_link_is_whole_in_the_texts_source_where_the_server_takes_eight_bits() {
    for link in longest_links() {
        for name in NAMES {
            let words = Words::new(name, "help@acme.example").unwrap();
            let mailer = LettreMailer::new(AsyncStubTransport::new_ok(), sender(), words);
            let message = reset_link("alice@example.com", &link);
            let mail = try_send_by(&mailer.eight_bit(), &message).await.unwrap();
            assert_link_is_whole(&mail, &link);
            let (text, html) = parts(&mail);
            assert_eq!(text.split("\r\n").filter(|line| *line == link.expose_url()).count(), 1);
            assert!(text.contains(name), "{text}");
            let label: &[_] = if mail.raw.is_ascii() { &[] } else { &["8bit"] };
            assert_eq!(mail.header("Content-Transfer-Encoding"), label, "of the whole mail");
            assert!(html.is_ascii(), "{html}");
            assert!(mail.raw.split("\r\n").all(|line| line.len() <= 998), "{}", mail.raw);
        }
    }
}

/// Words of a host's own: the same as text and as HTML, or HTML alone.
struct Own(String);

impl<Id: Sync> Wording<Id> for Own {
    type Error = Infallible;

    async fn content(&self, _: &Message<'_, Id>) -> Result<Content, Infallible> {
        let (text, html) = (self.0.clone(), self.0.clone());
        Ok(Content { subject: "Reset".into(), text, html })
    }
}

/// To some servers a lone return ends a line, and a full stop on a line of its own the mail.
#[tokio::test]
async fn a_lone_return_or_a_nul_in_the_words_is_encoded() {
    for words in ["Acme\r.\rMAIL FROM:<eve@evil.example>", "Ac\0me", "\r", "Acme\r\r\n.\r\nx"] {
        let mail = send(Own(words.into()), &password_changed()).await;
        assert!(!mail.raw.replace("\r\n", "").contains(['\r', '\n', '\0']), "{:?}", mail.raw);
        assert_eq!(mail.text, words.replace("\r\n", "\n"));
        assert_eq!(mail.html, mail.text);
    }
}

#[tokio::test]
async fn html_of_a_hosts_own_becomes_ascii_wherever_entities_can_say_it() {
    for (own, sent) in [
        ("<p title=\"ü\">Grüße</p>", Some("<p title=\"&#252;\">Gr&#252;&#223;e</p>")),
        (
            "<style>p { color: red }</style><p>ü</p>",
            Some("<style>p { color: red }</style><p>&#252;</p>"),
        ),
        ("<!-- a > b --><p>ü</p>", Some("<!-- a > b --><p>&#252;</p>")),
        ("<STYLE>p::before { content: 'ü' }</STYLE>", None),
        ("<script>alert('ü')</script>", None),
        ("<p>x</p><!-- ü", None),
    ] {
        let mail = send(Own(own.into()), &password_changed()).await;
        assert!(mail.raw.is_ascii(), "{}", mail.raw);
        let expected = sent.map_or_else(|| own.into(), |sent| format!("{sent}\n"));
        assert_eq!(mail.html, expected);
    }
}

#[tokio::test]
async fn a_long_line_of_letters_is_broken_where_no_reader_sees_it() {
    let long = "密".repeat(500);
    let mail = send(Own(format!("<p>{long}</p>")), &password_changed()).await;
    let (_, html) = parts(&mail);
    assert!(html.split("\r\n").all(|line| line.len() <= 998), "{html}");
    let shown = mail.html.replace("<!--\n-->", "");
    assert_eq!(shown, format!("<p>{}</p>\n", "&#23494;".repeat(500)));
}

#[tokio::test]
async fn no_comment_stands_in_a_title_where_it_would_be_read() {
    let title = format!("<title>&gt; > {}</title>", "密".repeat(200));
    let mail = send(Own(title), &password_changed()).await;
    assert!(!mail.html.contains("<!--"), "{}", mail.html);
    assert!(mail.raw.split("\r\n").all(|line| line.len() <= 998), "{}", mail.raw);
}
