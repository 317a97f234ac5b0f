//! A whole service: PostgreSQL, mail, Argon2, and the pages and JSON of a forgotten password.

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
use std::env::var;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().init();
    let pool = sqlx::PgPool::connect(&var("DATABASE_URL")?).await?;
    let store = PostgresStore::<i64>::builder(pool)
        .users(&Users::new("users"))
        .login("lower(address) = lower({login})")
        .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
        .migrate()
        .await?
        .open()
        .await?;

    let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(&var("SMTP_URL")?)?.build();
    let words = Words::new("Acme", "help@acme.example")?;
    let mailer = LettreMailer::new(smtp, "Acme <accounts@acme.example>".parse()?, words);

    let link = LinkTemplate::new("https://app.acme.example/reset?token={token}")?;
    let resets = PasswordReset::builder(store, mailer, link).build()?;
    let pages = ResetPages::builder(resets, Argon2Hasher::default()).sign_in("/login").build()?;

    // Your own routes, such as the sign-in, and then those of the pages.
    let app =
        Router::new().route("/", get(|| async { Html("<a href=/forgot>Forgotten password?</a>") }));
    let app = pages.routes().iter().fold(app, |app, path| app.route_service(path, pages.clone()));

    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    pages.finish().await;
    Ok(())
}
