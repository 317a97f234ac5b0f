//! The crate's service over its store on PostgreSQL, or over the same by hand. lettre composes every
//! mail.

use crate::by_hand::{OverSqlx, OverTokioPostgres};
use crate::driver::TokioPostgres;
use crate::wire::{Trips, Wire};
use crate::{ACCOUNTS, Failure, Place, Run, SETTLED, Seconds, Side};
use deadpool_postgres::{Manager, Pool};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};
use lettre::transport::stub::AsyncStubTransport;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::sql::{Driver, SqlStore};
use password_reset::adapters::sqlx::Sqlx;
use password_reset::mailer::{Mailer, Message};
use password_reset::policy::{CommonPasswords, PasswordPolicy};
use password_reset::store::Store;
use password_reset::token::Refusal;
use password_reset::words::Words;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, query, query_as, raw_sql};
use std::sync::Mutex;
use std::time::Instant;
use tokio_postgres::NoTls;

const TABLES: &str = "
    CREATE TABLE accounts (id BIGINT PRIMARY KEY, email TEXT NOT NULL, hash TEXT NOT NULL);
    CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));
    CREATE TABLE account_sessions (account_id BIGINT NOT NULL);
    CREATE INDEX account_sessions_account ON account_sessions (account_id);";

/// Hands every mail on to be composed, and remembers the newest link's token.
struct Post {
    lettre: LettreMailer<AsyncStubTransport, Words>,
    token: Mutex<String>,
}

impl Post {
    fn new() -> Result<Self, Failure> {
        let from = "Example <accounts@example.com>".parse()?;
        let words = Words::new("Example", "help@example.com")?;
        let lettre = LettreMailer::new(AsyncStubTransport::new_ok(), from, words);
        Ok(Self { lettre, token: Mutex::default() })
    }

    fn token(&self) -> String {
        self.token.lock().expect("nobody panicked").clone()
    }
}

impl<Id: Sync> Mailer<Id> for Post {
    type Error = <LettreMailer<AsyncStubTransport, Words> as Mailer<Id>>::Error;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Self::Error> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_token().clone_into(&mut self.token.lock().expect("nobody panicked"));
        }
        self.lettre.send(message).await
    }
}

type Resets<S> = PasswordReset<S, Post>;

/// Whether a connection is tested before each use.
#[derive(PartialEq)]
pub(crate) enum Pinged {
    Yes,
    No,
}

pub(crate) struct Ours<S> {
    name: &'static str,
    /// Past the wire.
    admin: PgPool,
    wire: Wire,
    store: S,
    resets: Resets<S>,
    tokens: Vec<String>,
}

impl Ours<SqlStore<Sqlx<sqlx::Postgres>, i64>> {
    pub(crate) async fn over_sqlx(
        name: &'static str,
        at: Place,
        pinged: Pinged,
    ) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        let pool = sqlx_pool(&wire, pinged).await?;
        let store = open::<Sqlx<_>>(pool.into()).await?;
        Self::new(name, admin, wire, store)
    }
}

impl Ours<SqlStore<TokioPostgres, i64>> {
    pub(crate) async fn over_tokio_postgres(
        name: &'static str,
        at: Place,
    ) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        let store = open(TokioPostgres(deadpool(&wire).await?)).await?;
        Self::new(name, admin, wire, store)
    }
}

impl Ours<OverSqlx> {
    pub(crate) async fn by_hand_over_sqlx(name: &'static str, at: Place) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        // For its table alone.
        let _: SqlStore<_, i64> = open::<Sqlx<_>>(admin.clone().into()).await?;
        let store = OverSqlx(sqlx_pool(&wire, Pinged::No).await?);
        Self::new(name, admin, wire, store)
    }
}

impl Ours<OverTokioPostgres> {
    pub(crate) async fn by_hand_over_tokio_postgres(
        name: &'static str,
        at: Place,
    ) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        let _: SqlStore<_, i64> = open::<Sqlx<_>>(admin.clone().into()).await?;
        let store = OverTokioPostgres(deadpool(&wire).await?);
        Self::new(name, admin, wire, store)
    }
}

async fn tables(at: Place) -> Result<(PgPool, Wire), Failure> {
    let admin = PgPoolOptions::new().max_connections(1).connect(at.server.as_str()).await?;
    raw_sql(TABLES).execute(&admin).await?;
    query(
        "INSERT INTO accounts SELECT id, 'user' || id || '@example.com', 'the old one' \
         FROM generate_series(0, $1 - 1) AS id",
    )
    .bind(i64::from(ACCOUNTS))
    .execute(&admin)
    .await?;
    Ok((admin, at.wire))
}

const CONNECTIONS: u32 = 4;

/// One that goes back is pinged whatever is said here, for which the next step would have to wait
/// if there were no other.
async fn sqlx_pool(wire: &Wire, pinged: Pinged) -> Result<PgPool, Failure> {
    let pool = PgPoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS);
    Ok(pool.test_before_acquire(pinged == Pinged::Yes).connect(wire.url()).await?)
}

