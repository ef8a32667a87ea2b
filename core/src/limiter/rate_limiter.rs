//! The limiter: the rules in their order, and the stored state.

use alloc::vec::Vec;
use core::time::Duration;

use crate::error::kind::ErrorKind;
use crate::limiter::bytes::{RateLimiterStateError, Reader, Writer};
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::lease::Lease;
use crate::limiter::pace::Pace;
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::quota::Quota;
use crate::limiter::tuning::tuning;
use crate::types::time::UnixTime;

/// The version of the stored state: its first byte.
const VERSION: u8 = 1;
/// The number of successes without a stated limit after which a known limit is forgotten.
const SILENT: u8 = 20;
/// The time after which a bulk request that does not ask again has no right of way any more.
const GONE_AFTER: u64 = 1_000;
/// The largest number of urgent permits in a lease.
const MOST_URGENT: u64 = 1_000;
/// The wait after an error 429 without `Retry-After`. It doubles with each further one, up to a minute.
const BACK_OFF: u64 = 250;

/// A rate limiter: decides when a request may leave, so that the vendor's limits are used fully, but not exceeded.
///
/// It does no I/O and reads no clock. Ask [`acquire`](Self::acquire) before each request, and pass each response to
/// [`observe`](Self::observe). Use one limiter for each key. Keep one queue of waiting requests for each lane, and ask only for
/// the first request of each queue. Ask again after the wait, and after each `observe`.
///
/// Processes that use the same key keep the state in a store with compare-and-swap, and take permits from it in blocks
/// ([`lease`](Self::lease)).
///
/// ```
/// use hudhud::{RateLimitFeedback, Lane, Permit, RateLimit, RateLimiter, UnixTime};
/// use std::time::Duration;
///
/// let mut limiter = RateLimiter::new();
/// let mut now = UnixTime::from_secs(1_776_767_400);
/// assert_eq!(limiter.acquire(Lane::Bulk, now), Permit::Now);
///
/// // The response states the limit. In a program: `limiter.observe(&RateLimitFeedback::from(attempt), now)`.
/// let mut feedback = RateLimitFeedback::default();
/// feedback.success = true;
/// feedback.rate_limit.limit = Some(120);
/// limiter.observe(&feedback, now);
///
/// // A burst, then the even pace of about two requests per second.
/// while limiter.acquire(Lane::Bulk, now) == Permit::Now {}
/// let Permit::Wait(wait) = limiter.acquire(Lane::Bulk, now) else { panic!("no quota was exceeded") };
/// assert!(wait < Duration::from_secs(1));
/// // An urgent request does not wait for bulk.
/// assert_eq!(limiter.acquire(Lane::Urgent, now), Permit::Now);
///
/// now = now.after(Duration::from_secs(1));
/// assert_eq!(limiter.acquire(Lane::Bulk, now), Permit::Now);
/// let stored = limiter.encode();
/// assert_eq!(RateLimiter::decode(&stored), Ok(limiter));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimiter {
    /// The latest time that a caller passed. All times are in milliseconds.
    now: u64,
    pace: Pace,
    quota: Quota,
    /// The end of the wait after an error 429.
    hold: u64,
    /// Errors 429 since the last success.
    strikes: u8,
    /// Successes since the last one that stated a limit.
    silent: u8,
    /// The time at which the waiting bulk request asks again. It is 0 if no request waits.
    bulk_due_at: u64,
    /// The urgent requests that passed the waiting bulk request.
    passed: u8,
    /// The number of leases.
    leases: u32,
}

impl RateLimiter {
    /// The number of bytes of the stored state.
    pub const STATE_LENGTH: usize = 1 + 8 + Pace::LENGTH + Quota::LENGTH + 8 + 1 + 1 + 8 + 1 + 4;

