//! What all pages share.

use crate::background::Background;
use crate::config::{Config, link_template};
use crate::hashing::Hasher;
use crate::mail::{self, Mailer};
use crate::users::{self, Users};
use anyhow::Context;
use axum_extra::extract::cookie::{Cookie, SameSite};
use password_reset::PasswordReset;
use password_reset::adapters::sql;
use password_reset::adapters::sqlx::SqliteStore;
use password_reset::clock::{Clock, SystemClock};
use password_reset::token::{Throttle, TokenIssuer};
use sqlx::SqlitePool;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

const LINKS_PER_HOUR: u8 = 5;

/// How many requests for a link are worked on at once.
const REQUESTS_AT_ONCE: usize = 64;

pub(crate) type Store = SqliteStore<i64>;
pub(crate) type StoreError = <Store as password_reset::store::Store>::Error;
pub(crate) type MailError = <Mailer as password_reset::mailer::Mailer<i64>>::Error;

pub(crate) struct App {
    pub(crate) resets: PasswordReset<Store, Mailer>,
    pub(crate) users: Users,
    pub(crate) hasher: Hasher,
    pub(crate) background: Background,
    /// Whether cookies travel over TLS only.
    pub(crate) secure_cookies: bool,
    /// Whether the demo account still has the password that it came with.
    pub(crate) demo_password_works: bool,
}

impl App {
    pub(crate) async fn open(config: &Config, base_url: &str) -> anyhow::Result<Self> {
        let link = link_template(base_url)?;
        let pool = users::open_database(&config.database).await?;
        let hasher = Hasher::new(available_parallelism().map_or(1, usize::from)).await?;
        let users = Users::new(pool.clone(), hasher.clone());
        let mailer = mail::mailer(config, users.clone()).await?;
        let throttle = Throttle::per_hour(LINKS_PER_HOUR)?.with_cooldown(config.cooldown)?;
        let resets = PasswordReset::builder(open_store(pool).await?, mailer, link)
            .issuer(TokenIssuer::builder().throttle(throttle).build()?)
            .build()?;
        Ok(Self {
            demo_password_works: users.add_demo_account().await?,
            resets,
            users,
            hasher,
            background: Background::new(REQUESTS_AT_ONCE),
            secure_cookies: base_url.starts_with("https://"),
        })
    }

    /// Forgets old links and sessions now and then.
    pub(crate) fn keep_tidy(self: &Arc<Self>) {
        let app = Arc::clone(self);
        self.background.hourly(move || {
            let app = Arc::clone(&app);
            async move {
                if let Err(error) = app.purge().await {
                    tracing::error!("could not purge: {error:#}");
                }
            }
        });
    }

    /// A cookie that no script reads and no other site's form sends.
    pub(crate) fn cookie(
        &self,
        name: &'static str,
        value: String,
        path: &'static str,
        stays: Duration,
    ) -> Cookie<'static> {
        let seconds = i64::try_from(stays.as_secs()).unwrap_or(i64::MAX);
        Cookie::build((name, value))
            .path(path)
            .max_age(time::Duration::seconds(seconds))
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure_cookies)
            .build()
    }

    /// Ends what is under way, and then the use of the database.
    pub(crate) async fn finish(&self) {
        self.background.finish().await;
        self.users.close().await;
    }

    async fn purge(&self) -> anyhow::Result<()> {
        self.resets.store().purge(SystemClock.now()).await?;
        self.users.purge_sessions().await
    }
}

async fn open_store(pool: SqlitePool) -> anyhow::Result<Store> {
    let store = SqliteStore::builder(pool)
        .users(&sql::Users::new("users"))
        .login("lower(address) = lower({login})")
        .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
        .migrate()
        .await?
        .open()
        .await;
    store.context("the database does not fit the demo")
}
