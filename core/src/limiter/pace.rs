//! The pace of requests under the limit per minute.
//!
//! The pace is a leaky bucket. Each permit adds one to a *debt*, which drains at slightly less than the limit. A request
//! may leave while the debt is at most a small *tolerance*. Each window of the vendor, wherever it starts, therefore contains
//! at most the tolerance, plus one, plus what drains in a window. The rate is set so that this sum is the limit.
//!
//! - **Burst.** After a pause the allowed debt is larger. A burst is safe if the permits of the last window and this one
//!   are at most the limit. Two counters give an upper bound of that number. The allowance falls evenly while the bound
//!   rises, so that a burst turns into the even pace.
//! - **Leases** are debts whose permits are due later, one after another, when the debt has drained to them.
//! - **Overdraft.** An urgent request does not wait for the permits that are leased to others. It leaves at once, and the
//!   next lease starts one permit later. Until then it is an overdraft. The overdraft never exceeds the urgent part of
//!   the tolerance, so the sum above holds for real departures too.

use alloc::vec::Vec;

use crate::limiter::bytes::{RateLimiterStateError, Reader, Writer};
use crate::limiter::permit::Lane;
use crate::limiter::tuning::{Tuning, tuning};

/// One permit, in the unit of debts.
pub(super) const ONE: u64 = 1_000_000_000;
/// The largest limit per minute that is distinguished from a larger one.
const LARGEST_LIMIT: u64 = 1_000_000_000;
/// The limit that is assumed after an error 429 without a stated limit.
const ASSUMED_LIMIT: u64 = 60;
/// The smallest and the largest assumed limit. A larger one is no limit.
const ASSUMED_LIMITS: core::ops::RangeInclusive<u64> = 8..=100_000;

/// The origin of the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Basis {
    /// No response has arrived. A small limit applies.
    #[default]
    Unknown,
    /// The vendor stated the limit.
    Stated,
    /// The vendor refused a request and stated no limit.
    Assumed,
    /// The vendor states no limit.
    None,
}

/// The state of the pace. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    basis: Basis,
    /// The number of requests per minute.
    limit: u64,
    /// Permits that have not drained, in parts of [`ONE`].
    debt: u64,
    /// Permits since the counters turned.
    current: u32,
    /// Permits in the period before.
    previous: u32,
    /// The time at which the counters turn.
    rotates_at: u64,
    /// Urgent permits that left ahead of the pace.
    overdraft: u32,
    /// The same, of the period before.
    older_overdraft: u32,
    /// The time at which the older overdraft is paid: the debt at the start of the period has drained.
    settles: u64,
    /// The time at which the limit was set.
    since: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            basis: Basis::Unknown,
            limit: tuning().start_limit,
            debt: 0,
            current: 0,
            previous: 0,
            rotates_at: 0,
            overdraft: 0,
            older_overdraft: 0,
            settles: 0,
            since: 0,
        }
    }
}

impl Pace {
    /// The number of bytes of the stored form.
    pub(super) const LENGTH: usize = 57;

    /// Lets time pass.
    pub(super) fn advance(&mut self, elapsed: u64, now: u64) {
        let tuning = tuning();
        // The debt never exceeds two windows.
        let drained = self.rate(&tuning).saturating_mul(elapsed.min(4 * tuning.window));
        self.debt = self.debt.saturating_sub(drained);
        let period = counted_period(&tuning);
        if now >= self.rotates_at {
            self.previous = if now >= self.rotates_at.saturating_add(period) { 0 } else { self.current };
            self.current = 0;
            self.rotates_at = now.saturating_add(period);
        }
        if now >= self.settles {
            self.older_overdraft = core::mem::take(&mut self.overdraft);
            self.settles = now.saturating_add(self.horizon(&tuning));
        }
        if self.basis == Basis::Assumed && now >= self.since.saturating_add(tuning.doubles_after) {
            self.set(Basis::Assumed, self.limit * 2, &tuning);
            self.since = now;
            if self.limit > *ASSUMED_LIMITS.end() {
                self.set(Basis::None, LARGEST_LIMIT, &tuning);
            }
        }
    }

