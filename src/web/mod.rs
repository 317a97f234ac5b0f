//! Pages and JSON for the whole flow, to mount in your service.
//!
//! [`ResetPages`] is a `tower` service over the types of `http` and depends on no framework. It has
//! the form for "forgotten password", the page that a link opens, the form for the new password,
//! and the same steps as JSON for your own pages and native apps.
//!
//! The link's template says where the pages are. It must be `<origin><base>/reset?token={token}`,
//! unless you serve the [API alone](ResetPagesBuilder::api_only):
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
//! // In axum: `for path in pages.routes() { app = app.route_service(&path, pages.clone()); }`
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The pages never read `Host` or a forwarding header, so a proxy may end TLS and rewrite them. You
//! provide the sign-in, limits for each client and the time-outs of connections. The guide
//! [Web](crate::guide::web) shows the rest.

mod answer;
mod api;
mod assets;
mod body;
mod builder;
mod content;
mod cookie;
mod csp;
mod error;
mod flow;
mod guard;
mod html;
mod pages;
mod place;
mod tasks;
#[cfg(feature = "codes")]
mod typed;
mod view;

pub use builder::ResetPagesBuilder;
pub use error::WebError;
#[cfg(feature = "codes")]
pub use view::CodeStep;
pub use view::{Form, Item, Page, View};

/// The bytes of bodies, in [`ResetPages::answer`].
pub use bytes;
/// Requests, responses and [`View::extensions`].
pub use http;
/// The trait of the bodies that [`ResetPages`] takes as a service.
pub use http_body;
/// The body that [`ResetPages`] returns as a service, `Full`.
pub use http_body_util;
/// The trait that frameworks mount, which [`ResetPages`] implements.
pub use tower_service;

use crate::PasswordReset;
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
use crate::store::Store;
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

/// The pages and the JSON of the whole flow, as one service. Clones share it.
///
/// Mount it at each of its [routes](Self::routes), or call [`answer`](Self::answer) with each
/// request. Requests for a link are worked on in tasks on tokio's runtime, after the response: call
/// [`finish`](Self::finish) at a shutdown.
///
/// ```
/// # use password_reset::adapters::memory::{MemoryStore, Outbox};
/// # use password_reset::hasher::PasswordHasher;
/// # use password_reset::{LinkTemplate, PasswordReset};
/// # struct Hasher;
/// # impl PasswordHasher for Hasher {
/// #     type Error = std::io::Error;
/// #     async fn hash(&self, _: &str) -> Result<String, std::io::Error> { Ok("hash".into()) }
/// # }
/// use password_reset::web::ResetPages;
/// use password_reset::web::bytes::Bytes;
/// use password_reset::web::http::{Request, StatusCode, header};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
/// # store.add_account("alice@example.com", "hash of the forgotten one")?;
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// # let resets = PasswordReset::builder(store, outbox.clone(), link).build()?;
/// let pages = ResetPages::builder(resets, Hasher).build()?;
/// let request = Request::post("/forgot")
///     .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
///     .body(Bytes::from("login=alice%40example.com"))?;
/// assert_eq!(pages.answer(request).await.status(), StatusCode::OK);
///
/// pages.finish().await;
/// assert_eq!(outbox.take().len(), 1);
/// # Ok(())
/// # }
/// ```
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
    /// Returns a builder. Its defaults are the library's own pages, in the visitor's language.
    pub fn builder<S, M, H>(resets: PasswordReset<S, M>, hasher: H) -> ResetPagesBuilder<S, M, H>
    where
        S: Store<AccountId: 'static> + 'static,
        M: Mailer<S::AccountId> + 'static,
        H: PasswordHasher + 'static,
    {
        ResetPagesBuilder::new(resets, hasher)
    }

    /// Returns the whole paths to mount it at.
    ///
    /// They are in the syntax that axum and actix share: `{id}` is one segment.
    #[must_use]
    pub fn routes(&self) -> Vec<String> {
        self.0.place.routes()
    }

    /// Responds to one request whose body you have read, for frameworks that do not take a `tower`
    /// service.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = self.0.respond(request.map(Full::new)).await.into_parts();
        let body = http_body_util::BodyExt::collect(body).await;
        let bytes = body.map(http_body_util::Collected::to_bytes);
        Response::from_parts(parts, bytes.unwrap_or_else(|never| match never {}))
    }

    /// Returns the path of the stylesheet, for pages of your own that should look alike, such as
    /// the sign-in.
    ///
    /// The styles apply inside an element with the class `password-reset`, and to the page around
    /// it if the `<body>` has the class `password-reset-page`. The path changes with the styles, so
    /// browsers may cache it for ever.
    #[must_use]
    pub fn stylesheet(&self) -> String {
        self.0.place.path(&assets::STYLE.path)
    }

    /// Waits for all mails and passwords that are under way. Call it when no more requests come in.
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

/// A request without its body, and the languages of its visitor.
struct Visit<'r> {
    parts: &'r http::request::Parts,
    translation: &'r Translation,
    /// The browser's preferred language among those of the pages or, if it prefers none of them, of
    /// all.
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

    /// Works on a request for a link after the response, or before it on a platform that then stops
    /// the program. Returns `None` if too much is under way.
    async fn work(&self, work: Later<'static, ()>) -> Option<()> {
        let until = self.tasks.request(work)?;
        if self.settings.is_serverless {
            tokio::time::sleep_until(until).await;
        }
        Some(())
    }
}
