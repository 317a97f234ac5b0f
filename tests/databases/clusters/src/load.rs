//! Many tasks that request links and follow them.

use crate::check::{State, Violation, check};
use crate::history::{Answer, BEGAN, History};
use crate::host::{Server, Tables, address};
use password_reset::adapters::sql::SqlError;
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::store::Store;
use password_reset::token::{Throttle, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use sqlx::Pool;
use sqlx::mysql::MySqlDatabaseError;
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

type Resets<S> = PasswordReset<S, Arc<History>>;

/// How many work, and on how many accounts.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many accounts there are.
    pub accounts: i64,
    /// How many tasks.
    pub tasks: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { accounts: 6, tasks: 12 }
    }
}

/// A load over one host's tables.
#[derive(Debug)]
pub struct Load {
    /// The host's tables.
    pub tables: Tables,
    /// What was tried.
    pub history: Arc<History>,
    options: Options,
}

impl Load {
    /// Creates the tables.
    pub async fn prepare<DB: Server>(pool: &Pool<DB>, options: Options) -> Self {
        let tables = Tables::default();
        tables.create(pool, options.accounts).await;
        Self { tables, history: Arc::default(), options }
    }

    /// Requests links and follows them until `meanwhile` is ready. A task that has no answer long
    /// after that is dropped.
    pub async fn run<S>(&self, store: S, meanwhile: impl Future<Output = ()>)
    where
        S: Store<AccountId = i64, Error = SqlError> + 'static,
    {
        let (resets, ends) = (resets(store, &self.history), Arc::new(AtomicBool::new(false)));
        let mut tasks = JoinSet::new();
        for task in 0..self.options.tasks {
            let (resets, ends) = (resets.clone(), Arc::clone(&ends));
            let worker = Worker {
                resets,
                history: Arc::clone(&self.history),
                accounts: self.options.accounts,
                random: 1 + task,
            };
            tasks.spawn(worker.work(ends));
        }
        meanwhile.await;
        ends.store(true, Ordering::Relaxed);
        let all = async {
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap();
            }
        };
        if tokio::time::timeout(Duration::from_secs(15), all).await.is_err() {
            self.history.count("no answer at all".to_owned());
        }
    }

    /// What does not hold now, on any of these servers, of which `store` reads the first.
    pub async fn check<DB: Server>(&self, servers: &[Pool<DB>]) -> Vec<Violation> {
        let mut states = Vec::new();
        for server in servers {
            states.push(state(server, &self.tables).await);
        }
        let resets = resets(DB::open(&servers[0], &self.tables).await.unwrap(), &self.history);
        let mut links = Vec::new();
        let mut left: BTreeMap<i64, u8> = BTreeMap::new();
        for mail in self.history.all_mails().into_iter().rev() {
            let of_account = left.entry(mail.account).or_insert(20);
            if *of_account > 0 {
                *of_account -= 1;
                let refusal = resets.check(&mail.token).await.err();
                links.push((mail, refusal.map(|error| error.refusal().unwrap())));
            }
        }
        check(&self.history, &states, &links)
    }

    /// Prints what was done and answered.
    pub fn print(&self, title: &str) {
        let attempts = self.history.all_attempts();
        let with = |answer| attempts.iter().filter(|attempt| attempt.answer == answer).count();
        let (links, [set, not, open]) =
            (self.history.all_mails().len(), [Answer::Set, Answer::NotSet, Answer::Open].map(with));
        println!("{title}: {links} links, {set} passwords set, {not} not set, {open} left open");
        for (answer, count) in self.history.answers() {
            println!("    {count:6} {answer}");
        }
    }
}

/// A service whose every request is granted.
fn resets<S: Store<AccountId = i64>>(store: S, history: &Arc<History>) -> Resets<S> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let throttle = Throttle::per_window(14, Duration::from_nanos(1)).unwrap();
    let throttle = throttle.with_cooldown(Duration::ZERO).unwrap();
    let issuer = TokenIssuer::builder().throttle(throttle).build().unwrap();
    PasswordReset::builder(store, Arc::clone(history), link).issuer(issuer).build().unwrap()
}

