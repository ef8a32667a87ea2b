//! Times as JavaScript has them.

use hudhud::UnixTime;

/// Converts the milliseconds of `Date.now()`.
pub(crate) fn unix_time(now: f64) -> UnixTime {
    UnixTime::from_millis(now as u64)
}
