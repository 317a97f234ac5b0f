//! Explores every interleaving of the shipped flows over one account.
//!
//! The flows are [`PasswordReset`](password_reset::PasswordReset)'s own futures, halted at each
//! call of a port; what the model adds is who goes on next, how the call fares, the clock, and
//! what the host does meanwhile. A process is the answers that its flow has got so far: given
//! the same answers, the future asks the same next question.
//!
//! One step is a call's effect, its answer, and what the flow makes of it up to its next call.
//! So a flow decides at the reading at which its last answer came; a delay between the two is
//! met only where the clock may also be set back. A call that is never answered is a process that
//! takes no further step.
//!
//! A commit that is spawned needs no role of its own. A redeemer drops its service before it
//! commits, so what goes on is what a task would own; that its handler is gone takes away only what
//! the visitor is told. A visitor who then tries again is the second redeemer, and a task that ends
//! midway is a crash.
//!
//! What the throttle promises of hours and days is explored in [`pacing`], over the token rules
//! alone, and how many wrong codes there can be in a year in [`guessing`].
//!
//! The explorer is one of its own, of a hundred lines: ready-made checkers keep each state's whole
//! path, and give the last violation of a property that they meet, not the nearest.

mod bounds;
mod database;
mod explorer;
mod faults;
mod flow;
pub mod guessing;
#[allow(dead_code, reason = "a state is read here without a panic")]
#[path = "../../../support/invariants.rs"]
mod invariants;
mod mistakes;
pub mod pacing;
mod ports;
mod properties;
mod rescue;
#[path = "../../../support/scripted.rs"]
mod scripted;
mod steps;
mod truth;
mod world;

pub use bounds::{Bounds, HostDeed, Role};
pub use explorer::{Report, explore};
pub use faults::Fault;
pub use mistakes::Mistake;
pub use properties::Property;
