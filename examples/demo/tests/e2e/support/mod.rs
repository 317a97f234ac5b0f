mod browser;
mod demo;
mod mail;

pub(crate) use browser::{Browser, Page};
pub(crate) use demo::{ALICE, BOB, CAROL, Demo, FIRST_PASSWORD, command};
pub(crate) use mail::Mail;
