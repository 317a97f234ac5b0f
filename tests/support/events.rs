//! Collects every event of a closure as text.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, LazyLock, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// One line for each event: its level and its fields.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut line = Line(format!("span {}", span.metadata().name()));
        span.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("values".to_owned());
        values.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// While there is one subscriber alone, the thread that comes first to an event decides for all
/// whether anybody listens, and it may be a thread of another test.
static OTHERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [0, 1].map(|_| Dispatch::new(Lines::default())));

pub(crate) fn events_of<T>(closure: impl FnOnce() -> T) -> (T, Vec<String>) {
    LazyLock::force(&OTHERS);
    let lines = Lines::default();
    let value = tracing::subscriber::with_default(lines.clone(), closure);
    let lines = std::mem::take(&mut *lines.0.lock().unwrap());
    (value, lines)
}
