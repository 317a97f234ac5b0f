//! The pages and the JSON, asked as browsers and programs ask.

mod accounts;
mod answers;
mod api;
mod bodies;
mod codes;
#[path = "../support/events.rs"]
mod events;
mod guard;
mod headers;
mod interleavings;
mod languages;
mod layout;
mod links;
mod methods;
mod openapi;
mod opening;
mod place;
#[path = "../support/scripted.rs"]
mod scripted;
mod tossed;
mod visitor;

use visitor::{Answer, Site, Visitor};
