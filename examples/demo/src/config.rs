//! The configuration, from environment variables.

use anyhow::{Context, anyhow, bail};
use lettre::message::Mailbox;
use password_reset::LinkTemplate;
use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const DEFAULT_FROM: &str = "Demo <no-reply@demo.example.com>";

#[derive(Debug)]
pub(crate) struct Config {
    /// `DEMO_ADDR`: where to listen. Default: 127.0.0.1:3000.
    pub(crate) addr: SocketAddr,
    /// `DEMO_DATABASE`: the database file. Default: target/demo/demo.sqlite.
    pub(crate) database: PathBuf,
    /// `DEMO_OUTBOX`: the folder for mails. Default: target/demo/outbox.
    pub(crate) outbox: PathBuf,
    /// `DEMO_COOLDOWN_SECONDS`: the time between a day's first two links. Default: 60.
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
        Ok(Self {
            addr: addr.parse().map_err(|_| {
                must_be("DEMO_ADDR", "an IP address and a port, such as 127.0.0.1:3000", &addr)
            })?,
            database: or("DEMO_DATABASE", "target/demo/demo.sqlite")?.into(),
            outbox: or("DEMO_OUTBOX", "target/demo/outbox")?.into(),
            cooldown: cooldown_of(&cooldown).ok_or_else(|| {
                must_be("DEMO_COOLDOWN_SECONDS", "a number from 0 to 3600", &cooldown)
            })?,
            smtp_url: set("SMTP_URL")?,
            from: from.parse().map_err(|_| {
                must_be("DEMO_MAIL_FROM", "a sender, such as `Demo <demo@example.com>`", &from)
            })?,
            base_url: set("DEMO_BASE_URL")?.map(|url| origin_of(&url)).transpose()?,
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

fn must_be(name: &str, what: &str, value: &str) -> anyhow::Error {
    anyhow!("{name} must be {what}, not `{value}`")
}

/// The demo's pages stand at the root of their host.
fn origin_of(url: &str) -> anyhow::Result<String> {
    let origin = url.trim_end_matches('/');
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    if host.contains(['/', '?', '#']) {
        let what = "a scheme and a host, such as https://demo.example.com";
        return Err(must_be("DEMO_BASE_URL", what, url));
    }
    Ok(origin.to_owned())
}

fn cooldown_of(seconds: &str) -> Option<Duration> {
    // A link is good for an hour, and the cooldown must not be longer.
    seconds.parse().ok().filter(|seconds| *seconds <= 3600).map(Duration::from_secs)
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
