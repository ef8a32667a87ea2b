//! Measures two functions alternately.
//!
//! The usual benchmark libraries measure one function after another. If the machine's speed drifts by a third within
//! a minute, their ratios measure the drift. This module contains the little code that is needed to alternate.

use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The duration of one batch: long compared with the clock's resolution, short compared with the machine's drift.
const BATCH: Duration = Duration::from_micros(400);
const ROUNDS: usize = 400;

/// Hudhud's function against an alternative.
pub(crate) struct Pair {
    name: String,
    ours_ns: f64,
    theirs_ns: f64,
    ratio: f64,
}

impl Pair {
    pub(crate) fn measure<A, B>(name: String, ours: impl Fn() -> A, theirs: impl Fn() -> B) -> Self {
        Self::measure_rounds(name, ROUNDS, ours, theirs)
    }

    /// Measures with more turns, for a difference of a few percent.
    pub(crate) fn measure_rounds<A, B>(
        name: String,
        rounds: usize,
        ours: impl Fn() -> A,
        theirs: impl Fn() -> B,
    ) -> Self {
        let (our_batch, their_batch) = (batch_size(&ours), batch_size(&theirs));
        let rounds: Vec<(f64, f64)> = (0..rounds)
            .map(|round| {
                // The order alternates too.
                if round % 2 == 0 {
                    let first = time(&ours, our_batch);
                    (first, time(&theirs, their_batch))
                } else {
                    let first = time(&theirs, their_batch);
                    (time(&ours, our_batch), first)
                }
            })
            .collect();
        Self {
            name,
            ours_ns: median(rounds.iter().map(|round| round.0)),
            theirs_ns: median(rounds.iter().map(|round| round.1)),
            ratio: median(rounds.iter().map(|round| round.0 / round.1)),
        }
    }
}

impl Pair {
    /// Returns the line of a pair whose ratio is near 1.
    pub(crate) fn precise(&self) -> String {
        let Self { name, ours_ns, theirs_ns, ratio } = self;
        format!("{name:<58} {:>7.1} us {:>7.1} us {ratio:>7.3}", ours_ns / 1e3, theirs_ns / 1e3)
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, ours_ns, theirs_ns, ratio } = self;
        write!(formatter, "{name:<58} {ours_ns:>7.0} ns {theirs_ns:>7.0} ns {ratio:>7.2}")
    }
}

/// Returns the median time of one call of a single function.
pub(crate) fn nanos<A>(run: impl Fn() -> A) -> f64 {
    let batch = batch_size(&run);
    median((0..ROUNDS).map(|_| time(&run, batch)))
}

fn batch_size<A>(run: &impl Fn() -> A) -> u32 {
    let mut size = 1_u32;
    loop {
        let start = Instant::now();
        for _ in 0..size {
            black_box(run());
        }
        if start.elapsed() >= BATCH || size > 1 << 20 {
            return size;
        }
        size *= 2;
    }
}

fn time<A>(run: &impl Fn() -> A, batch: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..batch {
        black_box(run());
    }
    start.elapsed().as_nanos() as f64 / f64::from(batch)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
