//! Mail: in the language of the account, to files or to an SMTP server.

use crate::config::Config;
use crate::users::UserDatabase;
use anyhow::Context;
use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use password_reset::adapters::lettre::LettreMailer;
use password_reset::clock::{Clock, SystemClock};
use password_reset::mailer::Message;
use password_reset::words::{Content, Reader, Wording, Words};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Whom the notice of a changed password names, in case somebody else changed it.
const CONTACT: &str = "help@demo.example.com";

/// The longest time for a mail, from connecting until the server has accepted it.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) type DemoMailer = LettreMailer<MailTransport, AccountLanguage>;

pub(crate) async fn open_mailer(
    config: &Config,
    users: UserDatabase,
) -> anyhow::Result<DemoMailer> {
    let transport = match &config.smtp_url {
        Some(url) => MailTransport::Smtp(smtp(url)?),
        None => MailTransport::Files(MailFolder::open(&config.outbox).await?),
    };
    let words = Words::new("Demo", CONTACT)?;
    Ok(LettreMailer::new(transport, config.from.clone(), AccountLanguage { words, users }))
}

/// The library's words in the account's language. If none is known, a mail with a link is in the
/// language that the visitor prefers.
pub(crate) struct AccountLanguage {
    words: Words,
    users: UserDatabase,
}

impl Wording<i64> for AccountLanguage {
    type Error = sqlx::Error;

    async fn content(&self, message: &Message<'_, i64>) -> Result<Content, sqlx::Error> {
        let language = self.users.language(*message.account_id()).await?;
        let reader = Reader { language: language.as_deref(), ..Reader::default() };
        Ok(self.words.content_for(message, &reader))
    }
}

fn smtp(url: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .context("SMTP_URL must be such as smtps://user:password@mail.example.com")?;
    // One connection for each mail: if the server had closed a pooled one, the mail would be lost.
    Ok(builder.pool_config(PoolConfig::new().max_size(0)).build())
}

pub(crate) enum MailTransport {
    Files(MailFolder),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    #[error("the mail could not be written to the outbox")]
    File(#[from] std::io::Error),
    #[error("the SMTP server did not take the mail")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the SMTP server took longer than {} seconds", SMTP_TIMEOUT.as_secs())]
    Slow(#[from] tokio::time::error::Elapsed),
}

#[async_trait]
impl AsyncTransport for MailTransport {
    type Ok = ();
    type Error = TransportError;

    async fn send_raw(&self, envelope: &Envelope, email: &[u8]) -> Result<(), TransportError> {
        match self {
            Self::Files(outbox) => Ok(outbox.write(email).await?),
            Self::Smtp(smtp) => {
                // lettre's own timeout covers connecting only.
                let sent = tokio::time::timeout(SMTP_TIMEOUT, smtp.send_raw(envelope, email));
                Ok(sent.await?.map(drop)?)
            }
        }
    }
}

/// A folder of `.eml` files, whose names sort by time.
pub(crate) struct MailFolder {
    folder: PathBuf,
    written: AtomicU64,
}

impl MailFolder {
    async fn open(folder: &Path) -> anyhow::Result<Self> {
        tokio::fs::create_dir_all(folder)
            .await
            .with_context(|| format!("cannot make the outbox {}", folder.display()))?;
        Ok(Self { folder: folder.to_owned(), written: AtomicU64::new(0) })
    }

    async fn write(&self, email: &[u8]) -> std::io::Result<()> {
        let now = SystemClock.now();
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let name = format!(
            "{}T{:02}{:02}{:02}.{:03}Z-{number:04}",
            now.date(),
            now.hour(),
            now.minute(),
            now.second(),
            now.millisecond()
        );
        let path = self.folder.join(format!("{name}.eml"));
        // A program that watches the folder must not see half a mail.
        let unfinished = self.folder.join(format!("{name}.part"));
        tokio::fs::write(&unfinished, email).await?;
        tokio::fs::rename(&unfinished, &path).await?;
        println!("A mail was written to {}", path.display());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{MailTransport, SMTP_TIMEOUT, TransportError, smtp};
    use lettre::AsyncTransport;
    use lettre::address::Envelope;
    use std::net::TcpListener;

    #[tokio::test(start_paused = true)]
    async fn a_server_that_never_responds_is_given_up() {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", silent.local_addr().unwrap());
        let transport = MailTransport::Smtp(smtp(&url).unwrap());
        let envelope = Envelope::new(None, vec!["alice@example.com".parse().unwrap()]).unwrap();
        let sent = tokio::time::timeout(2 * SMTP_TIMEOUT, transport.send_raw(&envelope, b""));
        let error = sent.await.expect("it waits for ever").unwrap_err();
        assert!(matches!(error, TransportError::Slow(_)), "{error}");
    }
}
