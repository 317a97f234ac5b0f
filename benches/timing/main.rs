//! Whether time tells a secret: `cargo bench --bench timing`.
//!
//! Two questions, each with a control that must come out the other way. Does the comparison
//! of digests take longer the more of a digest is right? And by how much does a request's time
//! differ between logins, which is why a host answers before it runs one? With the feature `codes`, the
//! same of a code that is typed, whose answer has to wait, which is why a host gives it at one moment.
//!
//! Samples of two classes are taken in random order, so that whatever drifts, drifts for both.
//! `SAMPLES` is how many there are of each.

#[cfg(feature = "codes")]
mod codes;
mod comparison;
mod requests;
mod statistics;

fn main() {
    let samples = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok());
    // `cargo test --benches` only asks whether it runs.
    let is_trial = !std::env::args().any(|argument| argument == "--bench");
    let samples = samples.unwrap_or(if is_trial { 100 } else { 200_000 });
    comparison::measure(samples);
    requests::measure((samples / 10).max(100));
    #[cfg(feature = "codes")]
    codes::measure((samples / 10).max(100));
    // Each takes the moment that its answer comes at.
    #[cfg(all(feature = "codes", feature = "web"))]
    codes::measure_pages((samples / 1000).max(5));
}
