//! A small web application whose users reset their passwords with the `password-reset` crate.

mod admin;
mod app;
mod client;
mod config;
mod mail;
mod page;
mod password;
mod same_site;
mod serve;
mod sign_in;
mod stop;
mod users;

use crate::app::App;
use crate::config::Config;
use crate::stop::StopSignals;
use crate::users::{ACCOUNTS, ADMINISTRATOR};
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;

/// The longest time that a shutdown waits for work that is under way.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let config = Config::from_env()?;
    let listener = TcpListener::bind(config.addr).await.with_context(|| {
        format!("cannot listen on {}; set DEMO_ADDR to another address", config.addr)
    })?;
    let address = listener.local_addr()?;
    let app = App::open(&config, address).await?;
    let router = app.router(config.proxy_header.clone())?;
    let mut signals = StopSignals::new()?;
    announce(&config, address, app.users.are_passwords_the_first().await?);

    let connections = serve::serve(listener, router, signals.next()).await;
    println!("Finishing what is under way.");
    let finish = async {
        connections.shutdown().await;
        app.finish().await;
    };
    tokio::select! {
        () = finish => Ok(()),
        () = tokio::time::sleep(PATIENCE) => bail!("some work did not finish in time"),
        () = signals.next() => bail!("stopped before all work was done"),
    }
}

fn announce(config: &Config, address: SocketAddr, are_first: [bool; ACCOUNTS.len()]) {
    println!("The demo listens on http://{address}");
    for ((login, password), is_first) in ACCOUNTS.into_iter().zip(are_first) {
        let says = match password {
            _ if !is_first => format!(
                "password changed in an earlier run; ask for a link, or delete {}",
                config.database.display()
            ),
            Some(password) if login == ADMINISTRATOR => {
                format!("password {password}; it invites at /admin")
            }
            Some(password) => format!("password {password}"),
            None => "no password yet: a link sets the first".to_owned(),
        };
        println!("  account:  {login}, {says}");
    }
    match &config.smtp_url {
        Some(_) => println!("  mail:     sent to the server in SMTP_URL"),
        None => println!("  mail:     files in {}", config.outbox.display()),
    }
    println!("  stop:     Ctrl-C");
}
