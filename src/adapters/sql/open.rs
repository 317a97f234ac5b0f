//! The checks that open a store, in their order.

use super::form::Forms;
use super::host_sql::HostSql;
use super::name::Name;
use super::probe::{Probe, refused};
use super::statements::{Composed, Statements};
use super::{AccountId, Database, Driver, OpenError, SqlError, SqlStore, Value};
use alloc::borrow::Cow;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

pub(super) async fn open<D: Driver, Id: AccountId>(
    driver: D,
    host: &HostSql,
) -> Result<SqlStore<D, Id>, OpenError> {
    let probe = Probe { driver: &driver, accounts: format!("(\n{}\n)", host.accounts) };
    probe.settings(host).await?;
    probe.ledger_table(&host.table).await?;
    let forms = probe.forms(Id::KIND, &host.table).await?;
    let sql = Statements::new(D::DATABASE, host, &forms);
    if !["update", "with"].contains(&&*sql.set_password.verb) {
        return Err(OpenError::Reads { part: "set_password" });
    }
    for composed in sql.all() {
        probe.explain(composed, &forms).await?;
    }
    match D::DATABASE {
        Database::Sqlite => probe.names_are_unique(&host.accounts).await?,
        Database::MySql => probe.engines(host).await?,
        Database::Postgres => super::pooler::check(&driver).await?,
    }
    if D::DATABASE != Database::Sqlite {
        let transaction = driver.apply(Some(D::DATABASE.begin()), &[]).await;
        transaction.map_err(SqlError::of::<D>)?;
    }
    let counts = |ends: &Composed| ["delete", "update"].contains(&&*ends.verb);
    let counts_sessions = sql.end_sessions.iter().all(counts);
    Ok(SqlStore { driver: Arc::new(driver), sql: Arc::new(sql), counts_sessions, id: PhantomData })
}

impl<D: Driver> Probe<'_, D> {
    /// Asks for the plan of a statement, for which its types and privileges must be right.
    async fn explain(&self, composed: &Composed, forms: &Forms) -> Result<(), OpenError> {
        let Composed { part, statement, names, verb } = composed;
        let plannable = ["select", "insert", "update", "delete", "with", "replace", "merge"];
        if !plannable.contains(&&**verb) {
            return Ok(());
        }
        let sample = |name: &Name| match name {
            Name::Id | Name::IdText => Value::from(forms.id.sample),
            Name::Stamp | Name::StampText => Value::from(forms.stamp.sample),
            Name::Login | Name::Hash | Name::Address | Name::State => Value::from("x"),
            Name::Selector | Name::Ledger => Value::Bytes(Cow::Borrowed(&[0; 12])),
            _ => Value::Integer(1),
        };
        let values: Vec<_> = names.iter().map(sample).collect();
        match self.query(format!("EXPLAIN {}", statement.sql()), 0, &values).await {
            // A user who may use a view may still be denied its plan.
            Err(error) if error.code() == Some("1345") => Ok(()),
            plan => plan.map(drop).map_err(|error| refused(part, error)),
        }
    }
}
