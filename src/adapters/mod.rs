//! Stores, mailers and hashers that are ready to use, each behind a feature.

#[cfg(feature = "argon2")]
pub mod argon2;
#[cfg(feature = "lettre")]
pub mod lettre;
#[cfg(feature = "std")]
pub mod memory;

#[cfg(feature = "sql")]
pub mod sql;

#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub mod sqlx;
