//! The conformance suite over this driver.

#[path = "../../host.rs"]
mod host;

use driver::Rusqlite;
use host::{Host, Tables};
use password_reset::conformance;
use rusqlite::{Connection, Result};
use std::time::Duration;
use tempfile::NamedTempFile;

struct Sqlite(Rusqlite);

impl Host for Sqlite {
    type Driver = Rusqlite;

    fn driver(&self) -> Rusqlite {
        self.0.clone()
    }

    async fn execute(&self, sql: String) -> Result<u64> {
        self.0.run(move |connection| Ok(connection.execute(&sql, [])? as u64)).await
    }

    async fn text(&self, sql: String) -> String {
        self.0.run(move |c| c.query_row(&sql, [], |row| row.get(0))).await.unwrap()
    }
}

async fn tables(file: &NamedTempFile) -> Tables<Sqlite> {
    let path = file.path().to_owned();
    let open = move || {
        let connection = Connection::open(&path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Ok(connection)
    };
    Tables::new(Sqlite(Rusqlite::new(open))).await
}

#[tokio::test]
async fn the_store_conforms() {
    let file = NamedTempFile::new().unwrap();
    conformance::run(&tables(&file).await).await;
}

#[tokio::test]
async fn a_sick_connection_is_closed() {
    let file = NamedTempFile::new().unwrap();
    tables(&file).await.assert_heals().await;
}
