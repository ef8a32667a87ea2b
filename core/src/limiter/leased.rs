//! The part of a shared limiter that one process keeps: its leases, and the facts that it has not stored yet.
//!
//! The process uses the store when it needs permits, or when it learned something that the others must know. The host reads
//! the stored bytes, passes them to [`Leased::update`], and writes the result if the stored bytes are unchanged. Otherwise it
//! starts again. Nothing counts until [`Leased::stored`].
//!
//! Each use has a number. A use that takes too long is replaced by another one. The process ignores the later result of the
//! first one: its permits are lost, and its end does not confirm the other use.

use alloc::vec::Vec;
use core::time::Duration;

use crate::limiter::bytes::RateLimiterStateError;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::lease::Lease;
use crate::limiter::permit::{Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::limiter::store::{FAILURE_LIMIT, LONGEST_USE};
use crate::limiter::tuning::tuning;
use crate::types::time::UnixTime;

/// The most permits of one lease.
const MOST_PERMITS: u32 = 50;
/// The wait from which an urgent request takes its own permit. In milliseconds.
const URGENT_WAITS: u64 = 100;
/// The pause of a request while the store is used. In milliseconds.
const PAUSE: u64 = 20;
/// The same as [`LONGEST_USE`], in milliseconds.
pub(super) const USE_TIMEOUT: u64 = 1_000 * LONGEST_USE.as_secs();
/// The pause after a failure of the store. In milliseconds.
const AFTER_FAILURE: u64 = 1_000;
/// The most responses that are stored at once. More of them would add nothing.
const MOST_NEWS: usize = 16;

/// The numbers of requests that wait in a process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) urgent: u64,
    /// The bulk requests, and those that ask again.
    pub(super) bulk: u64,
}

/// The leases of a process, and what it has not stored yet.
#[derive(Debug, Default)]
pub(super) struct Leased {
    lease: Option<Lease>,
    /// The permits that urgent requests have booked.
    booked: Option<Lease>,
    /// Leases to give back.
    returned: Vec<Lease>,
    /// Responses that the others must know at once.
    news: Vec<RateLimitFeedback>,
    /// The last response that the others need not know at once. It is stored with the next lease.
    unread: Option<RateLimitFeedback>,
    /// The state after the last use of the store.
    view: RateLimiter,
    /// The requests that need permits which the process does not have.
    wants: Wants,
    /// The times before which the store has no permit, in milliseconds.
    blocked: Blocked,
    /// The end of the time without requests because of a quota.
    parked: Option<UnixTime>,
    store_use: Option<StoreUse>,
    /// The number of the last use of the store.
    uses: u32,
    failing: Option<Failing>,
    /// The latest time that a caller passed, in milliseconds.
    latest: u64,
}

/// The failures of the store after its last success.
#[derive(Clone, Copy, Debug)]
struct Failing {
    first: UnixTime,
    last: UnixTime,
}

#[derive(Clone, Copy, Debug, Default)]
struct Wants {
    urgent: bool,
    bulk: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Blocked {
    urgent: u64,
    bulk: u64,
    /// The time before which news is not stored. Only a failure of the store sets it.
    news: u64,
}

/// A use of the store that has begun.
#[derive(Debug)]
struct StoreUse {
    number: u32,
    since: u64,
    pending: Option<Pending>,
}

/// The changes that apply when the store has accepted the new bytes.
#[derive(Debug)]
struct Pending {
    state: RateLimiter,
    bulk: Option<Result<Lease, Permit>>,
    urgent: Option<Result<Lease, Permit>>,
    bytes: Vec<u8>,
    unread: Option<RateLimitFeedback>,
    returned: usize,
    news: usize,
}

impl Leased {
    /// Takes a permit of the leases, or notes that the store is needed.
    pub(super) fn acquire(&mut self, lane: Lane, now: UnixTime) -> Permit {
        self.advance(now);
        if let Some(end) = self.parked {
            if now < end {
                return Permit::NotBefore(end);
            }
            self.parked = None;
        }
        let permit = self.take(lane, now);
        let millis = now.as_millis();
        let wait = match permit {
            Some(Permit::Now) => return Permit::Now,
            Some(Permit::Wait(wait)) => u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            Some(Permit::NotBefore(_)) | None => u64::MAX,
        };
        let blocked = match lane {
            Lane::Urgent if self.booked.is_none() && wait > URGENT_WAITS => {
                self.wants.urgent = true;
                self.blocked.urgent
            }
            Lane::Bulk if self.lease.is_none() => {
                self.wants.bulk = true;
                self.blocked.bulk
            }
            _ => u64::MAX,
        };
        let again = if blocked == u64::MAX { u64::MAX } else { blocked.saturating_sub(millis).max(PAUSE) };
        Permit::Wait(Duration::from_millis(wait.min(again).min(10_000)))
    }

