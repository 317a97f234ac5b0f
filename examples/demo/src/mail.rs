//! Where mails go: to files, or to an SMTP server.

use crate::config::Config;
use anyhow::Context;
use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use password_reset::adapters::lettre::LettreMailer;
use password_reset::clock::{Clock, SystemClock};
use password_reset::words::Words;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Where people are helped whose password somebody else has changed.
const CONTACT: &str = "help@demo.example.com";

const SMTP_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) type Mailer = LettreMailer<Transport, Words>;

pub(crate) async fn mailer(config: &Config) -> anyhow::Result<Mailer> {
    let transport = match &config.smtp_url {
        Some(url) => Transport::Smtp(smtp(url)?),
        None => Transport::Files(Outbox::open(&config.outbox).await?),
    };
    let words = Words::new("Demo", CONTACT)?;
    Ok(LettreMailer::new(transport, config.from.clone(), words))
}

fn smtp(url: &str) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .context("SMTP_URL must be such as smtps://user:password@mail.example.com")?;
    Ok(builder.timeout(Some(SMTP_TIMEOUT)).build())
}

pub(crate) enum Transport {
    Files(Outbox),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum TransportError {
    #[error("the mail could not be written to the outbox")]
    File(#[from] std::io::Error),
    #[error("the SMTP server did not take the mail")]
    Smtp(#[from] lettre::transport::smtp::Error),
}

#[async_trait]
impl AsyncTransport for Transport {
    type Ok = ();
    type Error = TransportError;

    async fn send_raw(&self, envelope: &Envelope, email: &[u8]) -> Result<(), TransportError> {
        match self {
            Self::Files(outbox) => Ok(outbox.write(email).await?),
            Self::Smtp(smtp) => Ok(smtp.send_raw(envelope, email).await.map(drop)?),
        }
    }
}

/// A folder of `.eml` files that sort by the time they were written.
pub(crate) struct Outbox {
    folder: PathBuf,
    written: AtomicU64,
}

impl Outbox {
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
        // Whoever watches the folder sees no half a mail.
        let unfinished = self.folder.join(format!("{name}.part"));
        tokio::fs::write(&unfinished, email).await?;
        tokio::fs::rename(&unfinished, &path).await?;
        println!("A mail was written to {}", path.display());
        Ok(())
    }
}
