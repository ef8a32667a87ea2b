//! Whether to repeat a request, and after how long: one pure decision, made without sleeping.

use core::time::Duration;

use crate::endpoint::Repeat;

/// How stubbornly an exchange tries.
///
/// ```
/// use hudhud::RetryPolicy;
/// let patient = RetryPolicy { max_attempts: 6, ..RetryPolicy::default() };
/// assert_eq!(RetryPolicy::never().max_attempts, 1);
/// # let _ = patient;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often the request may be sent in all, at least 1. Default 4.
    pub max_attempts: u32,
    /// The bound of the first random wait; each further bound doubles. Default 500 ms.
    pub base: Duration,
    /// The most a random wait may become. Default 10 s.
    pub cap: Duration,
    /// The longest `Retry-After` that is obeyed; a longer one ends the exchange at once. Default 60 s. However long it is,
    /// an exchange with an idempotency key ends before the vendor forgets the key: after 24 hours.
    pub max_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(10),
            max_wait: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever happens.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }
}

/// What went wrong, as far as repeating is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request never left: no connection could be made.
    NotSent,
    /// It left, and no answer came: nobody knows whether it had an effect.
    Unanswered,
    /// The vendor refused it before doing anything: 429 for the minute's limit.
    RateLimited,
    /// The vendor, or something before it, is not available: 502, 503, 504.
    Unavailable(u16),
    /// Anything else: a repetition would end the same way, or must not be.
    Final,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Give up, and tell the user why.
    Stop,
    /// Send again after this while.
    After(Duration),
}

impl RetryPolicy {
    /// Decides after the `attempt`-th attempt (from 1) failed by `fault`. `retry_after` is what the vendor
    /// asked for, `random` any number of the host's: the wait is spread evenly from zero to its bound ("full
    /// jitter"), so that many clients do not come back at the same moment.
    #[must_use]
    pub fn decide(
        &self,
        attempt: u32,
        repeat: Repeat,
        fault: Fault,
        retry_after: Option<Duration>,
        random: u64,
    ) -> Decision {
        let safe = match (fault, repeat) {
            (Fault::Final, _) => false,
            (Fault::NotSent, _) | (_, Repeat::Safe) => true,
            (Fault::Unavailable(status), Repeat::IfUnavailable) => status == 503,
            (Fault::RateLimited, Repeat::IfRefused) => true,
            _ => false,
        };
        if !safe || attempt >= self.max_attempts {
            return Decision::Stop;
        }
        match retry_after {
            Some(wait) if wait > self.max_wait => Decision::Stop,
            // "Now" from a server in trouble is not to be taken at its word.
            Some(wait) if !wait.is_zero() => Decision::After(wait),
            _ => Decision::After(self.jitter(attempt, random)),
        }
    }

    fn jitter(&self, attempt: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.base.saturating_mul(factor).min(self.cap).min(self.max_wait);
        let millis = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        // The upper half of the product is an even spread over 0..=millis, without a division.
        let spread = (u128::from(random) * (u128::from(millis) + 1)) >> 64;
        Duration::from_millis(u64::try_from(spread).unwrap_or(millis))
    }
}

/// A stream of numbers from the host's 16 bytes (SplitMix64): good enough to spread waits, and only for that.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) fn new(entropy: [u8; 16]) -> Self {
        let (low, high) = entropy.split_at(8);
        let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        Self(word(low).rotate_left(17) ^ word(high))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Fault, RetryPolicy};
    use crate::endpoint::Repeat;
    use core::time::Duration;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 3,
        base: Duration::from_millis(100),
        cap: Duration::from_millis(150),
        max_wait: Duration::from_secs(5),
    };

    #[test]
    fn only_what_is_safe_is_repeated() {
        let decide = |repeat, fault| POLICY.decide(1, repeat, fault, None, 0) != Decision::Stop;
        for (fault, safe, if_refused, if_unavailable) in [
            (Fault::NotSent, true, true, true),
            (Fault::Unanswered, true, false, false),
            (Fault::RateLimited, true, true, false),
            (Fault::Unavailable(503), true, false, true),
            (Fault::Unavailable(502), true, false, false),
            (Fault::Final, false, false, false),
        ] {
            assert_eq!(decide(Repeat::Safe, fault), safe, "{fault:?}");
            assert_eq!(decide(Repeat::IfRefused, fault), if_refused, "{fault:?}");
            assert_eq!(decide(Repeat::IfUnavailable, fault), if_unavailable, "{fault:?}");
        }
    }

    #[test]
    fn waits_grow_to_their_cap_and_attempts_end() {
        let wait = |attempt, random| POLICY.decide(attempt, Repeat::Safe, Fault::NotSent, None, random);
        assert_eq!(wait(1, u64::MAX), Decision::After(Duration::from_millis(100)));
        assert_eq!(wait(2, u64::MAX), Decision::After(Duration::from_millis(150)));
        assert_eq!(wait(2, 0), Decision::After(Duration::ZERO));
        assert_eq!(wait(3, 0), Decision::Stop);
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_bound() {
        let wait = |seconds| {
            POLICY.decide(1, Repeat::Safe, Fault::RateLimited, Some(Duration::from_secs(seconds)), u64::MAX)
        };
        assert_eq!(wait(5), Decision::After(Duration::from_secs(5)));
        assert_eq!(wait(6), Decision::Stop);
        assert_eq!(wait(0), Decision::After(Duration::from_millis(100)));
    }

    #[test]
    fn no_number_is_too_large() {
        let policy = RetryPolicy {
            max_attempts: u32::MAX,
            base: Duration::MAX,
            cap: Duration::MAX,
            max_wait: Duration::MAX,
        };
        for attempt in [0, 1, 32, 64, u32::MAX - 1] {
            let decision =
                policy.decide(attempt, Repeat::Safe, Fault::NotSent, Some(Duration::MAX), u64::MAX);
            assert_eq!(decision, Decision::After(Duration::MAX));
            let _ = policy.decide(attempt, Repeat::Safe, Fault::NotSent, None, u64::MAX);
        }
    }
}
