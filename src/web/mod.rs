//! The visitor's side of the whole flow, to mount: pages, and JSON for pages of the host's own and
//! for native apps.
//!
//! [`ResetPages`] is a `tower` service over the types of `http`, and depends on no framework. It
//! stands where the link's template says, which must be `<origin><base>/reset?token={token}`:
//!
//! ```
//! # use password_reset::adapters::memory::{MemoryStore, Outbox};
//! # use password_reset::hasher::PasswordHasher;
//! # use password_reset::web::ResetPages;
//! # use password_reset::{LinkTemplate, PasswordReset};
//! # struct Hasher;
//! # impl PasswordHasher for Hasher {
//! #     type Error = std::io::Error;
//! #     async fn hash(&self, _: &str) -> Result<String, std::io::Error> { Ok("hash".into()) }
//! # }
//! # let (store, mailer) = (MemoryStore::new(), Outbox::new());
//! let link = LinkTemplate::new("https://app.example.com/account/reset?token={token}")?;
//! let resets = PasswordReset::builder(store, mailer, link).build()?;
//! let pages = ResetPages::builder(resets, Hasher).sign_in("/login").build()?;
//! assert!(pages.routes().contains(&"/account/reset/{id}".to_owned()));
//! // In axum: `pages.routes().iter().fold(app, |app, path| app.route_service(path, pages.clone()))`
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Neither `Host` nor a forwarding header is read, so a proxy may end TLS and rewrite them. A sign-in,
//! limits for each client and the time-outs of connections are the host's.

mod api;
mod assets;
mod body;
mod builder;
mod content;
mod cookie;
mod flow;
mod guard;
mod html;
mod pages;
mod place;
mod tasks;
mod view;

pub use builder::{ResetPagesBuilder, WebError};
pub use view::{Form, Item, Page, View};

use crate::PasswordReset;
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
use crate::store::Store;
use crate::words::{Translation, Translations};
use assets::Assets;
use builder::Layout;
use bytes::Bytes;
use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use flow::{Flow, Later};
use http::header::{ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::header::{RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use place::{Place, Route, Step};
use std::sync::Arc;
use tasks::Tasks;

/// A body's own error, whatever it is.
type BodyError = Box<dyn core::error::Error + Send + Sync>;

type Answer = Response<Full<Bytes>>;

/// The pages and the JSON of the whole flow. Its clones are one service.
///
/// See the [module](self) for how it is mounted. It works on requests for a link behind the answer,
/// in tasks on tokio's runtime: call [`finish`](Self::finish) at a shutdown.
#[derive(Clone)]
pub struct ResetPages(Arc<Inner>);

struct Inner {
    flow: Box<dyn Flow>,
    place: Place,
    tasks: Tasks,
    translations: Translations,
    layout: Option<Box<Layout>>,
    sign_in: String,
    origins: Vec<String>,
    content_security_policy: HeaderValue,
    has_pages: bool,
    is_serverless: bool,
    assets: Assets,
}

impl ResetPages {
    /// A builder with the library's own pages, in the visitor's language.
    pub fn builder<S, M, H>(resets: PasswordReset<S, M>, hasher: H) -> ResetPagesBuilder<S, M, H>
    where
        S: Store<AccountId: 'static> + 'static,
        M: Mailer<S::AccountId> + 'static,
        H: PasswordHasher + 'static,
    {
        ResetPagesBuilder::new(resets, hasher)
    }

    /// The whole paths to mount it at, in the syntax that axum and actix share: `{id}` is one
    /// segment.
    #[must_use]
    pub fn routes(&self) -> Vec<String> {
        let Inner { place, assets, has_pages, .. } = &*self.0;
        place.routes(&assets.style, &assets.script, *has_pages)
    }

    /// Answers one request whose body has been read, for frameworks that know no `tower`.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = self.0.respond(request.map(Full::new)).await.into_parts();
        let body = http_body_util::BodyExt::collect(body).await;
        let bytes = body.map(http_body_util::Collected::to_bytes);
        Response::from_parts(parts, bytes.unwrap_or_else(|never| match never {}))
    }

    /// Waits for everything that is under way. Call it when no more requests come in.
    pub async fn finish(&self) {
        self.0.tasks.finish().await;
    }
}

impl<B> tower_service::Service<Request<B>> for ResetPages
where
    B: Body<Data: Send, Error: Into<BodyError>> + Send + 'static,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { Ok(inner.respond(request).await) })
    }
}

impl fmt::Debug for ResetPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetPages").field("place", &self.0.place).finish_non_exhaustive()
    }
}

