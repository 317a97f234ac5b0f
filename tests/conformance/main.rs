//! The conformance suite, on every store of the crate and on stores that are broken.
#![expect(clippy::unwrap_used, reason = "a test stops where something fails")]

mod behind_faults;
mod broken;
mod caught;
#[path = "../support/faulty.rs"]
mod faulty;
mod interleavings;
mod key_value;
mod memory;
#[cfg(all(
    feature = "sqlx-mysql",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite",
    feature = "uuid"
))]
mod overtaking;
mod own_store;
mod side_by_side;
mod sign_ins;
#[cfg(all(
    feature = "sqlx-mysql",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite",
    feature = "uuid"
))]
mod sql;
#[cfg(feature = "sqlx-postgres")]
mod two_tables;
#[cfg(feature = "sqlx-postgres")]
#[path = "../support/url.rs"]
mod url;
#[cfg(feature = "sqlx-postgres")]
mod users_table;
