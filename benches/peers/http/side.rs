//! One of the sides: a server, and what a visitor does there.

use crate::client::{Answer, Browser, FORM, HOSTNAME, JSON, path_of};
use crate::post::Office;
use crate::{ACCOUNTS, Failure, PASSWORD};
use hyper::StatusCode;
use peers::{python, start};
use std::cell::Cell;
use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;

const DJANGO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/http/django_http.py");

/// The processes and threads of Django's server.
const GUNICORN: [&str; 2] = ["2", "4"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bare,
    Crate,
    Django,
    RustAuth,
}

/// Whether the page or the JSON is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Page,
    Json,
}

pub(crate) struct Side {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    office: Rc<Office>,
    /// The number of the next account that has not requested a link yet.
    next: Cell<u32>,
    process: Child,
}

impl Side {
    /// Returns `None` if the framework is not installed.
    pub(crate) fn start(
        kind: Kind,
        name: &str,
        database: &str,
        (socket, office): (&str, Rc<Office>),
    ) -> Result<Option<Self>, Failure> {
        let mut command = match kind {
            Kind::Django => {
                let mut command = python();
                command.arg(DJANGO).args([database, &ACCOUNTS.to_string(), socket]).args(GUNICORN);
                command
            }
            _ => {
                let mut command = Command::new(env::current_exe()?);
                let side = match kind {
                    Kind::Crate => "crate",
                    Kind::RustAuth => "rustauth",
                    _ => "bare",
                };
                command.args(["--serve", side, database, socket]);
                command
            }
        };
        let Some(mut process) = start(name, &mut command) else { return Ok(None) };
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("it is piped")?).read_line(&mut line)?;
        if line.starts_with("skipped") {
            print!("{line}");
            return Ok(None);
        }
        let address = line.trim_end().parse();
        let address = address.map_err(|_| format!("{name} did not start; it says why above"))?;
        let (name, next) = (name.to_owned(), Cell::new(0));
        Ok(Some(Self { name, kind, address, office, next, process }))
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Returns an account that has not requested a link yet, since its links are throttled.
    pub(crate) fn known(&self) -> String {
        let number = self.next.replace(self.next.get() + 1);
        assert!(number < ACCOUNTS, "there are more visits than accounts");
        // All logins have the same length.
        format!("known{}@example.com", 10_000 + number)
    }

    pub(crate) async fn browser(&self) -> Result<Browser, Failure> {
        let mut browser = Browser::new(self.address);
        if self.kind == Kind::Django {
            // Gets the cookie that the form needs, which stays.
            browser.get("/accounts/password_reset/").await?.expect(StatusCode::OK)?;
        }
        Ok(browser)
    }

    /// "I forgot my password."
    pub(crate) async fn ask(
        &self,
        browser: &mut Browser,
        ask: Ask,
        login: &str,
    ) -> Result<Answer, Failure> {
        let encoded = login.replace('@', "%40");
        match (self.kind, ask) {
            (Kind::Bare, _) | (Kind::Crate, Ask::Page) => {
                let answer = browser.post("/forgot", FORM, format!("login={encoded}")).await?;
                answer.expect(StatusCode::OK)
            }
            (Kind::Crate, Ask::Json) => {
                let body = format!("{{\"login\":\"{login}\"}}");
                browser.post("/api/forgot", JSON, body).await?.expect(StatusCode::ACCEPTED)
            }
            (Kind::Django, _) => {
                let form = format!("{}&email={encoded}", genuine(browser)?);
                let answer = browser.post("/accounts/password_reset/", FORM, form).await?;
                answer.expect(StatusCode::FOUND)
            }
            (Kind::RustAuth, _) => {
                let body = format!("{{\"email\":\"{login}\",\"redirectTo\":\"/new\"}}");
                let answer = browser.post("/api/auth/request-password-reset", JSON, body);
                answer.await?.expect(StatusCode::OK)
            }
        }
    }

