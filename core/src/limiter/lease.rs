//! Blocks of permits that a process takes from a shared limiter.

use core::time::Duration;

use crate::limiter::permit::{Lane, Permit};
use crate::limiter::tuning::tuning;
use crate::types::time::UnixTime;

/// A block of permits from a shared [`RateLimiter`](crate::RateLimiter), each with the time from which it is valid.
///
/// Each permit is valid for a quarter of a second, or for a second if the vendor states no limit. A permit that is
/// not used in this time is lost. The lease of a process that stops therefore needs no clean-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The time of the first permit, in microseconds.
    first: u64,
    /// The microseconds between two permits.
    interval: u64,
    /// The number of permits.
    permits: u32,
    /// The number of the next permit, from 0.
    next: u32,
    /// The number of permits that were used.
    used: u32,
    /// The milliseconds for which each permit is valid.
    valid: u64,
    /// The number of the lease, which tells if others were granted after it.
    serial: u32,
    /// The latest time that a caller passed, in milliseconds.
    latest: u64,
    /// True if a bulk request received a wait.
    bulk_waits: bool,
    /// The urgent requests that passed the waiting bulk request.
    passed: u8,
}

impl Lease {
    /// Creates a lease from the time of its first permit and the current time, in milliseconds, and from the
    /// microseconds between two permits.
    pub(super) fn new((first, latest): (u64, u64), interval: Option<u64>, permits: u32, serial: u32) -> Self {
        let (first, tuning) = (first.saturating_mul(1_000), tuning());
        let (interval, valid) = interval.map_or((0, tuning.lease), |interval| (interval, tuning.late));
        Self {
            first,
            interval,
            permits,
            next: 0,
            used: 0,
            valid,
            serial,
            latest,
            bulk_waits: false,
            passed: tuning.passes,
        }
    }

    /// Takes a permit. Returns `None` after the last permit: then the process needs another lease.
    ///
    /// While bulk requests wait, they get the first permit of the lease, and then one after every four permits that urgent
    /// requests took. If the wait is too long for an urgent request, take a lease of one urgent permit.
    pub fn acquire(&mut self, lane: Lane, now: UnixTime) -> Option<Permit> {
        let now = self.advance(now);
        let left = self.left_at(now);
        self.next = self.permits - left;
        if left == 0 {
            return None;
        }
        let mut due = self.due(self.next);
        if lane == Lane::Urgent && self.bulk_waits && self.passed >= tuning().passes {
            // Bulk has until the permit after it.
            due = due.saturating_add(self.interval);
        }
        if due > now {
            if lane == Lane::Bulk && !self.bulk_waits {
                self.bulk_waits = true;
                if self.used > 0 {
                    self.passed = 0;
                }
            }
            return Some(Permit::Wait(Duration::from_millis((due - now).div_ceil(1_000))));
        }
        match lane {
            Lane::Urgent => self.passed = self.passed.saturating_add(1),
            Lane::Bulk => self.bulk_waits = false,
        }
        self.next += 1;
        self.used += 1;
        Some(Permit::Now)
    }

    /// Returns the number of permits that can still be used.
    #[must_use]
    pub fn left(&self, now: UnixTime) -> u32 {
        let mut copy = *self;
        let now = copy.advance(now);
        copy.left_at(now)
    }

    /// Returns the number of permits that were not used, lost ones included.
    pub(super) const fn unused(&self) -> u32 {
        self.permits - self.used
    }

    /// Returns the number of permits that are not due yet.
    pub(super) fn not_due(&self, now: u64) -> u32 {
        let passed = now.saturating_mul(1_000).saturating_sub(self.first).div_ceil(self.interval.max(1));
        self.permits - u32::try_from(passed).unwrap_or(u32::MAX).clamp(self.next, self.permits)
    }

    pub(super) const fn serial(&self) -> u32 {
        self.serial
    }

    /// Moves the permits if the clock went back, and returns the time in microseconds.
    fn advance(&mut self, now: UnixTime) -> u64 {
        let now = now.as_millis();
        let back = self.latest.saturating_sub(now);
        if back > tuning().clock_step {
            self.first = self.first.saturating_sub(back.saturating_mul(1_000));
            self.latest = now;
        }
        self.latest = self.latest.max(now);
        self.latest.saturating_mul(1_000)
    }

    fn due(&self, number: u32) -> u64 {
        self.first.saturating_add(self.interval.saturating_mul(number.into()))
    }

    fn left_at(&self, now: u64) -> u32 {
        let late = now.saturating_sub(self.valid * 1_000).saturating_sub(self.first);
        let lost = if self.interval == 0 && late > 0 {
            self.permits
        } else {
            u32::try_from(late.div_ceil(self.interval.max(1))).unwrap_or(u32::MAX)
        };
        self.permits - lost.clamp(self.next, self.permits)
    }
}