    /// Creates a limiter that knows no limit. Until the first response arrives, it lets four requests leave, and then one
    /// every two seconds.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks if a request may leave now. [`Permit::Now`] counts the request.
    ///
    /// Urgent requests pass waiting bulk requests. After four urgent requests have passed a bulk request, further
    /// urgent requests wait until the bulk request has left.
    pub fn acquire(&mut self, lane: Lane, now: UnixTime) -> Permit {
        self.advance(now, tuning().clock_step);
        if let Some(permit) = self.blocked() {
            return permit;
        }
        let now = self.now;
        if self.bulk_due_at > 0 && now > self.bulk_due_at.saturating_add(GONE_AFTER) {
            self.bulk_due_at = 0;
        }
        if lane == Lane::Urgent && self.bulk_due_at > 0 && self.passed >= tuning().passes {
            let wait = self.bulk_due_at.saturating_sub(now) + self.pace.interval();
            return Permit::Wait(Duration::from_millis(wait.min(GONE_AFTER)));
        }
        if let Some(wait) = self.pace.wait(lane, now) {
            if lane == Lane::Bulk {
                if self.bulk_due_at == 0 {
                    self.passed = 0;
                }
                self.bulk_due_at = now.saturating_add(wait);
            }
            return Permit::Wait(Duration::from_millis(wait));
        }
        match lane {
            Lane::Bulk => self.bulk_due_at = 0,
            Lane::Urgent => self.passed = self.passed.saturating_add(1),
        }
        self.pace.take(lane, now);
        self.quota.take(1, now);
        Permit::Now
    }

    /// Returns the expected decision about a bulk request with `ahead` requests before it. The request is not counted. Compare
    /// the result with a deadline.
    pub fn forecast(&self, ahead: u64, now: UnixTime) -> Permit {
        let mut copy = *self;
        copy.advance(now, tuning().clock_step);
        if let Some(permit @ Permit::NotBefore(_)) = copy.blocked() {
            return permit;
        }
        let hold = copy.hold.saturating_sub(copy.now);
        match copy.pace.wait_behind(ahead).max(hold) {
            0 => Permit::Now,
            wait => Permit::Wait(Duration::from_millis(wait)),
        }
    }

    /// Returns the time between two requests at the even pace.
    #[cfg(feature = "std")]
    pub(super) fn interval(&self) -> Duration {
        Duration::from_millis(self.pace.interval())
    }

    /// Returns true if a response has arrived from which the limiter learned.
    #[cfg(feature = "std")]
    pub(super) fn is_informed(&self) -> bool {
        self.pace.is_informed()
    }

    /// Takes a block of permits for one process: at most `permits`. A bulk lease contains at most the permits of
    /// one second. An urgent lease contains a permit for each urgent request that may leave now, at most 1,000. Store the
    /// state before you use a permit of the lease.
    ///
    /// The bulk permits are due one after another, after those of all earlier leases. Urgent permits are normally due at
    /// once. If no urgent request may leave now, because many urgent permits were taken lately, the lease contains up to four
    /// permits, which are due one after another, like bulk permits. `Err` contains [`Permit::Wait`] or
    /// [`Permit::NotBefore`]: the time at which to ask again.
    ///
    /// The clocks of the processes must agree within half a second.
    pub fn lease(&mut self, permits: u32, lane: Lane, now: UnixTime) -> Result<Lease, Permit> {
        let tuning = tuning();
        let seen = now.as_millis();
        self.advance(now, tuning.shared_clock_step);
        if let Some(permit) = self.blocked() {
            return Err(permit);
        }
        let now = self.now;
        let wanted = u64::from(permits.max(1)).min(self.quota.room());
        let wait = |wait| Permit::Wait(Duration::from_millis(wait));
        let (granted, first, interval) = match lane {
            Lane::Bulk => self.pace.lease(wanted, &tuning).map_err(wait)?,
            Lane::Urgent => {
                let wanted = wanted.min(MOST_URGENT);
                let mut granted = 0;
                let pause = loop {
                    match self.pace.wait(lane, now) {
                        None if granted < wanted => self.pace.take(lane, now),
                        pause => break pause,
                    }
                    granted += 1;
                };
                match pause {
                    Some(pause) if granted == 0 && !tuning.books_urgent => return Err(wait(pause)),
                    // No more than may pass bulk, so that bulk keeps its share.
                    Some(_) if granted == 0 => {
                        self.pace.lease(wanted.min(tuning.passes.into()), &tuning).map_err(wait)?
                    }
                    _ => (granted, 0, Some(0)),
                }
            }
        };
        self.quota.take(granted, now);
        if interval != Some(0) {
            self.leases = self.leases.wrapping_add(1);
        }
        let granted = u32::try_from(granted).unwrap_or(u32::MAX);
        Ok(Lease::new((now.saturating_add(first), seen), interval, granted, self.leases))
    }

