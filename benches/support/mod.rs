//! What several benchmarks share: a host's link, hash and mailbox, and how samples are compared.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

pub(crate) mod ratio;
pub(crate) mod statistics;

use password_reset::LinkTemplate;
use password_reset::mailer::{Mailer, Message};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

/// As long as a hash of Argon2id.
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IGhlcmU$Zm9yZ290dGVuIHBhc3N3b3JkIGhhc2g";

pub(crate) fn link() -> LinkTemplate {
    LinkTemplate::new("https://app.example.com/reset?token={token}").expect("it is a template")
}

/// Whether cargo only tries if the benchmark runs, as `cargo test --benches` does.
pub(crate) fn is_trial() -> bool {
    !std::env::args().any(|argument| argument == "--bench")
}

/// Runs a future that never waits, because its ports are in memory.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("ports in memory are always ready"),
    }
}

/// A mailbox that holds the token of the newest link.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<String>>);

impl Mailbox {
    pub(crate) fn token(&self) -> String {
        self.0.lock().expect("no thread panicked").clone()
    }
}

impl<Id: Sync> Mailer<Id> for Mailbox {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        if let Message::ResetLink { link, .. } = message {
            link.expose_token().clone_into(&mut self.0.lock().expect("no thread panicked"));
        }
        Ok(())
    }
}
