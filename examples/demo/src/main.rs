//! A small web application that resets passwords with the `password-reset` crate.

mod app;
mod background;
mod config;
mod forgot;
mod guard;
mod hashing;
mod language;
mod login;
mod mail;
mod page;
mod reset;
mod router;
mod stop;
mod users;

use crate::app::App;
use crate::config::Config;
use crate::stop::StopSignals;
use anyhow::{Context, bail};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a shutdown waits for what is under way.
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
    let base_url = config.base_url(address);
    let app = Arc::new(App::open(&config, &base_url).await?);
    let router = router::router(&app)?.into_make_service_with_connect_info::<SocketAddr>();
    app.keep_tidy();
    let mut signals = StopSignals::new()?;
    announce(&config, address, &app);

    let stopping = CancellationToken::new();
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(stopping.clone().cancelled_owned())
        .into_future();
    let server = tokio::spawn(server);
    signals.next().await;
    println!("Finishing what is under way.");
    stopping.cancel();
    let finish = async {
        server.await??;
        app.finish().await;
        anyhow::Ok(())
    };
    tokio::select! {
        finished = finish => finished,
        () = tokio::time::sleep(PATIENCE) => bail!("some work did not finish in time"),
        () = signals.next() => bail!("stopped before all work was done"),
    }
}

fn announce(config: &Config, address: SocketAddr, app: &App) {
    println!("The demo listens on http://{address}");
    println!("  account:  {}", users::DEMO_LOGIN);
    if app.demo_password_works {
        println!("  password: {}", users::DEMO_PASSWORD);
    } else {
        println!(
            "  password: changed in an earlier run; forgotten? ask for a link, or delete {}",
            config.database.display()
        );
    }
    match &config.smtp_url {
        Some(_) => println!("  mail:     sent to the server in SMTP_URL"),
        None => println!("  mail:     files in {}", config.outbox.display()),
    }
    println!("  stop:     Ctrl-C");
}
