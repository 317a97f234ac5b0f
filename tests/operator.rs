//! "Why does her link not work?", answered on the database servers by the documented SELECT.
#![expect(clippy::unwrap_used, reason = "a test stops where something fails")]

#[path = "support/servers.rs"]
mod servers;

use password_reset::adapters::memory::Outbox;
use password_reset::adapters::sql::AccountId;
use password_reset::{LinkTemplate, PasswordReset};
use servers::{Host, Server, url};
use sqlx::{MySql, Pool, Postgres};

/// The documented statement, for another address and the host's tables.
fn select(users: &str) -> String {
    let page = include_str!("../src/adapters/sql/mod.rs");
    let block = page.split("//! ```sql\n").nth(2).unwrap().split("//! ```").next().unwrap();
    let select = block.replace("//!", "").replace("alice@", "user1@").replace(';', "");
    let select = select.replace("password_reset_ledgers", &format!("{users}_ledgers"));
    select.replace("users AS u", &format!("{users} AS u"))
}

async fn assert_answers<DB: Server>(pool: Pool<DB>, from_unix_time: &str)
where
    i64: AccountId<DB>,
{
    let host = Host::open(pool, 1).await;
    let select = select(&host.users).replace("to_timestamp", from_unix_time);
    let rows = async |condition: &str| {
        let count = format!("SELECT count(*) FROM ({select}) AS answer WHERE {condition}");
        DB::number(&host.pool, &count).await
    };
    assert_eq!(rows("id = 1 AND state IS NULL AND asked IS NULL").await, 1);

    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let outbox = Outbox::new();
    let resets = PasswordReset::builder(&host.store, outbox.clone(), link).build().unwrap();
    resets.request("user1@example.com").await;
    let now = "CURRENT_TIMESTAMP";
    assert_eq!(rows(&format!("state = 'live' AND asked <= {now} AND expires > {now}")).await, 1);
    assert!(resets.revoke("user1@example.com").await.unwrap());
    assert_eq!(rows("state = 'revoked'").await, 1);

    resets.request("user1@example.com").await;
    let mails = outbox.take();
    let token = mails.last().unwrap().link().unwrap().expose_url().rsplit('#').next().unwrap();
    resets.accept(token, "Abcdefg1").await.unwrap().commit("new").await.unwrap();
    assert_eq!(rows("state = 'redeemed'").await, 1);
    host.close().await;
}

#[tokio::test]
async fn an_operator_can_read_why_a_link_does_not_work_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    assert_answers(Pool::<Postgres>::connect(&url).await.unwrap(), "to_timestamp").await;
}

#[tokio::test]
async fn an_operator_can_read_why_a_link_does_not_work_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    assert_answers(Pool::<MySql>::connect(&url).await.unwrap(), "from_unixtime").await;
}
