//! SeaORM 2 keeps a pool of sqlx 0.9, and for that one the library has a driver. So there is
//! nothing to write but the way to the pool. SeaORM 1 has a pool of sqlx 0.8: see its example.

use password_reset::adapters::sqlx::Sqlx;
use sea_orm::DatabaseConnection;
use sea_orm::sqlx::{MySql, Postgres};

/// A driver over the pool of a connection to PostgreSQL.
///
/// # Panics
/// The connection is to another database.
pub fn postgres(database: &DatabaseConnection) -> Sqlx<Postgres> {
    database.get_postgres_connection_pool().clone().into()
}

/// A driver over the pool of a connection to MariaDB or MySQL.
///
/// # Panics
/// The connection is to another database.
pub fn mysql(database: &DatabaseConnection) -> Sqlx<MySql> {
    database.get_mysql_connection_pool().clone().into()
}
