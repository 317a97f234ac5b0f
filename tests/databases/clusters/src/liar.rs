//! Stores that lie, to test the checker.

use crate::host::{Server, Tables};
use password_reset::adapters::sql::SqlError;
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use sqlx::Pool;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What a store does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Answers that a password is set, and writes nothing: now and then.
    ForgetsPasswords,
    /// Answers that a link is stored, and writes nothing: now and then.
    ForgetsLinks,
    /// Sets the password also where the ledger has changed.
    IgnoresConflicts,
    /// The same, and its finds are answered by a replica that lags a little.
    TrustsAReplica,
    /// Sets the password, and answers that it did not: now and then.
    HidesPasswords,
}

const LAG: Duration = Duration::from_millis(200);

/// An account as the replica has it, and since when.
type Copied = (Instant, Account<i64>);

/// A store that tells one lie.
#[derive(Debug)]
pub struct Liar<DB: Server> {
    store: DB::Store,
    pool: Pool<DB>,
    tables: Tables,
    lie: Lie,
    turn: AtomicU64,
    replica: Mutex<HashMap<[u8; 12], Copied>>,
}

impl<DB: Server> Liar<DB> {
    /// Opens the store.
    pub async fn open(pool: &Pool<DB>, tables: &Tables, lie: Lie) -> Self {
        let store = DB::open(pool, tables).await.unwrap();
        let (pool, tables) = (pool.clone(), tables.clone());
        Self { store, pool, tables, lie, turn: AtomicU64::new(0), replica: Mutex::default() }
    }

    fn lies_now(&self) -> bool {
        self.turn.fetch_add(1, Ordering::Relaxed) % 16 == 15
    }
}

impl<DB: Server> Store for Liar<DB> {
    type AccountId = i64;
    type Error = SqlError;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<i64>>, SqlError> {
        self.store.find_by_login(login).await
    }

    async fn find_by_id(&self, id: &i64) -> Result<Option<Account<i64>>, SqlError> {
        self.store.find_by_id(id).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<i64>>, SqlError> {
        if self.lie != Lie::TrustsAReplica {
            return self.store.find_by_selector(selector).await;
        }
        let key = *selector.as_bytes();
        let known = self.replica.lock().unwrap().get(&key).cloned();
        if let Some((_, account)) = known.filter(|(at, _)| at.elapsed() < LAG) {
            return Ok(Some(account));
        }
        let found = self.store.find_by_selector(selector).await?;
        if let Some(account) = &found {
            self.replica.lock().unwrap().insert(key, (Instant::now(), account.clone()));
        }
        Ok(found)
    }

    async fn commit(&self, change: &Change<'_, i64>) -> Result<Commit, SqlError> {
        let hash = change.password_hash();
        match (self.lie, hash) {
            (Lie::ForgetsPasswords, Some(_)) | (Lie::ForgetsLinks, None) if self.lies_now() => {
                return Ok(Commit::from(true));
            }
            _ => {}
        }
        let commit = self.store.commit(change).await?;
        match (self.lie, hash) {
            (Lie::IgnoresConflicts | Lie::TrustsAReplica, Some(hash))
                if commit == Commit::Conflict =>
            {
                let (users, id) = (self.tables.name("users"), change.account_id());
                let update = format!("UPDATE {users} SET password_hash = '{hash}' WHERE id = {id}");
                DB::run(&self.pool, update).await.unwrap();
                Ok(Commit::from(true))
            }
            (Lie::HidesPasswords, Some(_)) if self.lies_now() => Ok(Commit::Conflict),
            _ => Ok(commit),
        }
    }
}