    /// Takes back the permits of a lease that a process did not use. Call it before the program ends, and after an
    /// error 429.
    ///
    /// The quota gets back all unused permits. The limit per minute gets back those that are not due yet, if no later
    /// lease was granted whose permits are due one after another.
    pub fn give_back(&mut self, lease: Lease, now: UnixTime) {
        self.advance(now, tuning().shared_clock_step);
        self.quota.give_back(lease.unused().into());
        if lease.serial() == self.leases || tuning().reclaims_any_lease {
            self.pace.give_back(lease.not_due(self.now).into());
        }
    }

    /// Learns from a response. Pass every response, also those of failed attempts.
    pub fn observe(&mut self, feedback: &RateLimitFeedback, now: UnixTime) {
        let tuning = tuning();
        self.advance(now, tuning.shared_clock_step.max(tuning.clock_step));
        let now = self.now;
        if feedback.idempotent_replay {
            if feedback.success {
                self.pace.learn_from_replay(feedback.rate_limit.limit, now);
            }
            return;
        }
        let stated = &feedback.rate_limit;
        match feedback.error {
            Some(ErrorKind::QuotaExceeded) => self.quota.refuse(feedback.retry_after, now),
            Some(ErrorKind::RateLimited) => {
                self.refuse(feedback.retry_after);
                if let Some(limit) = stated.limit {
                    self.pace.learn(limit, now);
                }
            }
            _ => {
                self.learn_limits(feedback);
                if feedback.success && now >= self.hold {
                    self.strikes = 0;
                }
            }
        }
    }

    /// Returns true if a shared limiter must learn from this response at once. Other responses can wait until the
    /// next lease.
    #[must_use]
    pub fn is_news(&self, feedback: &RateLimitFeedback) -> bool {
        if feedback.idempotent_replay {
            return feedback.success && self.pace.differs(None);
        }
        match feedback.error {
            Some(ErrorKind::QuotaExceeded | ErrorKind::RateLimited) => true,
            None => self.pace.differs(feedback.rate_limit.limit),
            Some(_) => feedback.rate_limit.limit.is_some_and(|limit| self.pace.differs(Some(limit))),
        }
    }

