//! "Forgotten password" with two columns on the users, as one writes it after a tutorial. Opening the
//! link takes the token, so that it works once and stays out of the form.

use super::site::{Answer, Site};
use super::world::{Mail, World, hash_of, random_token};
use password_reset::adapters::memory::ManualClock;
use password_reset::clock::Clock as _;
use sqlx::{Result, SqlitePool, query, query_scalar};
use std::collections::HashMap;
use std::sync::Mutex;

pub(crate) struct ColumnsOnUsers {
    pool: SqlitePool,
    mail: Mail,
    clock: ManualClock,
    /// The accounts whose link was opened, by what the visitors' cookies hold.
    opened: Mutex<HashMap<String, i64>>,
}

impl ColumnsOnUsers {
    async fn send_link(&self, host: &str, email: &str) -> Result<String> {
        let user = query_scalar::<_, i64>("SELECT id FROM users WHERE lower(email) = ?")
            .bind(email.to_lowercase())
            .fetch_optional(&self.pool)
            .await?;
        if let Some(id) = user {
            let token = random_token();
            query("UPDATE users SET reset_token = ?, reset_token_expires = ? WHERE id = ?")
                .bind(&token)
                .bind(self.now() + 3600)
                .bind(id)
                .execute(&self.pool)
                .await?;
            self.mail.send(email, &format!("https://{host}/reset?token={token}")).await;
        }
        Ok("If this address has an account, we have sent a link to it.".into())
    }

    async fn find(&self, token: &str) -> Result<Option<i64>> {
        query_scalar("SELECT id FROM users WHERE reset_token = ? AND reset_token_expires > ?")
            .bind(token)
            .bind(self.now())
            .fetch_optional(&self.pool)
            .await
    }

    /// Takes the token, and returns the cookie's value.
    async fn take(&self, id: i64) -> Result<String> {
        query("UPDATE users SET reset_token = NULL, reset_token_expires = NULL WHERE id = ?")
            .bind(id)
            .execute(&self.pool)
            .await?;
        let cookie = random_token();
        self.opened.lock().unwrap().insert(cookie.clone(), id);
        Ok(cookie)
    }

    async fn set_password(&self, id: i64, password: &str) -> Result<()> {
        query("UPDATE users SET password_hash = ? WHERE id = ?")
            .bind(hash_of(password))
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    fn now(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }
}

impl Site for ColumnsOnUsers {
    async fn migrate(world: &World) {
        world.run("ALTER TABLE users ADD COLUMN reset_token TEXT").await;
        world.run("ALTER TABLE users ADD COLUMN reset_token_expires INTEGER").await;
    }

    async fn start(world: &World) -> Self {
        let World { pool, mail, clock, .. } = world;
        let (pool, mail, clock) = (pool.clone(), mail.clone(), clock.clone());
        Self { pool, mail, clock, opened: Mutex::default() }
    }

    async fn forgot(&self, host: &str, email: &str) -> String {
        self.send_link(host, email).await.unwrap()
    }

    async fn open(&self, token: &str) -> Result<String, Answer> {
        let id = self.find(token).await.unwrap().ok_or(Answer::Rejected(None))?;
        Ok(self.take(id).await.unwrap())
    }

    async fn submit(&self, cookie: &str, password: &str) -> Answer {
        if password.len() < 8 {
            return Answer::TooWeak;
        }
        let opened = self.opened.lock().unwrap().remove(cookie);
        let Some(id) = opened else { return Answer::Rejected(None) };
        self.set_password(id, password).await.unwrap();
        Answer::PasswordSet
    }

    async fn two_at_once(&self, token: &str, passwords: [&str; 2]) -> [Answer; 2] {
        let found = [self.find(token).await.unwrap(), self.find(token).await.unwrap()];
        let mut answers = [Answer::Rejected(None); 2];
        for ((id, password), answer) in found.into_iter().zip(passwords).zip(&mut answers) {
            if let Some(id) = id {
                let cookie = self.take(id).await.unwrap();
                *answer = self.submit(&cookie, password).await;
            }
        }
        answers
    }
}
