//! The demo as its visitors meet it: the program itself, over HTTP, with its real mails.

// Ctrl-C is sent by the program `kill`.
#![cfg(unix)]

mod answers;
mod guards;
mod journey;
mod links;
mod pages;
mod program;
mod smtp;
mod support;
