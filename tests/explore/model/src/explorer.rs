//! Visits every state, the nearest first, so that the first violation that is found has one of the
//! shortest traces.
//!
//! A state is known by a 64-bit fingerprint: of ten million states, two share one with a
//! probability of about three in a million.

use crate::bounds::Bounds;
use crate::properties::Property;
use crate::steps::{Action, Notes};
use crate::world::World;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// What an exploration came upon.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    /// How many states there are.
    pub states: usize,
    transitions: usize,
    /// How many steps the farthest state is away.
    pub depth: usize,
    elapsed: Duration,
    /// The shortest way to a violation of each property that has one, as sentences.
    pub violations: BTreeMap<Property, Vec<String>>,
    /// How often each situation was met.
    pub reached: BTreeMap<&'static str, u64>,
}

struct Visited {
    before: u32,
    action: u32,
}

struct Found {
    world: World,
    print: u64,
    came: Visited,
}

/// Explores a model to its end. With one in `wanted`, only until that property is violated, and
/// whatever else does not hold is passed over.
#[must_use]
pub fn explore(bounds: &Bounds, wanted: Option<Property>) -> Report {
    let begun = Instant::now();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut notes: Vec<Notes> = (0..workers).map(|_| Notes::default()).collect();
    let first = bounds.first_world();
    let mut known: HashSet<u64, BuildHasherDefault<Identity>> = HashSet::default();
    known.insert(print_of(&first));
    let mut visited = vec![Visited { before: 0, action: 0 }];
    let (mut level, mut depth, mut transitions) = (vec![(0, first)], 0, 0);
    let mut violations: BTreeMap<Property, usize> = BTreeMap::new();

    loop {
        let mut next_level = vec![];
        // In portions, so that what is found twice is soon dropped.
        for portion in level.chunks(20_000 * workers) {
            let share = portion.len().div_ceil(workers);
            let found: Vec<(usize, Vec<Found>)> = std::thread::scope(|scope| {
                let shares = portion.chunks(share).zip(&mut notes);
                let known = &known;
                let threads: Vec<_> = shares
                    .map(|(share, notes)| scope.spawn(|| expand(bounds, share, known, notes)))
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap_or_else(|p| std::panic::resume_unwind(p)))
                    .collect()
            });
            for (count, found) in found {
                transitions += count;
                for Found { mut world, print, came } in found {
                    if !known.insert(print) {
                        continue;
                    }
                    let index = visited.len();
                    visited.push(came);
                    world.broken.retain(|broken| wanted.is_none_or(|wanted| *broken == wanted));
                    for property in &world.broken {
                        violations.entry(*property).or_insert(index);
                    }
                    if world.broken.is_empty() {
                        next_level.push((index, world));
                    }
                }
            }
        }
        let is_over = next_level.is_empty();
        if !is_over {
            depth += 1;
        }
        if is_over || wanted.is_some_and(|wanted| violations.contains_key(&wanted)) {
            break;
        }
        level = next_level;
    }

    let mut reached = BTreeMap::new();
    for notes in &notes {
        for (what, count) in &notes.reached {
            *reached.entry(*what).or_default() += count;
        }
    }
    Report {
        name: bounds.name,
        states: visited.len(),
        transitions,
        depth,
        elapsed: begun.elapsed(),
        violations: violations
            .into_iter()
            .map(|(property, index)| (property, trace(bounds, &visited, index)))
            .collect(),
        reached,
    }
}

fn expand(
    bounds: &Bounds,
    level: &[(usize, World)],
    known: &HashSet<u64, BuildHasherDefault<Identity>>,
    notes: &mut Notes,
) -> (usize, Vec<Found>) {
    let (mut count, mut found) = (0, vec![]);
    for (index, world) in level {
        for (position, action) in bounds.actions(world, notes).into_iter().enumerate() {
            count += 1;
            let world = bounds.step(world, action, notes);
            let print = print_of(&world);
            if !known.contains(&print) {
                let before = u32::try_from(*index).expect("fewer than four billion states");
                let action = u32::try_from(position).expect("a state has few actions");
                found.push(Found { world, print, came: Visited { before, action } });
            }
        }
    }
    (count, found)
}

/// The way to a state, told anew.
fn trace(bounds: &Bounds, visited: &[Visited], mut index: usize) -> Vec<String> {
    let mut way = vec![];
    while index != 0 {
        way.push(visited[index].action as usize);
        index = visited[index].before as usize;
    }
    let mut notes = Notes::that_speak();
    let mut world = bounds.first_world();
    let mut sentences = vec![];
    for position in way.into_iter().rev() {
        let action: Action = bounds.actions(&world, &mut notes)[position];
        world = bounds.step(&world, action, &mut notes);
        sentences.extend(notes.sentence.clone());
    }
    sentences
}

fn print_of(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// The fingerprints are hashes already.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only fingerprints are hashed")
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, states, transitions, depth, elapsed, .. } = self;
        writeln!(
            f,
            "{name}: {states} states by {transitions} steps, depth {depth}, {:.1} s",
            elapsed.as_secs_f64()
        )?;
        for (property, trace) in &self.violations {
            writeln!(f, "  not so: {property}, after {} steps:", trace.len())?;
            for (number, sentence) in (1..).zip(trace) {
                writeln!(f, "    {number:2}. {sentence}")?;
            }
        }
        Ok(())
    }
}
