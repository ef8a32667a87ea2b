//! The simulation of a world with random events and faults, from a seed that repeats it bit for bit.

use alloc::format;
use alloc::string::String;

use crate::inbox::Mode;
use crate::outbox::tests::simulation::START;
use crate::random::Random;
use crate::system_tests::choices::{Choices, Fault, Rates};
use crate::system_tests::config::Config;
use crate::system_tests::vendor::DAY;
use crate::system_tests::world::World;

/// The most steps of one world.
const MOST_STEPS: u64 = 3_000_000;

/// The result of a simulation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Simulated {
    /// The virtual time in milliseconds.
    pub(super) time: u64,
    pub(super) steps: u64,
    /// A digest of the end.
    pub(super) digest: u64,
}

/// Returns the world of a seed.
pub(super) fn world_of(seed: u64) -> (Config, Rates) {
    let mut random = Random::seeded(seed);
    let faults = [
        (Fault::Crash, 20),
        (Fault::LostRequest, 60),
        (Fault::LostResponse, 80),
        (Fault::Late, 40),
        (Fault::Unavailable, 60),
        (Fault::StoreFails, 30),
        (Fault::Twice, 300),
        (Fault::Forged, 200),
        (Fault::HandlerFails, 200),
        (Fault::LongStop, 200),
        (Fault::PowerLoss, 500),
    ];
    let rates =
        faults.into_iter().fold(Rates::NONE, |rates, (fault, most)| rates.with(fault, random.below(most)));
    let config = Config {
        name: "random",
        keyed: random.below(3) > 0,
        senders: 1 + random.below(3) as usize,
        messages: 5 + random.below(40) as u32,
        in_flight: 1 + random.below(4) as usize,
        receivers: 1 + random.below(3) as usize,
        events: 5 + random.below(20) as usize,
        spread: 60_000 + random.below(3 * DAY),
        mode: if random.below(2) == 0 { Mode::Leased } else { Mode::Transactional },
        limit: 10 + random.below(200),
        daily: 20 + random.below(300),
        skew: random.below(400),
        ..Config::SMALL
    };
    (config, rates)
}

/// Runs a world to its end. The error is the first breach of a promise.
pub(super) fn simulate(config: &Config, rates: Rates, seed: u64) -> Result<Simulated, String> {
    let mut world = World::new(config, Choices::Random(Random::seeded(seed), rates));
    while world.advance()? {
        if world.steps > MOST_STEPS {
            return Err(format!("everything ends: there is no end after {} steps", world.steps));
        }
    }
    world.judge()?;
    Ok(Simulated { time: world.now - START, steps: world.steps, digest: world.fingerprint() })
}
