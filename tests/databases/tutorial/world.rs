//! The host that all three services share: its database, its mail and its clock.

use password_reset::adapters::memory::ManualClock;
use password_reset::mailer::{Mailer, Message};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, query, query_scalar};
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use time::UtcDateTime;
use tokio::sync::Notify;

/// The address as the account holder typed it at the sign-up.
pub(crate) const ADDRESS: &str = "Kim@example.com";
pub(crate) const OLD: &str = "Old password 1";

const FILE: &str = "host.db";

const TABLES: [&str; 4] = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, password_hash TEXT NOT NULL)",
    "CREATE UNIQUE INDEX users_email ON users (lower(email))",
    "CREATE TABLE sessions (user_id INTEGER NOT NULL)",
    "INSERT INTO sessions VALUES (1)",
];

/// A hash without salt, for a test to compare.
pub(crate) fn hash_of(password: &str) -> String {
    format!("hash of {password}")
}

pub(crate) fn random_token() -> String {
    let [a, b, c, d] = std::array::from_fn(|_| getrandom::u64().unwrap());
    format!("{a:016x}{b:016x}{c:016x}{d:016x}")
}

/// Copies of the database's files, one for each write.
type Pictures = Arc<Mutex<Option<Vec<TempDir>>>>;

pub(crate) struct World {
    /// Deletes the files at the end.
    _folder: TempDir,
    pictures: Pictures,
    pub(crate) pool: SqlitePool,
    pub(crate) clock: ManualClock,
    pub(crate) mail: Mail,
}

impl World {
    /// Kim has an account and one session.
    pub(crate) async fn new() -> Self {
        let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH + time::SignedDuration::days(20_000));
        let world = Self::open(TempDir::new().unwrap(), clock).await;
        for table in TABLES {
            query(table).execute(&world.pool).await.unwrap();
        }
        let user = "INSERT INTO users (id, email, password_hash) VALUES (1, ?, ?)";
        query(user).bind(ADDRESS).bind(hash_of(OLD)).execute(&world.pool).await.unwrap();
        world
    }

    async fn open(folder: TempDir, clock: ManualClock) -> Self {
        let pictures = Pictures::default();
        let (of, path) = (Arc::clone(&pictures), folder.path().to_owned());
        let options = SqliteConnectOptions::new()
            .filename(path.join(FILE))
            .create_if_missing(true)
            .synchronous(SqliteSynchronous::Off);
        let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let pool = pool.after_connect(move |connection, _| {
            let (of, path) = (Arc::clone(&of), path.clone());
            Box::pin(async move {
                connection.lock_handle().await?.set_update_hook(move |_| {
                    if let Some(pictures) = &mut *of.lock().unwrap() {
                        pictures.push(copy(&path));
                    }
                });
                Ok(())
            })
        });
        let pool = pool.connect_with(options).await.unwrap();
        Self { _folder: folder, pictures, pool, clock, mail: Mail::default() }
    }

    /// From now on, each write of a row first copies the database's files, with the journal of the
    /// transaction under way: what a process that is killed there leaves behind.
    pub(crate) fn take_pictures(&self) {
        *self.pictures.lock().unwrap() = Some(Vec::new());
    }

    /// The worlds that those copies open to.
    pub(crate) async fn pictures(&self) -> Vec<Self> {
        let pictures = self.pictures.lock().unwrap().take().unwrap();
        let mut worlds = Vec::new();
        for folder in pictures {
            worlds.push(Self::open(folder, self.clock.clone()).await);
        }
        worlds
    }

    pub(crate) async fn run(&self, statement: &'static str) {
        query(statement).execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn password_hash(&self) -> String {
        let select = query_scalar("SELECT password_hash FROM users WHERE id = 1");
        select.fetch_one(&self.pool).await.unwrap()
    }

    pub(crate) async fn sessions(&self) -> i64 {
        query_scalar("SELECT count(*) FROM sessions").fetch_one(&self.pool).await.unwrap()
    }

    /// Every value of every table, as somebody reads them who has the file.
    pub(crate) async fn values(&self) -> Vec<Vec<u8>> {
        let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
                       WHERE m.type = 'table'";
        let columns: Vec<(String, String)> =
            sqlx::query_as(columns).fetch_all(&self.pool).await.unwrap();
        let mut values = Vec::new();
        for (table, column) in columns {
            let select =
                format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL");
            let rows = query_scalar::<_, Vec<u8>>(AssertSqlSafe(select)).fetch_all(&self.pool);
            values.extend(rows.await.unwrap());
        }
        values
    }
}

fn copy(from: &Path) -> TempDir {
    let to = TempDir::new().unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.path().join(file.file_name())).unwrap();
    }
    to
}

/// A mail with a link.
pub(crate) struct Sent {
    pub(crate) to: String,
    pub(crate) link: String,
}

/// Keeps what is sent. Its clones are one.
#[derive(Clone, Default)]
pub(crate) struct Mail(Arc<MailInner>);

#[derive(Default)]
struct MailInner {
    sent: Mutex<Vec<Sent>>,
    is_stuck: AtomicBool,
    reached: Notify,
}

impl Mail {
    pub(crate) async fn send(&self, to: &str, link: &str) {
        if self.0.is_stuck.load(Ordering::Relaxed) {
            self.0.reached.notify_one();
            std::future::pending::<()>().await;
        }
        self.0.sent.lock().unwrap().push(Sent { to: to.to_owned(), link: link.to_owned() });
    }

    /// From now on, the mail server takes connections and does not respond.
    pub(crate) fn get_stuck(&self) {
        self.0.is_stuck.store(true, Ordering::Relaxed);
    }

    /// Waits until a mail waits for the server.
    pub(crate) async fn reached(&self) {
        self.0.reached.notified().await;
    }

    pub(crate) fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.0.sent.lock().unwrap())
    }
}

impl Mailer<i64> for Mail {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, i64>) -> Result<(), Infallible> {
        if let Message::ResetLink { recipient, link, .. } = message {
            Mail::send(self, recipient.as_str(), link.expose_url()).await;
        }
        Ok(())
    }
}
