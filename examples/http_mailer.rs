//! A mailer for a service that takes mails as JSON over HTTP, such as Postmark or Resend.
//!
//! Copy the mailer. The rest of the file plays the mail service and tests the mailer with it.
//!
//! Your service has its own names for the fields of the JSON and for the header with the key: look
//! them up there. `ureq` needs its feature `rustls` for TLS. Do not log `ureq_proto` at the level
//! `trace`: it prints everything that is sent, including the key and the link.

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

/// Returns the key as a header whose `Debug` does not print it.
fn bearer(key: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut header = HeaderValue::try_from(format!("Bearer {key}"))?;
    header.set_sensitive(true);
    Ok(header)
}

fn agent(timeout: Duration) -> ureq::Agent {
    // A mail must go nowhere else, so redirects are not followed.
    let config = ureq::Agent::config_builder().timeout_global(Some(timeout)).max_redirects(0);
    // Leave `proxy` out: the mail service here is on this machine, yours is not.
    config.proxy(None).build().new_agent()
}

impl<Id: Sync> Mailer<Id> for HttpMailer {
    /// An error response is reduced to its status, since services repeat the address in the body.
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
            // A service that tracks links replaces them with its own, and can follow them.
            "track_links": false,
            "headers": {
                "Auto-Submitted": "auto-generated",
                // Each mail is its own thread, so that no program folds it behind an older one.
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

// From here on, the file plays the mail service.

use password_reset::adapters::memory::MemoryStore;
use password_reset::service::Outcome;
use password_reset::{LinkTemplate, PasswordReset};
use serde_json::Value;
use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

const KEY: &str = "key-of-the-mail-service";

/// The address as it is stored. In mail it needs quotes around `alice..b`.
const ADDRESS: &str = "alice..b@example.com";

type ResetService = PasswordReset<MemoryStore, HttpMailer>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let patient = Duration::from_secs(60);

    println!("The mail service accepts the mail:");
    let (url, mails) = serve(Some("200 OK"))?;
    let resets = open(&url, patient)?;
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

    for (code, status) in [
        (422, "422 Unprocessable Entity"),
        (500, "500 Internal Server Error"),
        (303, "303 See Other"),
    ] {
        println!("The mail service responds {status}:");
        let (url, mails) = serve(Some(status))?;
        let resets = open(&url, patient)?;
        let is_expected = |error: &_| matches!(error, ureq::Error::StatusCode(is) if *is == code);
        assert_mail_fails(&resets, is_expected).await;
        // The link stays good, since the service may have accepted the mail.
        resets.check(mailed_token(&mails.try_recv()?)?).await?;
    }

    println!("The mail service never responds:");
    let (url, _mails) = serve(None)?;
    let resets = open(&url, Duration::from_millis(200))?;
    assert_mail_fails(&resets, |error| matches!(error, ureq::Error::Timeout(_))).await;

    println!("The mail service is stopped:");
    let stopped = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let resets = open(&format!("http://{stopped}/"), patient)?;
    assert_mail_fails(&resets, |error| matches!(error, ureq::Error::Io(_))).await;
    Ok(())
}

fn open(url: &str, timeout: Duration) -> Result<ResetService, Box<dyn Error>> {
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

/// Requests a link, and checks what a log would show of the failed mail.
async fn assert_mail_fails(resets: &ResetService, is_expected: impl Fn(&ureq::Error) -> bool) {
    let handled = resets.request(ADDRESS).await;
    println!("  {:?}", handled.outcome_for_logs());
    let Outcome::MailFailed(error) = handled.outcome_for_logs() else { panic!("it did not fail") };
    let log = format!("{error} {error:?} {:?}", error.source());
    assert!(is_expected(error), "{log}");
    assert!(["token=", "alice", KEY].iter().all(|secret| !log.contains(secret)), "{log}");
}

/// Returns the token of the link, which both parts contain, the text on its own line.
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

/// Starts a mail service on this machine. Returns its URL and the mails that arrive with the right
/// key. It responds to them with this status, or never.
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
                // A client that follows the redirect fetches this page.
                _ if head.starts_with("GET ") => Some("200 OK"),
                _ => Some("400 Bad Request"),
            };
            match answer {
                // The body repeats what was sent.
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