/// With all its connections open, as sqlx's has them: they take turns, and each of them has caches
/// of its own.
async fn deadpool(wire: &Wire) -> Result<Pool, Failure> {
    let manager = Manager::new(wire.url().parse()?, NoTls);
    let pool = Pool::builder(manager).max_size(CONNECTIONS as usize).build()?;
    let connections = (0..CONNECTIONS).map(|_| pool.get());
    drop(try_join_all(connections).await?);
    Ok(pool)
}

async fn open<D: Driver>(driver: D) -> Result<SqlStore<D, i64>, Failure> {
    let store = SqlStore::<D, i64>::builder(driver)
        .accounts("SELECT id, email AS address, hash AS password FROM accounts")
        .login("lower(address) = lower({login})")
        .set_password("UPDATE accounts SET hash = {hash} WHERE id = {id} AND hash = {stamp}")
        .end_sessions("DELETE FROM account_sessions WHERE account_id = {id}");
    Ok(store.migrate().await?.open().await?)
}

/// A service with an empty outbox. As Django's does, its policy refuses common passwords.
fn service<S: Store<AccountId = i64>>(store: S) -> Result<Resets<S>, Failure> {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    let policy = PasswordPolicy::builder().common_passwords(CommonPasswords::IgnoringCase);
    let resets = PasswordReset::builder(store, Post::new()?, link);
    Ok(resets.policy(policy.build()?).build()?)
}

impl<S: Store<AccountId = i64> + Clone> Ours<S> {
    fn new(name: &'static str, admin: PgPool, wire: Wire, store: S) -> Result<Self, Failure> {
        let resets = service(store.clone())?;
        Ok(Self { name, admin, wire, store, resets, tokens: Vec::new() })
    }

    async fn request(&mut self, account: u32) -> Result<f64, Failure> {
        let login = format!("user{account}@example.com");
        let start = Instant::now();
        let handled = self.resets.request(&login).await;
        let took = start.elapsed();
        assert_eq!(handled.outcome_for_logs().code(), "sent");
        self.tokens.push(self.resets.mailer().token());
        Ok(took.as_secs_f64())
    }

    fn token(&self) -> &str {
        self.tokens.last().expect("there was a request")
    }

    async fn look(&self) -> Result<f64, Failure> {
        let start = Instant::now();
        self.resets.check(self.token()).await?;
        Ok(start.elapsed().as_secs_f64())
    }

    async fn reset(&self, password: &str) -> Result<f64, Failure> {
        let start = Instant::now();
        let accepted = self.resets.accept(self.token(), password).await?;
        let hash = unhashed(accepted.expose_password());
        accepted.commit(hash).await?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Since `before`, which is now.
    async fn trips(&self, before: &mut Trips) -> Trips {
        tokio::time::sleep(SETTLED).await;
        let now = self.wire.trips();
        now - std::mem::replace(before, now)
    }

    /// Each password is set, the sessions are over, the links are used up, and two mails went
    /// out for each: one with the link, one that says so.
    async fn assert_done(&self, password: &str) -> Result<(), Failure> {
        let changed: (i64, i64) = query_as(
            "SELECT (SELECT count(*) FROM accounts WHERE hash = $1), \
             (SELECT count(*) FROM account_sessions)",
        )
        .bind(unhashed(password))
        .fetch_one(&self.admin)
        .await?;
        assert_eq!(changed, (self.tokens.len().try_into()?, 0));
        let mails = self.resets.mailer().lettre.transport().messages().await;
        assert_eq!(mails.len(), 2 * self.tokens.len());
        for (mail, token) in mails.iter().step_by(2).zip(&self.tokens) {
            assert!(mail.1.contains(token));
            let refused = self.resets.check(token).await.expect_err("it was used");
            assert_eq!(refused.refusal(), Some(Refusal::Used));
        }
        Ok(())
    }
}

impl<S: Store<AccountId = i64> + Clone> Side for Ours<S> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn prepare<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            // What a server does by itself from time to time, unless it is told not to.
            raw_sql("VACUUM ANALYZE accounts, account_sessions, password_reset_ledgers")
                .execute(&self.admin)
                .await?;
            query("INSERT INTO account_sessions SELECT generate_series($1, $2)")
                .bind(i64::from(run.accounts.start))
                .bind(i64::from(run.accounts.end - 1))
                .execute(&self.admin)
                .await?;
            self.resets = service(self.store.clone())?;
            self.tokens.clear();
            Ok(())
        }
        .boxed()
    }

    fn flow<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Seconds, Failure>> {
        async move {
            let request = self.request(account).await?;
            Ok([request, self.look().await?, self.reset(&run.password).await?])
        }
        .boxed()
    }

    fn count<'a>(
        &'a mut self,
        account: u32,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<[Trips; 3], Failure>> {
        async move {
            let mut before = Trips::default();
            self.trips(&mut before).await;
            self.request(account).await?;
            let request = self.trips(&mut before).await;
            self.look().await?;
            let look = self.trips(&mut before).await;
            self.reset(&run.password).await?;
            Ok([request, look, self.trips(&mut before).await])
        }
        .boxed()
    }

    fn finish<'a>(&'a mut self, run: &'a Run) -> BoxFuture<'a, Result<(), Failure>> {
        self.assert_done(&run.password).boxed()
    }
}

/// What stands in for a hash.
fn unhashed(password: &str) -> String {
    format!("unhashed${password}")
}
