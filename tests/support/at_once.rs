//! Runs tasks that start together.

use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Runs `tasks` tasks that start together, and returns their outputs.
pub(crate) async fn at_once<F, T>(tasks: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let start = Arc::new(Barrier::new(tasks));
    let mut set = JoinSet::new();
    for number in 0..tasks {
        let (start, task) = (start.clone(), task(number));
        set.spawn(async move {
            start.wait().await;
            task.await
        });
    }
    set.join_all().await
}
