//! These tests stand on real databases: SQLite, and the servers that the environment names.

#[cfg(feature = "sqlx-sqlite")]
mod concurrency;
#[path = "../support/mod.rs"]
mod support;
