//! The quotas per day and month: the requests that are left, and the end of the time without requests.

use alloc::vec::Vec;
use core::time::Duration;

use crate::http::rate_limit::RateLimit;
use crate::limiter::bytes::{RateLimiterStateError, Reader, Writer};
use crate::limiter::tuning::tuning;

const DAY: u64 = 86_400_000;
/// The longest time for which a quota error holds all requests, whatever the response states. A month has 31 days.
const LONGEST_PARK: u64 = 32 * DAY;
/// The time after which another request is sent to learn if the quota was reset, if the previous one got no response.
const PROBE_AGAIN: u64 = 60_000;

/// The state of the quotas. Times are in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quota {
    /// The number of requests left today, or `None` if no limit is known.
    left: Option<u64>,
    /// The end of the time without requests, if nothing is left.
    until: u64,
    /// True if the vendor stated that end in a quota error.
    refused: bool,
}

impl Quota {
    /// The number of bytes of the stored form.
    pub(super) const LENGTH: usize = 18;

    /// Returns the end of the time without requests.
    pub(super) fn parked(&self, now: u64) -> Option<u64> {
        (self.left == Some(0) && now < self.until).then_some(self.until)
    }

    /// Returns the number of requests that may leave. After a time without requests, one request is sent to learn if
    /// the quota was reset.
    pub(super) fn room(&self) -> u64 {
        self.left.map_or(u64::MAX, |left| left.max(1))
    }

    /// Counts permits, at most as many as there is room for.
    pub(super) fn take(&mut self, permits: u64, now: u64) {
        let Some(left) = self.left else { return };
        if left == 0 {
            // The next response counts, even if the one before was a quota error.
            (self.until, self.refused) = (now.saturating_add(PROBE_AGAIN), false);
            return;
        }
        let left = left.saturating_sub(permits * tuning().day_counts);
        self.left = Some(left);
        if left == 0 {
            (self.until, self.refused) = (midnight(now), false);
        }
    }

    /// Counts back permits that were not used.
    pub(super) fn give_back(&mut self, permits: u64) {
        if !self.refused {
            self.left = self.left.map(|left| left.saturating_add(permits));
        }
    }

    /// Learns from the limits of a response. `recent` is an upper bound of the permits that this response may not have
    /// counted yet: the permits of the last minute or two. `pause` is the time after which that bound is smaller.
    pub(super) fn learn(&mut self, stated: &RateLimit, success: bool, recent: u64, now: u64, pause: u64) {
        if self.refused && now < self.until {
            // Responses to requests before the quota error still arrive.
            return;
        }
        let Some(remaining) = stated.daily_remaining else {
            if success && stated.limit.is_some() && stated.daily_limit.is_none() {
                *self = Self::default();
            }
            return;
        };
        let certain = remaining.saturating_sub(recent);
        let before = self.left.unwrap_or(u64::MAX);
        let left = if self.left.is_some() { before.min(remaining).max(certain) } else { certain };
        self.left = Some(left);
        if left == 0 && before > 0 {
            // A sudden end may be the late response of the day before: ask again soon.
            let is_sudden = remaining > 0 || before > recent;
            self.until = if is_sudden { now.saturating_add(pause) } else { midnight(now) };
        }
        self.refused = false;
    }

    /// Forgets the limit per day, after many responses that state none.
    pub(super) fn forget(&mut self, now: u64) {
        if self.parked(now).is_none() {
            *self = Self::default();
        }
    }

    /// Holds all requests after a quota error.
    pub(super) fn refuse(&mut self, retry_after: Option<Duration>, now: u64) {
        let wait = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let end = wait.map_or(midnight(now), |wait| now.saturating_add(wait.clamp(1_000, LONGEST_PARK)));
        *self = Self { left: Some(0), until: end, refused: true };
    }

    /// Moves the times after the clock went back.
    pub(super) fn shift(&mut self, by: u64) {
        self.until = self.until.saturating_sub(by);
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.put(&[u8::from(self.left.is_some()), u8::from(self.refused)]);
        bytes.u64(self.left.unwrap_or_default());
        bytes.u64(self.until);
    }

    pub(super) fn read(reader: &mut Reader<'_>, now: u64) -> Result<Self, RateLimiterStateError> {
        let is_known = reader.flag("mark of a daily limit")?;
        let refused = reader.flag("mark of a quota error")?;
        let (left, until) = (reader.u64(), reader.u64());
        if until > now.saturating_add(LONGEST_PARK) {
            return Err(RateLimiterStateError::Value("end of a quota"));
        }
        if (!is_known && left > 0) || (refused && (!is_known || left > 0)) {
            return Err(RateLimiterStateError::Value("rest of a quota"));
        }
        Ok(Self { left: is_known.then_some(left), until, refused })
    }
}

/// Returns the next midnight in UTC.
fn midnight(now: u64) -> u64 {
    (now / DAY + 1).saturating_mul(DAY)
}
