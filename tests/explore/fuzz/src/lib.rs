//! Holds one entrance of the library to its properties, for each fuzz target.
//!
//! `tests/seeds.rs` runs the targets over the corpus, without a fuzzer.

mod breach_answer;
mod code_text;
mod flows;
mod ledger_bytes;
mod link_template;
mod mail_headers;
mod policy;
mod token_text;

// The model of the service's own test.
#[path = "../../../service/random_flows/model.rs"]
mod model;
#[path = "../../../service/random_flows/ops.rs"]
mod ops;
mod support;

pub use breach_answer::breach_answer;
pub use code_text::code_text;
pub use flows::flows;
pub use ledger_bytes::ledger_bytes;
pub use link_template::link_template;
pub use mail_headers::mail_headers;
pub use policy::policy;
pub use token_text::token_text;

use std::borrow::Cow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use support::scripted::entropy_of;

/// Any bytes as text.
fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// Polls a future to its end; whatever it waits for is only a turn.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
