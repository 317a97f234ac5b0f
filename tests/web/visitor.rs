//! A site with two accounts, and the browsers of its visitors.

use bytes::Bytes;
use http::header::{
    ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use password_reset::adapters::memory::{Mail, ManualClock, MemoryStore, Outbox};
use password_reset::hasher::PasswordHasher;
use password_reset::mailer::{Mailer, Message};
use password_reset::service::PasswordResetBuilder;
use password_reset::token::{Codes, Throttle, TokenIssuer, TokenIssuerBuilder};
use password_reset::web::{ResetPages, ResetPagesBuilder};
use password_reset::{LinkTemplate, PasswordReset};
use std::cell::RefCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use time::UtcDateTime;
use tokio::sync::Semaphore;

pub(crate) const ORIGIN_OF_APP: &str = "https://app.example.com";
pub(crate) const TEMPLATE: &str = "https://app.example.com/reset?token={token}";
pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const GOOD: &str = "Correct horse 7";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A port does not do what it is asked.
#[derive(Debug, thiserror::Error)]
#[error("not now")]
pub(crate) struct NotNow;

/// Hashes so that tests can read whose password it was.
#[derive(Clone, Default)]
pub(crate) struct Plain {
    /// Where it is set, each hash waits for a permit and uses it up.
    pub(crate) gate: Arc<Mutex<Option<Arc<Semaphore>>>>,
    pub(crate) course: Arc<Mutex<Course>>,
}

impl PasswordHasher for Plain {
    type Error = NotNow;

    async fn hash(&self, password: &str) -> Result<String, NotNow> {
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        let course = *self.course.lock().unwrap();
        course.take().await?;
        Ok(format!("hash of {password}"))
    }
}

/// How a mail or a hash goes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Course {
    #[default]
    Comes,
    Fails,
    Hangs,
    Panics,
}

impl Course {
    pub(crate) const ALL: [Self; 4] = [Self::Comes, Self::Fails, Self::Hangs, Self::Panics];

