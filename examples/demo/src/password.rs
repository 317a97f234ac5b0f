//! Changing the password while signed in.

use crate::app::{App, UserStore};
use crate::mail::DemoMailer;
use crate::page::PageError;
use crate::sign_in::SESSION;
use crate::users::UserDatabase;
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use password_reset::ResetError;
use password_reset::adapters::sql::SqlError;
use password_reset::hasher::PasswordHasher;
use password_reset::policy::Requirement;
use password_reset::service::{Accepted, Fault};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    email: &'a str,
    needs: String,
    missed: &'a [String],
}

#[derive(Deserialize)]
pub(crate) struct Passwords {
    present: String,
    new: String,
}

pub(crate) async fn form(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, PageError> {
    match app.signed_in(&cookies).await? {
        Some(user) => app.password_page(StatusCode::OK, &user.email, &[]),
        None => Ok(Redirect::to("/login").into_response()),
    }
}

pub(crate) async fn change(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
    Form(form): Form<Passwords>,
) -> Result<Response, PageError> {
    let Some(user) = app.signed_in(&cookies).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    let verified = user.password_hash.unwrap_or_default();
    let rejected = StatusCode::UNPROCESSABLE_ENTITY;
    let present = app.resets.policy().prepare(&form.present);
    if !app.users.hasher.verify(present.expose_password(), Some(&verified)).await? {
        if let Some(session) = cookies.get(SESSION) {
            app.users.count_wrong_password(session.value()).await?;
        }
        let sentence = "That is not your present password.".to_owned();
        return app.password_page(rejected, &user.email, &[sentence]);
    }
    let accepted = match app.resets.accept_change(user.id, &verified, &form.new).await {
        Ok(accepted) => review(app.users.clone(), accepted).await,
        Err(error) => Err(error),
    };
    let accepted = match accepted {
        Ok(accepted) => accepted,
        Err(ResetError::Rejected(violations)) => {
            let sentences: Vec<_> = violations.iter().map(ToString::to_string).collect();
            return app.password_page(rejected, &user.email, &sentences);
        }
        Err(error) => return app.changed_elsewhere(error),
    };
    let hash = app.users.hasher.hash(accepted.expose_password()).await?;
    // In its own task, so that the notice is sent even if the browser disconnects.
    let completed = match tokio::spawn(accepted.commit(hash.clone())).await? {
        Ok(completed) => completed,
        Err(error) => return app.changed_elsewhere(error),
    };
    if let Err(error) = completed.notice {
        tracing::error!("the notice of a changed password was not handed over: {error}");
    }
    // The change ended every session, this one too.
    let Some(secret) = app.users.start_session(user.id, &hash).await? else {
        return Ok(Redirect::to("/login").into_response());
    };
    Ok((cookies.add(app.session_cookie(secret)), Redirect::to("/")).into_response())
}

/// Rejects a password that the policy accepted but that is one of the user's last four.
pub(crate) async fn review(
    users: UserDatabase,
    accepted: Accepted<UserStore, DemoMailer>,
) -> Result<Accepted<UserStore, DemoMailer>, ResetError<SqlError>> {
    let is_recent = users.is_recent(*accepted.account_id(), accepted.expose_password()).await;
    let is_recent = is_recent.map_err(|error| Fault::Hasher(error.into()))?;
    let sentence = "Use a password that is not among your last four.";
    Ok(accepted.reject_if(is_recent, "recent_password", sentence)?)
}

impl App {
    fn password_page(
        &self,
        status: StatusCode,
        email: &str,
        missed: &[String],
    ) -> Result<Response, PageError> {
        let requirements = self.resets.policy().requirements();
        let needs = requirements.filter(Requirement::is_worth_showing);
        let needs = needs.map(|needed| needed.to_string()).collect::<Vec<_>>().join(", ");
        let title =
            if missed.is_empty() { "Change your password" } else { "Error: Change your password" };
        self.page(status, title, &PasswordPage { email, needs, missed })
    }

    /// The page for a change that lost a race: a link was used first, or the account was closed.
    fn changed_elsewhere<E>(&self, error: ResetError<E>) -> Result<Response, PageError>
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        if let ResetError::Fault(fault) = error {
            return Err(fault.into());
        }
        let sentence = "It was changed elsewhere a moment ago, or this account may not change it. \
                        Sign in again.";
        Ok(self.message(StatusCode::CONFLICT, "Your password was not changed", sentence))
    }
}
