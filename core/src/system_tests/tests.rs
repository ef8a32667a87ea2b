//! The explored worlds and the random ones, each with the planted bugs that it finds.
//!
//! `cargo xtask sim` runs the same tests for longer: `HUDHUD_FAULTS` adds to the faults of each explored world,
//! `HUDHUD_WORLDS` is the number of random worlds, and `HUDHUD_SEED` the seed of the first one.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use std::println;
use std::time::Instant;

use crate::inbox::Mode;
use crate::system_tests::bugs::{BUGS, Bug};
use crate::system_tests::choices::Fault;
use crate::system_tests::config::Config;
use crate::system_tests::explore::explore;
use crate::system_tests::simulate::{simulate, world_of};
use crate::system_tests::vendor::DAY;

/// The faults of a sender.
const SENDING: [Fault; 8] = [
    Fault::Crash,
    Fault::LostRequest,
    Fault::LostResponse,
    Fault::Late,
    Fault::Unavailable,
    Fault::StoreFails,
    Fault::LongStop,
    Fault::PowerLoss,
];

/// The faults of a receiver.
const RECEIVING: [Fault; 9] = [
    Fault::Crash,
    Fault::LostRequest,
    Fault::LostResponse,
    Fault::Late,
    Fault::Unavailable,
    Fault::StoreFails,
    Fault::Twice,
    Fault::Forged,
    Fault::HandlerFails,
];

/// A world that is explored, with the faults that can happen in it, and the most of them in one run.
struct Explored {
    config: Config,
    faults: &'static [Fault],
    most: usize,
}

fn worlds() -> Vec<Explored> {
    let sender = Config { name: "a sender", senders: 1, messages: 1, ..Config::SMALL };
    let keyless = Config { name: "a sender without keys", keyed: false, ..sender.clone() };
    let senders = Config { name: "three senders", senders: 3, messages: 1, limit: 5, ..Config::SMALL };
    let window = Config { name: "a full window", senders: 2, messages: 6, limit: 8, ..Config::SMALL };
    let receivers = Config { name: "three receivers", receivers: 3, events: 1, ..Config::SMALL };
    let skewed = Config { name: "three clocks that differ", skew: 2_000, ..receivers.clone() };
    let transactions = Config { name: "transactions", mode: Mode::Transactional, ..receivers.clone() };
    let both = Config { name: "a sender and two receivers", senders: 1, messages: 1, ..receivers.clone() };
    let both = Config { receivers: 2, ..both };
    let world = |config, faults, most| Explored { config, faults, most };
    alloc::vec![
        world(sender, &SENDING[..], 3),
        world(keyless, &SENDING[..], 3),
        world(senders, &SENDING[..], 0),
        world(window, &SENDING[..], 0),
        world(receivers, &RECEIVING[..], 2),
        world(skewed, &RECEIVING[..], 1),
        world(transactions, &RECEIVING[..], 2),
        world(both, &RECEIVING[..], 2),
    ]
}

/// Returns a number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn every_place_of_a_few_faults_keeps_the_promises() {
    let more = number("HUDHUD_FAULTS", 0) as usize;
    for Explored { config, faults, most } in worlds() {
        let start = Instant::now();
        let most = most + more;
        let explored =
            explore(&config, faults, most).unwrap_or_else(|fault| panic!("{}: {fault}", config.name));
        println!(
            "{}: {} states, {} runs, {} of them to an end, at most {most} faults, {:.1?}",
            config.name,
            explored.states,
            explored.runs,
            explored.ends,
            start.elapsed()
        );
        assert!(explored.ends > 0, "{}: no run has an end", config.name);
    }
}

