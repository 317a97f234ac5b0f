//! The conformance suite over this driver.

#[path = "../../host.rs"]
mod host;
mod wire;

use deadpool_postgres::{Manager, Pool, PoolError};
use driver::TokioPostgres;
use host::{Host, Tables, url};
use password_reset::adapters::memory::Outbox;
use password_reset::conformance::{self, Fixture as _};
use password_reset::{LinkTemplate, PasswordReset};
use tokio_postgres::{Config, NoTls};
use wire::Wire;

struct Postgres(Pool);

impl Host for Postgres {
    type Driver = TokioPostgres;

    fn driver(&self) -> TokioPostgres {
        TokioPostgres(self.0.clone())
    }

    async fn execute(&self, sql: String) -> Result<u64, PoolError> {
        Ok(self.0.get().await?.execute(&sql, &[]).await?)
    }

    async fn text(&self, sql: String) -> String {
        self.0.get().await.unwrap().query_one(&sql, &[]).await.unwrap().get(0)
    }
}

async fn tables(config: Config, connections: usize) -> Tables<Postgres> {
    let pool = Pool::builder(Manager::new(config, NoTls)).max_size(connections).build().unwrap();
    Tables::new(Postgres(pool)).await
}

fn config() -> Option<Config> {
    Some(url("TEST_POSTGRES_URL")?.parse().unwrap())
}

#[tokio::test]
async fn the_store_conforms() {
    let Some(config) = config() else { return };
    let tables = tables(config, 8).await;
    conformance::run(&tables).await;
    tables.drop().await;
}

#[tokio::test]
async fn a_sick_connection_is_closed() {
    let Some(config) = config() else { return };
    let tables = tables(config, 1).await;
    tables.assert_heals().await;
    tables.drop().await;
}

/// On this runtime, the client's task runs only between two polls of the driver, so what the driver
/// sends at once is on the wire at once.
#[tokio::test]
async fn a_redemption_takes_two_round_trips() {
    let Some(config) = config() else { return };
    let Some(tokio_postgres::config::Host::Tcp(server)) = config.get_hosts().first() else {
        panic!("the server must be reached by TCP");
    };
    let server = (server.clone(), config.get_ports().first().copied().unwrap_or(5432));
    let (wire, port) = Wire::to(server);
    let tables = tables(through(&config, port), 1).await;
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let outbox = Outbox::new();
    let resets = PasswordReset::builder(tables.store().clone(), outbox.clone(), link);
    let resets = resets.build().unwrap();
    // The first redemption prepares the statements.
    for (address, expected) in [("alice@example.com", None), ("bob@example.com", Some(2))] {
        tables.add_account(address, "old").await;
        resets.request(address).await;
        let mails = outbox.take();
        let token = mails.iter().find_map(|mail| mail.link()).unwrap().expose_token();
        let accepted = resets.accept(token, "Abcdefg1").await.unwrap();
        wire.take();
        accepted.commit("new").await.unwrap();
        let trips = wire.take();
        assert!(expected.is_none_or(|expected| expected == trips), "{trips} round trips");
    }
    tables.drop().await;
}

/// Returns the configuration for the same database at another port.
fn through(config: &Config, port: u16) -> Config {
    let mut through = Config::new();
    through.host("127.0.0.1").port(port).user(config.get_user().unwrap());
    through.dbname(config.get_dbname().unwrap());
    if let Some(password) = config.get_password() {
        through.password(password);
    }
    through
}