    /// Moves all times if the clock went back, so that no wait gets longer.
    fn advance(&mut self, now: UnixTime) {
        let now = now.as_millis();
        let back = self.latest.saturating_sub(now);
        if back <= tuning().clock_step {
            self.latest = self.latest.max(now);
            return;
        }
        self.latest = now;
        for time in [&mut self.blocked.urgent, &mut self.blocked.bulk, &mut self.blocked.news] {
            *time = time.saturating_sub(back);
        }
        if let Some(store_use) = &mut self.store_use {
            store_use.since = store_use.since.saturating_sub(back);
        }
        let failing = self.failing.iter_mut().flat_map(|failing| [&mut failing.first, &mut failing.last]);
        for time in self.parked.iter_mut().chain(failing) {
            *time = UnixTime::from_millis(time.as_millis().saturating_sub(back));
        }
    }

    fn take(&mut self, lane: Lane, now: UnixTime) -> Option<Permit> {
        let booked = match lane {
            Lane::Urgent => self.booked.as_mut().and_then(|lease| lease.acquire(Lane::Urgent, now)),
            Lane::Bulk => None,
        };
        if booked == Some(Permit::Now) {
            return booked;
        }
        let leased = self.lease.as_mut().and_then(|lease| lease.acquire(lane, now));
        if leased.is_none() {
            self.lease = None;
        }
        if lane == Lane::Bulk {
            return leased;
        }
        if booked.is_none() {
            self.booked = None;
        }
        match (booked, leased) {
            (Some(Permit::Wait(one)), Some(Permit::Wait(other))) => Some(Permit::Wait(one.min(other))),
            (booked, leased) => leased.or(booked),
        }
    }

    /// Returns the expected decision about a bulk request with this many requests before it. The expected time is
    /// too early, because the requests of other processes are not known.
    pub(super) fn forecast(&self, ahead: u64, now: UnixTime) -> Permit {
        if let Some(end) = self.parked.filter(|end| now < *end) {
            return Permit::NotBefore(end);
        }
        let left = self.lease.map_or(0, |lease| u64::from(lease.left(now)));
        match self.view.forecast(ahead.saturating_sub(left), now) {
            // Only a lease has permits.
            Permit::Now => Permit::Wait(Duration::from_millis(PAUSE)),
            forecast => forecast,
        }
    }

    pub(super) fn observe(&mut self, feedback: &RateLimitFeedback) {
        if !self.view.is_news(feedback) {
            if feedback.success && !feedback.idempotent_replay {
                self.unread = Some(*feedback);
            }
            return;
        }
        if feedback.error.is_some() {
            self.returned.extend(self.lease.take());
        }
        if self.news.len() < MOST_NEWS {
            self.news.push(*feedback);
        }
    }

    pub(super) fn view(&self) -> &RateLimiter {
        &self.view
    }

    /// Returns the number of the use of the store that the caller has to begin now. No other caller gets one until the use has
    /// ended or has taken too long.
    pub(super) fn begin_store_use(&mut self, now: UnixTime) -> Option<u32> {
        self.advance(now);
        let millis = now.as_millis();
        let is_away = self
            .store_use
            .as_ref()
            .is_some_and(|store_use| millis < store_use.since.saturating_add(USE_TIMEOUT));
        let needs = (!self.news.is_empty() && millis >= self.blocked.news)
            || (self.wants.bulk && millis >= self.blocked.bulk)
            || (self.wants.urgent && millis >= self.blocked.urgent);
        if is_away || !needs {
            return None;
        }
        if self.store_use.is_some() {
            self.drop_store_use();
            self.fail(now);
        }
        self.uses = self.uses.wrapping_add(1);
        self.store_use = Some(StoreUse { number: self.uses, since: millis, pending: None });
        Some(self.uses)
    }

