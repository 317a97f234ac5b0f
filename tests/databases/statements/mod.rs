//! How many statements and connections each step takes on a server, read off the wire.
//!
//! The pool has one connection, so a step that needs a second one would wait for ever.

mod wire;

use crate::conformance::users_table::example::{SCHEMA, UsersTable};
use crate::support::codes::{with_codes, wrong};
use crate::support::host::{Host, Server};
use crate::support::issuers::eager_throttle;
use crate::support::url::url;
use password_reset::adapters::memory::{Mail, Outbox};
use password_reset::mailer::{Mailer, Message};
use password_reset::store::Store;
use password_reset::token::TokenIssuer;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{MySql, Pool, Postgres};
use std::convert::Infallible;
use url::Url;
use wire::{Log, PING};

const FIND: [&str; 2] = ["acquire", "execute"];
const SWAP: [&str; 2] = ["acquire", "execute"];
/// The password, the swap, the sessions.
const POSTGRES_TRANSACTION: [&str; 6] =
    ["acquire", "BEGIN ISOLATION LEVEL READ COMMITTED", "execute", "execute", "execute", "COMMIT"];
const MYSQL_TRANSACTION: [&str; 6] =
    ["acquire", "START TRANSACTION", "execute", "execute", "execute", "COMMIT"];
/// What the hasher and the mailer ask the database for.
const OWN: [&str; 2] = ["acquire", "SELECT 1"];

/// A mailer that uses the same pool, for instance for a queue in the database.
struct Queue<DB: Server> {
    outbox: Outbox,
    pool: Pool<DB>,
}

impl<DB: Server, Id: Sync> Mailer<Id> for Queue<DB>
where
    Pool<DB>: Sync,
{
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        DB::run(&self.pool, OWN[1].to_owned()).await.unwrap();
        self.outbox.send(message).await
    }
}

struct World<DB: Server, S: Store> {
    resets: PasswordReset<S, Queue<DB>>,
    pool: Pool<DB>,
    log: Log,
}

impl<DB: Server, S: Store> World<DB, S> {
    fn new(store: S, pool: Pool<DB>, log: Log) -> Self {
        let queue = Queue { outbox: Outbox::new(), pool: pool.clone() };
        let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
        let resets = PasswordReset::builder(store, queue, link)
            .issuer(with_codes(TokenIssuer::builder().throttle(eager_throttle())))
            .build()
            .unwrap();
        Self { resets, pool, log }
    }

    /// Gives the token in the mail.
    async fn request(&self, login: &str) -> String {
        let handled = self.resets.request(login).await;
        assert_eq!(handled.outcome_for_logs().code(), "sent", "{:?}", handled.outcome_for_logs());
        self.mailed()
    }

    fn mailed(&self) -> String {
        self.mail().link().unwrap().expose_token().to_owned()
    }

    fn mail(&self) -> Mail {
        let mails = self.resets.mailer().outbox.take();
        mails.into_iter().find(|mail| mail.link().is_some()).unwrap()
    }

    /// What went over the wire since last asked must be this.
    fn assert_seen<const N: usize>(&self, what: &str, expected: [&[&str]; N]) {
        assert_eq!(self.log.take(), expected.concat(), "{what}");
    }

    async fn assert_counts(&self, redemption: &[&str]) {
        // From here on everything is prepared.
        self.request("user-1@example.com").await;
        let store = self.resets.store();
        let second = store.find_by_login("user-2@example.com").await.unwrap().unwrap().id;
        store.find_by_id(&second).await.unwrap();
        let token = self.request("user-1@example.com").await;
        self.resets.accept(&token, "Abcdefg1").await.unwrap().commit("first").await.unwrap();
        assert!(self.log.take().contains(&"prepare".to_owned()), "a preparation would be seen");

        self.request("user-2@example.com").await;
        self.assert_seen("a first link", [&FIND, &SWAP, &OWN]);
        let token = self.request("user-1@example.com").await;
        self.assert_seen("a link", [&FIND, &SWAP, &OWN]);
        self.resets.request_for(&second).await;
        self.assert_seen("a link for an administrator", [&FIND, &SWAP, &OWN]);
        let dead = self.mailed();
        self.request("user-2@example.com").await;
        self.assert_seen("a link", [&FIND, &SWAP, &OWN]);
        self.resets.renew(&dead).await;
        self.mailed();
        self.assert_seen("a link in the place of a dead one", [&FIND, &SWAP, &OWN]);
        self.resets.check(&token).await.unwrap();
        self.assert_seen("a look at a link", [&FIND]);
        let accepted = self.resets.accept(&token, "Abcdefg1").await.unwrap();
        self.assert_seen("a new password", [&FIND]);
        DB::run(&self.pool, OWN[1].to_owned()).await.unwrap();
        self.assert_seen("a hasher that uses the pool", [&OWN]);
        accepted.commit("second").await.unwrap();
        self.assert_seen("a redemption", [redemption, &OWN]);
        self.resets.check(&token).await.unwrap_err();
        store.find_by_login("user-1@example.com").await.unwrap();
        self.assert_seen("one statement more", [&FIND, &FIND]);
        self.resets.request("nobody@example.com").await;
        self.assert_seen("an unknown login", [&FIND]);
        self.assert_codes_count().await;
    }

