//! Servers that a service runs on once it has outgrown one of them, a load over them, and what must
//! hold of the load's history.
#![expect(clippy::missing_panics_doc, reason = "a test stops where something fails")]

mod balancer;
mod check;
mod cluster;
mod fixture;
mod history;
mod host;
mod liar;
mod load;

pub use balancer::Balancer;
pub use check::{State, Violation, check};
pub use cluster::{Cluster, GALERA, POOLER, POSTGRES};
pub use fixture::Conforming;
pub use history::{Answer, Attempt, History, Mail};
pub use host::{Server, Tables, address};
pub use liar::{Liar, Lie};
pub use load::{Load, Options, code};
