//! "Forgotten password" with this crate, over its SQLite store.

use super::site::{Answer, Site};
use super::world::{Mail, World, hash_of};
use password_reset::adapters::sql::{SqlError, Users};
use password_reset::adapters::sqlx::SqliteStore;
use password_reset::{LinkTemplate, PasswordReset, ResetError};
use std::sync::Mutex;
use tokio::task::JoinHandle;

pub(crate) struct ThisCrate {
    resets: PasswordReset<SqliteStore<i64>, Mail>,
    requests: Mutex<Vec<JoinHandle<()>>>,
}

/// Returns what the visitor reads. A fault ends the test.
fn answer(error: &ResetError<SqlError>) -> Answer {
    match error {
        ResetError::Refused(refusal) => Answer::Rejected(Some(*refusal)),
        ResetError::Rejected(_) => Answer::TooWeak,
        fault => panic!("{fault:?}"),
    }
}

impl Site for ThisCrate {
    async fn migrate(world: &World) {
        let _ = SqliteStore::<i64>::builder(world.pool.clone()).migrate().await.unwrap();
    }

    async fn start(world: &World) -> Self {
        let store = SqliteStore::builder(world.pool.clone())
            .users(&Users::new("users"))
            .login("lower(address) = lower({login})")
            .end_sessions("DELETE FROM sessions WHERE user_id = {id}")
            .open()
            .await
            .unwrap();
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let resets = PasswordReset::builder(store, world.mail.clone(), link)
            .clock(world.clock.clone())
            .build()
            .unwrap();
        Self { resets, requests: Mutex::default() }
    }

    // The login is folded as `ColumnsOnUsers` does it.
    async fn forgot(&self, _: &str, email: &str) -> String {
        let (resets, login) = (self.resets.clone(), email.to_lowercase());
        let request = tokio::spawn(async move {
            resets.request(&login).await;
        });
        self.requests.lock().unwrap().push(request);
        "If this address has an account, we have sent a link to it.".into()
    }

    async fn settle(&self) {
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        for request in requests {
            request.await.unwrap();
        }
    }

    async fn open(&self, token: &str) -> Result<String, Answer> {
        let checked = self.resets.check(token).await;
        checked.map(|_| token.to_owned()).map_err(|error| answer(&error))
    }

    async fn submit(&self, token: &str, password: &str) -> Answer {
        let accepted = match self.resets.accept(token, password).await {
            Ok(accepted) => accepted,
            Err(error) => return answer(&error),
        };
        let hash = hash_of(accepted.expose_password());
        let committed = tokio::spawn(accepted.commit(hash)).await.unwrap();
        committed.map_or_else(|error| answer(&error), |_| Answer::PasswordSet)
    }

    async fn two_at_once(&self, token: &str, passwords: [&str; 2]) -> [Answer; 2] {
        let [first, second] = passwords;
        let first = self.resets.accept(token, first).await.unwrap();
        let second = self.resets.accept(token, second).await.unwrap();
        let hashes = [&first, &second].map(|accepted| hash_of(accepted.expose_password()));
        let [one, other] = hashes;
        let (one, other) = tokio::join!(first.commit(one), second.commit(other));
        [one, other].map(|set| set.map_or_else(|error| answer(&error), |_| Answer::PasswordSet))
    }
}
