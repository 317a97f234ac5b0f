//! Which address leads to which page.

use crate::app::App;
use crate::{forgot, guard, login, page, reset};
use anyhow::Context;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, map_response};
use axum::response::Redirect;
use axum::routing::{get, post};
use std::sync::Arc;
use std::time::Duration;
use tower_governor::GovernorLayer;
use tower_governor::governor::GovernorConfigBuilder;

/// The largest form, in bytes: far more than any needs, since whoever sends more may see
/// the connection end before the answer.
const FORM_BYTES: usize = 2 * 1024 * 1024;

/// How many forms a client may send at once, and how long until there is one more.
const FORMS_PER_CLIENT: u32 = 30;
const ONE_MORE_FORM: Duration = Duration::from_secs(1);

const STYLE: &str = include_str!("../assets/style.css");
const CHECKLIST: &str = include_str!("../assets/checklist.js");

pub(crate) fn router(app: &Arc<App>) -> anyhow::Result<Router> {
    // The client is whoever is connected. Behind a proxy that is the proxy: there, tell
    // clients apart by the header that the proxy sets, and by no header that it does not.
    let per_client = GovernorConfigBuilder::default()
        .period(ONE_MORE_FORM)
        .burst_size(FORMS_PER_CLIENT)
        .methods(vec![Method::POST])
        .finish()
        .context("a limit per client must permit something")?;
    let clients = Arc::clone(per_client.limiter());
    app.background.hourly(move || {
        clients.retain_recent();
        std::future::ready(())
    });

    Ok(Router::new()
        .route("/", get(login::home))
        .route("/login", get(login::form).post(login::sign_in))
        .route("/logout", post(login::sign_out))
        .route("/forgot", get(forgot::form).post(forgot::ask))
        .route("/reset", get(reset::open).post(reset::set_password))
        .route("/reset/done", get(reset::done))
        .route("/reset/cancel", get(reset::ask_to_cancel).post(reset::cancel))
        .route("/reset/renew", post(reset::renew))
        .route("/.well-known/change-password", get(async || Redirect::to("/forgot")))
        .route("/style.css", get(async || ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route(
            "/checklist.js",
            get(async || ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], CHECKLIST)),
        )
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(GovernorLayer::new(per_client).error_handler(guard::too_many_requests))
        .layer(from_fn(guard::refuse_cross_site))
        .layer(map_response(guard::add_headers))
        .with_state(Arc::clone(app)))
}
