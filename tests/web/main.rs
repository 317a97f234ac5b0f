//! The pages and the JSON, asked as browsers and programs ask.

mod api;
mod interleavings;
mod links;
mod tossed;
mod visitor;

use visitor::{Answer, Site, Visitor};
