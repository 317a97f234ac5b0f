//! A sign-in and a request on PostgreSQL. It creates tables named `demo_…`, which you may drop.
//! `DATABASE_URL=postgres://… cargo run --example postgres --features sqlx-postgres`

use password_reset::adapters::{memory::Outbox, sqlx::PostgresStore};
use password_reset::clock::{Clock as _, SystemClock};
use password_reset::{LinkTemplate, PasswordReset};

/// Opens a session if the account still has the hash that was verified, and returns whether it
/// does. With the lock, a redemption at the same time comes either before or after both.
async fn sign_in(pool: &sqlx::PgPool, id: i64, verified: &str) -> Result<bool, sqlx::Error> {
    let sql = "INSERT INTO demo_sessions (user_id) \
               SELECT id FROM demo_users WHERE id = $1 AND hash = $2 FOR SHARE";
    Ok(sqlx::query(sql).bind(id).bind(verified).execute(pool).await?.rows_affected() == 1)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is not set")?;
    let pool = sqlx::PgPool::connect(&url).await?;
    for statement in [
        "CREATE TABLE IF NOT EXISTS demo_users (id BIGINT PRIMARY KEY, email TEXT, hash TEXT)",
        "CREATE UNIQUE INDEX IF NOT EXISTS demo_users_email ON demo_users (lower(email))",
        "CREATE TABLE IF NOT EXISTS demo_sessions (user_id BIGINT)",
        "CREATE INDEX IF NOT EXISTS demo_sessions_user ON demo_sessions (user_id)",
        "INSERT INTO demo_users VALUES (1, 'alice@example.com', 'old') ON CONFLICT DO NOTHING",
    ] {
        sqlx::query(statement).execute(&pool).await?;
    }
    println!("Signed in: {}", sign_in(&pool, 1, "old").await?);
    let store = PostgresStore::<i64>::builder(pool)
        .accounts("SELECT id, email AS address, hash AS password FROM demo_users")
        .login("lower(address) = lower({login})")
        .set_password("UPDATE demo_users SET hash = {hash} WHERE id = {id} AND hash = {stamp}")
        .end_sessions("DELETE FROM demo_sessions WHERE user_id = {id}")
        .table("demo_ledgers")
        .migrate()
        .await?
        .open()
        .await?;

    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    let resets = PasswordReset::builder(store, Outbox::new(), link).build()?;
    let handled = resets.request("Alice@example.com").await;
    println!("For the log only: {}", handled.outcome_for_logs().code());
    for mail in resets.mailer().take() {
        println!("Mailed to: {}", mail.recipient());
    }
    println!("Ledgers purged: {}", resets.store().purge(SystemClock.now()).await?);
    Ok(())
}