    /// Returns the new bytes for the store. A use that was replaced by another one changes nothing in them.
    ///
    /// # Errors
    /// Bytes that are not a state.
    pub(super) fn update(
        &mut self,
        number: u32,
        stored: Option<&[u8]>,
        waiting: Waiting,
        now: UnixTime,
    ) -> Result<Vec<u8>, RateLimiterStateError> {
        let mut state = stored.map_or_else(|| Ok(RateLimiter::new()), RateLimiter::decode)?;
        let Some(store_use) = self.store_use.as_mut().filter(|store_use| store_use.number == number) else {
            return Ok(state.encode());
        };
        // A library may have repeated the last swap, so that the store accepted it and then refused it.
        if let Some(last) = store_use.pending.take_if(|last| stored == Some(&last.bytes)) {
            self.returned.drain(..last.returned);
        }
        for lease in &self.returned {
            state.give_back(*lease, now);
        }
        for feedback in self.unread.iter().chain(&self.news) {
            state.observe(feedback, now);
        }
        let wanted = |waiting| u32::try_from(waiting).unwrap_or(u32::MAX).clamp(1, MOST_PERMITS);
        let bulk = self.wants.bulk.then(|| state.lease(wanted(waiting.bulk), Lane::Bulk, now));
        let urgent = self.wants.urgent.then(|| state.lease(wanted(waiting.urgent), Lane::Urgent, now));
        let bytes = state.encode();
        let (unread, returned, news) = (self.unread, self.returned.len(), self.news.len());
        store_use.since = now.as_millis();
        store_use.pending =
            Some(Pending { state, bulk, urgent, bytes: bytes.clone(), unread, returned, news });
        Ok(bytes)
    }

    /// Takes over what the last [`update`](Self::update) of this use decided: the store has accepted its bytes. Returns false
    /// if another use has replaced it.
    pub(super) fn stored(&mut self, number: u32, now: UnixTime) -> bool {
        let Some(store_use) = self.store_use.take_if(|store_use| store_use.number == number) else {
            return false;
        };
        let Some(Pending { state, bulk, urgent, unread, returned, news, .. }) = store_use.pending else {
            return true;
        };
        self.view = state;
        self.failing = None;
        // A response that arrived in the meantime is not stored yet.
        self.unread = self.unread.filter(|feedback| Some(*feedback) != unread);
        self.returned.drain(..returned);
        self.news.drain(..news);
        for (lane, granted) in [(Lane::Bulk, bulk), (Lane::Urgent, urgent)] {
            let Some(granted) = granted else { continue };
            let (place, wants, blocked) = match lane {
                Lane::Bulk => (&mut self.lease, &mut self.wants.bulk, &mut self.blocked.bulk),
                Lane::Urgent => (&mut self.booked, &mut self.wants.urgent, &mut self.blocked.urgent),
            };
            *wants = false;
            match granted {
                Ok(lease) => *place = Some(lease),
                Err(Permit::NotBefore(end)) => self.parked = Some(end),
                Err(Permit::Wait(wait)) => *blocked = now.after(wait).as_millis(),
                Err(Permit::Now) => {}
            }
        }
        true
    }

    /// Ends a use of the store that its caller gave up.
    pub(super) fn abandon_store_use(&mut self, number: u32) {
        if self.is_current(number) {
            self.drop_store_use();
        }
    }

    /// Ends a use of the store that failed. The next one begins after a pause. Returns the time since the first failure.
    pub(super) fn store_failed(&mut self, number: u32, now: UnixTime) -> Duration {
        self.advance(now);
        if self.is_current(number) {
            self.drop_store_use();
            let until = now.as_millis().saturating_add(AFTER_FAILURE);
            self.blocked = Blocked { urgent: until, bulk: until, news: until };
        }
        self.fail(now)
    }

    /// Records a failure, and returns the time since the first one. While calls wait they try the store once a second, so a failure
    /// long after the last one begins a new series: no call waited between the two.
    fn fail(&mut self, now: UnixTime) -> Duration {
        let first = self.first_failure(now).unwrap_or(now);
        self.failing = Some(Failing { first, last: now });
        first.until(now)
    }

    /// Returns the time since the first failure of the store after its last success, if its last use failed.
    pub(super) fn failing_for(&self, now: UnixTime) -> Option<Duration> {
        self.first_failure(now).map(|first| first.until(now))
    }

    /// Returns the time of the first failure of a series that still goes on.
    fn first_failure(&self, now: UnixTime) -> Option<UnixTime> {
        self.failing.filter(|failing| failing.last.until(now) < FAILURE_LIMIT).map(|failing| failing.first)
    }

    fn is_current(&self, number: u32) -> bool {
        self.store_use.as_ref().is_some_and(|store_use| store_use.number == number)
    }

    /// Ends a use whose result is unknown: the store may have accepted its bytes or not. A lease that the use gave back is not
    /// given back again, because its permits would count twice.
    fn drop_store_use(&mut self) {
        if let Some(pending) = self.store_use.take().and_then(|store_use| store_use.pending) {
            self.returned.drain(..pending.returned);
        }
    }
}
