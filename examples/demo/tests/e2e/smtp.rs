use crate::server::{Act, Server};
use crate::support::{ALICE, Demo, Mail};
use std::collections::HashSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use tempfile::TempDir;

/// An SMTP server that holds each mail up until it is told to go on.
struct SlowServer {
    url: String,
    held: Receiver<()>,
    go_on: Sender<()>,
    server: Server,
}

impl SlowServer {
    fn start() -> Self {
        let (holding, held) = channel();
        let (go_on, may_go_on) = channel();
        let may_go_on = Mutex::new(may_go_on);
        let server = Server::start(&[], move |_, command| {
            if command == "DATA" {
                // The test may be over.
                let _ = holding.send(());
                let _ = may_go_on.lock().unwrap().recv();
            }
            Act::Usual
        });
        Self { url: format!("smtp://{}", server.address), held, go_on, server }
    }

    fn mail(&self) -> Mail {
        Mail::parse(&self.server.next_mail().bytes)
    }
}

#[test]
fn the_visitor_is_answered_before_the_mail_is_handed_over() {
    let server = SlowServer::start();
    let demo = Demo::start_with(&[("SMTP_URL", &server.url)]);
    let answer = demo.browser().post("/forgot", &[("login", ALICE)]);
    answer.assert(200, "Check your email");

    server.held.recv().unwrap();
    server.go_on.send(()).unwrap();
    let mail = server.mail();
    assert_eq!(mail.recipients, [ALICE]);
}

#[test]
fn ctrl_c_finishes_a_mail_under_way() {
    let server = SlowServer::start();
    let mut demo = Demo::start_with(&[("SMTP_URL", &server.url)]);
    demo.browser().post("/forgot", &[("login", ALICE)]);
    server.held.recv().unwrap();
    demo.interrupt();
    demo.wait_for_line("Finishing what is under way.");
    server.go_on.send(()).unwrap();

    assert!(demo.wait().success(), "{}", demo.said());
    assert!(demo.said().contains(r#"outcome="sent""#), "{}", demo.said());
    let mail = server.mail();
    mail.link(&demo.url);
}

#[test]
fn the_notice_is_sent_although_the_browser_goes_away() {
    let mut demo = Demo::start();
    let link = demo.ask_for_link();
    let (path, token) = (demo.browser().open(&link).path, link.rsplit_once('=').unwrap().1);
    let server = SlowServer::start();
    let demo = demo.restart_with(&[("SMTP_URL", &server.url)]);

    let host = demo.url.strip_prefix("http://").unwrap();
    let mut browser = TcpStream::connect(host).unwrap();
    write!(
        browser,
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: reset-token={token}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 24\r\n\r\n\
         password=Looking-Glass-2"
    )
    .unwrap();
    server.held.recv().unwrap();
    drop(browser);
    assert_eq!(demo.browser().sign_in(ALICE, "Looking-Glass-2").status, 303);
    server.go_on.send(()).unwrap();
    let notice = server.mail();
    assert_eq!(notice.subject, "Your Demo password was changed");
}

#[test]
fn a_second_ctrl_c_waits_for_nothing() {
    let server = SlowServer::start();
    let mut demo = Demo::start_with(&[("SMTP_URL", &server.url)]);
    demo.browser().post("/forgot", &[("login", ALICE)]);
    server.held.recv().unwrap();
    demo.interrupt();
    demo.wait_for_line("Finishing what is under way.");
    demo.interrupt();
    assert_eq!(demo.wait().code(), Some(1));
}

#[test]
fn a_mail_that_nobody_takes_is_logged_without_its_secrets() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("smtp://user:canary@{closed}");
    let mut demo = Demo::start_with(&[("SMTP_URL", &url)]);
    demo.browser().post("/forgot", &[("login", ALICE)]).assert(200, "Check your email");
    demo.wait_for_line("a request for a link went wrong");
    demo.interrupt();
    demo.wait();
    assert!(demo.said().contains(r#"outcome="mail_failed""#), "{}", demo.said());
    assert!(!demo.said().contains("canary"), "{}", demo.said());
    assert!(!demo.said().contains("token="), "{}", demo.said());
}

#[test]
fn a_server_that_says_goodbye_to_a_connections_second_mail_gets_both() {
    let mails = Mutex::new(HashSet::new());
    let server = Server::start(&[], move |connection, command| {
        let is_second = command.starts_with("MAIL") && !mails.lock().unwrap().insert(connection);
        if is_second { Act::Answer("421 4.4.2 goodbye") } else { Act::Usual }
    });
    let url = format!("smtp://{}", server.address);
    let mut demo = Demo::start_with(&[("SMTP_URL", &url)]);
    for connection in 1..=2 {
        demo.browser().post("/forgot", &[("login", ALICE)]);
        demo.wait_for_line(r#"outcome="sent""#);
        assert_eq!(server.next_mail().connection, connection);
    }
}

/// The mail server program aiosmtpd, which puts mails into a maildir.
struct Aiosmtpd {
    url: String,
    maildir: TempDir,
    child: Child,
}

impl Aiosmtpd {
    fn start(python: &str) -> Self {
        let maildir = TempDir::new().unwrap();
        // The port is free now, and nobody else asks for this one at once.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-d", "-l", &address.to_string()])
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(maildir.path().join("mail"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(log.any(|line| line.unwrap().contains("Server is listening")));
        thread::spawn(move || log.for_each(drop));
        Self { url: format!("smtp://{address}"), maildir, child }
    }

    fn mails(&self) -> Vec<Mail> {
        let arrived = fs::read_dir(self.maildir.path().join("mail/new")).unwrap();
        arrived.map(|entry| Mail::read(&entry.unwrap().path())).collect()
    }
}

impl Drop for Aiosmtpd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_mail_server_takes_the_link_and_the_notice() {
    let python = env::var("TEST_AIOSMTPD").unwrap_or_default();
    if python.is_empty() {
        // Past the test runner, which shows nothing that a test prints unless it fails.
        let why = "skipped: mail through a server: TEST_AIOSMTPD names no python with aiosmtpd";
        return writeln!(std::io::stderr(), "{why}").unwrap();
    }
    let server = Aiosmtpd::start(&python);
    let mut demo = Demo::start_with(&[("SMTP_URL", &server.url)]);
    demo.browser().post("/forgot", &[("login", ALICE)]);
    demo.wait_for_line(r#"outcome="sent""#);
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].recipients, [ALICE]);

    let browser = demo.browser();
    assert_eq!(browser.set_password(&mails[0].link(&demo.url), "Looking-Glass-2").status, 303);
    let mails = server.mails();
    let subjects = mails.iter().map(|mail| mail.subject.as_str());
    assert_eq!(subjects.filter(|subject| subject.contains("was changed")).count(), 1);
    let identifiers: HashSet<_> = mails.iter().flat_map(Mail::identifiers).collect();
    assert_eq!(identifiers.len(), 6, "two mails share a thread: {identifiers:?}");
    assert_eq!(browser.sign_in(ALICE, "Looking-Glass-2").status, 303);
    assert!(!demo.database().with_file_name("outbox").exists(), "nothing is left in files");
}
