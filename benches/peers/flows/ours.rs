//! The crate's side: its store on PostgreSQL, and lettre, which composes every mail.

use crate::{ACCOUNTS, Failure, Run, Seconds};
use lettre::transport::stub::AsyncStubTransport;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::adapters::sql::PostgresStore;
use password_reset::mailer::{Mailer, Message};
use password_reset::policy::{CommonPasswords, PasswordPolicy};
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, query, query_as, raw_sql};
use std::sync::Mutex;
use std::time::Instant;

const TABLES: &str = "
    CREATE TABLE accounts (id BIGINT PRIMARY KEY, email TEXT NOT NULL, hash TEXT NOT NULL);
    CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));
    CREATE TABLE account_sessions (account_id BIGINT NOT NULL);
    CREATE INDEX account_sessions_account ON account_sessions (account_id);";

/// Hands every mail on to be composed, and remembers the newest link's token.
struct Post {
    lettre: LettreMailer<AsyncStubTransport>,
    token: Mutex<String>,
}

impl Post {
    fn new() -> Result<Self, Failure> {
        let from = "Example <accounts@example.com>".parse()?;
        let lettre = LettreMailer::new(AsyncStubTransport::new_ok(), from);
        Ok(Self { lettre, token: Mutex::default() })
    }

    fn token(&self) -> String {
        self.token.lock().expect("nobody panicked").clone()
    }
}

impl<Id: Sync> Mailer<Id> for Post {
    type Error = <LettreMailer<AsyncStubTransport> as Mailer<Id>>::Error;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Self::Error> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_token().clone_into(&mut self.token.lock().expect("nobody panicked"));
        }
        self.lettre.send(message).await
    }
}

type Resets = PasswordReset<PostgresStore<i64>, Post>;

pub(crate) struct Ours {
    pool: PgPool,
    store: PostgresStore<i64>,
}

impl Ours {
    pub(crate) async fn open(url: &str) -> Result<Self, Failure> {
        // No peer tests its connection before each use either. One that goes back is pinged,
        // for which the next step would have to wait if there were no other.
        let pool = PgPoolOptions::new().max_connections(4).test_before_acquire(false);
        let pool = pool.connect(url).await?;
        raw_sql(TABLES).execute(&pool).await?;
        query(
            "INSERT INTO accounts SELECT id, 'user' || id || '@example.com', 'the old one' \
             FROM generate_series(0, $1 - 1) AS id",
        )
        .bind(i64::from(ACCOUNTS))
        .execute(&pool)
        .await?;
        let store = PostgresStore::builder(pool.clone())
            .accounts("SELECT id, email AS address, hash AS password FROM accounts")
            .login("lower(address) = lower({login})")
            .set_password("UPDATE accounts SET hash = {hash} WHERE id = {id} AND hash = {stamp}")
            .end_sessions("DELETE FROM account_sessions WHERE account_id = {id}")
            .migrate()
            .await?
            .open()
            .await?;
        Ok(Self { pool, store })
    }

    pub(crate) async fn run(&self, run: &Run) -> Result<Seconds, Failure> {
        // What a server does by itself from time to time, unless it is told not to.
        raw_sql("VACUUM ANALYZE accounts, account_sessions, password_reset_ledgers")
            .execute(&self.pool)
            .await?;
        query("INSERT INTO account_sessions SELECT generate_series($1, $2)")
            .bind(i64::from(run.accounts.start))
            .bind(i64::from(run.accounts.end - 1))
            .execute(&self.pool)
            .await?;
        let resets = self.resets()?;
        let (mut seconds, mut tokens) = ([0.0; 3], Vec::new());
        for account in run.accounts.clone() {
            let (took, token) = flow(&resets, account, &run.password).await?;
            (0..3).for_each(|step| seconds[step] += took[step]);
            tokens.push(token);
        }
        self.assert_done(&resets, run, &tokens).await?;
        Ok(seconds)
    }

    /// A service with an empty outbox. As Django's does, its policy refuses common passwords.
    fn resets(&self) -> Result<Resets, Failure> {
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
        let policy = PasswordPolicy::builder().common_passwords(CommonPasswords::IgnoringCase);
        let resets = PasswordReset::builder(self.store.clone(), Post::new()?, link);
        Ok(resets.policy(policy.build()?).build()?)
    }

    /// Each password is set, the sessions are over, the links are used up, and two mails went
    /// out for each: one with the link, one that says so.
    async fn assert_done(
        &self,
        resets: &Resets,
        run: &Run,
        tokens: &[String],
    ) -> Result<(), Failure> {
        let changed: (i64, i64) = query_as(
            "SELECT (SELECT count(*) FROM accounts WHERE hash = $1), \
             (SELECT count(*) FROM account_sessions)",
        )
        .bind(unhashed(&run.password))
        .fetch_one(&self.pool)
        .await?;
        assert_eq!(changed, (run.accounts.len().try_into()?, 0));
        let mails = resets.mailer().lettre.transport().messages().await;
        assert_eq!(mails.len(), 2 * tokens.len());
        for (mail, token) in mails.iter().step_by(2).zip(tokens) {
            assert!(mail.1.contains(token));
            let refused = resets.check(token).await.expect_err("it was used");
            assert_eq!(refused.refusal(), Some(Refusal::Used));
        }
        Ok(())
    }
}

/// One flow: its seconds, and the token that it used up.
async fn flow(resets: &Resets, account: u32, password: &str) -> Result<(Seconds, String), Failure> {
    let login = format!("user{account}@example.com");
    let start = Instant::now();
    let handled = resets.request(&login).await;
    let request = start.elapsed();
    assert_eq!(handled.outcome_for_logs().code(), "sent");
    let token = resets.mailer().token();

    let start = Instant::now();
    resets.check(&token).await?;
    let look = start.elapsed();

    let start = Instant::now();
    let accepted = resets.accept(&token, password).await?;
    let hash = unhashed(accepted.expose_password());
    accepted.commit(hash).await?;
    let reset = start.elapsed();
    Ok(([request, look, reset].map(|step| step.as_secs_f64()), token))
}

/// What stands in for a hash.
fn unhashed(password: &str) -> String {
    format!("unhashed${password}")
}
