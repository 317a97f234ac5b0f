//! Work that outlives the answer, in bounded number, and that a shutdown waits for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

pub(super) struct Tasks {
    tracker: TaskTracker,
    /// Until when each place of a request is taken. They stand in order, since all are held equally
    /// long.
    requests: Mutex<VecDeque<Instant>>,
    at_once: usize,
    resets: Arc<Semaphore>,
    deadline: Duration,
}

impl Tasks {
    pub(super) fn new(requests: usize, resets: usize, deadline: Duration) -> Self {
        Self {
            tracker: TaskTracker::new(),
            requests: Mutex::default(),
            at_once: requests,
            resets: Arc::new(Semaphore::new(resets)),
            deadline,
        }
    }

    /// A place until its deadline.
    fn place(&self) -> Option<Instant> {
        let mut taken = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let over = taken.partition_point(|until| *until <= now);
        drop(taken.drain(..over));
        let until = now + self.deadline;
        (taken.len() < self.at_once).then(|| taken.push_back(until)).map(|()| until)
    }

    /// Starts the work for a request, and gives the deadline until which it may take; `None` where
    /// as much is under way as may be. A request holds its place until then, whatever becomes of
    /// it: so a full house tells nobody who has an account.
    pub(super) fn request(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<Instant> {
        let Some(until) = self.place() else {
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

    /// Starts what must run to its end, even if whoever waits for it goes away.
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
