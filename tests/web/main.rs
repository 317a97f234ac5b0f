//! These tests stand on the pages and the JSON: they send requests as browsers and programs do.

mod accounts;
mod answers;
mod api;
mod bodies;
mod codes;
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
#[path = "../support/mod.rs"]
mod support;
mod tossed;
mod visitor;

use visitor::{Answer, Site, Visitor};
