//! An operator reads why a link does not work, and starts and ends a reset by account id.

use crate::support::host::{Host, Server, Tables};
use crate::support::url::url;
use password_reset::adapters::memory::{Mail, ManualClock, Outbox};
use password_reset::adapters::sql::SqlStore;
use password_reset::clock::{Clock, SystemClock};
use password_reset::mailer::Reason;
use password_reset::store::Store;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{MySql, Pool, Postgres};
use std::time::Duration;

const COOLDOWN: Duration = Duration::from_secs(60);

/// The documented statement, for another address and the host's tables.
fn select(tables: &Tables) -> String {
    let page = include_str!("../../src/adapters/sql/mod.rs");
    let block = page.split("//! ```sql\n").nth(4).unwrap().split("//! ```").next().unwrap();
    let select = block.replace("//!", "").replace("alice@", "user-1@").replace(';', "");
    let select = select.replace("password_reset_ledgers", &tables.ledgers());
    select.replace("users AS u", &format!("{} AS u", tables.users()))
}

/// A service whose clock shows a time that is a cooldown ago.
fn service<DB: Server>(
    host: &Host<DB>,
) -> (PasswordReset<&SqlStore<DB::Driver, i64>, Outbox>, ManualClock) {
    let clock = ManualClock::new(SystemClock.now() - COOLDOWN);
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let builder = PasswordReset::builder(&host.store, Outbox::new(), link);
    (builder.clock(clock.clone()).build().unwrap(), clock)
}

async fn assert_answers<DB: Server>(pool: Pool<DB>, from_unix_time: &str) {
    let host = Host::open(pool, 1).await;
    let select = select(&host.tables).replace("to_timestamp", from_unix_time);
    let rows = async |condition: &str| {
        let count = format!("SELECT count(*) FROM ({select}) AS answer WHERE {condition}");
        host.number(count).await
    };
    assert_eq!(rows("id = 1 AND state IS NULL AND asked IS NULL").await, 1);

    let (resets, clock) = service(&host);
    resets.request("user-1@example.com").await;
    let now = "CURRENT_TIMESTAMP";
    assert_eq!(rows(&format!("state = 'live' AND asked <= {now} AND expires > {now}")).await, 1);
    assert!(resets.revoke("user-1@example.com").await.unwrap());
    assert_eq!(rows("state = 'revoked'").await, 1);

    clock.advance(COOLDOWN);
    resets.request("user-1@example.com").await;
    let mails = resets.mailer().take();
    let token = mails.last().unwrap().link().unwrap().expose_token();
    resets.accept(token, "Abcdefg1").await.unwrap().commit("new").await.unwrap();
    assert_eq!(rows("state = 'redeemed'").await, 1);
    drop(resets);
    host.close().await;
}

async fn assert_acts_by_id<DB: Server>(pool: Pool<DB>) {
    let host = Host::open(pool, 2).await;
    let (resets, _) = service(&host);
    let request = async |id| resets.request_for(&id).await.outcome_for_logs().code();
    // The first link makes the account's ledger, the second one finds it.
    for _ in 0..2 {
        assert_eq!(request(2).await, "sent");
        let mails = resets.mailer().take();
        let [Mail::ResetLink { recipient, reason, link, .. }] = &mails[..] else {
            panic!("{mails:?}")
        };
        assert_eq!((recipient.as_str(), *reason), ("user-2@example.com", Reason::Administrator));
        assert_eq!(resets.check(link.expose_token()).await.unwrap().account_id, 2);
    }
    let by_id = host.store.find_by_id(&2).await.unwrap().unwrap();
    let by_login = host.store.find_by_login("user-2@example.com").await.unwrap().unwrap();
    assert_eq!(by_id.binding(), by_login.binding());
    assert_eq!(by_id.ledger, by_login.ledger);

    assert!(resets.revoke_for(&2).await.unwrap());
    assert!(!resets.revoke_for(&2).await.unwrap(), "no live link is left");
    assert_eq!(request(3).await, "unknown_account");
    drop(resets);
    host.close().await;
}

#[tokio::test]
async fn an_operator_starts_and_ends_a_reset_by_the_accounts_id_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    assert_acts_by_id(Pool::<Postgres>::connect(&url).await.unwrap()).await;
}

#[tokio::test]
async fn an_operator_starts_and_ends_a_reset_by_the_accounts_id_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    assert_acts_by_id(Pool::<MySql>::connect(&url).await.unwrap()).await;
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
