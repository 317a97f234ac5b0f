//! The bytes that a mail server gets from lettre's SMTP client, also after it closed a connection.
//!
//! These tests check the library's bytes, and what its docs say about lettre's pool.

use super::{Mail, TEMPLATE, assert_link_is_whole, link, password_changed, reset_link, sender};
use crate::support::smtp::{Act, Server, Taken};
use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::memory::MemoryStore;
use password_reset::mailer::Mailer;
use password_reset::words::Words;
use password_reset::{LinkTemplate, PasswordReset};

type Smtp = AsyncSmtpTransport<Tokio1Executor>;

const GOODBYE: &str = "421 4.4.2 goodbye";

fn obliging(_: usize, _: &str) -> Act {
    Act::Usual
}

/// Keeps connections as the pool sees fit.
fn mailer(server: &Server) -> LettreMailer<Smtp, Words> {
    mailer_with(server, PoolConfig::new(), "Acme")
}

/// As the docs recommend: each mail has a connection of its own.
fn mailer_without_pool(server: &Server) -> LettreMailer<Smtp, Words> {
    mailer_with(server, PoolConfig::new().max_size(0), "Acme")
}

fn mailer_with(server: &Server, pool: PoolConfig, name: &str) -> LettreMailer<Smtp, Words> {
    let transport = Smtp::builder_dangerous(server.address.ip().to_string())
        .port(server.address.port())
        .pool_config(pool)
        .build();
    LettreMailer::new(transport, sender(), Words::new(name, "help@acme.example").unwrap())
}

/// Sends a mail, lets the pool take the connection back, and returns what the server took.
async fn send(mailer: &LettreMailer<Smtp, Words>, server: &Server) -> Taken {
    mailer.send(&password_changed()).await.unwrap();
    tokio::task::yield_now().await;
    server.next_mail()
}

fn was_asked_whether_it_lives(server: &Server, connection: usize) -> bool {
    server.commands().contains(&format!("{connection} NOOP"))
}

#[tokio::test]
async fn an_idle_connection_that_said_goodbye_costs_no_mail() {
    for words in ["421 4.4.2 goodbye\r\n", ""] {
        let server = Server::start(&[], obliging);
        let mailer = mailer(&server);
        assert_eq!(send(&mailer, &server).await.connection, 1);
        server.hang_up(words);
        assert_eq!(send(&mailer, &server).await.connection, 2, "{words}");
    }
}

#[tokio::test]
async fn a_connection_that_is_kept_is_asked_whether_it_lives_and_used_again() {
    let server = Server::start(&[], obliging);
    let mailer = mailer(&server);
    send(&mailer, &server).await;
    assert_eq!(send(&mailer, &server).await.connection, 1);
    assert!(was_asked_whether_it_lives(&server, 1));
}

/// As servers do that take only so many mails by one connection, or are about to stop.
fn goodbye_to_the_second_mail() -> impl Fn(usize, &str) -> Act + Send + Sync {
    let mails = std::sync::Mutex::new(std::collections::HashSet::new());
    move |connection, command| {
        let is_mail = command.starts_with("MAIL");
        let is_second = is_mail && !mails.lock().unwrap().insert(connection);
        if is_second { Act::Answer(GOODBYE) } else { Act::Usual }
    }
}

#[tokio::test]
async fn a_goodbye_to_the_mail_itself_costs_it_where_the_pool_keeps_connections() {
    let server = Server::start(&[], goodbye_to_the_second_mail());
    let mailer = mailer(&server);
    send(&mailer, &server).await;
    let error = mailer.send(&password_changed()).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("421"), "{error:?}");
    assert!(was_asked_whether_it_lives(&server, 1) && !server.has_mail());
}

#[tokio::test]
async fn a_connection_that_fell_silent_holds_the_mail_up_where_the_pool_keeps_connections() {
    let server = Server::start(&[], |connection, command| match (connection, command) {
        (1, "NOOP") => Act::Silence,
        _ => Act::Usual,
    });
    let mailer = mailer(&server);
    send(&mailer, &server).await;
    let message = password_changed();
    tokio::select! {
        sent = mailer.send(&message) => panic!("{sent:?}"),
        () = async {
            while !was_asked_whether_it_lives(&server, 1) {
                tokio::task::yield_now().await;
            }
        } => {}
    }
    assert!(!server.has_mail());
}

