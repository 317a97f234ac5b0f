//! A mailer for a service that takes mails as JSON over HTTP, such as Postmark or Resend. Copy the
//! mailer; what stands below it plays the service.
//!
//! The names in the JSON, and that of the header with the key, are your service's: look them up
//! there. `ureq` needs its feature `rustls` for TLS. Keep the log of `ureq_proto` off the level
//! `trace`, which prints everything that is sent, the key and the link too.

use password_reset::mailer::{Mailer, Message};
use password_reset::words::{Reader, Words};
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;
use ureq::http::header::{AUTHORIZATION, HeaderValue, InvalidHeaderValue};

#[derive(Debug)]
struct HttpMailer {
    agent: ureq::Agent,
    url: String,
    key: HeaderValue,
    from: String,
    words: Words,
}

/// The key as a header whose `Debug` does not print it.
fn bearer(key: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut header = HeaderValue::try_from(format!("Bearer {key}"))?;
    header.set_sensitive(true);
    Ok(header)
}

fn agent(timeout: Duration) -> ureq::Agent {
    // A mail goes nowhere else, so redirects are not followed.
    let config = ureq::Agent::config_builder().timeout_global(Some(timeout)).max_redirects(0);
    // A host, whose service is not on this machine, leaves `proxy` out.
    config.proxy(None).build().new_agent()
}

impl<Id: Sync> Mailer<Id> for HttpMailer {
    /// Of an answer it has the status alone, since services repeat the address in the rest.
    type Error = ureq::Error;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), ureq::Error> {
        let content = self.words.content_for(message, &Reader::default());
        let unique = format!("{:016x}", RandomState::new().hash_one(()));
        let mail = serde_json::json!({
            "from": self.from,
            "to": message.recipient().to_smtp(),
            "subject": content.subject,
            "text": content.text,
            "html": content.html,
            // A service that tracks links replaces them by its own, and can follow them.
            "track_links": false,
            "headers": {
                "Auto-Submitted": "auto-generated",
                // A thread of its own, so that no program folds it behind an older mail.
                "References": format!("<{unique}@mail.invalid>"),
                "X-Entity-Ref-ID": unique,
            },
        });
        let post = self.agent.post(&self.url).header(AUTHORIZATION, &self.key);
        let post = post.content_type("application/json");
        let answer = tokio::task::spawn_blocking(move || post.send(mail.to_string())).await;
        let status = answer.map_err(|stopped| ureq::Error::Other(stopped.into()))??.status();
        if status.is_success() { Ok(()) } else { Err(ureq::Error::StatusCode(status.as_u16())) }
    }
}

use password_reset::adapters::memory::MemoryStore;
use password_reset::service::Outcome;
use password_reset::{LinkTemplate, PasswordReset};
use serde_json::Value;
use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

const KEY: &str = "key-of-the-mail-service";

/// As it is stored; a mail server takes it with quotes around `alice..b`.
const ADDRESS: &str = "alice..b@example.com";

type Resets = PasswordReset<MemoryStore, HttpMailer>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let patient = Duration::from_secs(60);

    println!("The service takes the mail:");
    let (url, mails) = serve(Some("200 OK"))?;
    let resets = host(&url, patient)?;
    let handled = resets.request(ADDRESS).await;
    println!("  {:?}", handled.outcome_for_logs());
    assert!(matches!(handled.outcome_for_logs(), Outcome::Sent));
    let mail = mails.try_recv()?;
    assert_eq!(mail["from"], "Acme <accounts@acme.example>");
    assert_eq!(mail["to"], "\"alice..b\"@example.com");
    assert_eq!(mail["subject"], "Reset your Acme password");
    assert_eq!(mail["track_links"], false);
    let references = mail["headers"]["References"].as_str();
    assert!(references.is_some_and(|id| id.ends_with("@mail.invalid>")));
    assert_eq!(resets.check(mailed_token(&mail)?).await?.address, ADDRESS);
    assert!(!format!("{:?}", resets.mailer()).contains(KEY));

    for (code, answer) in [
        (422, "422 Unprocessable Entity"),
        (500, "500 Internal Server Error"),
        (303, "303 See Other"),
    ] {
        println!("The service answers {answer}:");
        let (url, mails) = serve(Some(answer))?;
        let resets = host(&url, patient)?;
        let is_expected = |error: &_| matches!(error, ureq::Error::StatusCode(is) if *is == code);
        assert_mail_fails(&resets, is_expected).await;
        // The link stays good, since the service may have taken the mail.
        resets.check(mailed_token(&mails.try_recv()?)?).await?;
    }

    println!("The service never answers:");
    let (url, _mails) = serve(None)?;
    let resets = host(&url, Duration::from_millis(200))?;
    assert_mail_fails(&resets, |error| matches!(error, ureq::Error::Timeout(_))).await;

    println!("The service is stopped:");
    let stopped = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let resets = host(&format!("http://{stopped}/"), patient)?;
    assert_mail_fails(&resets, |error| matches!(error, ureq::Error::Io(_))).await;
    Ok(())
}

