//! What opens works: a host on PostgreSQL, MariaDB or MySQL, of whatever types, privileges and
//! settings, is driven from a request to a new password on connections other than the one that
//! opened the store, or the store does not open and says what to change.

mod mysql;
mod postgres;
mod scene;
