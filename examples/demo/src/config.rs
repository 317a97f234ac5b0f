//! The configuration, read from environment variables.

use anyhow::{Context, anyhow, bail};
use axum::http::HeaderName;
use base64ct::{Base64, Encoding};
use getrandom::SysRng;
use getrandom::rand_core::TryRng;
use lettre::message::Mailbox;
use password_reset::LinkTemplate;
use password_reset::token::CodeKey;
use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

const DEFAULT_FROM: &str = "Demo <no-reply@demo.example.com>";

#[derive(Debug)]
pub(crate) struct Config {
    /// `DEMO_ADDR`: the address to listen on. Default: 127.0.0.1:3000.
    pub(crate) addr: SocketAddr,
    /// `DEMO_DATABASE`: the database file. Default: target/demo/demo.sqlite.
    pub(crate) database: PathBuf,
    /// `DEMO_OUTBOX`: the folder for mails. Default: target/demo/outbox.
    pub(crate) outbox: PathBuf,
    /// `DEMO_COOLDOWN_SECONDS`: the time between a day's first two links. Default: 60.
    pub(crate) cooldown: Duration,
    /// `SMTP_URL`: the mail server, such as `smtps://user:password@mail.example.com`. If it is
    /// unset, mails are files.
    pub(crate) smtp_url: Option<String>,
    /// `DEMO_MAIL_FROM`: the sender of mails.
    pub(crate) from: Mailbox,
    /// `DEMO_PROXY_HEADER`: the header in which the proxy in front of the demo writes the client's
    /// address, such as `x-forwarded-for`. Without a proxy it must be unset: any client could write
    /// it.
    pub(crate) proxy_header: Option<HeaderName>,
    /// `DEMO_CODE_KEY`: the key of the codes in the mails, at least 32 random bytes in base64. If
    /// it is unset, each run makes its own, and a code works only in the run that mailed it.
    pub(crate) code_key: CodeKey,
    /// `DEMO_BASE_URL`: the demo's address from outside, such as `https://demo.example.com`.
    origin: Option<String>,
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
            proxy_header: set("DEMO_PROXY_HEADER")?.as_deref().map(header_of).transpose()?,
            code_key: code_key_of(set("DEMO_CODE_KEY")?)?,
            origin: set("DEMO_BASE_URL")?.as_deref().map(origin_of).transpose()?,
        })
    }

    /// Returns the start of every link, as browsers write it. The default is `address`, on which
    /// the demo listens.
    pub(crate) fn origin(&self, address: SocketAddr) -> anyhow::Result<String> {
        self.origin.clone().map_or_else(|| origin_of(&format!("http://{address}")), Ok)
    }
}

/// Returns the template of the mailed links. Plain http is for this machine and private networks.
pub(crate) fn link_template(origin: &str) -> anyhow::Result<LinkTemplate> {
    let template = format!("{origin}/reset?token={{token}}");
    let link = if template.starts_with("http://") {
        LinkTemplate::insecure_private_network(&template)
    } else {
        LinkTemplate::new(&template)
    };
    link.with_context(|| format!("links cannot start with {origin}; set DEMO_BASE_URL"))
}

fn must_be(name: &str, what: &str, value: &str) -> anyhow::Error {
    anyhow!("{name} must be {what}, not `{value}`")
}

/// Reads an address without a path: the demo's pages are at the root of their host.
fn origin_of(url: &str) -> anyhow::Result<String> {
    let parsed = Url::parse(url).ok().filter(|parsed| {
        parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none()
    });
    let what = "a scheme and a host, such as https://demo.example.com";
    let parsed = parsed.ok_or_else(|| must_be("DEMO_BASE_URL", what, url))?;
    Ok(parsed.origin().ascii_serialization())
}

fn code_key_of(text: Option<String>) -> anyhow::Result<CodeKey> {
    let Some(text) = text else {
        let mut key = [0; 32];
        SysRng.try_fill_bytes(&mut key)?;
        return Ok(CodeKey::new(&key)?);
    };
    let key = Base64::decode_vec(&text).ok().and_then(|key| CodeKey::new(&key).ok());
    // The error must not contain the key.
    key.context("DEMO_CODE_KEY must be 32 random bytes in base64: openssl rand -base64 32")
}

fn header_of(name: &str) -> anyhow::Result<HeaderName> {
    let what = "the name of a header, such as x-forwarded-for";
    name.parse().map_err(|_| must_be("DEMO_PROXY_HEADER", what, name))
}

fn cooldown_of(seconds: &str) -> Option<Duration> {
    // The cooldown must not be longer than a link is good: an hour.
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
        assert_eq!(config.origin(config.addr).unwrap(), "http://127.0.0.1:3000");
        assert_eq!(config.proxy_header, None);
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let origin = |url| read(&[("DEMO_BASE_URL", url)]).unwrap().origin.unwrap();
        assert_eq!(origin("https://Demo.Example.com:443/"), "https://demo.example.com");
        assert_eq!(origin("http://demo:3000"), "http://demo:3000");
        let listens_on = |address: &str| read(&[]).unwrap().origin(address.parse().unwrap());
        assert_eq!(listens_on("10.0.0.1:80").unwrap(), "http://10.0.0.1");
        assert_eq!(listens_on("[fd00:0::1]:3000").unwrap(), "http://[fd00::1]:3000");
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
            ("DEMO_BASE_URL", "demo.example.com", "such as https://demo.example.com"),
            ("DEMO_PROXY_HEADER", "x forwarded for", "such as x-forwarded-for"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains(hint), "{error}");
        }
    }

    #[test]
    fn links_are_plain_http_on_this_machine_and_private_networks_only() {
        for origin in [
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://192.168.1.7:3000",
            "http://demo.internal",
            "https://demo.example.com",
        ] {
            assert!(link_template(origin).is_ok(), "{origin}");
        }
        for origin in ["http://192.0.2.1:3000", "http://demo.example.com", "http://0.0.0.0:3000"] {
            let error = format!("{:#}", link_template(origin).unwrap_err());
            assert!(error.contains("set DEMO_BASE_URL") && error.contains("private"), "{error}");
        }
    }
}