/// The bugs that one or two faults bring to light, each with the world and the promise that it breaks there. The others
/// need more faults in turn; random worlds find them.
const REACHED: [(&str, &str, &str); 16] = [
    ("a handled event is claimed again", "three receivers", "never twice"),
    ("a lease does not end", "three receivers", "everything ends"),
    ("a lease ends early", "three receivers", "one holder"),
    ("the fencing token stays the same", "three receivers", "one holder"),
    ("a message without a key is repeated", "a sender without keys", "never twice"),
    ("claims are not recorded", "a sender", "the journal of sender 0"),
    ("each attempt has a new key", "a sender", "never twice"),
    ("keys are used for two days", "a sender", "never twice"),
    ("the window is too short", "a full window", "never over a window"),
    ("the limiter's store forgets", "a full window", "never over a window"),
    ("stores do not compare", "three receivers", "one holder"),
    ("the HTTP library repeats requests", "a sender without keys", "never twice"),
    ("lost requests are called unsent", "a sender without keys", "never twice"),
    ("claims become durable too late", "a sender without keys", "never twice"),
    ("deliveries are answered too early", "three receivers", "never lost"),
    ("requests ignore the limiter", "a full window", "never over a window"),
];

#[test]
fn the_exploration_finds_planted_bugs() {
    let worlds = worlds();
    for (name, world, promise) in REACHED {
        let bug = BUGS.iter().find(|(other, _)| *other == name).expect("a bug").1;
        let world = worlds.iter().find(|other| other.config.name == world).expect("a world");
        // Few faults first: the shortest way to the breach.
        let fault = (0..=world.most)
            .find_map(|most| bug.plant(&world.config, |config| explore(config, world.faults, most).err()));
        let fault = fault.unwrap_or_else(|| panic!("{name} breaks no promise"));
        assert!(fault.starts_with(promise), "{name}: {fault}");
        println!("{name}: {}: {fault}", world.config.name);
    }
}

/// Runs the worlds of some seeds until one breaks a promise.
fn first_breach(bug: Option<Bug>, seeds: core::ops::Range<u64>) -> Option<(u64, String)> {
    seeds.into_iter().find_map(|seed| {
        let (config, rates) = world_of(seed);
        let run = |config: &Config| simulate(config, rates, seed).err();
        let fault = bug.map_or_else(|| run(&config), |bug| bug.plant(&config, run));
        fault.map(|fault| (seed, fault))
    })
}

#[test]
fn random_worlds_keep_the_promises_and_replay() {
    let (first, count) = (number("HUDHUD_SEED", 1), number("HUDHUD_WORLDS", 50));
    let (start, mut time, mut steps) = (Instant::now(), 0, 0);
    for seed in first..first + count {
        let (config, rates) = world_of(seed);
        let run = || simulate(&config, rates, seed).unwrap_or_else(|fault| panic!("seed {seed}: {fault}"));
        let result = run();
        if seed % 10 == 0 {
            assert_eq!(run(), result, "seed {seed} is not replayed");
        }
        (time, steps) = (time + result.time, steps + result.steps);
    }
    let days = time as f64 / DAY as f64;
    let per_minute = days / start.elapsed().as_secs_f64() * 60.0;
    println!(
        "{count} worlds from seed {first}: {days:.0} simulated days, {steps} steps, {per_minute:.0} days a minute"
    );
}

/// The bugs that the first hundred or so worlds do not reveal, each with a seed shortly before the first one that does.
/// A search from seed 1 takes a minute without optimization. `cargo xtask sim` makes it, since it names a seed.
const LATE: [(&str, u64); 3] = [
    ("a key's age counts from its last use", 175),
    ("the window is too short", 80),
    ("stores do not compare", 183),
];

#[test]
fn random_worlds_find_each_planted_bug() {
    let mut missed = Vec::new();
    for (name, bug) in BUGS {
        let late = LATE.iter().find(|(other, _)| *other == name);
        let first = number("HUDHUD_SEED", late.map_or(1, |(_, seed)| *seed));
        let start = Instant::now();
        match first_breach(Some(bug), first..first + 5_000) {
            Some((seed, fault)) => {
                println!("{name}: found in {:.3} s, seed {seed}: {fault}", start.elapsed().as_secs_f64());
            }
            None => missed.push(format!("{name}, not found in {:.0?}", start.elapsed())),
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