    /// Moves the times after the clock went back.
    pub(super) fn shift(&mut self, by: u64) {
        for time in [&mut self.rotates_at, &mut self.settles, &mut self.since] {
            *time = time.saturating_sub(by);
        }
    }

    /// Returns the wait until a permit, or `None` if there is one now.
    pub(super) fn wait(&self, lane: Lane, now: u64) -> Option<u64> {
        let tuning = tuning();
        let allowed = self.allowed(lane, &tuning);
        if self.basis == Basis::None || self.debt <= allowed {
            return None;
        }
        let wait = (self.debt - allowed).div_ceil(self.rate(&tuning));
        if lane == Lane::Bulk {
            return Some(wait);
        }
        let settles = self.settles.saturating_sub(now).max(1);
        (!self.may_overdraw(&tuning)).then(|| wait.min(settles))
    }

    /// Returns the wait of a bulk request that has this many requests before it.
    pub(super) fn wait_behind(&self, ahead: u64) -> u64 {
        let tuning = tuning();
        if self.basis == Basis::None {
            return 0;
        }
        let debt = self.debt.saturating_add(ahead.saturating_mul(ONE));
        debt.saturating_sub(self.allowed(Lane::Bulk, &tuning)).div_ceil(self.rate(&tuning))
    }

    /// Counts a permit that leaves now.
    pub(super) fn take(&mut self, lane: Lane, now: u64) {
        let tuning = tuning();
        let before = self.debt;
        self.count(1);
        if self.basis == Basis::None {
            return;
        }
        self.debt += ONE;
        match lane {
            Lane::Bulk if before > self.bulk_tolerance(&tuning) => self.close_overdraft(now, &tuning),
            Lane::Urgent if before > self.bulk_tolerance(&tuning) => {
                if !self.may_overdraw(&tuning) && before > self.tolerance(&tuning) {
                    self.close_overdraft(now, &tuning);
                }
                self.overdraft = self.overdraft.saturating_add(1);
            }
            _ => {}
        }
    }

    /// Returns the permits, the wait until the first one and the microseconds between two, or `Err` with the wait until
    /// a lease is possible. Without a limit there is no interval.
    pub(super) fn lease(&mut self, permits: u64, tuning: &Tuning) -> Result<(u64, u64, Option<u64>), u64> {
        if self.basis == Basis::None {
            self.count(permits);
            return Ok((permits, 0, None));
        }
        let rate = self.rate(tuning);
        let wait = if self.basis == Basis::Unknown {
            self.debt.saturating_sub(self.allowed(Lane::Bulk, tuning)).div_ceil(rate)
        } else {
            self.horizon(tuning)
        };
        let horizon = if self.basis == Basis::Unknown { 0 } else { tuning.horizon };
        if wait > horizon {
            return Err(wait - horizon);
        }
        let most = if self.basis == Basis::Unknown { 1 } else { (rate * tuning.lease / ONE).max(1) };
        let permits = permits.min(most);
        self.count(permits);
        self.debt += permits * ONE;
        Ok((permits, wait, Some((ONE * 1_000).div_ceil(rate))))
    }

    /// Takes back permits that are not due yet.
    pub(super) fn give_back(&mut self, permits: u64) {
        self.debt = self.debt.saturating_sub(permits.saturating_mul(ONE));
    }

    /// Learns the limit that the vendor states.
    pub(super) fn learn(&mut self, limit: u64, now: u64) {
        let limit = limit.clamp(1, LARGEST_LIMIT);
        if (self.basis, self.limit) == (Basis::Stated, limit) {
            return;
        }
        let tuning = tuning();
        if self.basis == Basis::Stated && now < self.since.saturating_add(tuning.settled_after) {
            // Responses that are older than the change still arrive.
            return;
        }
        let recent = self.recent();
        let floor = match self.basis {
            Basis::Stated => {
                let excess = recent.min(self.limit).saturating_sub(limit).min(limit);
                self.debt.saturating_add(excess * tuning.paid_back / 1_000 * ONE)
            }
            _ => self.debt.max(recent * ONE),
        };
        self.set(Basis::Stated, limit, &tuning);
        self.since = now;
        self.debt = self.debt.max(floor).min(limit.saturating_mul(2 * ONE));
        self.close_overdraft(now, &tuning);
    }

