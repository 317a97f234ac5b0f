//! The servers in Rust: this program as another process, which serves until its input ends.

use crate::post::{Post, Sender};
use crate::{ACCOUNTS, Failure};
use axum::Router;
use axum::body::Bytes;
use axum::response::Html;
use axum::routing::{get, post};
use futures_util::future::BoxFuture;
use hyper::Request;
use password_reset::adapters::sql::Users;
use password_reset::adapters::sqlx::{PostgresStore, SqliteStore};
use password_reset::hasher::PasswordHasher;
use password_reset::store::Store;
use password_reset::web::ResetPages;
use peers::unhashed;
use rustauth::RustAuth;
use rustauth::error::RustAuthError;
use rustauth::options::{
    EmailPasswordOptions, PasswordOptions, PasswordResetEmail, RateLimitOptions,
};
use rustauth_axum::{RustAuthAxumExt as _, RustAuthAxumOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool, raw_sql};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

/// The requests for a link that may run at once, so no visitor is turned away, and the default time
/// for which each holds its place.
const REQUESTS: (usize, Duration) = (1_000_000, Duration::from_secs(20));

/// The arguments are `side database socket`, as [`crate::side`] passes them.
pub(crate) fn serve(arguments: &[String]) -> Result<(), Failure> {
    let [side, database, socket] = arguments else { return Err("these are not three".into()) };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let sender = Sender::to(socket)?;
        let app = match &**side {
            "crate" => pages(database, sender).await?,
            "rustauth" => rustauth(database, sender).await?,
            _ => bare(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        let end = async { _ = tokio::io::stdin().read(&mut [0]).await };
        Ok(axum::serve(listener, app).with_graceful_shutdown(end).await?)
    })
}

/// Serves a page as long as the crate's, and nothing else: what the visitors and axum cost.
fn bare() -> Router {
    let padding = " ".repeat(3000);
    let page = Bytes::from(format!("<!DOCTYPE html><title>Example</title>Nothing.{padding}"));
    let page = async move || Html(page.clone());
    Router::new().route("/forgot", post(page.clone()).get(page))
}

/// Costs nothing.
struct Unhashed;

impl PasswordHasher for Unhashed {
    type Error = Infallible;

    async fn hash(&self, password: &str) -> Result<String, Infallible> {
        Ok(unhashed(password))
    }
}

async fn pages(database: &str, sender: Sender) -> Result<Router, Failure> {
    let users = Users::new("users").password("hash");
    let login = "lower(address) = lower({login})";
    let end_sessions = "DELETE FROM sessions WHERE user_id = {id}";
    if is_sqlite(database) {
        let pool = sqlite(database).await?;
        raw_sql(AssertSqlSafe(tables(SQLITE_NUMBERS))).execute(&pool).await?;
        let store = SqliteStore::<i64>::builder(pool).users(&users).login(login);
        let store = store.end_sessions(end_sessions).migrate().await?;
        mount(store.open().await?, sender)
    } else {
        let pool = PgPool::connect(database).await?;
        raw_sql(AssertSqlSafe(tables(POSTGRES_NUMBERS))).execute(&pool).await?;
        let store = PostgresStore::<i64>::builder(pool).users(&users).login(login);
        let store = store.end_sessions(end_sessions).migrate().await?;
        mount(store.open().await?, sender)
    }
}

/// Mounts the pages as the example for axum does.
fn mount<S>(store: S, sender: Sender) -> Result<Router, Failure>
where
    S: Store<AccountId = i64> + 'static,
{
    let resets = peers::service(store, Post::new(sender)?)?;
    let (at_once, deadline) = REQUESTS;
    let pages = ResetPages::builder(resets, Unhashed).sign_in("/login");
    let pages = pages.requests(at_once, deadline).build()?;
    let quiet = pages.clone();
    // Responds when no request is still running behind its response.
    let app = Router::new().route("/quiet", get(async move || quiet.finish().await));
    Ok(pages.routes().iter().fold(app, |app, path| app.route_service(path, pages.clone())))
}

