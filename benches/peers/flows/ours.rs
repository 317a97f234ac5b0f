//! The crate's service over its own stores and over those by hand. lettre composes every mail.

use crate::by_hand::{ByHand, Dialect, Statements, by_hand};
use crate::driver::TokioPostgres;
use crate::pipelined::Pipelined;
use crate::support::Mailbox;
use crate::wire::{Trips, Wire};
use crate::{ACCOUNTS, Failure, Place, Run, SETTLED, Seconds, Side};
use deadpool_postgres::{Manager, Pool};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};
use lettre::transport::stub::AsyncStubTransport;
use password_reset::PasswordReset;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::sql::{Driver, SqlStore};
use password_reset::adapters::sqlx::Sqlx;
use password_reset::mailer::{Mailer, Message};
use password_reset::store::Store;
use password_reset::token::Refusal;
use password_reset::words::Words;
use peers::unhashed;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, query, query_as, raw_sql};
use std::sync::Arc;
use std::time::Instant;
use tokio_postgres::NoTls;

const TABLES: &str = "
    CREATE TABLE app_users (id BIGINT PRIMARY KEY, email TEXT NOT NULL, password_hash TEXT NOT NULL);
    CREATE UNIQUE INDEX app_users_email ON app_users (lower(email));
    CREATE TABLE app_sessions (user_id BIGINT NOT NULL);
    CREATE INDEX app_sessions_user ON app_sessions (user_id);";

by_hand!(sqlx::Postgres);

/// Nothing is purged here.
const DIALECT: Dialect =
    Dialect { begin: "BEGIN ISOLATION LEVEL READ COMMITTED", is_numbered: true, purge: "" };

fn statements() -> Statements {
    Statements::new(&DIALECT, "app", "lower(u.email) = lower(?)")
}

/// Composes every mail, and remembers the token of the newest link.
struct Post {
    lettre: LettreMailer<AsyncStubTransport, Words>,
    mailbox: Mailbox,
}

impl Post {
    fn new() -> Result<Self, Failure> {
        let lettre = peers::lettre(AsyncStubTransport::new_ok())?;
        Ok(Self { lettre, mailbox: Mailbox::default() })
    }
}

impl<Id: Sync> Mailer<Id> for Post {
    type Error = <LettreMailer<AsyncStubTransport, Words> as Mailer<Id>>::Error;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Self::Error> {
        let Ok(()) = self.mailbox.send(message).await;
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
    /// Connects past the wire.
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

impl Ours<Arc<ByHand<sqlx::Postgres>>> {
    pub(crate) async fn by_hand_over_sqlx(name: &'static str, at: Place) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        // Creates the ledgers' table.
        let _: SqlStore<_, i64> = open::<Sqlx<_>>(admin.clone().into()).await?;
        let store = ByHand::new(sqlx_pool(&wire, Pinged::No).await?, statements());
        Self::new(name, admin, wire, Arc::new(store))
    }
}

impl Ours<Arc<Pipelined>> {
    pub(crate) async fn by_hand_over_tokio_postgres(
        name: &'static str,
        at: Place,
    ) -> Result<Self, Failure> {
        let (admin, wire) = tables(at).await?;
        let _: SqlStore<_, i64> = open::<Sqlx<_>>(admin.clone().into()).await?;
        let store = Pipelined { pool: deadpool(&wire).await?, statements: statements() };
        Self::new(name, admin, wire, Arc::new(store))
    }
}

async fn tables(at: Place) -> Result<(PgPool, Wire), Failure> {
    let admin = PgPoolOptions::new().max_connections(1).connect(at.server.as_str()).await?;
    raw_sql(TABLES).execute(&admin).await?;
    query(
        "INSERT INTO app_users SELECT id, 'user' || id || '@example.com', 'the old one' \
         FROM generate_series(0, $1 - 1) AS id",
    )
    .bind(i64::from(ACCOUNTS))
    .execute(&admin)
    .await?;
    Ok((admin, at.wire))
}

const CONNECTIONS: u32 = 4;

/// sqlx pings each connection that comes back, whatever `pinged` is. With a single connection, the
/// next step would wait for this ping.
async fn sqlx_pool(wire: &Wire, pinged: Pinged) -> Result<PgPool, Failure> {
    let pool = PgPoolOptions::new().min_connections(CONNECTIONS).max_connections(CONNECTIONS);
    Ok(pool.test_before_acquire(pinged == Pinged::Yes).connect(wire.url()).await?)
}

/// Opens all connections, as sqlx's pool does: they take turns, and each has its own caches.
async fn deadpool(wire: &Wire) -> Result<Pool, Failure> {
    let manager = Manager::new(wire.url().parse()?, NoTls);
    let pool = Pool::builder(manager).max_size(CONNECTIONS as usize).build()?;
    let connections = (0..CONNECTIONS).map(|_| pool.get());
    drop(try_join_all(connections).await?);
    Ok(pool)
}

async fn open<D: Driver>(driver: D) -> Result<SqlStore<D, i64>, Failure> {
    let store = SqlStore::<D, i64>::builder(driver)
        .accounts("SELECT id, email AS address, password_hash AS password FROM app_users")
        .login("lower(address) = lower({login})")
        .set_password(
            "UPDATE app_users SET password_hash = {hash} \
             WHERE id = {id} AND password_hash = {stamp}",
        )
        .end_sessions("DELETE FROM app_sessions WHERE user_id = {id}")
        .table("app_ledgers");
    Ok(store.migrate().await?.open().await?)
}

impl<S: Store<AccountId = i64> + Clone> Ours<S> {
    fn new(name: &'static str, admin: PgPool, wire: Wire, store: S) -> Result<Self, Failure> {
        let resets = peers::service(store.clone(), Post::new()?)?;
        Ok(Self { name, admin, wire, store, resets, tokens: Vec::new() })
    }

    async fn request(&mut self, account: u32) -> Result<f64, Failure> {
        let login = format!("user{account}@example.com");
        let start = Instant::now();
        let handled = self.resets.request(&login).await;
        let took = start.elapsed();
        assert_eq!(handled.outcome_for_logs().code(), "sent");
        self.tokens.push(self.resets.mailer().mailbox.token());
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

    /// Returns the round trips since `before`, and sets `before` to the present count.
    async fn trips(&self, before: &mut Trips) -> Trips {
        tokio::time::sleep(SETTLED).await;
        let now = self.wire.trips();
        now - std::mem::replace(before, now)
    }

    /// Each password is set, the sessions have ended, the links are used, and two mails were sent
    /// for each flow: the link and the notice.
    async fn assert_done(&self, password: &str) -> Result<(), Failure> {
        let changed: (i64, i64) = query_as(
            "SELECT (SELECT count(*) FROM app_users WHERE password_hash = $1), \
             (SELECT count(*) FROM app_sessions)",
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
            // What a server's autovacuum does from time to time.
            raw_sql("VACUUM ANALYZE app_users, app_sessions, app_ledgers")
                .execute(&self.admin)
                .await?;
            query("INSERT INTO app_sessions SELECT generate_series($1, $2)")
                .bind(i64::from(run.accounts.start))
                .bind(i64::from(run.accounts.end - 1))
                .execute(&self.admin)
                .await?;
            // With an empty outbox.
            self.resets = peers::service(self.store.clone(), Post::new()?)?;
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
