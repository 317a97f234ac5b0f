//! A queue of requests in your own database, and a worker that can be killed at any moment.
//! Copy everything down to `work`. The code below it kills a worker again and again.
//!
//! The queue holds the request and never the link. A queued link would be stored in plain text, and
//! could be superseded while it waits. Here, a link is issued when it is mailed, and lives its
//! whole hour.

use password_reset::PasswordReset;
use password_reset::adapters::sqlx::SqliteStore;
use password_reset::mailer::Mailer;
use sqlx::SqlitePool;

/// A job has either the id of an account for which an administrator requests a link, or what a
/// visitor typed and the language that the visitor wants.
const TABLE: &str = "CREATE TABLE reset_jobs (id INTEGER PRIMARY KEY, account_id INTEGER, \
    login TEXT NOT NULL DEFAULT '', language TEXT NOT NULL DEFAULT '')";

/// The account's id, the login and the language.
type Job = (Option<i64>, String, String);

/// Queues a visitor's request. The handler of "forgotten password" does only this, and then
/// responds to everybody alike.
async fn enqueue(pool: &SqlitePool, login: &str, language: &str) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO reset_jobs (login, language) VALUES (?, ?)";
    sqlx::query(insert).bind(login).bind(language).execute(pool).await.map(drop)
}

/// Queues a request from an administrator's page.
async fn enqueue_for(pool: &SqlitePool, account_id: i64) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO reset_jobs (account_id) VALUES (?)";
    sqlx::query(insert).bind(account_id).execute(pool).await.map(drop)
}

/// Takes the oldest job. The job is deleted before it is done, so nobody gets two mails. If the
/// worker is killed in between, the visitor has to ask again.
///
/// On PostgreSQL, several workers skip each other's jobs with
/// `(SELECT id FROM reset_jobs ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)`.
async fn take(pool: &SqlitePool) -> Result<Option<Job>, sqlx::Error> {
    let delete = "DELETE FROM reset_jobs WHERE id = (SELECT min(id) FROM reset_jobs) \
        RETURNING account_id, login, language";
    // `fetch_all` runs the statement to its end, so an error of its commit is reported. With
    // `fetch_optional`, it is not.
    Ok(sqlx::query_as(delete).fetch_all(pool).await?.pop())
}

/// Does all queued jobs. Call it again after a second.
async fn work<M: Mailer<i64>>(
    pool: &SqlitePool,
    resets: &PasswordReset<SqliteStore<i64>, M>,
) -> Result<(), sqlx::Error> {
    while let Some((account_id, login, language)) = take(pool).await? {
        let code = match account_id {
            Some(id) => resets.request_for(&id).await.outcome_for_logs().code(),
            None => resets.request_in(&login, &language).await.outcome_for_logs().code(),
        };
        println!("{code}");
    }
    Ok(())
}

use password_reset::LinkTemplate;
use password_reset::adapters::sql::Users;
use password_reset::mailer::{Language, Message, Reason};
use password_reset::token::{Throttle, TokenIssuer};
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const ACCOUNTS: i64 = 60;
const ADMINISTRATOR: &str = "administrator";
const DATABASE: &str = "host.db";
const MAILS: &str = "mails";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "worker")
        && let Some(folder) = arguments.next().map(PathBuf::from)
    {
        let pool = connect(&folder).await?;
        return Ok(work(&pool, &resets(&pool, &folder).await?).await?);
    }

    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let pool = connect(folder).await?;
    let users = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, password_hash TEXT)";
    sqlx::query(users).execute(&pool).await?;
    sqlx::query(TABLE).execute(&pool).await?;
    for id in 1..=ACCOUNTS {
        let user = sqlx::query("INSERT INTO users VALUES (?, ?, 'hash of the forgotten one')");
        user.bind(id).bind(address(id)).execute(&pool).await?;
        match requested_as(id) {
            ADMINISTRATOR => enqueue_for(&pool, id).await?,
            language => enqueue(&pool, &address(id), language).await?,
        }
    }

    let mut kills = 0;
    while !run_worker(folder)? {
        kills += 1;
    }
    let mailed = mails(folder)?;
    println!("After {kills} kills, {} of {ACCOUNTS} accounts have a mail", mailed.len());
    for (id, mails) in &mailed {
        let [(requested, _)] = &**mails else { return Err("somebody got two mails".into()) };
        assert_eq!(requested, requested_as(*id));
    }
    let unmailed: Vec<_> = (1..=ACCOUNTS).filter(|id| !mailed.contains_key(id)).collect();
    assert!(unmailed.len() <= kills, "{unmailed:?}");

    for id in unmailed {
        enqueue(&pool, &address(id), "de").await?;
    }
    let resets = resets(&pool, folder).await?;
    work(&pool, &resets).await?;
    let mailed = mails(folder)?;
    let database = fs::read(folder.join(DATABASE))?;
    let database = String::from_utf8_lossy(&database);
    for id in 1..=ACCOUNTS {
        let Some([(_, token)]) = mailed.get(&id).map(Vec::as_slice) else {
            return Err(format!("account {id} has no mail, or several").into());
        };
        assert_eq!(resets.check(token).await?.account_id, id);
        assert!(!database.contains(token), "the database contains a link");
    }
    println!("The others asked again, and all have a link that works");
    Ok(())
}

