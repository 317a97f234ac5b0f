//! These tests stand on databases: SQLite, and the servers that the environment names.

mod collisions;
mod concurrency;
mod conformance;
mod dropped;
mod lost_answers;
mod opening;
mod operator;
mod plans;
mod purge;
mod races;
mod recipes;
mod sick;
mod sqlite;
mod statements;
#[path = "../support/mod.rs"]
mod support;
mod trouble;
mod tutorial;
