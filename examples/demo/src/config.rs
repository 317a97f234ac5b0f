//! The configuration, from environment variables.

use anyhow::{Context, bail, ensure};
use lettre::message::Mailbox;
use password_reset::LinkTemplate;
use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const DEFAULT_FROM: &str = "Demo <no-reply@demo.example.com>";

/// As long as a link is good, beyond which the cooldown must not go.
const MAX_COOLDOWN_SECONDS: u64 = 3600;

#[derive(Debug)]
pub(crate) struct Config {
    /// `DEMO_ADDR`: where to listen. Default: 127.0.0.1:3000.
    pub(crate) addr: SocketAddr,
    /// `DEMO_DATABASE`: the database file. Default: target/demo/demo.sqlite.
    pub(crate) database: PathBuf,
    /// `DEMO_OUTBOX`: the folder for mails. Default: target/demo/outbox.
    pub(crate) outbox: PathBuf,
    /// `DEMO_COOLDOWN_SECONDS`: the time between two links. Default: 60.
    pub(crate) cooldown: Duration,
    /// `SMTP_URL`: sends mails for real, such as `smtps://user:password@mail.example.com`.
    pub(crate) smtp_url: Option<String>,
    /// `DEMO_MAIL_FROM`: the sender of mails.
    pub(crate) from: Mailbox,
    /// `DEMO_BASE_URL`: how the demo is reached from outside, such as `https://demo.example.com`.
    base_url: Option<String>,
}

impl Config {
    pub(crate) fn from_env() -> anyhow::Result<Self> {
        Self::read(|name| match env::var(name) {
            Ok(value) => Ok(Some(value)),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => bail!("{name} is not valid Unicode"),
        })
    }

    fn read(variable: impl Fn(&str) -> anyhow::Result<Option<String>>) -> anyhow::Result<Self> {
        let set = |name| anyhow::Ok(variable(name)?.filter(|value| !value.is_empty()));
        let or = |name, default: &str| anyhow::Ok(set(name)?.unwrap_or_else(|| default.to_owned()));

        let addr = or("DEMO_ADDR", "127.0.0.1:3000")?;
        let cooldown = or("DEMO_COOLDOWN_SECONDS", "60")?;
        let from = or("DEMO_MAIL_FROM", DEFAULT_FROM)?;
        let base_url = set("DEMO_BASE_URL")?.map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &base_url {
            let host = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
            ensure!(
                !host.contains(['/', '?', '#']),
                "DEMO_BASE_URL must be a scheme and a host, such as https://demo.example.com, not `{url}`"
            );
        }
        Ok(Self {
            addr: addr.parse().ok().with_context(|| {
                format!("DEMO_ADDR must be an IP address and a port, such as 127.0.0.1:3000, not `{addr}`")
            })?,
            database: or("DEMO_DATABASE", "target/demo/demo.sqlite")?.into(),
            outbox: or("DEMO_OUTBOX", "target/demo/outbox")?.into(),
            cooldown: cooldown_of(&cooldown).with_context(|| {
                format!("DEMO_COOLDOWN_SECONDS must be a number from 0 to {MAX_COOLDOWN_SECONDS}, not `{cooldown}`")
            })?,
            smtp_url: set("SMTP_URL")?,
            from: from.parse().ok().with_context(|| {
                format!("DEMO_MAIL_FROM must be a sender, such as `{DEFAULT_FROM}`, not `{from}`")
            })?,
            base_url,
        })
    }

    /// What links start with, where the demo listens on `address`.
    pub(crate) fn base_url(&self, address: SocketAddr) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{address}"))
    }
}

/// The links that are mailed. Plain http serves this machine only.
pub(crate) fn link_template(base_url: &str) -> anyhow::Result<LinkTemplate> {
    let template = format!("{base_url}/reset?token={{token}}");
    let link = if template.starts_with("http://") {
        LinkTemplate::insecure_loopback(&template)
    } else {
        LinkTemplate::new(&template)
    };
    link.with_context(|| format!("links cannot start with {base_url}; set DEMO_BASE_URL"))
}

fn cooldown_of(seconds: &str) -> Option<Duration> {
    let seconds = seconds.parse().ok().filter(|seconds| *seconds <= MAX_COOLDOWN_SECONDS)?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::{Config, link_template};

    fn read(variables: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            Ok(found.map(|(_, value)| (*value).to_owned()))
        })
    }

    #[test]
    fn nothing_needs_to_be_configured() {
        let config = read(&[]).unwrap();
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.cooldown.as_secs(), 60);
        assert!(config.smtp_url.is_none());
        assert_eq!(config.base_url(config.addr), "http://127.0.0.1:3000");
    }

    #[test]
    fn a_bad_value_is_named_with_a_good_one() {
        for (name, value, hint) in [
            ("DEMO_ADDR", "somewhere", "such as 127.0.0.1:3000, not `somewhere`"),
            ("DEMO_ADDR", "127.0.0.1", "such as 127.0.0.1:3000"),
            ("DEMO_COOLDOWN_SECONDS", "-1", "from 0 to 3600, not `-1`"),
            ("DEMO_COOLDOWN_SECONDS", "3601", "from 0 to 3600"),
            ("DEMO_MAIL_FROM", "nobody", "not `nobody`"),
            ("DEMO_BASE_URL", "https://example.com/app", "such as https://demo.example.com"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains(hint), "{error}");
        }
    }

    #[test]
    fn links_are_plain_http_on_this_machine_only() {
        assert!(link_template("http://127.0.0.1:3000").is_ok());
        assert!(link_template("http://[::1]:3000").is_ok());
        assert!(link_template("https://demo.example.com").is_ok());
        let error = format!("{:#}", link_template("http://192.0.2.1:3000").unwrap_err());
        assert!(error.contains("set DEMO_BASE_URL") && error.contains("loopback"), "{error}");
    }
}
