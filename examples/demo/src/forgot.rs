//! "I forgot my password".

use crate::app::{App, MailError, StoreError};
use crate::language;
use crate::page::{PageForm, page};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use password_reset::service::{Handled, Outcome};
use serde::Deserialize;
use std::error::Error;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage;

#[derive(Template)]
#[template(path = "asked.html")]
struct AskedPage;

#[derive(Deserialize)]
pub(crate) struct Forgotten {
    login: String,
}

pub(crate) async fn form() -> Response {
    page(StatusCode::OK, &ForgotPage)
}

pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    PageForm(form): PageForm<Forgotten>,
) -> Response {
    let resets = app.resets.clone();
    let language = language::wished(&headers).unwrap_or_default();
    answer_everybody(&app, async move { resets.request_in(&form.login, &language).await })
}

/// Answers everybody the same, at once: neither the words nor the time that a mail takes
/// may tell who has an account.
pub(crate) fn answer_everybody(
    app: &App,
    request: impl Future<Output = Handled<StoreError, MailError>> + Send + 'static,
) -> Response {
    let request = async { report(&request.await) };
    if app.background.try_start(request).is_err() {
        tracing::error!("a request for a link was dropped: too many are under way");
    }
    page(StatusCode::OK, &AskedPage)
}

fn report(handled: &Handled<StoreError, MailError>) {
    let error: &dyn Error = match handled.outcome_for_logs() {
        Outcome::Failed(fault) => fault,
        Outcome::MailFailed(error) => error,
        _ => return,
    };
    tracing::error!(error, "a request for a link went wrong");
}
