//! Typed codes: each gets its response after the same time, right or wrong.

use super::tasks::Places;
use crate::token::ResetToken;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch::{self, Receiver};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::task::TaskTracker;

/// The login and the code.
pub(super) type Typed = (String, String);

type Answer = Receiver<Option<Arc<ResetToken>>>;

pub(super) struct TypedCodes {
    places: Places,
    under_way: Arc<Mutex<Vec<(Typed, Answer)>>>,
    /// The time for which the work on a code may go on after its response.
    grace: Duration,
}

impl TypedCodes {
    pub(super) fn new(places: Places, grace: Duration) -> Self {
        Self { places, under_way: Arc::default(), grace }
    }

    /// Works on a code, and returns its token at the deadline and not sooner. The outer `None`
    /// means that all places are taken. If the same is typed again before the deadline, as with a
    /// double click, it is worked on once, and both get the same result.
    pub(super) async fn answer(
        &self,
        typed: Typed,
        tracker: &TaskTracker,
        work: impl Future<Output = Option<ResetToken>> + Send + 'static,
    ) -> Option<Option<Arc<ResetToken>>> {
        let Some(until) = self.places.take() else {
            tracing::error!("a typed code was turned away: too many are under way");
            return None;
        };
        let answer = self.join(typed, tracker, until, work);
        sleep_until(until).await;
        let token = answer.borrow().clone();
        Some(token)
    }

    fn join(
        &self,
        typed: Typed,
        tracker: &TaskTracker,
        until: Instant,
        work: impl Future<Output = Option<ResetToken>> + Send + 'static,
    ) -> Answer {
        let mut under_way = lock(&self.under_way);
        if let Some((_, answer)) = under_way.iter().find(|(other, _)| *other == typed) {
            return answer.clone();
        }
        let (sender, answer) = watch::channel(None);
        under_way.push((typed.clone(), answer.clone()));
        let end = until + self.grace;
        let entry = Entry { typed, under_way: Arc::clone(&self.under_way) };
        tokio::spawn(tracker.track_future(async move {
            if let Ok(token) = timeout_at(end, work).await {
                sender.send_replace(token.map(Arc::new));
            } else {
                tracing::error!("a typed code was given up at its deadline");
            }
            sleep_until(until).await;
            drop(entry);
        }));
        answer
    }
}

/// Removes what was typed from the list when its work ends, even if that panics.
struct Entry {
    typed: Typed,
    under_way: Arc<Mutex<Vec<(Typed, Answer)>>>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.under_way).retain(|(typed, _)| *typed != self.typed);
    }
}

fn lock(list: &Mutex<Vec<(Typed, Answer)>>) -> MutexGuard<'_, Vec<(Typed, Answer)>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
