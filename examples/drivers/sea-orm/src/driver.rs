//! SeaORM 2 holds a pool of sqlx 0.9, for which the library has a driver. So these functions only
//! reach the pool. SeaORM 1 holds a pool of sqlx 0.8: see the example for that version.

use password_reset::adapters::sqlx::Sqlx;
use sea_orm::DatabaseConnection;
use sea_orm::sqlx::{MySql, Postgres};

/// Returns a driver over the pool of a connection to PostgreSQL.
///
/// # Panics
/// Panics if the connection is to another database.
pub fn postgres(database: &DatabaseConnection) -> Sqlx<Postgres> {
    database.get_postgres_connection_pool().clone().into()
}

/// Returns a driver over the pool of a connection to MariaDB or MySQL.
///
/// # Panics
/// Panics if the connection is to another database.
pub fn mysql(database: &DatabaseConnection) -> Sqlx<MySql> {
    database.get_mysql_connection_pool().clone().into()
}
