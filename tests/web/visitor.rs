//! A site with two accounts, and the browsers of its visitors.

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use password_reset::adapters::memory::{Mail, MemoryStore, Outbox};
use password_reset::hasher::PasswordHasher;
use password_reset::token::{Throttle, TokenIssuer};
use password_reset::web::{ResetPages, ResetPagesBuilder};
use password_reset::{LinkTemplate, PasswordReset};
use std::cell::RefCell;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const ORIGIN: &str = "https://app.example.com";
pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const GOOD: &str = "Correct horse 7";

/// Hashes so that tests can read whose password it was.
#[derive(Clone, Default)]
pub(crate) struct Plain {
    pub(crate) gate: Arc<Mutex<Option<Arc<tokio::sync::Semaphore>>>>,
}

impl PasswordHasher for Plain {
    type Error = Infallible;

    async fn hash(&self, password: &str) -> Result<String, Infallible> {
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        Ok(format!("hash of {password}"))
    }
}

pub(crate) type Builder = ResetPagesBuilder<Arc<MemoryStore>, Outbox, Plain>;

/// The service, and what its host can see.
pub(crate) struct Site {
    pub(crate) pages: ResetPages,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) outbox: Outbox,
    pub(crate) hasher: Plain,
    pub(crate) base: String,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::at(&format!("{ORIGIN}/reset?token={{token}}"), |builder| builder)
    }

    pub(crate) fn at(template: &str, with: impl FnOnce(Builder) -> Builder) -> Self {
        let (store, outbox) = (Arc::new(MemoryStore::new()), Outbox::new());
        store.add_account(ALICE, "hash of the old one").unwrap();
        store.add_account(BOB, "hash of the old one").unwrap();
        let link = LinkTemplate::new(template)
            .or_else(|_| LinkTemplate::insecure_loopback(template))
            .unwrap();
        let throttle = Throttle::per_hour(15).unwrap().with_cooldown(Duration::ZERO).unwrap();
        let resets = PasswordReset::builder(Arc::clone(&store), outbox.clone(), link)
            .issuer(TokenIssuer::builder().throttle(throttle).build().unwrap())
            .build()
            .unwrap();
        let hasher = Plain::default();
        let pages = with(ResetPages::builder(resets, hasher.clone())).build().unwrap();
        let base = template.split_once("://").unwrap().1;
        let base = base.find('/').map_or("", |at| base[at..].split("/reset").next().unwrap());
        Self { pages, store, outbox, hasher, base: base.to_owned() }
    }

    /// Asks for a link and gives the path and query of the one that was mailed.
    pub(crate) async fn link_for(&self, login: &str) -> String {
        let forgot = format!("{}/forgot", self.base);
        let asked = Visitor::new(self).post(&forgot, &[("login", login)]).await;
        assert_eq!(asked.status, StatusCode::OK);
        let mail = self.mail().await;
        assert_eq!(mail.recipient(), login);
        let url = mail.link().unwrap().expose_url();
        let at = url.find("://").unwrap() + 3;
        url[at + url[at..].find('/').unwrap()..].to_owned()
    }

    /// The next mail, which comes behind the answer.
    pub(crate) async fn mail(&self) -> Mail {
        for _ in 0..10_000 {
            if let Some(mail) = self.outbox.take().pop() {
                return mail;
            }
            tokio::task::yield_now().await;
        }
        panic!("no mail came");
    }

    pub(crate) fn password_of(&self, login: &str) -> String {
        let found = password_reset::store::Store::find_by_login(&*self.store, login);
        let account = futures_util::FutureExt::now_or_never(found).unwrap().unwrap().unwrap();
        String::from_utf8(account.stamp).unwrap()
    }
}

/// A browser: it keeps cookies by their path, and follows redirects where it is told to.
pub(crate) struct Visitor<'s> {
    site: &'s Site,
    jar: RefCell<Vec<(String, String)>>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What is to be read of the page.
    pub(crate) fn text(&self) -> String {
        let (_, body) = self.body.split_once("<main>").unwrap_or(("", &self.body));
        let text: String = body.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect();
        text.replace("&#39;", "'").replace("&quot;", "\"")
    }
}

impl<'s> Visitor<'s> {
    pub(crate) fn new(site: &'s Site) -> Self {
        Self { site, jar: RefCell::default() }
    }

    pub(crate) async fn send(&self, request: http::request::Builder, body: &str) -> Answer {
        let path = request.uri_ref().unwrap().path().to_owned();
        let cookies: Vec<_> = self
            .jar
            .borrow()
            .iter()
            .filter(|(of, _)| path == *of || path.starts_with(&format!("{of}/")))
            .map(|(_, cookie)| cookie.clone())
            .collect();
        let request =
            if cookies.is_empty() { request } else { request.header("Cookie", cookies.join("; ")) };
        let answer =
            self.site.pages.answer(request.body(Bytes::from(body.to_owned())).unwrap()).await;
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let path = attributes.split("; ").find_map(|a| a.strip_prefix("Path=")).unwrap();
            self.keep(path, pair);
        }
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Keeps a cookie, as if a page of this host or a sister's had set it.
    pub(crate) fn keep(&self, path: &str, pair: &str) {
        let mut jar = self.jar.borrow_mut();
        let name = pair.split('=').next().unwrap().to_owned();
        jar.retain(|(of, known)| of != path || known.split('=').next().unwrap() != name);
        jar.push((path.to_owned(), pair.to_owned()));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    /// Opens a page, and where it leads.
    pub(crate) async fn open(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        match answer.header("location").to_owned() {
            next if next.is_empty() => answer,
            next => self.get(&next).await,
        }
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let request = Request::post(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Sec-Fetch-Site", "same-origin")
            .header("Origin", ORIGIN);
        self.send(request, &body).await
    }

    pub(crate) async fn json(&self, path: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(path).header("Content-Type", "application/json");
        self.send(request, &body.to_string()).await
    }
}
