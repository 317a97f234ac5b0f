//! Signing in and out.

use crate::app::App;
use crate::page::PageError;
use crate::users::{SESSION_LIFETIME, User};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use password_reset::words::{Translations, accepted_languages};
use serde::Deserialize;
use std::sync::Arc;

pub(crate) const SESSION: &str = "session";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    login: &'a str,
    is_rejected: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    user: &'a User,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    login: String,
    password: String,
}

pub(crate) async fn home(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, PageError> {
    match app.signed_in(&cookies).await? {
        Some(user) => app.page(StatusCode::OK, "Signed in", &HomePage { user: &user }),
        None => Ok(Redirect::to("/login").into_response()),
    }
}

impl App {
    /// Returns the user whose session is in the browser's cookies.
    pub(crate) async fn signed_in(&self, cookies: &CookieJar) -> Result<Option<User>, PageError> {
        match cookies.get(SESSION) {
            Some(session) => Ok(self.users.signed_in(session.value()).await?),
            None => Ok(None),
        }
    }

    pub(crate) fn session_cookie(&self, secret: String) -> Cookie<'static> {
        Cookie::build((SESSION, secret))
            .path("/")
            .max_age(SESSION_LIFETIME)
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.origin.starts_with("https://"))
            .build()
    }
}

pub(crate) async fn form(State(app): State<Arc<App>>) -> Result<Response, PageError> {
    app.page(StatusCode::OK, "Sign in", &LoginPage { login: "", is_rejected: false })
}

pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    cookies: CookieJar,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, PageError> {
    let Form(form) = match form {
        Ok(form) => form,
        Err(rejection) => {
            let sentence = "The form did not arrive as it was sent. Go back, and send it again.";
            return Ok(app.message(rejection.status(), "That could not be read", sentence));
        }
    };
    // The string that was hashed. It differs only if the policy normalizes passwords.
    let password = app.resets.policy().prepare(&form.password);
    let Some(secret) = app.users.sign_in(&form.login, password.expose_password()).await? else {
        let rejected = LoginPage { login: &form.login, is_rejected: true };
        return app.page(StatusCode::UNPROCESSABLE_ENTITY, "Error: Sign in", &rejected);
    };
    let wishes = headers.get(ACCEPT_LANGUAGE).and_then(|wishes| wishes.to_str().ok());
    let wishes = accepted_languages(wishes);
    if !wishes.is_empty() {
        let language = Translations::default().choose(wishes).tag().to_owned();
        app.users.remember_language(&secret, &language).await?;
    }
    Ok((cookies.add(app.session_cookie(secret)), Redirect::to("/")).into_response())
}

pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, PageError> {
    if let Some(session) = cookies.get(SESSION) {
        app.users.sign_out(session.value()).await?;
    }
    let cookies = cookies.remove(Cookie::build(SESSION).path("/"));
    Ok((cookies, Redirect::to("/login")).into_response())
}
