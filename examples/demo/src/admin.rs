//! The administrator's page: start a reset for a user, or invite somebody.

use crate::app::App;
use crate::page::PageError;
use crate::users::User;
use askama::Template;
use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use password_reset::mailer::Recipient;
use password_reset::service::Delivery;
use serde::Deserialize;
use std::sync::Arc;

/// The demo invites these addresses alone. Its passwords are public, so anybody could send mail to
/// all others.
const PEOPLE: &str = "@example.com";

#[derive(Template)]
#[template(path = "admin.html")]
struct AccountsPage<'a> {
    users: &'a [User],
    email: &'a str,
    delivery: Option<Delivery>,
}

#[derive(Deserialize)]
pub(crate) struct AddressForm {
    email: String,
}

/// An extractor that lets only administrators pass.
pub(crate) struct Administrator;

impl FromRequestParts<Arc<App>> for Administrator {
    type Rejection = Result<Response, PageError>;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Self, Self::Rejection> {
        match app.signed_in(&CookieJar::from_headers(&parts.headers)).await {
            Ok(Some(user)) if user.is_administrator() => Ok(Self),
            Ok(_) => {
                let sentence = "Only an administrator may see this. Sign in as one.";
                Err(Ok(app.message(StatusCode::FORBIDDEN, "Not for you", sentence)))
            }
            Err(error) => Err(Err(error)),
        }
    }
}

pub(crate) async fn list(
    _: Administrator,
    State(app): State<Arc<App>>,
) -> Result<Response, PageError> {
    app.accounts_page("", None).await
}

pub(crate) async fn link(
    _: Administrator,
    State(app): State<Arc<App>>,
    Form(AddressForm { email }): Form<AddressForm>,
) -> Result<Response, PageError> {
    let delivery = match app.users.find(&email).await? {
        Some(user) => app.resets.request_for(&user.id).await.delivery(),
        None => Delivery::MayNotReset,
    };
    app.accounts_page(&email, Some(delivery)).await
}

pub(crate) async fn invite(
    _: Administrator,
    State(app): State<Arc<App>>,
    Form(AddressForm { email }): Form<AddressForm>,
) -> Result<Response, PageError> {
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
    async fn accounts_page(
        &self,
        email: &str,
        delivery: Option<Delivery>,
    ) -> Result<Response, PageError> {
        let users = self.users.all().await?;
        self.page(StatusCode::OK, "Accounts", &AccountsPage { users: &users, email, delivery })
    }
}