/// What a request says beside its body.
struct Visit<'r> {
    method: &'r Method,
    headers: &'r HeaderMap,
    query: &'r str,
    extensions: &'r http::Extensions,
    translation: &'r Translation,
    /// The first of the languages that the browser wishes.
    wish: &'r str,
}

impl Inner {
    async fn respond<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let (parts, body) = request.into_parts();
        let wishes = wishes(&parts.headers);
        let visit = Visit {
            method: &parts.method,
            headers: &parts.headers,
            query: parts.uri.query().unwrap_or_default(),
            extensions: &parts.extensions,
            translation: self.translations.choose(wishes.iter().copied()),
            wish: wishes.first().copied().unwrap_or_default(),
        };
        let route = self.place.route(parts.uri.path(), &self.assets.style, &self.assets.script);
        let mut answer = match route {
            Some(Route::Api(call)) => self.call(&visit, call, body).await,
            Some(route) if self.has_pages => self.show(&visit, route, body).await,
            _ => self.page(&visit, StatusCode::NOT_FOUND, &Page::Nowhere),
        };
        let headers = answer.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if parts.method == Method::HEAD {
            *answer.body_mut() = Full::default();
        }
        answer
    }

    async fn show<B>(&self, visit: &Visit<'_>, route: Route, body: B) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let takes_post = matches!(route, Route::Forgot | Route::Link(..));
        match *visit.method {
            Method::GET | Method::HEAD => {}
            Method::POST if takes_post => {
                if !guard::is_from_here(visit.headers, &self.place.origin, &self.origins) {
                    return self.page(visit, StatusCode::FORBIDDEN, &Page::Foreign);
                }
            }
            _ => return not_allowed(if takes_post { "GET, HEAD, POST" } else { "GET, HEAD" }),
        }
        let is_post = *visit.method == Method::POST;
        match route {
            Route::Forgot if is_post => self.ask(visit, body).await,
            Route::Forgot => {
                let action = self.place.path("/forgot");
                self.page(visit, StatusCode::OK, &Page::Forgot { action: &action })
            }
            Route::Open => self.open(visit).await,
            Route::Link(id, Step::Form) if is_post => self.set(visit, &id, body).await,
            Route::Link(id, Step::Cancel) if is_post => self.cancel(visit, &id).await,
            Route::Link(id, Step::Renew) if is_post => self.renew(visit, &id).await,
            Route::Link(id, step) => self.link(visit, &id, step).await,
            Route::Style => asset("text/css; charset=utf-8", assets::STYLE),
            Route::Script => asset("text/javascript; charset=utf-8", assets::SCRIPT),
            Route::ChangePassword => see(&self.place.path("/forgot")),
            Route::Api(_) => not_allowed(""),
        }
    }

    /// Works on a request for a link behind the answer, or before it where that is the end of the
    /// program; not at all where too much is under way.
    async fn work(&self, work: Later<'static, ()>) -> Option<()> {
        let until = self.tasks.request(work)?;
        if self.is_serverless {
            tokio::time::sleep_until(until).await;
        }
        Some(())
    }
}

/// The languages that the browser wishes, the most wished first.
fn wishes(headers: &HeaderMap) -> Vec<&str> {
    let headers = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|wish| wish.to_str().ok());
    let wishes = headers.flat_map(|header| header.split(',')).take(32);
    let mut wishes: Vec<_> = wishes.filter_map(weighed).collect();
    wishes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wishes.into_iter().map(|(tag, _)| tag).collect()
}

/// A wish and its weight, or nothing where it is unwelcome (RFC 9110, section 12.4.2).
fn weighed(wish: &str) -> Option<(&str, f32)> {
    let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
    let weight = weight.trim().strip_prefix("q=")?.parse().ok().filter(|weight| *weight > 0.0)?;
    Some((tag.trim(), weight)).filter(|(tag, _)| !tag.is_empty())
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}

/// Leads the browser to another page, which it fetches by GET.
fn see(path: &str) -> Answer {
    let mut answer = empty(StatusCode::SEE_OTHER);
    if let Ok(path) = HeaderValue::try_from(path) {
        answer.headers_mut().insert(LOCATION, path);
    }
    answer
}

fn not_allowed(methods: &'static str) -> Answer {
    let mut answer = empty(StatusCode::METHOD_NOT_ALLOWED);
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    answer
}

fn asset(media_type: &'static str, content: &'static str) -> Answer {
    let mut answer = Response::new(Full::from(content));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let for_ever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, for_ever);
    answer
}

/// Says when to come back, where something is only full.
fn later(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    answer
}

/// The answer differs by the language that the browser wishes.
fn varies(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Accept-Language"));
}
