//! Tasks that outlive the response: bounded in number, and awaited at a shutdown.

#[cfg(feature = "codes")]
use super::typed::{Typed, TypedCodes};
#[cfg(feature = "codes")]
use crate::token::ResetToken;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

pub(super) struct Tasks {
    tracker: TaskTracker,
    requests: Places,
    resets: Arc<Semaphore>,
    #[cfg(feature = "codes")]
    codes: TypedCodes,
}

/// A limited number of places. Each is held equally long, whatever the work does, so that a full
/// house does not reveal who has an account.
pub(super) struct Places {
    /// The time until which each place is taken, in order.
    taken: Mutex<VecDeque<Instant>>,
    at_once: usize,
    deadline: Duration,
}

impl Places {
    pub(super) fn new(at_once: usize, deadline: Duration) -> Self {
        Self { taken: Mutex::default(), at_once, deadline }
    }

    /// Takes a place, and returns the deadline until which it is held.
    pub(super) fn take(&self) -> Option<Instant> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let over = taken.partition_point(|until| *until <= now);
        drop(taken.drain(..over));
        let until = now + self.deadline;
        (taken.len() < self.at_once).then(|| taken.push_back(until)).map(|()| until)
    }
}

impl Tasks {
    pub(super) fn new(
        requests: Places,
        resets: usize,
        #[cfg(feature = "codes")] codes: TypedCodes,
    ) -> Self {
        Self {
            tracker: TaskTracker::new(),
            requests,
            resets: Arc::new(Semaphore::new(resets)),
            #[cfg(feature = "codes")]
            codes,
        }
    }

    /// Starts the work for a request, and returns its deadline, or `None` if all places are taken.
    pub(super) fn request(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<Instant> {
        let Some(until) = self.requests.take() else {
            tracing::error!("a request for a link was turned away: too many are under way");
            return None;
        };
        tokio::spawn(self.tracker.track_future(async move {
            if timeout_at(until, work).await.is_err() {
                tracing::error!("a request for a link was given up at its deadline");
            }
        }));
        Some(until)
    }

    /// Works on a typed code: see [`TypedCodes::answer`].
    #[cfg(feature = "codes")]
    pub(super) async fn code(
        &self,
        typed: Typed,
        work: impl Future<Output = Option<ResetToken>> + Send + 'static,
    ) -> Option<Option<Arc<ResetToken>>> {
        self.codes.answer(typed, &self.tracker, work).await
    }

    /// Starts work that must run to its end, even if the client disconnects. Returns `None` if the
    /// limit is reached.
    pub(super) fn reset<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<JoinHandle<T>> {
        let permit = Arc::clone(&self.resets).try_acquire_owned().ok()?;
        let work = async move {
            let done = work.await;
            drop(permit);
            done
        };
        Some(tokio::spawn(self.tracker.track_future(work)))
    }

    pub(super) async fn finish(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}
