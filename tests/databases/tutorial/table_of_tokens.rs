//! "Forgotten password" with a table of tokens, as one writes it after a tutorial.

use super::site::{Answer, Site};
use super::world::{Mail, World, hash_of, random_token};
use password_reset::adapters::memory::ManualClock;
use password_reset::clock::Clock as _;
use sqlx::{Result, SqlitePool, query, query_scalar};

const SCHEMA: &str = "CREATE TABLE password_resets \
                      (email TEXT NOT NULL, token TEXT NOT NULL, expires_at INTEGER NOT NULL)";

pub(crate) struct TableOfTokens {
    pool: SqlitePool,
    mail: Mail,
    clock: ManualClock,
}

impl TableOfTokens {
    async fn send_link(&self, host: &str, email: &str) -> Result<String> {
        let user = query_scalar::<_, i64>("SELECT id FROM users WHERE email = ?").bind(email);
        if user.fetch_optional(&self.pool).await?.is_none() {
            return Ok("No account has this address.".into());
        }
        let token = random_token();
        query("INSERT INTO password_resets (email, token, expires_at) VALUES (?, ?, ?)")
            .bind(email)
            .bind(&token)
            .bind(self.now() + 3600)
            .execute(&self.pool)
            .await?;
        self.mail.send(email, &format!("https://{host}/reset?token={token}")).await;
        Ok("We have sent you a link.".into())
    }

    /// The address to which the token was sent.
    async fn find(&self, token: &str) -> Result<Option<String>> {
        query_scalar("SELECT email FROM password_resets WHERE token = ? AND expires_at > ?")
            .bind(token)
            .bind(self.now())
            .fetch_optional(&self.pool)
            .await
    }

    async fn set_password(&self, email: &str, password: &str) -> Result<()> {
        query("UPDATE users SET password_hash = ? WHERE email = ?")
            .bind(hash_of(password))
            .bind(email)
            .execute(&self.pool)
            .await?;
        query("DELETE FROM password_resets WHERE email = ?")
            .bind(email)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    fn now(&self) -> i64 {
        self.clock.now().unix_timestamp()
    }
}

impl Site for TableOfTokens {
    async fn migrate(world: &World) {
        world.run(SCHEMA).await;
    }

    async fn start(world: &World) -> Self {
        let World { pool, mail, clock, .. } = world;
        Self { pool: pool.clone(), mail: mail.clone(), clock: clock.clone() }
    }

    async fn forgot(&self, host: &str, email: &str) -> String {
        self.send_link(host, email).await.unwrap()
    }

    async fn open(&self, token: &str) -> Result<String, Answer> {
        let email = self.find(token).await.unwrap();
        email.map(|_| token.to_owned()).ok_or(Answer::Rejected(None))
    }

    async fn submit(&self, token: &str, password: &str) -> Answer {
        if password.len() < 8 {
            return Answer::TooWeak;
        }
        let Some(email) = self.find(token).await.unwrap() else { return Answer::Rejected(None) };
        self.set_password(&email, password).await.unwrap();
        Answer::PasswordSet
    }

    async fn two_at_once(&self, token: &str, passwords: [&str; 2]) -> [Answer; 2] {
        let found = [self.find(token).await.unwrap(), self.find(token).await.unwrap()];
        let mut answers = [Answer::Rejected(None); 2];
        for ((email, password), answer) in found.into_iter().zip(passwords).zip(&mut answers) {
            if let Some(email) = email {
                self.set_password(&email, password).await.unwrap();
                *answer = Answer::PasswordSet;
            }
        }
        answers
    }
}
