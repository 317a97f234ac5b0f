//! What the comparisons share: schemas on PostgreSQL, the crate's service, and programs to start.

use lettre::AsyncTransport;
use password_reset::adapters::lettre::LettreMailer;
use password_reset::mailer::Mailer;
use password_reset::policy::{CommonPasswords, PasswordPolicy};
use password_reset::store::Store;
use password_reset::words::Words;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::{AssertSqlSafe, PgPool, raw_sql};
use std::env;
use std::error::Error;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub type Failure = Box<dyn Error + Send + Sync>;

/// Schemas on one server. Each side gets its own, so all sides have the same tables.
pub struct Schemas {
    pool: PgPool,
    url: String,
    prefix: String,
    count: AtomicU32,
}

impl Schemas {
    pub async fn connect(url: &str, name: &str) -> Result<Self, Failure> {
        let (pool, prefix) =
            (PgPool::connect(url).await?, format!("{name}_{:016x}", getrandom::u64()?));
        Ok(Self { pool, url: url.to_owned(), prefix, count: AtomicU32::default() })
    }

    /// Creates the next schema and returns its URL, with durability off.
    pub async fn next(&self) -> Result<String, Failure> {
        let schema = format!("{}_{}", self.prefix, self.count.fetch_add(1, Relaxed));
        let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        raw_sql(create).execute(&self.pool).await?;
        let separator = if self.url.contains('?') { '&' } else { '?' };
        let options = format!("-c%20search_path%3D{schema}%20-c%20synchronous_commit%3Doff");
        Ok(format!("{}{separator}sslmode=disable&options={options}", self.url))
    }

    pub async fn drop_all(&self) -> Result<(), Failure> {
        for number in 0..self.count.load(Relaxed) {
            let drop = format!("DROP SCHEMA IF EXISTS {}_{number} CASCADE", self.prefix);
            raw_sql(AssertSqlSafe(drop)).execute(&self.pool).await?;
        }
        Ok(())
    }
}

/// The crate's service. Its policy refuses common passwords, as Django's does.
pub fn service<S, M>(store: S, mailer: M) -> Result<PasswordReset<S, M>, Failure>
where
    S: Store<AccountId = i64>,
    M: Mailer<i64>,
{
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    let policy = PasswordPolicy::builder().common_passwords(CommonPasswords::IgnoringCase);
    Ok(PasswordReset::builder(store, mailer, link).policy(policy.build()?).build()?)
}

/// Composes the crate's own mails.
pub fn lettre<T: AsyncTransport>(transport: T) -> Result<LettreMailer<T, Words>, Failure> {
    let from = "Example <accounts@example.com>".parse()?;
    Ok(LettreMailer::new(transport, from, Words::new("Example", "help@example.com")?))
}

/// What is stored in place of a hash.
pub fn unhashed(password: &str) -> String {
    format!("unhashed${password}")
}

/// The Python in which the other frameworks are installed.
pub fn python() -> Command {
    Command::new(env::var("PEERS_PYTHON").unwrap_or_else(|_| "python3".to_owned()))
}

/// Starts a program that is spoken to over its standard input and output; `None` if it cannot start.
pub fn start(name: &str, command: &mut Command) -> Option<Child> {
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    if let Err(error) = &started {
        println!("skipped: {name}: it does not start: {error}");
    }
    started.ok()
}

/// The numbers below `length` in random order.
pub fn shuffled(length: usize) -> Result<Vec<usize>, Failure> {
    let mut order = Vec::new();
    for number in 0..length {
        order.push((getrandom::u64()?, number));
    }
    order.sort_unstable();
    Ok(order.into_iter().map(|(_, number)| number).collect())
}

/// The number below which this share of the numbers lies.
pub fn quantile(mut numbers: Vec<f64>, share: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[(numbers.len() as f64 * share) as usize]
}