type Sending = BoxFuture<'static, Result<(), RustAuthError>>;

/// Mounts rustauth as its documentation does. The host adds the pages, of which there is one here, and
/// composes the mail. The limits are off, since all visitors share one address.
async fn rustauth(database: &str, sender: Sender) -> Result<Router, Failure> {
    let send = move |mail: PasswordResetEmail, _: Option<&Request<Vec<u8>>>| -> Sending {
        let sender = sender.clone();
        Box::pin(async move {
            let sent = sender.compose(&mail.user.email, &mail.url).await;
            sent.map_err(|error| RustAuthError::Api(error.to_string()))
        })
    };
    let password = PasswordOptions::new()
        .hash_password(|password| Ok(unhashed(password)))
        .verify_password(|hash, password| Ok(hash == unhashed(password)))
        .revoke_sessions_on_password_reset(true)
        .send_reset_password(send);
    let builder = RustAuth::builder()
        .secret("a secret of at least 32 characters, said once")
        .base_url("https://app.example.com/api/auth")
        .email_password(EmailPasswordOptions::new().enabled(true))
        .password(password)
        .rate_limit(RateLimitOptions::memory().enabled(false));
    let auth = if is_sqlite(database) {
        let pool = sqlite(database).await?;
        let adapter = rustauth::sqlx::SqliteAdapter::connect(database).await?;
        let auth = builder.adapter(adapter).build().await?;
        auth.create_schema(None).await?;
        raw_sql(AssertSqlSafe(rustauth_rows(SQLITE_NUMBERS, "0"))).execute(&pool).await?;
        auth
    } else {
        let pool = PgPool::connect(database).await?;
        let adapter = rustauth::sqlx::PostgresAdapter::connect(database).await?;
        let auth = builder.adapter(adapter).build().await?;
        auth.create_schema(None).await?;
        raw_sql(AssertSqlSafe(rustauth_rows(POSTGRES_NUMBERS, "FALSE"))).execute(&pool).await?;
        auth
    };
    let app = auth.mount_at_base_path(RustAuthAxumOptions::default())?;
    let form = async || Html("<!DOCTYPE html><title>Example</title><form method=post>");
    Ok(app.route("/new", get(form)))
}

fn is_sqlite(database: &str) -> bool {
    database.starts_with("sqlite:")
}

/// Opens a file with a write-ahead log, so readers do not wait for the writer.
async fn sqlite(database: &str) -> Result<SqlitePool, Failure> {
    let options: SqliteConnectOptions = database.parse()?;
    let options = options.create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    Ok(SqlitePoolOptions::new().connect_with(options).await?)
}

const POSTGRES_NUMBERS: &str = "SELECT generate_series(0, {last}) AS n";
const SQLITE_NUMBERS: &str = "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) \
     SELECT n FROM s";

fn numbers(of: &str) -> String {
    of.replace("{last}", &(ACCOUNTS - 1).to_string())
}

fn tables(of: &str) -> String {
    let numbers = numbers(of);
    format!(
        "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT NOT NULL, hash TEXT NOT NULL);
         CREATE UNIQUE INDEX users_email ON users (lower(email));
         CREATE TABLE sessions (user_id BIGINT NOT NULL);
         CREATE INDEX sessions_user ON sessions (user_id);
         INSERT INTO users SELECT n, 'known' || (10000 + n) || '@example.com', 'the old one'
         FROM ({numbers}) AS numbers;
         ANALYZE"
    )
}

fn rustauth_rows(of: &str, no: &str) -> String {
    let numbers = numbers(of);
    format!(
        "INSERT INTO users (id, name, email, email_verified, created_at, updated_at)
         SELECT 'u' || n, 'Known', 'known' || (10000 + n) || '@example.com', {no},
         '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' FROM ({numbers}) AS numbers;
         INSERT INTO accounts (id, account_id, provider_id, user_id, password, created_at, updated_at)
         SELECT 'a' || n, 'u' || n, 'credential', 'u' || n, 'the old one',
         '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' FROM ({numbers}) AS numbers;
         ANALYZE"
    )
}
