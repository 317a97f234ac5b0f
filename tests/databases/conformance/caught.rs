//! Asserts what a property says about a mistake.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

async fn catch_panic(run: impl Future<Output = ()>) -> std::thread::Result<()> {
    let mut run = pin!(run);
    poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(context)));
        poll.map_or_else(|panic| Poll::Ready(Err(panic)), |poll| poll.map(Ok))
    })
    .await
}

/// That a mistake that loses only some of its races is caught within so many tries, with one of
/// these sentences.
pub(crate) async fn assert_caught(tries: u32, sentences: &[&str], property: impl AsyncFn()) {
    let mut caught = String::from("it is not");
    for _ in 0..tries {
        if let Err(panic) = catch_panic(property()).await {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            text.unwrap_or_default().clone_into(&mut caught);
            break;
        }
    }
    let is_right = sentences.iter().any(|sentence| caught.contains(sentence));
    assert!(is_right, "is it caught, and for the right reason? {caught}");
}
