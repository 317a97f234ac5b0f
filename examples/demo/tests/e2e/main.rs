//! The demo as its visitors meet it: the program itself, over HTTP, with its real mails.

// Ctrl-C is sent by the program `kill`.
#![cfg(unix)]

mod accounts;
mod answers;
mod codes;
mod guards;
mod journey;
mod links;
mod mails;
#[allow(dead_code, reason = "the test answers in the place of its user")]
#[path = "../../examples/native_app.rs"]
mod native_app;
mod pages;
mod program;
#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../../../../tests/support/smtp.rs"]
mod server;
mod smtp;
mod support;
