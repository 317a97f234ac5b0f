//! A whole service: axum, PostgreSQL, mail, Argon2, and the pages of "I forgot my password".
//!
//! From an empty PostgreSQL to the page in your browser, with a mail server that prints each mail:
//!
//! ```sh
//! createdb --host 127.0.0.1 --username postgres acme
//! export DATABASE_URL=postgres://postgres@127.0.0.1:5432/acme SMTP_URL=smtp://127.0.0.1:1025
//! psql $DATABASE_URL --file examples/axum/schema.sql
//!
//! python3 -m venv target/mail && target/mail/bin/pip install aiosmtpd
//! target/mail/bin/aiosmtpd --nosetuid --listen 127.0.0.1:1025 &
//!
//! cargo run -p reset-axum
//! ```
//!
//! Open <http://127.0.0.1:3000/login>, ask for a link for `alice@example.com`, and open the link
//! that the mail server prints. If you have no PostgreSQL, start one with
//! `docker compose -f examples/compose.yaml up --wait postgres`.

use anyhow::Context;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use lettre::{AsyncSmtpTransport, Tokio1Executor};
use password_reset::adapters::argon2::Argon2Hasher;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::sql::Users;
use password_reset::adapters::sqlx::PostgresStore;
use password_reset::web::ResetPages;
use password_reset::words::Words;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::PgPool;
use std::env;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The library logs what fails after a response, such as a mail.
    tracing_subscriber::fmt().init();

    // The store: your own tables, and one for the links that `migrate` creates.
    let database_url = env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
    let pool = PgPool::connect(&database_url).await?;
    let store = PostgresStore::<i64>::builder(pool)
        .users(&Users::new("users"))
        .login("lower(address) = lower({login})")
        .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
        .migrate()
        .await?
        .open()
        .await?;

    // The mailer: any transport of lettre, and words in ten languages.
    let smtp_url = env::var("SMTP_URL").context("SMTP_URL is not set")?;
    let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp_url)?.build();
    let words = Words::new("Acme", "help@acme.example")?;
    let mailer = LettreMailer::new(smtp, "Acme <accounts@acme.example>".parse()?, words);

    // The link in the mails. In production it starts with `https://`: use `LinkTemplate::new`.
    let link = LinkTemplate::insecure_loopback("http://127.0.0.1:3000/reset?token={token}")?;

    // The service: the rules, with the default policy for passwords.
    let resets = PasswordReset::builder(store, mailer, link).build()?;

    // The pages, beside your own routes.
    let pages = ResetPages::builder(resets, Argon2Hasher::default()).sign_in("/login").build()?;
    let mut app = Router::new().route("/login", get(login));
    for path in pages.routes() {
        app = app.route_service(&path, pages.clone());
    }

    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).with_graceful_shutdown(stop_signal()).await?;
    // Wait for mails and passwords that are under way.
    pages.finish().await;
    Ok(())
}

async fn login() -> Html<&'static str> {
    Html("Your sign-in is here. <a href=\"/forgot\">Forgotten password?</a>")
}

/// Waits for Ctrl-C.
async fn stop_signal() {
    tokio::signal::ctrl_c().await.expect("a handler for Ctrl-C can be installed");
}
