//! Ports at which a task waits until the scheduler lets it continue.

use password_reset::adapters::memory::Outbox;
use password_reset::mailer::{Mailer, Message};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::Selector;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

/// Where a task waits at each call of a port.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Gates {
    /// Enough where nothing is shared between one call and the next.
    Before,
    BeforeAndAfter,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Running,
    Waiting,
}

/// What took effect, in this order, and by which task.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) effects: Vec<usize>,
    pub(crate) conflicts: usize,
}

/// The gate of one task.
#[derive(Clone)]
pub(crate) struct Gate {
    task: usize,
    gates: Gates,
    state: Arc<Mutex<State>>,
    history: Arc<Mutex<History>>,
}

impl Gate {
    pub(crate) fn new(task: usize, gates: Gates, history: Arc<Mutex<History>>) -> Self {
        Self { task, gates, state: Arc::new(Mutex::new(State::Running)), history }
    }

    /// Lets the task run to its next gate or, with an output, to its end.
    pub(crate) async fn step<T>(
        &self,
        task: &mut Pin<Box<dyn Future<Output = T> + '_>>,
    ) -> Option<T> {
        *self.state.lock().unwrap() = State::Running;
        poll_fn(|context| match task.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if *self.state.lock().unwrap() == State::Waiting => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    async fn wait(&self) {
        *self.state.lock().unwrap() = State::Waiting;
        poll_fn(|_| match *self.state.lock().unwrap() {
            State::Waiting => Poll::Pending,
            State::Running => Poll::Ready(()),
        })
        .await;
    }

    async fn around<T>(&self, call: impl Future<Output = T>) -> T {
        self.wait().await;
        let answer = call.await;
        if self.gates == Gates::BeforeAndAfter {
            self.wait().await;
        }
        answer
    }

    /// A change by another path than the service.
    pub(crate) async fn change(&self, change: impl Future<Output = ()>) {
        self.around(async {
            change.await;
            self.history.lock().unwrap().effects.push(self.task);
        })
        .await;
    }
}

pub(crate) struct GatedStore<'a, S>(pub(crate) &'a S, pub(crate) Gate);

impl<S: Store> Store for GatedStore<'_, S> {
    type AccountId = S::AccountId;
    type Error = S::Error;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.1.around(self.0.find_by_login(login)).await
    }

    async fn find_by_id(
        &self,
        id: &S::AccountId,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.1.around(self.0.find_by_id(id)).await
    }

    async fn find_by_selector(
        &self,
        selector: &Selector,
    ) -> Result<Option<Account<S::AccountId>>, S::Error> {
        self.1.around(self.0.find_by_selector(selector)).await
    }

    async fn commit(&self, change: &Change<'_, S::AccountId>) -> Result<Commit, S::Error> {
        let commit = async {
            let answer = self.0.commit(change).await;
            let mut history = self.1.history.lock().unwrap();
            match answer {
                Ok(Commit::Committed { .. }) => history.effects.push(self.1.task),
                _ => history.conflicts += 1,
            }
            answer
        };
        self.1.around(commit).await
    }
}

pub(crate) struct GatedMailer(pub(crate) Outbox, pub(crate) Gate);

impl<Id: Sync> Mailer<Id> for GatedMailer {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, Id>) -> Result<(), Infallible> {
        self.1.around(self.0.send(message)).await
    }
}
