mod browser;
mod demo;
mod mail;

pub(crate) use browser::{Browser, Page};
pub(crate) use demo::{ALICE, BOB, CAROL, Demo, FIRST_PASSWORD, command, execute};
pub(crate) use mail::Mail;