    async fn take(self) -> Result<(), NotNow> {
        match self {
            Self::Comes => Ok(()),
            Self::Fails => Err(NotNow),
            Self::Hangs => std::future::pending().await,
            Self::Panics => panic!("a port fell over"),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Post {
    outbox: Outbox,
    pub(crate) course: Arc<Mutex<Course>>,
}

impl Post {
    pub(crate) fn take(&self) -> Vec<Mail> {
        self.outbox.take()
    }
}

impl Mailer<u64> for Post {
    type Error = NotNow;

    async fn send(&self, message: &Message<'_, u64>) -> Result<(), NotNow> {
        let course = *self.course.lock().unwrap();
        course.take().await?;
        self.outbox.send(message).await.map_err(|never| match never {})
    }
}

pub(crate) type Resets = PasswordResetBuilder<Arc<MemoryStore>, Post>;
pub(crate) type Pages = ResetPagesBuilder<Arc<MemoryStore>, Post, Plain>;

/// The service, and what its host can see.
pub(crate) struct Site {
    pub(crate) pages: ResetPages,
    pub(crate) resets: PasswordReset<Arc<MemoryStore>, Post>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) post: Post,
    pub(crate) hasher: Plain,
    pub(crate) clock: ManualClock,
    /// The path before every page, as browsers see it.
    pub(crate) base: String,
    pub(crate) origin: String,
    /// What a proxy that ends TLS makes of the path's beginning.
    pub(crate) proxy: Option<(&'static str, &'static str)>,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::with(|pages| pages)
    }

    /// A site whose mails have codes.
    pub(crate) fn with_codes() -> Self {
        Self::with_codes_and(|pages| pages)
    }

    pub(crate) fn with_codes_and(pages: impl FnOnce(Pages) -> Pages) -> Self {
        Self::of(TEMPLATE, |resets| resets.issuer(issuer().codes(codes()).build().unwrap()), pages)
    }

    pub(crate) fn with(pages: impl FnOnce(Pages) -> Pages) -> Self {
        Self::at(TEMPLATE, pages)
    }

    pub(crate) fn at(template: &str, pages: impl FnOnce(Pages) -> Pages) -> Self {
        Self::of(template, |resets| resets, pages)
    }

    pub(crate) fn of(
        template: &str,
        resets: impl FnOnce(Resets) -> Resets,
        pages: impl FnOnce(Pages) -> Pages,
    ) -> Self {
        let (store, post, hasher) =
            (Arc::new(MemoryStore::new()), Post::default(), Plain::default());
        store.add_account(ALICE, "hash of the old one").unwrap();
        store.add_account(BOB, "hash of the old one").unwrap();
        let clock = ManualClock::new(UtcDateTime::from_unix_timestamp(1_795_439_142).unwrap());
        let link = LinkTemplate::new(template)
            .or_else(|_| LinkTemplate::insecure_loopback(template))
            .unwrap();
        let builder = PasswordReset::builder(Arc::clone(&store), post.clone(), link)
            .issuer(issuer().build().unwrap())
            .clock(clock.clone());
        let resets = resets(builder).build().unwrap();
        let pages = pages(ResetPages::builder(resets.clone(), hasher.clone())).build().unwrap();
        let address = template.split("/reset").next().unwrap();
        let slash = address.match_indices('/').nth(2).map_or(address.len(), |(at, _)| at);
        let (origin, base) = address.split_at(slash);
        let (origin, base) = (origin.to_owned(), base.to_owned());
        Self { pages, resets, store, post, hasher, clock, base, origin, proxy: None }
    }

    /// Puts a proxy before it that ends TLS, names another host, has requests whose path begins with
    /// `from` arrive with `to` instead, and puts a referrer policy of its own on every answer.
    pub(crate) fn behind_proxy(mut self, from: &'static str, to: &'static str) -> Self {
        self.proxy = Some((from, to));
        self
    }

    pub(crate) async fn answer(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        let Some((from, to)) = self.proxy else { return self.pages.answer(request).await };
        let path = request.uri().path_and_query().unwrap().as_str();
        let arrives = path.strip_prefix(from).map_or(path.to_owned(), |rest| format!("{to}{rest}"));
        *request.uri_mut() = arrives.parse().unwrap();
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::from_static("10.0.0.7:8080"));
        headers.insert("x-forwarded-host", HeaderValue::from_static("evil.example"));
        headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
        let mut answer = self.pages.answer(request).await;
        answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        answer
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// Asks for a link and gives the path and query of the one that was mailed.
    pub(crate) async fn link_for(&self, login: &str) -> String {
        let asked =
            Visitor::new(self).post_from("", &self.path("/forgot"), &[("login", login)]).await;
        assert_eq!(asked.status, StatusCode::OK);
        self.mailed_link(login).await
    }

    pub(crate) async fn mailed_link(&self, login: &str) -> String {
        let mail = self.mail().await;
        assert_eq!(mail.recipient(), login);
        mail.link().unwrap().expose_url().strip_prefix(&self.origin).unwrap().to_owned()
    }

    /// Asks for a link and gives the code that was mailed beside it.
    pub(crate) async fn code_for(&self, login: &str) -> String {
        let asked = Visitor::new(self).post("/forgot", &[("login", login)]).await;
        assert_eq!(asked.status, StatusCode::OK);
        self.mail().await.code().unwrap().expose_in_groups()
    }

    /// The next mail, which comes behind the answer.
    pub(crate) async fn mail(&self) -> Mail {
        self.mails().await.pop().expect("no mail came")
    }

    /// What was mailed until nothing is under way any more.
    pub(crate) async fn mails(&self) -> Vec<Mail> {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        self.post.take()
    }

    pub(crate) fn password_of(&self, login: &str) -> String {
        self.store.password_hash(if login == ALICE { 1 } else { 2 }).unwrap()
    }
}

/// As many links as a ledger remembers.
fn issuer() -> TokenIssuerBuilder {
    let throttle = Throttle::per_hour(14).unwrap().with_cooldown(Duration::ZERO).unwrap();
    TokenIssuer::builder().throttle(throttle)
}

fn codes() -> Codes {
    Codes::new(crate::support::codes::key())
}

/// The token in a link's path and query.
pub(crate) fn token_in(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

/// A browser: it keeps cookies by their path, and says where a form comes from.
pub(crate) struct Visitor<'s> {
    site: &'s Site,
    jar: RefCell<Vec<(String, String)>>,
    /// Whether it sends `Sec-Fetch-Site` and its like; over plain http none does.
    is_new: bool,
    /// What it sends as `Accept-Language`; nothing where that is empty.
    wishes: &'s str,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn of(response: Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Self { status: parts.status, headers: parts.headers, body }
    }