async fn connect(folder: &Path) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(folder.join(DATABASE));
    SqlitePool::connect_with(options.create_if_missing(true)).await
}

fn address(id: i64) -> String {
    format!("user{id}@example.com")
}

/// Returns the language of an account's request, or that an administrator makes the request.
fn requested_as(id: i64) -> &'static str {
    if id % 3 == 0 { ADMINISTRATOR } else { "de" }
}

async fn resets(
    pool: &SqlitePool,
    folder: &Path,
) -> Result<PasswordReset<SqliteStore<i64>, Mailbox>, Box<dyn Error>> {
    let store = SqliteStore::builder(pool.clone()).users(&Users::new("users")).without_sessions();
    let store = store.migrate().await?.open().await?;
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    // A cooldown between two links would hide a job that is done twice.
    let throttle = Throttle::default().with_cooldown(Duration::ZERO)?;
    let issuer = TokenIssuer::builder().throttle(throttle).build()?;
    let mails = Mailbox(folder.join(MAILS));
    Ok(PasswordReset::builder(store, mails, link).issuer(issuer).build()?)
}

/// A mailer that appends each mail to a file, as one line.
struct Mailbox(PathBuf);

impl Mailer<i64> for Mailbox {
    type Error = io::Error;

    async fn send(&self, message: &Message<'_, i64>) -> Result<(), io::Error> {
        let Message::ResetLink { account_id, language, reason, link, .. } = message else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let requested = match (reason, language) {
            (Reason::Administrator, _) => ADMINISTRATOR,
            (_, language) => language.as_ref().map_or("-", Language::as_str),
        };
        // In one write, so that a kill never leaves half a line.
        let line = format!("{account_id} {requested} {}\n", link.expose_token());
        File::options().append(true).create(true).open(&self.0)?.write_all(line.as_bytes())
    }
}

/// For each account, how its mails were requested, and their tokens.
type Mails = BTreeMap<i64, Vec<(String, String)>>;

fn mails(folder: &Path) -> Result<Mails, Box<dyn Error>> {
    let mut mailed = Mails::new();
    for line in fs::read_to_string(folder.join(MAILS))?.lines() {
        let (id, mail) = line.split_once(' ').ok_or("half a line")?;
        let (requested, token) = mail.split_once(' ').ok_or("half a line")?;
        mailed.entry(id.parse()?).or_default().push((requested.to_owned(), token.to_owned()));
    }
    Ok(mailed)
}

/// Starts a worker and kills it at a random moment. Returns whether it finished all jobs before
/// that.
fn run_worker(folder: &Path) -> Result<bool, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("worker").arg(folder).stdout(Stdio::piped());
    let mut worker = command.spawn()?;
    let mut output = BufReader::new(worker.stdout.take().ok_or("no output")?).lines();
    let random = |end| RandomState::new().hash_one(()) % end;
    let jobs = usize::try_from(1 + random(5))?;
    let done = output.by_ref().take(jobs).collect::<Result<Vec<_>, _>>()?;
    if done.len() == jobs {
        std::thread::sleep(Duration::from_micros(random(5000)));
        worker.kill()?;
    }
    let status = worker.wait()?;
    if done.len() < jobs && !status.success() {
        return Err("the worker failed by itself".into());
    }
    Ok(status.success())
}
