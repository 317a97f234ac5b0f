//! The demo's pages in a real browser: Chromium, through its driver.

// A process group is ended by the program `kill`.
#![cfg(unix)]

mod checklist;
mod chromium;
mod contrast;
mod foreign_sites;
mod journey;
mod keyboard;
mod looks;
mod mails;
mod phone;
mod pictures;
mod private_networks;
mod show_password;
mod tabs;
mod tour;
mod without_scripts;

#[path = "../../../../tests/support/url.rs"]
mod environment;
#[allow(dead_code, unused_imports, reason = "these tests use a part of it")]
#[path = "../e2e/support/mod.rs"]
mod support;
