//! Signing in and out.

use crate::app::App;
use crate::language;
use crate::page::{Fault, PageForm, page};
use crate::users::SESSION_LIFETIME;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use serde::Deserialize;
use std::sync::Arc;

const SESSION: &str = "session";
const EVERYWHERE: &str = "/";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    login: &'a str,
    rejected: bool,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    email: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Credentials {
    login: String,
    password: String,
}

pub(crate) async fn home(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Fault> {
    let email = match cookies.get(SESSION) {
        Some(session) => app.users.signed_in(session.value()).await?,
        None => None,
    };
    Ok(match email {
        Some(email) => page(StatusCode::OK, &HomePage { email: &email }),
        None => Redirect::to("/login").into_response(),
    })
}

pub(crate) async fn form() -> Response {
    page(StatusCode::OK, &LoginPage { login: "", rejected: false })
}

pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    cookies: CookieJar,
    PageForm(form): PageForm<Credentials>,
) -> Result<Response, Fault> {
    // The string that was hashed, should the policy normalize passwords one day.
    let password = app.resets.policy().prepare(&form.password).expose_password().to_owned();
    let Some(secret) = app.users.sign_in(&form.login, password).await? else {
        let rejected = LoginPage { login: &form.login, rejected: true };
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &rejected));
    };
    if let Some(tag) = language::wished(&headers) {
        app.users.remember_language(&secret, &tag).await?;
    }
    let session = app.cookie(SESSION, secret, EVERYWHERE, SESSION_LIFETIME);
    Ok((cookies.add(session), Redirect::to("/")).into_response())
}

pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Fault> {
    if let Some(session) = cookies.get(SESSION) {
        app.users.sign_out(session.value()).await?;
    }
    Ok((forget_session(cookies), Redirect::to("/login")).into_response())
}

/// Makes the browser forget its session.
pub(crate) fn forget_session(cookies: CookieJar) -> CookieJar {
    cookies.remove(Cookie::build(SESSION).path(EVERYWHERE))
}
