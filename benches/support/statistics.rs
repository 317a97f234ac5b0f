//! Times two classes of samples in random order, and prints the effect of the class.
#![expect(clippy::cast_precision_loss, reason = "no count here is near 2⁵²")]

use rand_core::{TryRng, UnwrapErr};
use std::hint::black_box;
use std::time::Instant;

/// The difference between two classes of samples, in nanoseconds.
pub(crate) struct Effect {
    pub(crate) median: [f64; 2],
    /// How often a sample of the second class is longer than one of the first, less how often it
    /// is shorter: 0 if nothing tells them apart, 1 or −1 if one sample does.
    cliffs_delta: f64,
    /// Compares the means without the slowest twentieth of all samples, which interrupts made.
    welch_t: f64,
}

impl Effect {
    /// Times `run` for two classes, in an order that a coin decides.
    pub(crate) fn of(samples: usize, mut run: impl FnMut(usize)) -> Self {
        Self::after(samples, |_| (), |class, ()| run(class))
    }

    /// Like [`of`](Self::of), and runs `prepare` before each sample, which is not timed.
    pub(crate) fn after<T>(
        samples: usize,
        mut prepare: impl FnMut(usize) -> T,
        mut run: impl FnMut(usize, &T),
    ) -> Self {
        let mut coin = Coin::new();
        let mut times = [Vec::with_capacity(samples), Vec::with_capacity(samples)];
        while times.iter().any(|times| times.len() < samples) {
            let class = coin.flip();
            let prepared = prepare(class);
            let start = Instant::now();
            run(black_box(class), &prepared);
            let nanoseconds = start.elapsed().as_nanos() as f64;
            if times[class].len() < samples {
                times[class].push(nanoseconds);
            }
        }
        Self::between(times)
    }

    fn between(mut times: [Vec<f64>; 2]) -> Self {
        for class in &mut times {
            class.sort_by(f64::total_cmp);
        }
        let median = times.each_ref().map(|times| times[times.len() / 2]);
        let mut pooled: Vec<_> = times.iter().flatten().copied().collect();
        pooled.sort_by(f64::total_cmp);
        let slowest = pooled[pooled.len() * 19 / 20];
        let [first, second] = times.each_ref().map(|times| Moments::of(times, slowest));
        let error = (first.variance / first.count + second.variance / second.count).sqrt();
        Self {
            median,
            cliffs_delta: cliffs_delta(&times),
            welch_t: (second.mean - first.mean) / error.max(f64::MIN_POSITIVE),
        }
    }

    pub(crate) fn print(&self, what: &str) {
        let [first, second] = self.median;
        println!(
            "| {what} | {first:.0} | {second:.0} | {:+.3} | {:+.1} |",
            self.cliffs_delta, self.welch_t
        );
    }
}

pub(crate) fn print_head(title: &str, first: &str, second: &str) {
    println!("\n{title}\n");
    println!("| what | {first}, median ns | {second}, median ns | Cliff's delta | Welch's t |");
    println!("| --- | --- | --- | --- | --- |");
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(sorted: &[f64], most: f64) -> Self {
        let kept = &sorted[..sorted.partition_point(|time| *time <= most)];
        let count = kept.len().max(2) as f64;
        let mean = kept.iter().sum::<f64>() / count;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { count, mean, variance }
    }
}

/// The samples must be sorted.
fn cliffs_delta([first, second]: &[Vec<f64>; 2]) -> f64 {
    let longer_less_shorter = second.iter().map(|time| {
        let shorter = first.partition_point(|other| other < time);
        let not_longer = first.partition_point(|other| other <= time);
        shorter as f64 - (first.len() - not_longer) as f64
    });
    longer_less_shorter.sum::<f64>() / (first.len() * second.len()) as f64
}

struct Coin {
    bits: u64,
    left: u32,
}

impl Coin {
    const fn new() -> Self {
        Self { bits: 0, left: 0 }
    }

    fn flip(&mut self) -> usize {
        if self.left == 0 {
            let Ok(bits) = UnwrapErr(getrandom::SysRng).try_next_u64();
            (self.bits, self.left) = (bits, u64::BITS);
        }
        self.left -= 1;
        (self.bits >> self.left & 1) as usize
    }
}
