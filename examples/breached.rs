//! Rejects breached passwords between `accept` and `commit`, with a range service over HTTP.
//!
//! Your service queries `https://api.pwnedpasswords.com/range/` over TLS (`ureq`'s feature
//! `rustls`). It sends five characters of the password's hash, and nothing else about the password.
//! Here a thread plays the range service.

use password_reset::adapters::memory::{MemoryStore, Outbox};
use password_reset::policy::{BreachService, PasswordPolicy};
use password_reset::service::Fault;
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::time::Duration;
use std::{convert::Infallible, error::Error};
use ureq::Agent;

struct ResetService<'a> {
    resets: PasswordReset<&'a MemoryStore, Outbox>,
    agent: Agent,
    ranges: String,
}

impl ResetService<'_> {
    async fn reset(&self, token: &str, password: &str) -> Result<(), ResetError<Infallible>> {
        let mut accepted = self.resets.accept(token, password).await?;
        if let Some(range) = accepted.breach_range() {
            let response = self.query(range.prefix()).await;
            let (checked, breach) = accepted.check_breach(response.as_deref())?;
            println!("  accepted: {breach:?}");
            accepted = checked;
        }
        let hash = format!("hash of {} characters", accepted.expose_password().chars().count());
        accepted.commit(&hash).await?;
        Ok(())
    }

    async fn query(&self, prefix: &str) -> Option<String> {
        let (agent, url) = (self.agent.clone(), format!("{}{prefix}", self.ranges));
        let fetch = move || {
            // Without padding, the length of the response tells an eavesdropper which range it is.
            let mut response = agent.get(url).header("Add-Padding", "true").call()?;
            // Many times the size of a range.
            response.body_mut().with_config().limit(1 << 20).read_to_string()
        };
        let response = tokio::task::spawn_blocking(fetch).await.ok()?;
        response.inspect_err(|error| println!("  no response: {error}")).ok()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (store, outbox) = (MemoryStore::new(), Outbox::new());
    let alice = store.add_account("alice@example.com", "hash of the forgotten one")?;
    let agent = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(3)))
        .user_agent("app.example.com")
        // Leave this out: the range service here is on this machine, yours is not.
        .proxy(None)
        .build()
        .new_agent();
    let open = |on_failure, ranges: &str| -> Result<ResetService<'_>, Box<dyn Error>> {
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
        let policy = PasswordPolicy::builder().breach_service(on_failure).build()?;
        let resets = PasswordReset::builder(&store, outbox.clone(), link).policy(policy).build()?;
        Ok(ResetService { resets, agent: agent.clone(), ranges: ranges.into() })
    };

    println!("The range service responds:");
    let strict = open(BreachService::FailClosed, &serve(range)?)?;
    let token = mailed_token(&strict, &outbox).await?;
    let rejected = strict.reset(&token, "Password1").await.unwrap_err();
    println!("  rejected: {rejected}");
    let violations = rejected.violations().ok_or("not rejected")?;
    assert_eq!(violations.codes().collect::<Vec<_>>(), ["breached_password"]);
    strict.resets.check(&token).await?;
    strict.reset(&token, "Correct horse 7").await?;
    println!("  stored: {:?}", store.password_hash(alice));

    let stopped = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    for (trouble, ranges) in [
        ("is stopped", format!("http://{stopped}/range/")),
        ("is overloaded", serve(|_| response("503 Service Unavailable", "", 0))?),
        ("is hidden by an error page", serve(|_| response("200 OK", "<h1>Sorry</h1>", 14))?),
        // After a whole line, so that the part that arrived looks like a whole response.
        ("breaks off", serve(|_| response("200 OK", PADDING, PADDING.len() + BREACHED.len()))?),
    ] {
        println!("The range service {trouble}:");
        let strict = open(BreachService::FailClosed, &ranges)?;
        let token = mailed_token(&strict, &outbox).await?;
        let before = store.password_hash(alice);
        let fault = strict.reset(&token, "Correct horse 8").await.unwrap_err();
        println!("  fault: {fault}");
        assert!(matches!(fault, ResetError::Fault(Fault::BreachUnknown(_))));
        assert_eq!(store.password_hash(alice), before);

        // The fault left the link good.
        let lenient = open(BreachService::FailOpen, &ranges)?;
        lenient.reset(&token, "Password1").await?;
    }
    Ok(())
}

async fn mailed_token(service: &ResetService<'_>, outbox: &Outbox) -> Result<String, &'static str> {
    service.resets.request("alice@example.com").await;
    let mail = outbox.take().pop().ok_or("no mail")?;
    let url = mail.link().ok_or("no link")?.expose_url();
    Ok(url.split_once("token=").ok_or("no token")?.1.into())
}

const PADDING: &str = "003D68EB55068C33ACE09247EE4C639306B:0\r\n";
/// The end of the SHA-1 of `Password1`.
const BREACHED: &str = "9007338D6D81DD3B6271621B9CF9A97EA00:3303003\r\n";

/// The range service's response to the head of a request.
fn range(head: &[String]) -> String {
    let has = |header: &str| head.iter().any(|line| line.eq_ignore_ascii_case(header));
    assert!(has("Add-Padding: true") && has("User-Agent: app.example.com"), "{head:?}");
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let (status, body) = match path.strip_prefix("/range/") {
        Some("70CCD") => ("200 OK", [PADDING, BREACHED].concat()),
        Some(prefix) if prefix.len() == 5 => ("200 OK", PADDING.into()),
        _ => ("404 Not Found", String::new()),
    };
    response(status, &body, body.len())
}

fn response(status: &str, body: &str, length: usize) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

/// Starts a service on this machine and returns its address.
fn serve(answer: fn(&[String]) -> String) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            let _ = stream.write_all(answer(&head).as_bytes());
        }
    });
    Ok(format!("http://{address}/range/"))
}