    /// The only header of the name; nothing where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map_or("", |value| value.to_str().unwrap());
        assert!(values.next().is_none(), "several headers {name}");
        value
    }

    /// What is to be read of the page.
    pub(crate) fn text(&self) -> String {
        let (_, body) = self.body.split_once("<main>").unwrap_or(("", &self.body));
        let text: String = body.split('<').filter_map(|tag| Some(tag.split_once('>')?.1)).collect();
        text.replace("&#39;", "'").replace("&quot;", "\"")
    }

    pub(crate) fn has_form(&self) -> bool {
        self.body.contains("<form")
    }

    /// The policy that holds for the page's forms: the `meta` comes after the header.
    pub(crate) fn referrer_policy(&self) -> &str {
        let meta = self.body.split_once("<meta name=\"referrer\" content=\"");
        meta.map_or(self.header("referrer-policy"), |(_, rest)| rest.split('"').next().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl<'s> Visitor<'s> {
    pub(crate) fn new(site: &'s Site) -> Self {
        Self { site, jar: RefCell::default(), is_new: true, wishes: "" }
    }

    pub(crate) fn wishing(site: &'s Site, wishes: &'s str) -> Self {
        Self { wishes, ..Self::new(site) }
    }

    /// A browser that says of a form's origin what the page's referrer policy lets it say, and
    /// nothing else.
    pub(crate) fn old(site: &'s Site) -> Self {
        Self { is_new: false, ..Self::new(site) }
    }

    pub(crate) async fn send(&self, request: http::request::Builder, body: &str) -> Answer {
        let mut request = request.body(Bytes::from(body.to_owned())).unwrap();
        let path = request.uri().path().to_owned();
        let mut cookies = self.jar.borrow().clone();
        cookies.retain(|(of, _)| path == *of || path.starts_with(&format!("{of}/")));
        if !cookies.is_empty() {
            cookies.sort_by_key(|(of, _)| std::cmp::Reverse(of.len()));
            let pairs: Vec<_> = cookies.into_iter().map(|(_, pair)| pair).collect();
            request.headers_mut().insert(COOKIE, pairs.join("; ").parse().unwrap());
        }
        if !self.wishes.is_empty() {
            request.headers_mut().insert(ACCEPT_LANGUAGE, self.wishes.parse().unwrap());
        }
        let answer = self.site.answer(request).await;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
            let path = attributes.split("; ").find_map(|a| a.strip_prefix("Path=")).unwrap();
            self.keep(path, pair);
        }
        Answer::of(answer)
    }

    /// Keeps a cookie, as if a page of this host or a sister's had set it.
    pub(crate) fn keep(&self, path: &str, pair: &str) {
        let mut jar = self.jar.borrow_mut();
        let name = pair.split('=').next().unwrap();
        jar.retain(|(of, known)| of != path || known.split('=').next().unwrap() != name);
        jar.push((path.to_owned(), pair.to_owned()));
    }

    /// Goes to a page from nowhere else: a typed address, a link in a mail program.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.go("none", path).await
    }

    pub(crate) async fn go(&self, from: &str, path: &str) -> Answer {
        let mut request = Request::get(path);
        if self.is_new {
            request = request.header("Sec-Fetch-Site", from).header("Sec-Fetch-Mode", "navigate");
        }
        self.send(request, "").await
    }

    pub(crate) async fn send_from_elsewhere(&self, path: &str) -> Answer {
        let request = Request::post(path).header("Sec-Fetch-Site", "cross-site");
        self.send(request, "").await
    }

    pub(crate) async fn head(&self, path: &str) -> Answer {
        self.send(Request::head(path).header("Sec-Fetch-Mode", "navigate"), "").await
    }

    /// Opens a link; gives the path of its page, and no answer but that.
    pub(crate) async fn open(&self, link: &str) -> String {
        let answer = self.get(link).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        answer.headers[LOCATION].to_str().unwrap().to_owned()
    }

    /// Sends a form of the page that stands at the same path.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = if self.is_new { String::new() } else { path.to_owned() };
        self.post_from(&page, path, fields).await
    }

    /// Sends a form of a page, which is fetched first where it has a path.
    pub(crate) async fn post_from(
        &self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut origin = self.site.origin.as_str();
        if !page.is_empty() && self.get(page).await.referrer_policy() == "no-referrer" {
            origin = "null";
        }
        let mut request = Request::post(path).header(CONTENT_TYPE, FORM).header(ORIGIN, origin);
        if self.is_new {
            request = request.header("Sec-Fetch-Site", "same-origin");
            request = request.header("Sec-Fetch-Mode", "navigate");
        }
        self.send(request, &form(fields)).await
    }

    pub(crate) async fn json(&self, path: &str, body: &serde_json::Value) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, "application/json");
        self.send(request, &body.to_string()).await
    }
}

pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A request by hand, of a program that is no browser.
pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &[u8])]) -> Request<()> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).unwrap());
    }
    request.body(()).unwrap()
}
