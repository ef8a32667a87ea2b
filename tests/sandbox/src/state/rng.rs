//! The random source of ids, keys and outcomes. One seed makes a run repeatable. The position in the stream is saved,
//! so that a restart from a state file never repeats an id. Callers' requests, scheduled jobs and faults have
//! separate streams, so that none depends on the timing of the others.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The purpose of a random stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stream {
    Callers,
    Jobs,
    Faults,
}

/// A seeded random source.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub(crate) struct Rng {
    seed: u64,
    stream: Stream,
    rng: ChaCha8Rng,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    seed: u64,
    stream: Stream,
    position: u64,
}

impl From<Saved> for Rng {
    fn from(saved: Saved) -> Self {
        let mut chance = Self::new(saved.seed, saved.stream);
        chance.rng.set_word_pos(u128::from(saved.position));
        chance
    }
}

impl From<Rng> for Saved {
    fn from(chance: Rng) -> Self {
        let Rng { seed, stream, .. } = chance;
        Self { seed, stream, position: u64::try_from(chance.rng.get_word_pos()).unwrap_or(u64::MAX) }
    }
}

impl Rng {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        Self { seed, stream, rng }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn uuid(&mut self) -> Uuid {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Returns a token of letters and digits, like keys and secrets.
    pub(crate) fn token(&mut self, prefix: &str, length: usize) -> String {
        let mut token = String::with_capacity(prefix.len() + length);
        token.push_str(prefix);
        while token.len() < prefix.len() + length {
            // Only draws below 62 of 64 are used, so that all letters are equally likely.
            let draw = (self.rng.next_u32() & 63) as usize;
            if let Some(&letter) = ALPHABET.get(draw) {
                token.push(char::from(letter));
            }
        }
        token
    }

    /// Returns true with the probability `share`.
    pub(crate) fn happens(&mut self, share: f64) -> bool {
        f64::from(self.rng.next_u32()) / f64::from(u32::MAX) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_repeatable_and_a_restart_continues_its_stream() {
        let (mut one, mut other) = (Rng::new(7, Stream::Callers), Rng::new(7, Stream::Callers));
        assert_eq!(one.uuid(), other.uuid());
        assert_eq!(one.token("sk_", 48), other.token("sk_", 48));
        let saved = serde_json::to_string(&one).unwrap();
        let mut restarted: Rng = serde_json::from_str(&saved).unwrap();
        assert_eq!(restarted.uuid(), one.uuid());
        assert_ne!(one.uuid(), other.uuid());
        assert_ne!(Rng::new(7, Stream::Jobs).uuid(), Rng::new(7, Stream::Faults).uuid());
    }
}
