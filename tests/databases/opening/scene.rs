//! A host in a schema of its own, and a whole flow over it.

use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::adapters::sql::{AccountId, Driver, SqlStore, SqlStoreBuilder};
use password_reset::adapters::sqlx::Sqlx;
use password_reset::service::{Fault, ResetError};
use password_reset::store::Store as _;
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, Connection, Database, MySql, Pool, Postgres};
use std::error::Error;
use time::UtcDateTime;

/// As long as one of argon2's in the PHC format.
pub(crate) const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$iVbZ0bGcNBRKc6ZoEPjmUA$\
                               Tm90IGEgaGFzaCBidXQgYXMgbG9uZyBhcyBvbmUhISE";
const OLD_HASH: &str = "the old one";
pub(crate) const ALICE: &str = "alice@example.com";

pub(crate) type Options<DB> = <<DB as Database>::Connection as Connection>::Options;
pub(crate) type Store<DB, Id> = SqlStore<<DB as Server>::Driver, Id>;
type Resets<DB, Id> = PasswordReset<Store<DB, Id>, Outbox>;

/// A database server under test.
pub(crate) trait Server: Database {
    type Driver: Driver + From<Pool<Self>>;

    /// Creates a schema, or a database, in the place of `@`; drops it; makes it a session's; and
    /// reads a value as text.
    const CREATE: &'static str;
    const DROP: &'static str;
    const ENTER: &'static str;
    const TEXT: &'static str;

    fn run(pool: &Pool<Self>, sql: &str) -> impl Future<Output = Result<(), sqlx::Error>> + Send;
    /// The only column of the only row, as text.
    fn text(pool: &Pool<Self>, sql: &str) -> impl Future<Output = Option<String>> + Send;
    /// Each connection first runs these statements; with `fresh`, it is closed after each use.
    fn pool(
        options: Options<Self>,
        size: u32,
        first: Vec<String>,
        fresh: bool,
    ) -> impl Future<Output = Pool<Self>> + Send;
}

macro_rules! server {
    ($database:ty, $create:literal, $drop:literal, $enter:literal, $text:literal) => {
        impl Server for $database {
            type Driver = Sqlx<Self>;

            const CREATE: &'static str = $create;
            const DROP: &'static str = $drop;
            const ENTER: &'static str = $enter;
            const TEXT: &'static str = $text;

            async fn run(pool: &Pool<Self>, sql: &str) -> Result<(), sqlx::Error> {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(pool).await.map(drop)
            }

            async fn text(pool: &Pool<Self>, sql: &str) -> Option<String> {
                let sql = AssertSqlSafe(Self::TEXT.replace('@', sql));
                sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
            }

            async fn pool(
                options: Options<Self>,
                size: u32,
                first: Vec<String>,
                fresh: bool,
            ) -> Pool<Self> {
                let pool = PoolOptions::new()
                    .max_connections(size)
                    .after_connect(move |connection, _| {
                        let first = first.clone();
                        Box::pin(async move {
                            for sql in first {
                                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
                            }
                            Ok(())
                        })
                    })
                    .after_release(move |_, _| Box::pin(async move { Ok(!fresh) }));
                pool.connect_with(options).await.unwrap()
            }
        }
    };
}

server!(
    Postgres,
    "CREATE SCHEMA @",
    "DROP SCHEMA IF EXISTS @ CASCADE; DROP ROLE IF EXISTS @_app",
    "SET search_path = @, public",
    "SELECT CAST((@) AS text)"
);
server!(
    MySql,
    "CREATE DATABASE @",
    "DROP DATABASE IF EXISTS @; DROP USER IF EXISTS @_app",
    "USE @",
    "SELECT CONVERT((@) USING utf8mb4)"
);

