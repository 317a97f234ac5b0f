//! The application: its parts, its routes, and its hourly clean-up.

use crate::client::Clients;
use crate::config::{Config, link_template};
use crate::users::{self, UserDatabase};
use crate::{admin, mail, page, password, same_site, serve, sign_in};
use anyhow::Context;
use axum::Router;
use axum::http::Method;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use password_reset::PasswordReset;
use password_reset::adapters::argon2::Argon2Hasher;
use password_reset::adapters::sql::Users;
use password_reset::adapters::sqlx::SqliteStore;
use password_reset::clock::{Clock, SystemClock};
use password_reset::token::{Codes, Throttle, TokenIssuer};
use password_reset::web::ResetPages;
use sqlx::SqlitePool;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;

const LINKS_PER_HOUR: u8 = 5;

/// How many forms a client may send at once, and the time until it may send one more.
const FORMS_PER_CLIENT: u32 = 30;
const ONE_MORE_FORM: Duration = Duration::from_secs(1);

/// The headers of every response that does not set its own. The referrer policy makes browsers send
/// the origin with a form.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
];

const STYLE: &str = include_str!("../assets/site.css");

pub(crate) type UserStore = SqliteStore<i64>;

pub(crate) struct App {
    pub(crate) resets: PasswordReset<UserStore, mail::DemoMailer>,
    pub(crate) users: UserDatabase,
    /// The demo's origin, as browsers write it in `Origin`.
    pub(crate) origin: String,
    pub(crate) pages: ResetPages,
}

impl App {
    pub(crate) async fn open(config: &Config, address: SocketAddr) -> anyhow::Result<Arc<Self>> {
        let origin = config.origin(address)?;
        let link = link_template(&origin)?;
        let pool = users::open_database(&config.database).await?;
        let hasher = Argon2Hasher::default();
        let users = UserDatabase::new(pool.clone(), hasher.clone());
        users.add_accounts().await.with_context(|| {
            format!("cannot add the accounts; is {} an older demo's?", config.database.display())
        })?;
        let mailer = mail::open_mailer(config, users.clone()).await?;
        let throttle = Throttle::per_hour(LINKS_PER_HOUR)?.with_cooldown(config.cooldown)?;
        let codes = Codes::new(config.code_key.clone());
        let resets = PasswordReset::builder(open_store(pool).await?, mailer, link)
            .issuer(TokenIssuer::builder().throttle(throttle).codes(codes).build()?)
            .build()?;
        let reviewer = users.clone();
        let pages = ResetPages::builder(resets.clone(), hasher)
            .sign_in("/login")
            .review(move |accepted, _| password::review(reviewer.clone(), accepted))
            .layout(page::frame)
            .build()?;
        Ok(Arc::new(Self { resets, users, origin, pages }))
    }

    pub(crate) fn router(
        self: &Arc<Self>,
        proxy_header: Option<HeaderName>,
    ) -> anyhow::Result<Router> {
        let limit = GovernorConfigBuilder::default()
            .key_extractor(Clients { proxy_header })
            .period(ONE_MORE_FORM)
            .burst_size(FORMS_PER_CLIENT)
            .methods(vec![Method::POST])
            .finish()
            .context("a limit per client must permit something")?;
        let clients = Arc::clone(limit.limiter());
        tokio::spawn(Arc::clone(self).keep_tidy(move || clients.retain_recent()));

        let app = Arc::clone(self);
        let too_many = move |error| app.too_many_requests(error);
        let own = Router::new()
            .route("/", get(sign_in::home))
            .route("/login", get(sign_in::form).post(sign_in::sign_in))
            .route("/logout", post(sign_in::sign_out))
            .route("/password", get(password::form).post(password::change))
            .route("/admin", get(admin::list))
            .route("/admin/link", post(admin::link))
            .route("/admin/invite", post(admin::invite))
            .route("/site.css", get(async || ([(header::CONTENT_TYPE, "text/css")], STYLE)))
            .layer(from_fn(serve::give_up))
            .layer(from_fn_with_state(Arc::clone(self), same_site::refuse_others))
            .with_state(Arc::clone(self));
        // Every other path is one of the library's pages, or its 404.
        Ok(own
            .fallback_service(self.pages.clone())
            .layer(GovernorLayer::new(limit).error_handler(too_many))
            .layer(map_response(add_headers)))
    }

    /// Forgets old links, sessions and clients every hour.
    async fn keep_tidy(self: Arc<Self>, forget_clients: impl Fn()) {
        let mut hours = tokio::time::interval(Duration::from_hours(1));
        loop {
            hours.tick().await;
            forget_clients();
            if let Err(error) = self.purge().await {
                tracing::error!("could not purge: {error:#}");
            }
        }
    }

    async fn purge(&self) -> anyhow::Result<()> {
        self.resets.store().purge(SystemClock.now()).await?;
        self.users.purge_sessions().await
    }

    /// Waits for mails and passwords that are under way, then closes the database.
    pub(crate) async fn finish(&self) {
        self.pages.finish().await;
        self.users.close().await;
    }
}

async fn open_store(pool: SqlitePool) -> anyhow::Result<UserStore> {
    let store = SqliteStore::builder(pool)
        .users(&Users::new("users"))
        .login("lower(address) = lower({login})")
        .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
        .also(users::REMEMBER)
        .also(users::FORGET)
        .migrate()
        .await?
        .open()
        .await;
    store.context("the database does not fit the demo")
}

async fn add_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