    /// Registers for the mail. Call this before the request.
    pub(crate) fn mail(&self, login: &str) -> Mail {
        Mail(self.office.expect(login))
    }

    /// Runs a flow, from the request to the page that confirms the new password.
    pub(crate) async fn flow(&self, browser: &mut Browser) -> Result<(), Failure> {
        let link = self.link(browser).await?;
        match self.kind {
            Kind::Bare => {}
            Kind::Crate => {
                let page = self.open(browser, &link).await?;
                let form = format!("password={}", PASSWORD.replace(' ', "+"));
                let answer = browser.post(&page, FORM, form).await?;
                let next = answer.expect(StatusCode::SEE_OTHER)?.location()?;
                let done = browser.get(&next).await?.expect(StatusCode::OK)?;
                done.says("was set")?;
                browser.cookies.clear();
            }
            Kind::Django => {
                let page = self.open(browser, &link).await?;
                let password = PASSWORD.replace(' ', "+");
                let genuine = genuine(browser)?;
                let form = format!("{genuine}&new_password1={password}&new_password2={password}");
                let answer = browser.post(&page, FORM, form).await?;
                let next = answer.expect(StatusCode::FOUND)?.location()?;
                let done = browser.get(&next).await?.expect(StatusCode::OK)?;
                done.says("Your password has been set")?;
                browser.cookies.retain(|(name, _)| name == "csrftoken");
            }
            Kind::RustAuth => {
                let page = self.open(browser, &link).await?;
                let token = page.split_once("token=").ok_or("it has no token")?.1;
                let body = format!("{{\"token\":\"{token}\",\"newPassword\":\"{PASSWORD}\"}}");
                let answer = browser.post("/api/auth/reset-password", JSON, body).await?;
                answer.expect(StatusCode::OK)?;
            }
        }
        Ok(())
    }

    /// Requests a link, and takes it out of the mail.
    pub(crate) async fn link(&self, browser: &mut Browser) -> Result<String, Failure> {
        let login = self.known();
        if self.kind == Kind::Bare {
            self.ask(browser, Ask::Page, &login).await?;
            return Ok("/forgot".to_owned());
        }
        let mail = self.mail(&login);
        let answer = self.ask(browser, Ask::Page, &login).await?;
        if self.kind == Kind::Django {
            browser.get(&answer.location()?).await?.expect(StatusCode::OK)?;
        }
        Ok(path_of(&mail.arrives().await?).to_owned())
    }

    /// Follows the link to the page with the form, and returns the page's path.
    pub(crate) async fn open(&self, browser: &mut Browser, link: &str) -> Result<String, Failure> {
        let (path, form) = match self.kind {
            Kind::Bare => (link.to_owned(), "Nothing"),
            _ => {
                let answer = browser.get(link).await?;
                let form = if self.kind == Kind::Django { "new_password1" } else { "<form" };
                (answer.location()?, form)
            }
        };
        browser.get(&path).await?.expect(StatusCode::OK)?.says(form)?;
        Ok(path)
    }

    /// Waits until no request is still running behind its response.
    pub(crate) async fn is_quiet(&self, browser: &mut Browser) -> Result<(), Failure> {
        if self.kind == Kind::Crate {
            browser.get("/quiet").await?.expect(StatusCode::OK)?;
        }
        Ok(())
    }
}

impl Drop for Side {
    /// A server ends when its standard input ends.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}

/// Django's proof that the form comes from its own page.
fn genuine(browser: &Browser) -> Result<String, Failure> {
    let token = browser.cookie("csrftoken").ok_or(format!("{HOSTNAME} gave no cookie"))?;
    Ok(format!("csrfmiddlewaretoken={token}"))
}

/// A mail that will arrive.
pub(crate) struct Mail(oneshot::Receiver<String>);

impl Mail {
    pub(crate) async fn arrives(self) -> Result<String, Failure> {
        let arrived = tokio::time::timeout(Duration::from_secs(30), self.0).await;
        Ok(arrived.map_err(|_| "no mail came within 30 seconds")??)
    }
}
