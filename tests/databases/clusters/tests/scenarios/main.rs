//! What a service runs on that has outgrown one server, on the real thing.
//!
//! `TEST_CLUSTERS` names a folder that every user may enter, such as `/tmp`, for the servers.

mod galera;
mod planted;
mod pooler;
mod postgres;

use clusters::Cluster;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// What a scenario runs on.
#[derive(Clone, Copy, PartialEq)]
enum On {
    Galera,
    Postgres(&'static str),
}

type Scenario = for<'a> fn(&'a mut Cluster) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

macro_rules! scenarios {
    ($($on:expr => $module:ident: $($name:ident)*;)*) => {
        &[$($((concat!(stringify!($module), "::", stringify!($name)), $on, |cluster| {
            Box::pin($module::$name(cluster))
        }),)*)*]
    };
}

/// Those that share a cluster stand together; one that breaks it is the last of them.
const SCENARIOS: &[(&str, On, Scenario)] = scenarios! {
    On::Postgres("sync") => planted:
        a_store_that_lies_is_found;
    On::Postgres("sync") => postgres:
        every_isolation_level_keeps_what_it_answered
        a_standby_that_is_promoted_loses_nothing;
    On::Postgres("async") => postgres:
        a_standby_that_lags_loses_what_was_answered;
    On::Postgres("pooled") => pooler:
        session_mode_conforms
        transaction_and_statement_mode_break_nothing;
    On::Galera => galera:
        a_pool_over_three_nodes_conforms
        every_isolation_level_keeps_what_it_answered
        a_purge_on_three_nodes_at_once_forgets_all
        a_node_killed_and_a_node_halted_lose_nothing
        a_node_that_is_written_past_the_group_is_found
        a_node_that_is_left_alone_loses_nothing;
};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        let names = SCENARIOS.iter().map(|(name, ..)| name);
        return names.for_each(|name| println!("{name}: test"));
    }
    let is_wanted = |name: &str| {
        let mut parts = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        parts.peek().is_none() || parts.any(|part| name.contains(part.as_str()))
    };
    let wanted = SCENARIOS.iter().filter(|(name, ..)| is_wanted(name));
    let Some(within) = std::env::var_os("TEST_CLUSTERS").map(PathBuf::from) else {
        wanted.for_each(|(name, ..)| println!("skipped: {name}: TEST_CLUSTERS is not set"));
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut present: Option<(On, Cluster)> = None;
        for (name, on, scenario) in wanted {
            let began = Instant::now();
            if present.as_ref().is_none_or(|(present, _)| present != on) {
                drop(present.take());
                let cluster = match on {
                    On::Galera => Cluster::galera(&within),
                    On::Postgres(mode) => Cluster::postgres(&within, mode),
                };
                println!("the cluster took {:.1?}", began.elapsed());
                present = Some((*on, cluster));
            }
            let began = Instant::now();
            println!("test {name} ...");
            let scenario = scenario(&mut present.as_mut().unwrap().1);
            tokio::time::timeout(Duration::from_mins(2), scenario)
                .await
                .expect("it comes to an end");
            println!("test {name} ... ok, {:.1?}", began.elapsed());
        }
    });
}
