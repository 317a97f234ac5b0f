//! Work that outlives the request that asked for it, and that a shutdown waits for.

use anyhow::Context;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) struct Background {
    tasks: TaskTracker,
    permits: Arc<Semaphore>,
    stopping: CancellationToken,
}

/// As much is under way as may be.
#[derive(Debug)]
pub(crate) struct Busy;

impl Background {
    /// At most so many of the tasks that nobody waits for run at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self {
            tasks: TaskTracker::new(),
            permits: Arc::new(Semaphore::new(at_once)),
            stopping: CancellationToken::new(),
        }
    }

    /// Starts a task that nobody waits for, unless too many are under way.
    pub(crate) fn try_start(
        &self,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), Busy> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().map_err(|_| Busy)?;
        self.tasks.spawn(async move {
            task.await;
            drop(permit);
        });
        Ok(())
    }

    /// Runs a task to its end, even if whoever waits for it goes away.
    pub(crate) async fn complete<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> anyhow::Result<T> {
        self.tasks.spawn(task).await.context("a task stopped early")
    }

    /// Runs a job now and every hour until the shutdown.
    pub(crate) fn hourly<F>(&self, job: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            let mut hours = tokio::time::interval(Duration::from_hours(1));
            hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = stopping.cancelled() => break,
                    _ = hours.tick() => job().await,
                }
            }
        });
    }

    /// Waits for everything that was started.
    pub(crate) async fn finish(&self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::{Background, Busy};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tokio::sync::{mpsc, oneshot};

    #[tokio::test]
    async fn no_more_tasks_start_than_may_run_at_once() {
        let background = Background::new(1);
        let (release, released) = oneshot::channel::<()>();
        background.try_start(async { released.await.unwrap() }).unwrap();
        assert!(matches!(background.try_start(async {}), Err(Busy)));

        release.send(()).unwrap();
        background.finish().await;
        assert!(background.try_start(async {}).is_ok());
    }

    #[tokio::test]
    async fn an_hourly_job_runs_at_once_and_stops_with_the_rest() {
        let background = Background::new(1);
        let (ran, mut runs) = mpsc::unbounded_channel();
        background.hourly(move || {
            ran.send(()).unwrap();
            std::future::ready(())
        });
        assert!(runs.recv().await.is_some());
        background.finish().await;
        assert!(runs.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_task_ends_although_whoever_waits_goes_away() {
        let background = Background::new(1);
        let (release, released) = oneshot::channel::<()>();
        let done = Arc::new(AtomicBool::new(false));
        let set_done = Arc::clone(&done);
        let mut waiting = Box::pin(background.complete(async move {
            released.await.unwrap();
            set_done.store(true, Ordering::SeqCst);
        }));
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("it waits for the release"),
            () = std::future::ready(()) => {}
        }
        drop(waiting);

        release.send(()).unwrap();
        background.finish().await;
        assert!(done.load(Ordering::SeqCst));
    }
}