fn host(url: &str, timeout: Duration) -> Result<Resets, Box<dyn Error>> {
    let store = MemoryStore::new();
    store.add_account(ADDRESS, "hash of the forgotten one")?;
    let mailer = HttpMailer {
        agent: agent(timeout),
        url: url.into(),
        key: bearer(KEY)?,
        from: "Acme <accounts@acme.example>".into(),
        words: Words::new("Acme", "help@acme.example")?,
    };
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    Ok(PasswordReset::builder(store, mailer, link).build()?)
}

/// Asks for a link, and looks at what a log would have of the mail.
async fn assert_mail_fails(resets: &Resets, is_expected: impl Fn(&ureq::Error) -> bool) {
    let handled = resets.request(ADDRESS).await;
    println!("  {:?}", handled.outcome_for_logs());
    let Outcome::MailFailed(error) = handled.outcome_for_logs() else { panic!("it did not fail") };
    let log = format!("{error} {error:?} {:?}", error.source());
    assert!(is_expected(error), "{log}");
    assert!(["token=", "alice", KEY].iter().all(|secret| !log.contains(secret)), "{log}");
}

/// The token of the link that stands in both parts, in the text on a line of its own.
fn mailed_token(mail: &Value) -> Result<&str, &'static str> {
    let text = mail["text"].as_str().ok_or("no text")?;
    let html = mail["html"].as_str().ok_or("no HTML")?;
    let mut links = text.lines().filter(|line| line.starts_with("https://"));
    let link = links.next().ok_or("no link in the text")?;
    let is_in_html =
        html.contains(&format!("href=\"{link}\"")) && html.contains(&format!(">{link}<"));
    let token = link.split_once("?token=").ok_or("no token in the link")?.1;
    is_in_html.then_some(token).ok_or("another link in the HTML")
}

/// A mail service on this machine: its URL, and the mails that come with the right key. It gives
/// them this answer, or none at all.
fn serve(answer: Option<&'static str>) -> io::Result<(String, Receiver<Value>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/", listener.local_addr()?);
    let (takes, mails) = channel();
    std::thread::spawn(move || {
        let mut unanswered = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let Ok((head, body)) = receive(&stream) else { continue };
            let has = |line: &str| head.lines().any(|sent| sent.eq_ignore_ascii_case(line));
            let is_allowed = has(&format!("Authorization: Bearer {KEY}"));
            let answer = match serde_json::from_str(&body) {
                Ok(mail) if is_allowed && has("Content-Type: application/json") => {
                    let _ = takes.send(mail);
                    answer
                }
                // Whoever follows a redirect asks for a page.
                _ if head.starts_with("GET ") => Some("200 OK"),
                _ => Some("400 Bad Request"),
            };
            match answer {
                // It repeats what it was sent.
                Some(status) => {
                    let head = format!("HTTP/1.1 {status}\r\nLocation: /page\r\nConnection: close");
                    let _ =
                        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                }
                None => unanswered.push(stream),
            }
        }
    });
    Ok((url, mails))
}

fn receive(stream: &TcpStream) -> io::Result<(String, String)> {
    let (mut reader, mut head) = (BufReader::new(stream), String::new());
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let name = "content-length: ";
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name)?.parse().ok());
    let mut body = String::new();
    reader.take(length.unwrap_or(0)).read_to_string(&mut body)?;
    Ok((head, body))
}