/// The host's tables and statements, and what its sessions first do.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// The types of the columns.
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) user_id: String,
    /// Alice's id, as SQL writes it.
    pub(crate) alice: String,
    /// Her password's hash, as SQL writes it.
    pub(crate) old: String,
    /// What else is created before and after the tables.
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
    /// What is granted once the ledger table is there.
    pub(crate) grants: Vec<String>,
    pub(crate) accounts: String,
    pub(crate) login: String,
    pub(crate) set_password: String,
    pub(crate) end_sessions: String,
    /// How her hash is read.
    pub(crate) read: String,
    pub(crate) also: Vec<String>,
    /// What she types.
    pub(crate) types: String,
    /// What each of the store's sessions first does.
    pub(crate) first: Vec<String>,
    /// The ledger table; `{name}` is the schema's.
    pub(crate) ledgers: String,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            id: "BIGINT".into(),
            email: "VARCHAR(255)".into(),
            password: "VARCHAR(255)".into(),
            user_id: "BIGINT".into(),
            alice: "7".into(),
            old: format!("'{OLD_HASH}'"),
            before: Vec::new(),
            after: Vec::new(),
            grants: Vec::new(),
            accounts: "SELECT id, email AS address, password_hash AS password FROM users".into(),
            login: "address = {login}".into(),
            set_password: "UPDATE users SET password_hash = {hash} \
                           WHERE id = {id} AND password_hash = {stamp}"
                .into(),
            end_sessions: "DELETE FROM sessions WHERE user_id = {id}".into(),
            read: "password_hash".into(),
            also: Vec::new(),
            types: ALICE.into(),
            first: Vec::new(),
            ledgers: "ledgers".into(),
        }
    }
}

impl Host {
    /// With these types of the ids and the sessions' `user_id`, and Alice's.
    pub(crate) fn ids(id: &str, user_id: &str, alice: &str) -> Self {
        let (id, user_id, alice) = (id.into(), user_id.into(), alice.into());
        Self { id, user_id, alice, ..Self::default() }
    }

    /// After these statements too.
    pub(crate) fn before(mut self, statements: &[impl AsRef<str>]) -> Self {
        self.before.extend(statements.iter().map(|sql| sql.as_ref().to_owned()));
        self
    }

    fn ddl(&self) -> Vec<String> {
        let Self { id, email, password, user_id, alice, old, .. } = self;
        let tables = [
            format!(
                "CREATE TABLE users (id {id} NOT NULL PRIMARY KEY, email {email}, \
                 password_hash {password}, changes BIGINT NOT NULL DEFAULT 1)"
            ),
            format!("CREATE TABLE sessions (user_id {user_id} NOT NULL)"),
            format!(
                "INSERT INTO users (id, email, password_hash) VALUES ({alice}, '{ALICE}', {old})"
            ),
            format!("INSERT INTO sessions VALUES ({alice}), ({alice})"),
        ];
        self.before.iter().cloned().chain(tables).chain(self.after.iter().cloned()).collect()
    }

    pub(crate) fn builder<DB: Server, Id: AccountId>(
        &self,
        pool: &Pool<DB>,
        name: &str,
    ) -> SqlStoreBuilder<DB::Driver, Id> {
        let builder = SqlStore::<DB::Driver, Id>::builder(pool.clone())
            .accounts(&self.accounts)
            .login(&self.login)
            .set_password(&self.set_password)
            .end_sessions(&self.end_sessions)
            .table(self.ledgers.replace("{name}", name));
        self.also.iter().fold(builder, SqlStoreBuilder::also)
    }
}

/// A schema with a host's tables, as long as a test runs.
pub(crate) struct Scene<DB: Server> {
    pub(crate) admin: Pool<DB>,
    pub(crate) options: Options<DB>,
    pub(crate) name: String,
    pub(crate) host: Host,
}

