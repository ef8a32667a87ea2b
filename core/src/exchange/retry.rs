//! The decision about a retry: a pure function that does not sleep.

use alloc::string::String;
use core::time::Duration;

use crate::endpoint::{RetryCause, RetrySafety};
use crate::schema::{doc_text, join_lines};

/// Passes every limit of [`RetryPolicy`] to a macro, for the bindings.
///
/// `for_each_retry_limit!(my_macro)` expands to `my_macro! { … }` with the counts and the durations, each with its
/// default. The default of a duration is in seconds.
#[macro_export]
macro_rules! for_each_retry_limit {
    ($($callback:tt)+) => {
        $($callback)+! {
            counts {
                /// The greatest number of times the request may be sent, at least 1. Only requests that are safe to repeat
                /// are repeated. Default 4.
                max_attempts = 4,
            }
            durations {
                /// The upper bound of the first random wait. Each later bound is twice the previous one. Default 0.5 s.
                base = 0.5,
                /// The longest random wait. Default 10 s.
                cap = 10.0,
                /// The longest `Retry-After` that is obeyed. A longer one ends the call at once. Default 60 s. A call with
                /// an idempotency key is not repeated after 24 hours, because the vendor forgets the key.
                max_retry_after = 60.0,
            }
        }
    };
}

/// Converts a default of a duration.
const fn seconds(seconds: f64) -> Duration {
    Duration::from_millis((seconds * 1000.0) as u64)
}

