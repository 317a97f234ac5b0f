//! The part of the tests' support that the model needs.
#![allow(dead_code, reason = "another part is for other tests")]

pub(crate) use crate::run;

#[path = "../../../support/codes.rs"]
pub(crate) mod codes;
#[path = "../../../support/invariants.rs"]
pub(crate) mod invariants;
#[path = "../../../support/ports.rs"]
pub(crate) mod ports;
#[path = "../../../support/scripted.rs"]
pub(crate) mod scripted;
#[path = "../../../support/world.rs"]
pub(crate) mod world;
