//! Work that outlives the answer, in bounded number, and that a shutdown waits for.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::task::TaskTracker;

pub(super) struct Tasks {
    tracker: TaskTracker,
    requests: Arc<Semaphore>,
    resets: Arc<Semaphore>,
    deadline: Duration,
}

impl Tasks {
    pub(super) fn new(requests: usize, resets: usize, deadline: Duration) -> Self {
        let places = |number| Arc::new(Semaphore::new(number));
        let tracker = TaskTracker::new();
        Self { tracker, requests: places(requests), resets: places(resets), deadline }
    }

    /// Starts the work for a request, and gives the deadline until which it may take; `None` where
    /// as much is under way as may be. A request holds its place until then, whatever becomes of
    /// it: so a full house tells nobody who has an account.
    pub(super) fn request(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<Instant> {
        let Ok(permit) = Arc::clone(&self.requests).try_acquire_owned() else {
            tracing::error!("a request for a link was turned away: too many are under way");
            return None;
        };
        let until = Instant::now() + self.deadline;
        tokio::spawn(self.tracker.track_future(async move {
            if timeout_at(until, work).await.is_err() {
                tracing::error!("a request for a link was given up at its deadline");
            }
        }));
        // In a task of its own, which no shutdown waits for and no panic of the work ends.
        tokio::spawn(async move {
            sleep_until(until).await;
            drop(permit);
        });
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
