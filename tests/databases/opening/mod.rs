//! A store that opens works with the host's tables; otherwise opening says what to change.
//!
//! Each host is driven from a request to a new password, on other connections than the opening one.

mod mysql;
mod postgres;
mod scene;
