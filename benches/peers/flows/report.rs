//! Prints times, ratios and round trips: ratios of tenth percentiles, with those of medians beside.

use crate::wire::Trips;
use crate::{DELAYS, Seconds};
use peers::quantile;
use std::time::Duration;

/// The measurements over wires with one delay, or directly.
pub(crate) struct Measured<'a> {
    pub(crate) delay: Option<Duration>,
    /// The seconds of an empty round trip.
    pub(crate) round_trip: f64,
    pub(crate) names: &'a [&'static str],
    /// The flows of each side.
    pub(crate) flows: &'a [Vec<Seconds>],
}

/// Two sides, and the ratio that should not be exceeded: directly, and for each delay.
const RATIOS: [(&str, &str, [Option<f64>; 4]); 11] = [
    ("by hand, sqlx, again", "by hand, sqlx", [None; 4]),
    ("by hand, tokio-postgres, again", "by hand, tokio-postgres", [None; 4]),
    ("the crate, sqlx", "by hand, sqlx", [Some(1.05); 4]),
    ("the crate, tokio-postgres", "by hand, tokio-postgres", [Some(1.05); 4]),
    ("the crate, sqlx, pinging", "the crate, sqlx", [None; 4]),
    ("the crate, sqlx", "Django", [Some(0.25), Some(0.25), None, None]),
    ("the crate, sqlx, pinging", "Django", [None; 4]),
    ("the crate, tokio-postgres", "Django", [Some(0.25), Some(0.25), None, Some(1.0)]),
    ("the crate, sqlx", "fastapi-users", [None; 4]),
    ("the crate, sqlx, pinging", "fastapi-users", [None; 4]),
    ("the crate, tokio-postgres", "fastapi-users", [None; 4]),
];

/// A ratio is that of the tenth percentiles, since other programs only ever add to a time. If the
/// ratio of the medians differs from it, the machine was not quiet.
pub(crate) fn times(measured: &Measured<'_>) {
    let Measured { delay, round_trip, names, flows } = measured;
    let how = delay.map_or("Directly".to_owned(), |delay| {
        format!("Over a wire that adds {} ms", delay.as_secs_f64() * 1e3)
    });
    println!("\n## {how}: an empty round trip takes {:.2} ms\n", round_trip * 1e3);
    println!("| of {} flows, ms | request | look | reset | whole flow | median |", flows[0].len());
    println!("| --- | --- | --- | --- | --- | --- |");
    let of = |side: usize, share, step: fn(&Seconds) -> f64| {
        quantile(flows[side].iter().map(step).collect(), share) * 1e3
    };
    for (side, name) in names.iter().enumerate() {
        let steps: [fn(&Seconds) -> f64; 4] = [|s| s[0], |s| s[1], |s| s[2], whole];
        let [request, look, reset, all] = steps.map(|step| of(side, 0.1, step));
        let median = of(side, 0.5, whole);
        println!("| {name} | {request:.2} | {look:.2} | {reset:.2} | {all:.2} | {median:.2} |");
    }
    println!("\n| the whole flow | to | ratio | of the medians | target |");
    println!("| --- | --- | --- | --- | --- |");
    for (side, to, targets) in RATIOS {
        let number = |name| names.iter().position(|&known| known == name);
        let (Some(side_number), Some(to_number)) = (number(side), number(to)) else { continue };
        let [ratio, medians] =
            [0.1, 0.5].map(|share| of(side_number, share, whole) / of(to_number, share, whole));
        let column = delay.and_then(|delay| DELAYS.iter().position(|&known| known == delay));
        let target = targets[column.map_or(0, |column| column + 1)];
        let target = target.map_or(String::new(), |most| {
            format!("{most}, {}", if ratio <= most { "reached" } else { "missed" })
        });
        println!("| {side} | {to} | {ratio:.3} | {medians:.2} | {target} |");
    }
}

pub(crate) fn trips(names: &[&'static str], trips: &[[Trips; 3]]) {
    println!("\n| round trips, and pings beside them | request | look | reset | the whole flow |");
    println!("| --- | --- | --- | --- | --- |");
    for (name, steps) in names.iter().zip(trips) {
        let sum = |count: fn(&Trips) -> u32| steps.iter().map(count).sum();
        let all = Trips { all: sum(|step| step.all), pings: sum(|step| step.pings) };
        let cells = steps.iter().chain([&all]).map(|trips| {
            let pings = if trips.pings > 0 { format!(" + {}", trips.pings) } else { String::new() };
            format!(" {}{pings} |", trips.all - trips.pings)
        });
        println!("| {name} |{}", cells.collect::<String>());
    }
}

fn whole(seconds: &Seconds) -> f64 {
    seconds.iter().sum()
}
