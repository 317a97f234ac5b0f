//! The pages and the JSON of "I forgot my password" in an actix service, on PostgreSQL.
//!
//! actix has its own types for requests and responses. `respond` translates them, and `mount` adds
//! it at each route: copy both. To run it, prepare the database and the mail server as the head of
//! `examples/axum/src/main.rs` says, and then:
//!
//! ```sh
//! cargo run --manifest-path examples/actix/Cargo.toml
//! ```

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::Context;
use bytes::Bytes;
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

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
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

    let smtp_url = env::var("SMTP_URL").context("SMTP_URL is not set")?;
    let smtp = AsyncSmtpTransport::<Tokio1Executor>::from_url(&smtp_url)?.build();
    let words = Words::new("Acme", "help@acme.example")?;
    let mailer = LettreMailer::new(smtp, "Acme <accounts@acme.example>".parse()?, words);

    // In production the link starts with `https://`: use `LinkTemplate::new`.
    let link = LinkTemplate::insecure_loopback("http://127.0.0.1:3000/reset?token={token}")?;
    let resets = PasswordReset::builder(store, mailer, link).build()?;
    let pages = ResetPages::builder(resets, Argon2Hasher::default()).sign_in("/login").build()?;

    let mounted = pages.clone();
    let server = HttpServer::new(move || App::new().configure(|app| mount(app, &mounted)));
    server.bind("127.0.0.1:3000")?.run().await?;
    // Wait for mails and passwords that are under way.
    pages.finish().await;
    Ok(())
}

fn mount(app: &mut web::ServiceConfig, pages: &ResetPages) {
    app.app_data(Data::new(pages.clone()));
    for path in pages.routes() {
        app.route(&path, web::to(respond));
    }
}

/// Translates actix's request for the pages, and their response for actix.
async fn respond(request: HttpRequest, body: Bytes, pages: Data<ResetPages>) -> HttpResponse {
    let mut translated =
        http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        translated = translated.header(name.as_str(), value.as_bytes());
    }
    let Ok(translated) = translated.body(body) else {
        return HttpResponse::BadRequest().finish();
    };
    let (parts, body) = pages.answer(translated).await.into_parts();

    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.body(body)
}

#[cfg(test)]
mod tests {
    use super::mount;
    use actix_web::http::StatusCode;
    use actix_web::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
    use actix_web::{App, test};
    use password_reset::adapters::argon2::Argon2Hasher;
    use password_reset::adapters::memory::{MemoryStore, Outbox};
    use password_reset::web::ResetPages;
    use password_reset::{LinkTemplate, PasswordReset};

    #[actix_web::test]
    async fn a_visitor_sets_a_new_password() {
        let (store, outbox) = (MemoryStore::new(), Outbox::new());
        store.add_account("alice@example.com", "hash").unwrap();
        let link = LinkTemplate::new("https://app.acme.example/reset?token={token}").unwrap();
        let resets = PasswordReset::builder(store, outbox.clone(), link).build().unwrap();
        let pages = ResetPages::builder(resets, Argon2Hasher::default()).build().unwrap();
        let app = test::init_service(App::new().configure(|app| mount(app, &pages))).await;
        let form = "application/x-www-form-urlencoded";

        let asking = test::TestRequest::post()
            .uri("/forgot")
            .insert_header((CONTENT_TYPE, form))
            .set_payload("login=alice%40example.com");
        assert_eq!(test::call_service(&app, asking.to_request()).await.status(), StatusCode::OK);
        pages.finish().await;
        let mail = outbox.take().pop().unwrap();
        let url = mail.link().unwrap().expose_url().to_owned();

        let path = url.strip_prefix("https://app.acme.example").unwrap();
        let opened = test::TestRequest::get().uri(path).to_request();
        let opened = test::call_service(&app, opened).await;
        assert_eq!(opened.status(), StatusCode::SEE_OTHER);
        let page = opened.headers().get(LOCATION).unwrap().to_str().unwrap().to_owned();
        let cookie = opened.headers().get(SET_COOKIE).unwrap().to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();

        let form = test::TestRequest::post()
            .uri(&page)
            .insert_header((CONTENT_TYPE, form))
            .insert_header((COOKIE, cookie.clone()))
            .set_payload("password=Correct+horse+7");
        let set = test::call_service(&app, form.to_request()).await;
        assert_eq!(set.status(), StatusCode::SEE_OTHER);
        let done = test::TestRequest::get().uri(&page).insert_header((COOKIE, cookie)).to_request();
        let done = test::call_and_read_body(&app, done).await;
        assert!(String::from_utf8_lossy(&done).contains("Your password was set"));
    }
}
