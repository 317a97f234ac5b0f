//! The pages and the JSON, asked as browsers and programs ask.

mod answers;
mod api;
#[path = "../secrets/events.rs"]
mod events;
mod interleavings;
mod languages;
mod layout;
mod links;
mod tossed;
mod visitor;

use visitor::{Answer, Site, Visitor};