    /// Learns that a success stated no limit. `is_sure` is true after many of them.
    pub(super) fn learn_none(&mut self, is_sure: bool) {
        if self.basis == Basis::Unknown || (is_sure && self.basis == Basis::Stated) {
            self.set(Basis::None, LARGEST_LIMIT, &tuning());
        }
    }

    /// Learns from the stored response to an earlier request. Its limit may be old, so it only replaces the guess of the
    /// start, and each new response replaces it at once.
    pub(super) fn learn_from_replay(&mut self, limit: Option<u64>, now: u64) {
        if self.basis != Basis::Unknown {
            return;
        }
        match limit {
            Some(limit) => {
                self.learn(limit, now);
                self.basis = Basis::Assumed;
            }
            None => self.learn_none(false),
        }
    }

    /// Learns from an error 429. `now` is the end of the wait that it causes.
    pub(super) fn refuse(&mut self, now: u64) {
        match self.basis {
            Basis::Stated => return,
            Basis::Assumed => {
                self.limit = (self.limit / 2).max(*ASSUMED_LIMITS.start());
                self.debt = self.debt.min(self.limit * 2 * ONE);
            }
            Basis::Unknown | Basis::None => self.set(Basis::Assumed, ASSUMED_LIMIT, &tuning()),
        }
        self.since = now;
    }

    /// Returns true if the limit differs from the one that the limiter works with.
    pub(super) fn differs(&self, limit: Option<u64>) -> bool {
        match limit {
            Some(limit) => (self.basis, self.limit) != (Basis::Stated, limit.clamp(1, LARGEST_LIMIT)),
            None => self.basis == Basis::Unknown,
        }
    }

    /// Returns true if a response has stated a limit or has stated none.
    #[cfg(feature = "std")]
    pub(super) fn is_informed(&self) -> bool {
        self.basis != Basis::Unknown
    }

    /// Returns an upper bound of the permits that fell due in the last window.
    pub(super) fn recent(&self) -> u64 {
        u64::from(self.current) + u64::from(self.previous)
    }

    /// Returns the time after which [`recent`](Self::recent) no longer contains the present permits.
    pub(super) fn forgets_after() -> u64 {
        2 * counted_period(&tuning())
    }

    /// Returns the milliseconds between two requests, rounded up.
    pub(super) fn interval(&self) -> u64 {
        ONE.div_ceil(self.rate(&tuning()))
    }

    /// Sets the limit. Permits that are leased remain due at their times, so other requests wait until after them.
    fn set(&mut self, basis: Basis, limit: u64, tuning: &Tuning) {
        let leased = match self.basis {
            Basis::Stated | Basis::Assumed => self.horizon(tuning).min(tuning.horizon + tuning.lease),
            Basis::Unknown | Basis::None => 0,
        };
        (self.basis, self.limit) = (basis, limit);
        if basis == Basis::None {
            self.debt = 0;
        } else if leased > 0 && tuning.keeps_leases {
            self.debt = self.debt.max(self.bulk_tolerance(tuning) + leased * self.rate(tuning));
        }
    }

    fn count(&mut self, permits: u64) {
        self.current = self.current.saturating_add(u32::try_from(permits).unwrap_or(u32::MAX));
    }

    /// Forbids overdrafts until the present debt has drained.
    fn close_overdraft(&mut self, now: u64, tuning: &Tuning) {
        self.older_overdraft = u32::MAX;
        self.settles = now.saturating_add(self.horizon(tuning));
    }

    /// Returns what drains in a millisecond.
    fn rate(&self, tuning: &Tuning) -> u64 {
        ((self.limit * ONE).saturating_sub(self.tolerance(tuning)) / tuning.window).max(1)
    }