    /// Writes the state for a store. It has [`STATE_LENGTH`](Self::STATE_LENGTH) bytes, of which the first is the version.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::STATE_LENGTH);
        bytes.put(&[VERSION]);
        bytes.u64(self.now);
        self.pace.write(&mut bytes);
        self.quota.write(&mut bytes);
        bytes.u64(self.hold);
        bytes.u64(self.bulk_due_at);
        bytes.put(&[self.strikes, self.silent, self.passed]);
        bytes.u32(self.leases);
        bytes
    }

    /// Reads a stored state.
    ///
    /// # Errors
    /// An unknown version, a wrong length, or a value that no state has. No bytes cause a panic.
    pub fn decode(bytes: &[u8]) -> Result<Self, RateLimiterStateError> {
        match bytes.first() {
            None => return Err(RateLimiterStateError::Length(0)),
            Some(&VERSION) => {}
            Some(&version) => return Err(RateLimiterStateError::Version(version)),
        }
        if bytes.len() != Self::STATE_LENGTH {
            return Err(RateLimiterStateError::Length(bytes.len()));
        }
        let mut reader = Reader(&bytes[1..]);
        let now = reader.u64();
        let pace = Pace::read(&mut reader, now)?;
        let quota = Quota::read(&mut reader, now)?;
        let (hold, bulk_due_at) = (reader.u64(), reader.u64());
        let (strikes, silent, passed) = (reader.u8(), reader.u8(), reader.u8());
        let leases = reader.u32();
        if hold > now.saturating_add(tuning().longest_hold) {
            return Err(RateLimiterStateError::Value("end of a wait"));
        }
        if bulk_due_at > now.saturating_add(4 * tuning().window) {
            return Err(RateLimiterStateError::Value("turn of the bulk lane"));
        }
        Ok(Self { now, pace, quota, hold, strikes, silent, bulk_due_at, passed, leases })
    }

    /// Lets time pass. A clock that goes back by more than `step` moves all times, so that no wait gets longer.
    fn advance(&mut self, now: UnixTime, step: u64) {
        let now = now.as_millis();
        let back = self.now.saturating_sub(now);
        if back > step {
            self.pace.shift(back);
            self.quota.shift(back);
            self.hold = self.hold.saturating_sub(back);
            self.bulk_due_at = self.bulk_due_at.saturating_sub(back);
            self.now = now;
        }
        let elapsed = now.saturating_sub(self.now);
        self.now += elapsed;
        self.pace.advance(elapsed, self.now);
    }

    /// Returns the decision if a quota or an error 429 forbids all requests.
    fn blocked(&self) -> Option<Permit> {
        if let Some(end) = self.quota.parked(self.now) {
            return Some(Permit::NotBefore(UnixTime::from_millis(end)));
        }
        let wait = self.hold.saturating_sub(self.now);
        (wait > 0).then_some(Permit::Wait(Duration::from_millis(wait)))
    }

    /// Holds all requests after an error 429.
    fn refuse(&mut self, retry_after: Option<Duration>) {
        let tuning = tuning();
        // Requests that were in flight during the wait say nothing new.
        if self.now >= self.hold {
            self.strikes = self.strikes.saturating_add(1);
        }
        let back_off = (BACK_OFF << u32::from(self.strikes).saturating_sub(1).min(8)).min(60_000);
        let requested = retry_after.map_or(0, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let requested = requested.min(tuning.longest_hold) / 1_000 * tuning.retry_after
            + requested.min(tuning.longest_hold) % 1_000 * tuning.retry_after / 1_000;
        let end = self.now.saturating_add(if requested > 0 { requested } else { back_off });
        if self.now >= self.hold {
            self.pace.refuse(end);
        }
        self.hold = self.hold.max(end);
    }

    fn learn_limits(&mut self, feedback: &RateLimitFeedback) {
        let stated = &feedback.rate_limit;
        let recent = self.pace.recent();
        self.quota.learn(stated, feedback.success, recent, self.now, Pace::forgets_after());
        if let Some(limit) = stated.limit {
            self.pace.learn(limit, self.now);
            self.silent = 0;
        } else if feedback.success {
            self.silent = self.silent.saturating_add(1);
            let is_sure = self.silent >= SILENT;
            self.pace.learn_none(is_sure);
            if is_sure && stated.daily_remaining.is_none() {
                self.quota.forget(self.now);
            }
        }
        // The vendor counts other programs with the same key too.
        if let (Some(0), Some(reset)) = (stated.remaining, stated.reset) {
            let wait = reset.saturating_mul(1_000).saturating_sub(self.now);
            if wait <= 60_000 {
                self.hold = self.hold.max(self.now + wait);
            }
        }
    }
}
