//! The exploration of a world: every order of simultaneous events, and every place of a number of faults.
//!
//! Each run follows a path of choices from the start. A run ends early in a state that was reached before, because all that
//! follows from it was tried or will be. Time never goes back, so that no state follows from itself: a promise that holds in each
//! state and at each end holds always, and every run ends.

use alloc::format;
use alloc::string::String;
use std::collections::HashSet;

use crate::system_tests::choices::{Choices, Fault, Path};
use crate::system_tests::config::Config;
use crate::system_tests::world::World;

/// The most steps of one run. A world in which something goes on forever exceeds them.
const MOST_STEPS: u64 = 5_000;

/// The size of an exploration.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Explored {
    pub(super) runs: u64,
    pub(super) states: usize,
    /// The runs that came to their end, and were not cut at a known state.
    pub(super) ends: u64,
}

/// Explores a world with at most this number of faults of these kinds. The error is the first breach of a promise.
pub(super) fn explore(config: &Config, faults: &[Fault], most_faults: usize) -> Result<Explored, String> {
    let mut path = Path::new(faults);
    let mut seen = HashSet::new();
    let mut explored = Explored::default();
    loop {
        path.restart(most_faults);
        let mut world = World::new(config, Choices::Path(path));
        let breach = |world: &World<'_>, fault: String| {
            format!("{fault} (run {}, after {} steps)", explored.runs + 1, world.steps)
        };
        loop {
            let is_new = is_repeating(&world) || seen.insert(world.fingerprint());
            if !is_new {
                break;
            }
            match world.advance() {
                Ok(true) if world.steps > MOST_STEPS => {
                    return Err(breach(&world, "everything ends: there is no end".into()));
                }
                Ok(true) => {}
                Ok(false) => {
                    world.judge().map_err(|fault| breach(&world, fault))?;
                    explored.ends += 1;
                    break;
                }
                Err(fault) => return Err(breach(&world, fault)),
            }
        }
        explored.runs += 1;
        explored.states = seen.len();
        let Choices::Path(used) = world.choices else { return Ok(explored) };
        path = used;
        if !path.advance() {
            return Ok(explored);
        }
    }
}

fn is_repeating(world: &World<'_>) -> bool {
    matches!(&world.choices, Choices::Path(path) if path.is_repeating())
}