    async fn assert_codes_count(&self) {
        self.resets.request("user-2@example.com").await;
        self.assert_seen("a link with a code", [&FIND, &SWAP, &OWN]);
        let mail = self.mail();
        let code = mail.code().unwrap().expose_digits();
        let exchange = async |login, code: &str| {
            self.resets.exchange(login, code).await.1.outcome_for_logs().code()
        };
        assert_eq!(exchange("user-2@example.com", &wrong(code, 1)).await, "wrong_code");
        self.assert_seen("a wrong code", [&FIND, &SWAP]);
        assert_eq!(exchange("user-2@example.com", code).await, "exchanged");
        self.assert_seen("the right code", [&FIND, &SWAP]);
        assert_eq!(exchange("user-2@example.com", code).await, "no_code");
        self.assert_seen("a code that is spent", [&FIND]);
        assert_eq!(exchange("nobody@example.com", code).await, "unknown_account");
        self.assert_seen("a code for an unknown login", [&FIND]);
    }
}

async fn assert_counts_on<DB: Server>((pool, log): (Pool<DB>, Log), transaction: &[&str]) {
    let host = Host::open(pool, 2).await;
    let world = World::new(host.store.clone(), host.pool.clone(), log);
    world.assert_counts(transaction).await;
    host.close().await;
}

#[tokio::test]
async fn a_reset_takes_a_find_a_swap_a_find_and_a_transaction_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let url: Url = url.parse().unwrap();
    let wire = wire::watch(without_tls(url), wire::postgres).await;
    assert_counts_on::<Postgres>(wire, &POSTGRES_TRANSACTION).await;
}

#[tokio::test]
async fn a_reset_takes_a_find_a_swap_a_find_and_a_transaction_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let mut url: Url = url.parse().unwrap();
    url.query_pairs_mut().append_pair("ssl-mode", "DISABLED");
    let wire = wire::watch(url, wire::mysql).await;
    assert_counts_on::<MySql>(wire, &MYSQL_TRANSACTION).await;
}

/// The round trips of each use of a connection: a ping before it and one after it are sqlx's.
async fn assert_pings<DB: Server>((pool, log): (Pool<DB>, Log)) {
    let host = Host::open(pool, 1).await;
    let find = async || assert!(host.store.find_by_id(&1).await.unwrap().is_some());
    find().await;
    // There is one connection, so once it is here, it was given back.
    drop(host.pool.acquire().await.unwrap());
    drop(host.pool.acquire().await.unwrap());
    log.take();
    find().await;
    drop(host.pool.acquire().await.unwrap());
    let seen = log.take_with_pings();
    let expected = [PING, "acquire", "execute", PING, PING, "acquire"];
    assert_eq!(seen.strip_prefix(&[PING.to_owned()][..]).unwrap_or(&seen)[..6], expected);
    host.close().await;
}

#[tokio::test]
async fn a_connection_is_pinged_before_and_after_each_use_on_postgres() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let url: Url = url.parse().unwrap();
    assert_pings::<Postgres>(wire::watch(without_tls(url), wire::postgres).await).await;
}

#[tokio::test]
async fn a_connection_is_pinged_before_and_after_each_use_on_mysql() {
    let Some(url) = url("TEST_MYSQL_URL") else { return };
    let mut url: Url = url.parse().unwrap();
    url.query_pairs_mut().append_pair("ssl-mode", "DISABLED");
    assert_pings::<MySql>(wire::watch(url, wire::mysql).await).await;
}

#[tokio::test]
async fn with_the_ledger_on_the_users_table_a_redemption_is_one_statement() {
    let Some(url) = url("TEST_POSTGRES_URL") else { return };
    let mut url = without_tls(url.parse().unwrap());
    let schema = format!("statements_{:016x}", getrandom::u64().unwrap());
    url.query_pairs_mut().append_pair("options[search_path]", &schema);
    let (pool, log) = wire::watch::<Postgres>(url, wire::postgres).await;
    Postgres::run(&pool, format!("CREATE SCHEMA {schema}; {SCHEMA};")).await.unwrap();
    let accounts = "('user-1@example.com', 'the old one'), ('user-2@example.com', 'the old one')";
    let insert = format!("INSERT INTO demo_accounts (email, password_hash) VALUES {accounts}");
    Postgres::run(&pool, insert).await.unwrap();
    World::new(UsersTable(pool.clone()), pool.clone(), log).assert_counts(&SWAP).await;
    Postgres::run(&pool, format!("DROP SCHEMA {schema} CASCADE")).await.unwrap();
}

fn without_tls(mut url: Url) -> Url {
    url.query_pairs_mut().append_pair("sslmode", "disable");
    url
}
