//! Work that outlives the answer, in bounded number, and that a shutdown waits for.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::task::TaskTracker;

pub(super) struct Tasks {
    tracker: TaskTracker,
    requests: Arc<Semaphore>,
    resets: Arc<Semaphore>,
    pub(super) deadline: Duration,
}

/// As much is under way as may be.
pub(super) struct Full;

impl Tasks {
    pub(super) fn new(requests: usize, resets: usize, deadline: Duration) -> Self {
        let places = |number| Arc::new(Semaphore::new(number));
        let (requests, resets) = (places(requests), places(resets));
        Self { tracker: TaskTracker::new(), requests, resets, deadline }
    }

    /// A place for a request, which it holds until its deadline, whatever becomes of it: so a full
    /// house tells nobody who has an account.
    pub(super) fn place(&self) -> Result<Place, Full> {
        let permit = Arc::clone(&self.requests).try_acquire_owned().map_err(|_| Full)?;
        Ok(Place { permit, until: Instant::now() + self.deadline })
    }

    /// Works behind the answer.
    pub(super) fn request<W>(&self, place: Place, work: W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let task = self.tracker.track_future(place.hold(work));
        tokio::spawn(task);
    }

    /// Starts what must run to its end, even if whoever waits for it goes away.
    pub(super) fn reset<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<JoinHandle<T>, Full> {
        let permit = Arc::clone(&self.resets).try_acquire_owned().map_err(|_| Full)?;
        let work = async move {
            let done = work.await;
            drop(permit);
            done
        };
        Ok(tokio::spawn(self.tracker.track_future(work)))
    }

    pub(super) async fn finish(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

pub(super) struct Place {
    permit: OwnedSemaphorePermit,
    pub(super) until: Instant,
}

impl Place {
    /// Runs until the deadline at most. The place stays taken until then, but a shutdown does not
    /// wait for it.
    pub(super) async fn hold(self, work: impl Future<Output = ()>) {
        let Self { permit, until } = self;
        if timeout_at(until, work).await.is_err() {
            tracing::error!("a request for a link did not end by its deadline, and was given up");
        }
        tokio::spawn(async move {
            sleep_until(until).await;
            drop(permit);
        });
    }
}