async fn state<DB: Server>(pool: &Pool<DB>, tables: &Tables) -> State {
    let texts = async |sql: String| DB::texts(pool, sql).await.unwrap();
    let [users, record, ledgers] = ["users", "record", "ledgers"].map(|table| tables.name(table));
    let passwords = texts(format!("SELECT CONCAT(id, ' ', password_hash) FROM {users}")).await;
    let changes = texts(format!("SELECT CONCAT(user_id, ' ', was, ' ', is_now) FROM {record}"));
    let changes = changes.await;
    let ledgers = texts(format!("SELECT CONCAT(account_id, ' ', {}) FROM {ledgers}", DB::HEX));
    let ledgers = ledgers.await;
    let words = |text: &String| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let id = |word: &String| word.parse::<i64>().unwrap();
    let bytes = |word: &String| {
        let byte = |at: usize| u8::from_str_radix(&word[at..at + 2], 16).unwrap();
        (0..word.len()).step_by(2).map(byte).collect::<Vec<_>>()
    };
    State {
        passwords: passwords.iter().map(words).map(|w| (id(&w[0]), w[1].clone())).collect(),
        record: changes
            .iter()
            .map(words)
            .map(|w| (id(&w[0]), w[1].clone(), w[2].clone()))
            .collect(),
        ledgers: ledgers.iter().map(words).map(|w| (id(&w[0]), bytes(&w[1]))).collect(),
    }
}

struct Worker<S> {
    resets: Resets<S>,
    history: Arc<History>,
    accounts: i64,
    random: u64,
}

impl<S: Store<AccountId = i64, Error = SqlError>> Worker<S> {
    async fn work(mut self, ends: Arc<AtomicBool>) {
        while !ends.load(Ordering::Relaxed) {
            let account = 1 + i64::try_from(self.below(self.accounts.unsigned_abs())).unwrap();
            match self.below(10) {
                0..4 => self.request(account).await,
                // Mostly the newest link, and now and then an older one, or twice at once.
                what => {
                    let back = usize::try_from(self.below(8)).unwrap().saturating_sub(5);
                    let Some(token) = self.history.mail(account, back) else { continue };
                    if what == 9 {
                        tokio::join!(self.redeem(account, &token), self.redeem(account, &token));
                    } else {
                        self.redeem(account, &token).await;
                    }
                }
            }
        }
    }

    fn below(&mut self, end: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % end
    }

    async fn request(&self, account: i64) {
        let login = address(account);
        let handled = BEGAN.scope(self.history.moment(), self.resets.request(&login)).await;
        let answer = match handled.outcome_for_logs() {
            Outcome::Failed(Fault::Store(error)) => code(error),
            Outcome::Failed(fault) => fault.to_string(),
            outcome => outcome.code().to_owned(),
        };
        self.history.count(format!("request: {answer}"));
    }

    async fn redeem(&self, account: i64, token: &str) {
        let (place, hash) = self.history.attempts(account, token);
        let accepted = match self.resets.accept(token, "Abcdefg1").await {
            Ok(accepted) => accepted,
            Err(error) => {
                self.history.answered(place, Answer::NotSet);
                return self.history.count(format!("accept: {}", told(&error)));
            }
        };
        let committed = accepted.commit(&hash).await;
        let answer = match &committed {
            Ok(_) => Answer::Set,
            Err(ResetError::Fault(Fault::Store(_))) => Answer::Open,
            Err(_) => Answer::NotSet,
        };
        self.history.answered(place, answer);
        let told = committed.map_or_else(|error| told(&error), |_| "set".to_owned());
        self.history.count(format!("commit: {told}"));
    }
}

fn told(error: &ResetError<SqlError>) -> String {
    match error {
        ResetError::Fault(Fault::Store(error)) => code(error),
        other => other.to_string(),
    }
}

/// What a store's error is, short: its kind and the database's code.
pub fn code(error: &(dyn Error + 'static)) -> String {
    let mut source = Some(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<sqlx::Error>() {
            let Some(error) = error.as_database_error() else {
                return match error {
                    sqlx::Error::Io(error) => format!("store: {:?}", error.kind()),
                    sqlx::Error::PoolTimedOut => "store: no connection in time".to_owned(),
                    other => format!("store: {other}"),
                };
            };
            let number =
                error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
            let number = number.map_or(String::new(), |number| format!(" ({number})"));
            return format!("store: {}{number}", error.code().unwrap_or_default());
        }
        source = error.source();
    }
    error.to_string()
}
