//! The pages and the JSON, asked as browsers and programs ask.

mod api;
mod links;
mod visitor;

use visitor::{Site, Visitor};