macro_rules! declare {
    (
        counts { $( $(#[doc = $count_doc:tt])* $count:ident = $number:tt, )* }
        durations { $( $(#[doc = $doc:tt])* $duration:ident = $seconds:tt, )* }
    ) => {
        /// The limits of retries: the number of attempts and the waits between them.
        ///
        /// ```
        /// use hudhud::RetryPolicy;
        /// let patient = RetryPolicy { max_attempts: 6, ..RetryPolicy::default() };
        /// assert_eq!(RetryPolicy::never().max_attempts, 1);
        /// # let _ = patient;
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct RetryPolicy {
            $( $(#[doc = $count_doc])* pub $count: u32, )*
            $( $(#[doc = $doc])* pub $duration: Duration, )*
        }

        impl Default for RetryPolicy {
            fn default() -> Self {
                Self { $( $count: $number, )* $( $duration: const { seconds($seconds) }, )* }
            }
        }

        /// Every limit of a [`RetryPolicy`], in the order of the declaration.
        pub const RETRY_LIMITS: &[RetryLimit] = &[
            $( RetryLimit {
                name: stringify!($count),
                default: RetryLimitDefault::Count($number),
                lines: &[$( doc_text!($count_doc) ),*],
            }, )*
            $( RetryLimit {
                name: stringify!($duration),
                default: RetryLimitDefault::Duration(seconds($seconds)),
                lines: &[$( doc_text!($doc) ),*],
            }, )*
        ];
    };
}
crate::for_each_retry_limit!(declare);

/// A limit of a [`RetryPolicy`] as data, for tools that write the types of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryLimit {
    /// The name in snake case. A host uses its own case, and may add a unit.
    pub name: &'static str,
    /// The default. It determines the type.
    pub default: RetryLimitDefault,
    lines: &'static [&'static str],
}

impl RetryLimit {
    /// Returns the documentation, or an empty text without the feature `docs`.
    #[must_use]
    pub fn doc(&self) -> String {
        join_lines(self.lines)
    }
}

/// The default of a limit.
///
/// This enum is exhaustive. If a variant is added, each generator that does not handle it fails to compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryLimitDefault {
    /// A number of times.
    Count(u32),
    /// A time.
    Duration(Duration),
}

impl RetryPolicy {
    /// Returns a policy with a single attempt.
    #[must_use]
    pub fn never() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Do not send again. Report the error.
    Stop,
    /// Send again after this time.
    RetryAfter(Duration),
}

impl RetryPolicy {
    /// Decides what to do after attempt number `attempt` (from 1) failed with `cause`.
    ///
    /// `retry_after` is the wait that the vendor asked for. `random` is any number from the host: a random wait is
    /// spread evenly from zero to its bound ("full jitter"), so that many clients do not return at the same moment.
    #[must_use]
    pub fn decide(
        &self,
        attempt: u32,
        safety: RetrySafety,
        cause: RetryCause,
        retry_after: Option<Duration>,
        random: u64,
    ) -> RetryDecision {
        if !safety.allows(cause) || attempt >= self.max_attempts {
            return RetryDecision::Stop;
        }
        match retry_after {
            Some(wait) if wait > self.max_retry_after => RetryDecision::Stop,
            // A `Retry-After` of zero counts as none: a server in trouble needs some time.
            Some(wait) if !wait.is_zero() => RetryDecision::RetryAfter(wait),
            _ => RetryDecision::RetryAfter(self.jitter(attempt, random)),
        }
    }

    fn jitter(&self, attempt: u32, random: u64) -> Duration {
        let factor = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        let bound = self.base.saturating_mul(factor).min(self.cap).min(self.max_retry_after);
        let millis = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        // The upper half of the product is evenly spread over 0..=millis, without a division.
        let spread = (u128::from(random) * (u128::from(millis) + 1)) >> 64;
        Duration::from_millis(u64::try_from(spread).unwrap_or(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::{RetryCause, RetryDecision, RetryPolicy};
    use crate::endpoint::RetrySafety;
    use core::time::Duration;

    const POLICY: RetryPolicy = RetryPolicy {
        max_attempts: 3,
        base: Duration::from_millis(100),
        cap: Duration::from_millis(150),
        max_retry_after: Duration::from_secs(5),
    };

    #[test]
    fn only_what_is_safe_is_repeated() {
        let decide = |safety, cause| POLICY.decide(1, safety, cause, None, 0) != RetryDecision::Stop;
        for (cause, safe, if_refused, if_unavailable) in [
            (RetryCause::NotSent, true, true, true),
            (RetryCause::Unanswered, true, false, false),
            (RetryCause::RateLimited, true, true, false),
            (RetryCause::Unavailable(503), true, false, true),
            (RetryCause::Unavailable(502), true, false, false),
            (RetryCause::Final, false, false, false),
        ] {
            assert_eq!(decide(RetrySafety::Always, cause), safe, "{cause:?}");
            assert_eq!(decide(RetrySafety::OnlyIfRejected, cause), if_refused, "{cause:?}");
            assert_eq!(decide(RetrySafety::OnlyIfUnavailable, cause), if_unavailable, "{cause:?}");
        }
    }

    #[test]
    fn waits_grow_to_their_cap_and_attempts_end() {
        let wait =
            |attempt, random| POLICY.decide(attempt, RetrySafety::Always, RetryCause::NotSent, None, random);
        assert_eq!(wait(1, u64::MAX), RetryDecision::RetryAfter(Duration::from_millis(100)));
        assert_eq!(wait(2, u64::MAX), RetryDecision::RetryAfter(Duration::from_millis(150)));
        assert_eq!(wait(2, 0), RetryDecision::RetryAfter(Duration::ZERO));
        assert_eq!(wait(3, 0), RetryDecision::Stop);
    }

    #[test]
    fn retry_after_is_obeyed_up_to_its_bound() {
        let wait = |seconds| {
            POLICY.decide(
                1,
                RetrySafety::Always,
                RetryCause::RateLimited,
                Some(Duration::from_secs(seconds)),
                u64::MAX,
            )
        };
        assert_eq!(wait(5), RetryDecision::RetryAfter(Duration::from_secs(5)));
        assert_eq!(wait(6), RetryDecision::Stop);
        assert_eq!(wait(0), RetryDecision::RetryAfter(Duration::from_millis(100)));
    }

    #[test]
    fn no_number_is_too_large() {
        let policy = RetryPolicy {
            max_attempts: u32::MAX,
            base: Duration::MAX,
            cap: Duration::MAX,
            max_retry_after: Duration::MAX,
        };
        for attempt in [0, 1, 32, 64, u32::MAX - 1] {
            let decision = policy.decide(
                attempt,
                RetrySafety::Always,
                RetryCause::NotSent,
                Some(Duration::MAX),
                u64::MAX,
            );
            assert_eq!(decision, RetryDecision::RetryAfter(Duration::MAX));
            let _ = policy.decide(attempt, RetrySafety::Always, RetryCause::NotSent, None, u64::MAX);
        }
    }
}
