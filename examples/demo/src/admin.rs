//! What an administrator does for others: start a reset, or invite.

use crate::app::App;
use crate::page::Fault;
use crate::users::User;
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use password_reset::mailer::Recipient;
use password_reset::service::Delivery;
use serde::Deserialize;
use std::sync::Arc;

/// Whom the demo invites: mail to anybody else would be for everybody to send.
const PEOPLE: &str = "@example.com";

#[derive(Template)]
#[template(path = "admin.html")]
struct AccountsPage<'a> {
    users: &'a [User],
    email: &'a str,
    delivery: Option<Delivery>,
}

#[derive(Deserialize)]
pub(crate) struct Whom {
    email: String,
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Fault> {
    if !app.is_administrator(&cookies).await? {
        return Ok(app.not_for_you());
    }
    app.accounts_page("", None).await
}

pub(crate) async fn link(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
    Form(Whom { email }): Form<Whom>,
) -> Result<Response, Fault> {
    if !app.is_administrator(&cookies).await? {
        return Ok(app.not_for_you());
    }
    let delivery = match app.users.find(&email).await? {
        Some(user) => app.resets.request_for(&user.id).await.delivery(),
        None => Delivery::MayNotReset,
    };
    app.accounts_page(&email, Some(delivery)).await
}

pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
    Form(Whom { email }): Form<Whom>,
) -> Result<Response, Fault> {
    if !app.is_administrator(&cookies).await? {
        return Ok(app.not_for_you());
    }
    if !email.ends_with(PEOPLE) {
        let sentence =
            "The demo invites people at example.com only, since everybody knows its passwords.";
        return Ok(app.message(StatusCode::UNPROCESSABLE_ENTITY, "Nobody was invited", sentence));
    }
    let delivery = if Recipient::parse(&email).is_ok() {
        let id = app.users.find_or_add(&email).await?;
        app.resets.invite(&id).await.delivery()
    } else {
        Delivery::NoAddress
    };
    app.accounts_page(&email, Some(delivery)).await
}

impl App {
    async fn is_administrator(&self, cookies: &CookieJar) -> Result<bool, Fault> {
        Ok(self.signed_in(cookies).await?.is_some_and(|user| user.is_administrator()))
    }

    fn not_for_you(&self) -> Response {
        let sentence = "Only an administrator may see this. Sign in as one.";
        self.message(StatusCode::FORBIDDEN, "Not for you", sentence)
    }

    async fn accounts_page(
        &self,
        email: &str,
        delivery: Option<Delivery>,
    ) -> Result<Response, Fault> {
        let users = self.users.all().await?;
        self.page(StatusCode::OK, "Accounts", &AccountsPage { users: &users, email, delivery })
    }
}
