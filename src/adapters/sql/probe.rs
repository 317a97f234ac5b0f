//! Asks the database about a store that is to be opened.

use super::{Driver, Kind, OpenError, SqlError, Statement, Trouble, Value};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

pub(super) struct Probe<'a, D> {
    pub(super) driver: &'a D,
    /// `accounts`, as a derived table.
    pub(super) accounts: String,
}

impl<D: Driver> Probe<'_, D> {
    pub(super) async fn query(
        &self,
        sql: impl Into<Arc<str>>,
        columns: usize,
        values: &[Value<'_>],
    ) -> Result<Vec<Vec<String>>, SqlError> {
        let columns = core::iter::repeat_n(Kind::Text, columns).collect::<Vec<_>>();
        let rows = self.driver.query(&Statement::new(sql, columns), values).await;
        let text = |value| match value {
            Some(Value::Text(text)) => text.into_owned(),
            _ => String::new(),
        };
        let rows = rows.map_err(SqlError::of::<D>)?.into_iter();
        Ok(rows.map(|row| row.into_iter().map(text).collect()).collect())
    }
}

/// An error about one of the host's parts. At opening, only the store's sample values are sent, so
/// the database's message may be shown.
pub(super) fn refused(part: &'static str, source: SqlError) -> OpenError {
    if matches!(source.trouble(), Trouble::NoConnection | Trouble::PoolClosed | Trouble::Pooler) {
        return source.into();
    }
    let driver = core::error::Error::source(&source).map(ToString::to_string).unwrap_or_default();
    let hint = match (source.trouble(), source.code()) {
        (Trouble::Privilege, _) => ": grant it to the database's user",
        // `undefined_function`, `datatype_mismatch`
        (_, Some("42883" | "42804")) => {
            ": a column has another type than the value beside it; cast one, as in \
             CAST({id} AS text)"
        }
        _ => "",
    };
    OpenError::Refused { part, says: driver + hint, source }
}