    /// Returns the debt at which an urgent request may leave at the even pace.
    fn tolerance(&self, tuning: &Tuning) -> u64 {
        self.limit * (ONE / 1_000) * tuning.tolerance
    }

    /// Returns the debt at which a bulk request may leave at the even pace.
    fn bulk_tolerance(&self, tuning: &Tuning) -> u64 {
        self.tolerance(tuning) / 1_000 * tuning.bulk_part
    }

    /// Returns the debt at which a request may leave, bursts included.
    fn allowed(&self, lane: Lane, tuning: &Tuning) -> u64 {
        if self.basis == Basis::Unknown {
            return if lane == Lane::Bulk { 3 * ONE } else { 4 * ONE };
        }
        let burst = (self.limit * (ONE / 1_000) * tuning.burst).max(2 * ONE);
        // The burst falls to nothing while the bound rises to this share of the limit.
        let (steady, burst, end) = match lane {
            Lane::Bulk => (self.bulk_tolerance(tuning), burst, self.limit * tuning.burst_ends / 1_000),
            Lane::Urgent => (self.tolerance(tuning), 2 * burst, self.limit * 9 / 10),
        };
        let left = end.saturating_sub(self.recent());
        // The quotient first: the product of a large burst and a large rest exceeds 64 bits.
        steady + burst / end.max(1) * left
    }

    /// Returns true if an urgent request may leave ahead of the pace.
    fn may_overdraw(&self, tuning: &Tuning) -> bool {
        let overdraft = u64::from(self.overdraft) + u64::from(self.older_overdraft) + 1;
        overdraft * ONE <= self.tolerance(tuning).saturating_sub(self.bulk_tolerance(tuning))
    }

    /// Returns the time until the debt has drained to the tolerance of bulk: until the last leased permit is due.
    fn horizon(&self, tuning: &Tuning) -> u64 {
        self.debt.saturating_sub(self.bulk_tolerance(tuning)).div_ceil(self.rate(tuning))
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.put(&[self.basis as u8]);
        bytes.u64(self.limit);
        bytes.u64(self.debt);
        for count in [self.current, self.previous, self.overdraft, self.older_overdraft] {
            bytes.u32(count);
        }
        for time in [self.rotates_at, self.settles, self.since] {
            bytes.u64(time);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, now: u64) -> Result<Self, RateLimiterStateError> {
        let basis = match reader.u8() {
            0 => Basis::Unknown,
            1 => Basis::Stated,
            2 => Basis::Assumed,
            3 => Basis::None,
            _ => return Err(RateLimiterStateError::Value("origin of the limit")),
        };
        let (limit, debt) = (reader.u64(), reader.u64());
        let [current, previous, overdraft, older_overdraft] = core::array::from_fn(|_| reader.u32());
        let [rotates_at, settles, since] = core::array::from_fn(|_| reader.u64());
        let pace = Self {
            basis,
            limit,
            debt,
            current,
            previous,
            rotates_at,
            overdraft,
            older_overdraft,
            settles,
            since,
        };
        if !(1..=LARGEST_LIMIT).contains(&limit) {
            return Err(RateLimiterStateError::Value("limit"));
        }
        let tuning = tuning();
        if debt > largest_debt(limit) {
            return Err(RateLimiterStateError::Value("number of permits"));
        }
        let is_near = |time: u64, most: u64| time <= now.saturating_add(most);
        if !is_near(rotates_at, counted_period(&tuning))
            || !is_near(settles, 4 * tuning.window)
            || !is_near(since, tuning.longest_hold)
        {
            return Err(RateLimiterStateError::Value("time"));
        }
        Ok(pace)
    }
}

/// Returns the period of the counters. Two of them cover a window and the time by which leases lie ahead.
const fn counted_period(tuning: &Tuning) -> u64 {
    tuning.window + tuning.horizon + tuning.lease + 1_000
}

/// Returns a bound of the debt: twice the limit after a change, and what is leased or leaves in a burst.
const fn largest_debt(limit: u64) -> u64 {
    limit.saturating_mul(3).saturating_mul(ONE)
}
