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

mod answer;
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
#[cfg(feature = "codes")]
mod typed;
mod view;

pub use builder::{ResetPagesBuilder, WebError};
#[cfg(feature = "codes")]
pub use view::CodeStep;
pub use view::{Form, Item, Page, View};

use crate::words::{Translation, accepted_languages};
use answer::{Answer, empty, full, see, with};
use body::{BodyError, Unread};
use builder::Settings;
use bytes::Bytes;
use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use flow::{Flow, Later};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body::Body;
use http_body_util::Full;
use place::{Place, Route};
use std::sync::Arc;
use tasks::Tasks;

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
    settings: Settings,
    content_security_policy: HeaderValue,
}

impl ResetPages {
    /// The whole paths to mount it at, in the syntax that axum and actix share: `{id}` is one
    /// segment.
    #[must_use]
    pub fn routes(&self) -> Vec<String> {
        self.0.place.routes()
    }

    /// The path of the stylesheet, for pages of the host's own that should look alike, such as the
    /// sign-in. It changes with the style, and browsers may keep what is there for ever.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        self.0.place.path(&assets::STYLE.path)
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

/// A request without its body.
struct Visit<'r> {
    parts: &'r http::request::Parts,
    translation: &'r Translation,
    /// The language that the browser wishes most, of those that the pages speak if there is one.
    wish: &'r str,
}

impl Visit<'_> {
    const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }
}

impl Inner {
    async fn respond<B>(&self, request: Request<B>) -> Answer
    where
        B: Body<Data: Send, Error: Into<BodyError>> + Send,
    {
        let (parts, body) = request.into_parts();
        let wishes = parts.headers.get_all(header::ACCEPT_LANGUAGE).iter();
        let wishes = accepted_languages(wishes.filter_map(|wish| wish.to_str().ok()));
        let translations = &self.settings.translations;
        let spoken = wishes.iter().find(|wish| translations.speak(wish));
        let wish = spoken.or(wishes.first()).copied().unwrap_or_default();
        let translation = translations.choose(wishes.iter().copied());
        let visit = Visit { parts: &parts, translation, wish };
        let body = Box::pin(body::read(body));
        let mut answer = match self.place.route(parts.uri.path()) {
            Some((Route::Api(call), _)) => self.call(&visit, call, body).await,
            Some((route, id)) => self.show(&visit, route, id, body).await,
            None if self.place.is_api(parts.uri.path()) => api::nowhere(),
            None => self.page(&visit, StatusCode::NOT_FOUND, &Page::Nowhere),
        };
        let headers = answer.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
        if parts.method == Method::HEAD {
            *answer.body_mut() = Full::default();
        }
        answer
    }

    async fn show(&self, visit: &Visit<'_>, route: Route, id: &str, body: Unread<'_>) -> Answer {
        let takes_post = match route {
            Route::Forgot | Route::Link(_) => true,
            #[cfg(feature = "codes")]
            Route::Code => true,
            Route::Open | Route::Api(_) | Route::Asset(_) | Route::ChangePassword => false,
        };
        let form = match visit.parts.method {
            Method::GET | Method::HEAD => None,
            Method::POST if takes_post => Some(body),
            _ => {
                let methods = if takes_post { "GET, HEAD, POST" } else { "GET, HEAD" };
                return with(empty(StatusCode::METHOD_NOT_ALLOWED), header::ALLOW, methods);
            }
        };
        let (own, listed) = (&self.place.origin, &self.settings.origins);
        if form.is_some() && !guard::is_from_here(visit.headers(), own, listed, false) {
            return self.page(visit, StatusCode::FORBIDDEN, &Page::Foreign);
        }
        let forgot = self.place.path("/forgot");
        match (route, form) {
            (Route::Forgot, Some(form)) => self.ask(visit, form).await,
            (Route::Forgot, None) => {
                let code = self.settings.has_codes.then(|| self.place.path("/code"));
                let page = Page::Forgot { action: &forgot, code: code.as_deref() };
                self.page(visit, StatusCode::OK, &page)
            }
            #[cfg(feature = "codes")]
            (Route::Code, Some(form)) => self.exchange(visit, form).await,
            #[cfg(feature = "codes")]
            (Route::Code, None) => self.code(visit, "", CodeStep::New),
            (Route::Link(step), form) => self.link(visit, (id, step), form).await,
            (Route::Asset(asset), _) => {
                let answer = full(StatusCode::OK, asset.media_type, asset.content);
                with(answer, header::CACHE_CONTROL, "public, max-age=31536000, immutable")
            }
            (Route::ChangePassword, _) => see(&forgot),
            (Route::Open | Route::Api(_), _) => self.open(visit).await,
        }
    }

    /// Works on a request for a link behind the answer, or before it where that is the end of the
    /// program; not at all where too much is under way.
    async fn work(&self, work: Later<'static, ()>) -> Option<()> {
        let until = self.tasks.request(work)?;
        if self.settings.is_serverless {
            tokio::time::sleep_until(until).await;
        }
        Some(())
    }
}
