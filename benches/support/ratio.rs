//! Times the crate beside something else; `benches/report` prints the ratio of the medians.

use criterion::{BenchmarkId, Criterion};

/// Times the crate twice, and `theirs` once. The difference between the crate's times is noise.
pub(crate) fn compare<A, B>(
    criterion: &mut Criterion,
    group: &str,
    ours: impl Fn() -> A,
    (name, theirs): (&str, impl Fn() -> B),
) {
    let mut group = criterion.benchmark_group(group);
    for name in ["crate", "crate again"] {
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| bencher.iter(&ours));
    }
    group.bench_function(BenchmarkId::from_parameter(name), |bencher| bencher.iter(&theirs));
    group.finish();
}