impl<DB: Server> Scene<DB> {
    pub(crate) async fn new(options: Options<DB>, host: &Host) -> Self {
        let name = format!("opening_{:016x}", getrandom::u64().unwrap());
        let create = [DB::CREATE, DB::ENTER].map(|sql| sql.replace('@', &name));
        let admin = DB::pool(options.clone(), 1, create.into(), false).await;
        let mut host = host.clone();
        let named = |sql: &String| sql.replace("{name}", &name);
        host.first = host.first.iter().map(named).collect();
        for part in [&mut host.accounts, &mut host.set_password, &mut host.end_sessions] {
            *part = named(part);
        }
        for sql in host.ddl() {
            let done = DB::run(&admin, &named(&sql)).await;
            done.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        Self { admin, options, name, host }
    }

    /// A pool of the store's.
    pub(crate) async fn pool(&self, size: u32, fresh: bool) -> Pool<DB> {
        let first =
            [DB::ENTER.replace('@', &self.name)].into_iter().chain(self.host.first.iter().cloned());
        DB::pool(self.options.clone(), size, first.collect(), fresh).await
    }

    pub(crate) fn builder<Id: AccountId>(
        &self,
        pool: &Pool<DB>,
    ) -> SqlStoreBuilder<DB::Driver, Id> {
        self.host.builder(pool, &self.name)
    }

    /// Runs what an administrator does.
    pub(crate) async fn run(&self, sql: &str) {
        let sql = sql.replace("{name}", &self.name);
        DB::run(&self.admin, &sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    pub(crate) async fn hash(&self) -> Option<String> {
        let (read, alice) = (&self.host.read, &self.host.alice);
        DB::text(&self.admin, &format!("SELECT {read} FROM users WHERE id = {alice}")).await
    }

    pub(crate) async fn sessions(&self) -> String {
        DB::text(&self.admin, "SELECT count(*) FROM sessions").await.unwrap()
    }

    pub(crate) async fn close(self) {
        DB::run(&self.admin, &DB::DROP.replace('@', &self.name)).await.unwrap();
        self.admin.close().await;
    }
}

/// A service over the store.
pub(crate) fn service<DB: Server, Id: AccountId>(store: Store<DB, Id>) -> Resets<DB, Id> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    PasswordReset::builder(store, Outbox::new(), link).clock(clock).build().unwrap()
}

/// Asks for a link and returns its token, or what the operator is told.
pub(crate) async fn request<DB: Server, Id: AccountId>(
    resets: &Resets<DB, Id>,
    login: &str,
) -> Result<String, String> {
    let handled = resets.request(login).await;
    let outcome = handled.outcome_for_logs();
    if outcome.code() != "sent" {
        return Err(format!("{}: {outcome:?}", outcome.code()));
    }
    let mails = resets.mailer().take();
    assert_eq!(mails[0].recipient(), ALICE);
    Ok(mails[0].link().unwrap().expose_token().to_owned())
}

/// Everything that an error says, down to its source.
pub(crate) fn sentence(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", sentence(source)),
        None => error.to_string(),
    }
}

/// The outcome for a host: `works`, or `open: …` with what `open` says, or `run: …` with what a
/// redemption and trying out say. Neither changes anything then.
async fn outcome<DB: Server, Id: AccountId>(
    options: &Options<DB>,
    host: &Host,
    user: impl Fn(Options<DB>, &str) -> Options<DB>,
    (size, fresh): (u32, bool),
) -> String {
    let mut scene = Scene::<DB>::new(options.clone(), host).await;
    let migrated = scene.host.builder::<DB, Id>(&scene.admin, &scene.name).migrate().await;
    for grant in &scene.host.grants {
        scene.run(grant).await;
    }
    scene.options = user(scene.options, &scene.name);
    let pool = scene.pool(size, fresh).await;
    let outcome = match (migrated, scene.builder::<Id>(&pool).open().await) {
        (Err(error), _) => format!("migrate: {}", sentence(&error)),
        (_, Err(error)) => format!("open: {error}"),
        (Ok(_), Ok(store)) => match reset(&scene, store).await {
            Ok(()) => "works".to_owned(),
            Err(said) => said,
        },
    };
    pool.close().await;
    scene.close().await;
    outcome
}

/// A host whose ledger table is there already, with one stretch of its columns instead of another.
pub(crate) fn with_ledgers(columns: &str, change: &str) -> Host {
    let (new, old) = change.split_once(" for ").unwrap();
    assert!(columns.contains(old), "{old}");
    let create = format!("CREATE TABLE ledgers ({})", columns.replace(old, new));
    // Where one is, `migrate` makes none.
    Host { after: vec![create], ..Host::default() }
}

/// Drives every host: opens its store on a pool that gives each call a new connection, and on one
/// that keeps a few; resets Alice's password, and sees that it is set, that her sessions have ended
/// and that the link is used.
pub(crate) async fn assert_outcomes<DB: Server, Id: AccountId>(
    options: &Options<DB>,
    hosts: &[(Host, &str)],
) {
    assert_outcomes_as::<DB, Id>(options, hosts, |options, _| options).await;
}

/// The same, as another user.
pub(crate) async fn assert_outcomes_as<DB: Server, Id: AccountId>(
    options: &Options<DB>,
    hosts: &[(Host, &str)],
    user: impl Fn(Options<DB>, &str) -> Options<DB>,
) {
    let mut wrong = Vec::new();
    for (host, expected) in hosts {
        for connections in [(2, true), (3, false)] {
            let outcome = outcome::<DB, Id>(options, host, &user, connections).await;
            let as_expected = match *expected {
                "works" => outcome == "works",
                expected => {
                    let (when, says) = expected.split_once(": ").unwrap();
                    outcome.starts_with(when) && outcome.contains(says)
                }
            };
            if !as_expected {
                wrong.push(format!("{host:?}\n  is to be: {expected}\n  but: {outcome}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// Resets Alice's password, after trying it out.
pub(crate) async fn reset<DB: Server, Id: AccountId>(
    scene: &Scene<DB>,
    store: Store<DB, Id>,
) -> Result<(), String> {
    let login = &scene.host.types;
    let before = (scene.hash().await, scene.sessions().await);
    let tried = store.try_out(login, HASH).await.map_err(|error| sentence(&error));
    assert_eq!((scene.hash().await, scene.sessions().await), before, "trying out changes nothing");
    let resets = service::<DB, Id>(store);
    let token = match request::<DB, Id>(&resets, login).await {
        Ok(token) => token,
        Err(said) => return Err(format!("request: {said}; tried out: {tried:?}")),
    };
    let accepted = match resets.accept(&token, "Abcdefg1").await {
        Ok(accepted) => accepted,
        Err(error) => return Err(format!("accept: {}; tried out: {tried:?}", sentence(&error))),
    };
    match accepted.commit(HASH).await {
        Ok(committed) if committed.ended_sessions.is_none_or(|sessions| sessions == 2) => {}
        Ok(committed) => return Err(format!("ended {:?}", committed.ended_sessions)),
        Err(ResetError::Fault(Fault::Store(error))) => {
            let (error, after) = (sentence(&error), (scene.hash().await, scene.sessions().await));
            assert_eq!(after, before, "nothing is written: {error}");
            assert_eq!(tried, Err(error.clone()), "trying out tells it");
            resets.check(&token).await.unwrap();
            return Err(format!("run: {error}"));
        }
        Err(error) => return Err(format!("commit: {}; tried out: {tried:?}", sentence(&error))),
    }
    if tried.is_err() {
        return Err(format!("only trying out fails: {tried:?}"));
    }
    let hash = scene.hash().await;
    if hash.as_deref().map(|hash| hash.trim_end_matches([' ', '\0'])) != Some(HASH) {
        return Err(format!("stored {hash:?}"));
    }
    if scene.sessions().await != "0" {
        return Err("sessions are left".into());
    }
    match resets.check(&token).await {
        Err(error) if sentence(&error).contains("already been used") => Ok(()),
        other => Err(format!("a second time: {other:?}")),
    }
}

/// The owner changes nothing of the stored hash but its case, between the form and its commit.
pub(crate) async fn assert_change_by_case_comes_first<DB: Server>(
    options: &Options<DB>,
    host: &Host,
) {
    let scene = Scene::<DB>::new(options.clone(), host).await;
    let pool = scene.pool(2, true).await;
    let store = scene.builder::<i64>(&pool).migrate().await.unwrap().open().await.unwrap();
    let resets = service::<DB, i64>(store);
    let token = request::<DB, i64>(&resets, ALICE).await.unwrap();
    let accepted = resets.accept(&token, "Abcdefg1").await.unwrap();
    scene.run("UPDATE users SET password_hash = upper(password_hash)").await;
    let error = accepted.commit(HASH).await.unwrap_err();
    assert!(matches!(error, ResetError::Refused(Refusal::Changed)), "{error:?} {host:?}");
    let hash = scene.hash().await.unwrap();
    assert_eq!(hash.trim_end(), OLD_HASH.to_uppercase(), "the change that came first stays");
    pool.close().await;
    scene.close().await;
}

/// Whether Alice needs a second factor by a column of this type that has this value.
pub(crate) async fn assert_second_factors<DB: Server>(
    options: &Options<DB>,
    columns: &[(&str, &str, bool)],
) {
    let scene = Scene::<DB>::new(options.clone(), &Host::default()).await;
    let pool = scene.pool(1, false).await;
    for (number, (of, value, expected)) in columns.iter().enumerate() {
        scene.run(&format!("ALTER TABLE users ADD factor{number} {of}")).await;
        scene.run(&format!("UPDATE users SET factor{number} = {value}")).await;
        let accounts = format!(
            "SELECT id, email AS address, password_hash AS password, \
             factor{number} AS second_factor FROM users"
        );
        let builder = scene.builder::<i64>(&pool).accounts(accounts).migrate().await.unwrap();
        let found = builder.open().await.unwrap().find_by_login(ALICE).await.unwrap().unwrap();
        assert_eq!(found.needs_second_factor, *expected, "{of} {value}");
    }
    pool.close().await;
    scene.close().await;
}