#[tokio::test]
async fn no_goodbye_costs_a_mail_and_no_silence_holds_it_up_where_each_has_its_own_connection() {
    let server = Server::start(&[], goodbye_to_the_second_mail());
    let mailer = mailer_without_pool(&server);
    for connection in 1..=3 {
        assert_eq!(send(&mailer, &server).await.connection, connection);
        assert!(!was_asked_whether_it_lives(&server, connection));
    }
}

/// What the server took, as the recipient's program reads it.
fn read(taken: Taken) -> Mail {
    let raw = String::from_utf8(taken.bytes).unwrap();
    Mail::from((Envelope::new(None, vec![sender().email]).unwrap(), raw))
}

#[tokio::test]
async fn a_server_that_takes_eight_bits_gets_the_link_whole_beside_letters_of_any_script() {
    for name in ["Café Zürich", "密碼服務"] {
        let server = Server::start(&["8BITMIME"], obliging);
        let mailer = mailer_with(&server, PoolConfig::new(), name).eight_bit();
        let link = link(TEMPLATE);
        mailer.send(&reset_link("alice@example.com", &link)).await.unwrap();
        let taken = server.next_mail();
        let from = "MAIL FROM:<accounts@acme.example> BODY=8BITMIME";
        assert_eq!(taken.envelope, [from, "RCPT TO:<alice@example.com>"]);
        let mail = read(taken);
        let is_link = |line: &&str| *line == link.expose_url();
        assert_eq!(mail.raw.split("\r\n").filter(is_link).count(), 1, "{}", mail.raw);
        assert!(mail.raw.contains(&format!("the {name} account")), "{}", mail.raw);
        assert_link_is_whole(&mail, &link);
    }
}

/// Requests a link for the address, in Japanese, and returns the outcome.
async fn request(address: &str, server: &Server) -> &'static str {
    let store = MemoryStore::new();
    store.add_account(address, "hash").unwrap();
    let template = LinkTemplate::new(TEMPLATE).unwrap();
    let resets = PasswordReset::builder(store, mailer(server), template).build().unwrap();
    resets.request_in(address, "ja").await.outcome_for_logs().code()
}

#[tokio::test]
async fn a_server_without_extensions_gets_any_language_and_any_domain_in_ascii() {
    for (address, recipient) in [
        ("alice@example.com", "RCPT TO:<alice@example.com>"),
        ("carol@bücher.example", "RCPT TO:<carol@xn--bcher-kva.example>"),
        ("foo..bar@docomo.ne.jp", "RCPT TO:<\"foo..bar\"@docomo.ne.jp>"),
    ] {
        let server = Server::start(&[], obliging);
        assert_eq!(request(address, &server).await, "sent", "{address}");
        let taken = server.next_mail();
        assert_eq!(taken.envelope, ["MAIL FROM:<accounts@acme.example>", recipient]);
        assert!(taken.bytes.is_ascii());
        assert!(server.commands().iter().all(|command| command.is_ascii()));
        let mail = read(taken);
        assert!(mail.text.contains("パスワード"), "{}", mail.text);
        assert!(mail.text.contains(address), "{}", mail.text);
    }
}

#[tokio::test]
async fn letters_outside_ascii_before_the_at_need_a_server_that_takes_them() {
    let address = "用户@bücher.example";
    let server = Server::start(&["8BITMIME"], obliging);
    assert_eq!(request(address, &server).await, "mail_failed");
    assert!(!server.commands().iter().any(|command| command.contains("RCPT")));
    assert!(!server.has_mail());

    let server = Server::start(&["8BITMIME", "SMTPUTF8"], obliging);
    assert_eq!(request(address, &server).await, "sent");
    let taken = server.next_mail();
    let from = "MAIL FROM:<accounts@acme.example> SMTPUTF8 BODY=8BITMIME";
    assert_eq!(taken.envelope, [from, "RCPT TO:<用户@xn--bcher-kva.example>"]);
    let mail = read(taken);
    assert_eq!(mail.to, ["用户@xn--bcher-kva.example"]);
    assert!(mail.text.contains(address), "{}", mail.text);
}
