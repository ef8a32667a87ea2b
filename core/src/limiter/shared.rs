//! A rate limiter that the calls of a client share: the queues of calls that wait for a permit.
//!
//! Nothing wakes a call that waits: the host sleeps and asks again. A call therefore gets a pause that ends when its turn
//! is expected. A long pause is cut in half, so that the call learns early of a limit that rose or of others that gave
//! up. The number of questions of a call grows with the logarithm of its wait.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::limiter::bytes::RateLimiterStateError;
use crate::limiter::feedback::RateLimitFeedback;
use crate::limiter::leased::{Leased, Waiting};
use crate::limiter::long_wait::{NextReport, PermitWait};
use crate::limiter::permit::{Admission, Lane, Permit};
use crate::limiter::rate_limiter::RateLimiter;
use crate::limiter::store::{AsyncRateLimiterStore, RateLimiterStore, Store};
use crate::limiter::wait_queue::{LONGEST_PAUSE, WaitQueue};
use crate::types::time::UnixTime;

/// The longest pause while no response has arrived. All limits may be different after it. In milliseconds.
const PAUSE_IF_UNKNOWN: u64 = 250;
/// The number of requests at the front of a queue that ask often, if the permits come from a store. A lease has as many permits.
const NEAR: u64 = 50;
/// Their longest pause, in milliseconds.
const PAUSE_IF_NEAR: u64 = 100;
/// The longest pause that is not cut in half. In milliseconds.
const WHOLE_PAUSE: u64 = 2_000;

/// A rate limiter that calls share. Every [`Client`](crate::Client) has one.
///
/// Each request of a client waits for a permit before it leaves. The limiter learns the limits of the key from the
/// responses. Pass the same limiter to all clients that use the same key. Clones share the state.
///
/// ```
/// use hudhud::{Client, SharedRateLimiter, Transport, Zagely};
///
/// fn with_two_sessions<T: Transport + Clone>(zagely: Zagely, transport: T) {
///     let limiter = SharedRateLimiter::new();
///     let client = |session| {
///         let zagely = zagely.clone().session_id(Some(session));
///         Client::new(zagely, transport.clone()).with_rate_limiter(Some(limiter.clone()))
///     };
///     let (sales, support) = (client("s-1"), client("s-2"));
///     # let _ = (sales, support);
/// }
/// ```
#[derive(Clone, Default)]
pub struct SharedRateLimiter(Arc<Shared>);

#[derive(Default)]
struct Shared {
    scheduler: Mutex<Scheduler>,
    /// The store that the clients use.
    store: Option<Store>,
}

/// The source of the permits.
enum Source {
    /// The limiter of this process.
    Own(RateLimiter),
    /// The leases that this process takes from a limiter in a store.
    Store(Box<Leased>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Own(RateLimiter::new())
    }
}

impl Source {
    fn forecast(&self, ahead: u64, now: UnixTime) -> Permit {
        match self {
            Self::Own(limiter) => limiter.forecast(ahead, now),
            Self::Store(leased) => leased.forecast(ahead, now),
        }
    }

    fn acquire(&mut self, lane: Lane, now: UnixTime) -> Permit {
        match self {
            Self::Own(limiter) => limiter.acquire(lane, now),
            Self::Store(leased) => leased.acquire(lane, now),
        }
    }

    fn observe(&mut self, feedback: &RateLimitFeedback, now: UnixTime) {
        match self {
            Self::Own(limiter) => limiter.observe(feedback, now),
            Self::Store(leased) => leased.observe(feedback),
        }
    }

    /// Returns the state, as far as this process knows it.
    fn view(&self) -> &RateLimiter {
        match self {
            Self::Own(limiter) => limiter,
            Self::Store(leased) => leased.view(),
        }
    }
}

/// The limiter and its queues.
#[derive(Default)]
struct Scheduler {
    source: Source,
    urgent: WaitQueue,
    /// Bulk requests that are sent again. They go before those that are sent for the first time.
    again: WaitQueue,
    bulk: WaitQueue,
    next_report: NextReport,
}

/// The queue in which a request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum QueueKind {
    Urgent,
    Again,
    Bulk,
}

impl Debug for SharedRateLimiter {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SharedRateLimiter").field("waiting", &self.waiting()).finish_non_exhaustive()
    }
}

impl SharedRateLimiter {
    /// Creates a limiter that knows no limit. See [`RateLimiter::new`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a limiter that continues with a known state, such as that of an earlier run.
    #[must_use]
    pub fn with_state(limiter: RateLimiter) -> Self {
        Self::of(Source::Own(limiter), None)
    }

    /// Creates a limiter that shares the limits of a key with other processes through a store. An
    /// [`AsyncClient`](crate::AsyncClient) blocks its thread while it uses the store.
    ///
    /// While the store fails, calls wait. After 30 seconds they end with an error of the kind
    /// [`Store`](crate::ErrorKind::Store).
    #[must_use]
    pub fn with_store(store: impl RateLimiterStore + 'static) -> Self {
        Self::of(Source::Store(Box::default()), Some(Store::Blocking(Arc::new(store))))
    }

    /// Does the same as [`with_store`](Self::with_store), with a store for an [`AsyncClient`](crate::AsyncClient). A
    /// [`Client`](crate::Client) refuses it.
    #[must_use]
    pub fn with_async_store(store: impl AsyncRateLimiterStore + 'static) -> Self {
        Self::of(Source::Store(Box::default()), Some(Store::Async(Arc::new(store))))
    }

    /// Creates a limiter that shares the limits of a key with other processes through a store. The host uses the store
    /// itself, when [`begin_store_use`](Self::begin_store_use) returns a number. For a [`Client`](crate::Client) or an
    /// [`AsyncClient`](crate::AsyncClient), use [`with_store`](Self::with_store) instead.
    #[must_use]
    pub fn with_store_of_host() -> Self {
        Self::of(Source::Store(Box::default()), None)
    }

    fn of(source: Source, store: Option<Store>) -> Self {
        Self(Arc::new(Shared { scheduler: Mutex::new(Scheduler { source, ..Scheduler::default() }), store }))
    }

    /// Returns true if a client that blocks cannot use the store.
    pub(crate) fn needs_async_client(&self) -> bool {
        matches!(self.0.store, Some(Store::Async(_)))
    }

    pub(super) fn store(&self) -> Option<Store> {
        self.0.store.clone()
    }

    /// Returns a copy of the state. A later run can continue with it.
    #[must_use]
    pub fn state(&self) -> RateLimiter {
        *self.lock().source.view()
    }

    /// Returns a number if the caller must use the store now. To use it, read the stored bytes, pass them to
    /// [`update`](Self::update), and replace them with the result if they are unchanged. Call this function before each wait of a
    /// call. It returns `None` if there is no store, and while another caller uses the store. After five seconds the other caller
    /// counts as lost.
    ///
    /// Pass the number to the functions that belong to this use. It distinguishes this use from those of other callers.
    #[must_use]
    pub fn begin_store_use(&self, now: UnixTime) -> Option<u32> {
        match &mut self.lock().source {
            Source::Own(_) => None,
            Source::Store(leased) => leased.begin_store_use(now),
        }
    }

    /// Returns the new bytes for the store. `use_number` is the number of this use, and `stored` is `None` if the store has no bytes.
    /// If the store then finds that its bytes have changed, read them and call this function again. If it accepts the new
    /// bytes, call [`stored`](Self::stored).
    ///
    /// # Errors
    /// Stored bytes that are not a state. Delete them: the limiter learns the limits again.
    pub fn update(
        &self,
        use_number: u32,
        stored: Option<&[u8]>,
        now: UnixTime,
    ) -> Result<Vec<u8>, RateLimiterStateError> {
        let scheduler = &mut *self.lock();
        let waiting = Waiting {
            urgent: scheduler.urgent.waiting(),
            bulk: scheduler.again.waiting() + scheduler.bulk.waiting(),
        };
        match &mut scheduler.source {
            Source::Own(limiter) => Ok(limiter.encode()),
            Source::Store(leased) => leased.update(use_number, stored, waiting, now),
        }
    }

    /// Ends a successful use of the store, which has accepted the last bytes of [`update`](Self::update). Returns false if the
    /// use took so long that another caller has begun a use. Then call [`store_failed`](Self::store_failed).
    #[must_use]
    pub fn stored(&self, use_number: u32, now: UnixTime) -> bool {
        match &mut self.lock().source {
            Source::Own(_) => true,
            Source::Store(leased) => leased.stored(use_number, now),
        }
    }

    /// Ends a use of the store that its caller gave up. Another caller then uses the store.
    pub fn abandon_store_use(&self, use_number: u32) {
        if let Source::Store(leased) = &mut self.lock().source {
            leased.abandon_store_use(use_number);
        }
    }

    /// Ends a use of the store that failed. The next use begins after a second. Returns the time since the first
    /// failure after the last success.
    pub fn store_failed(&self, use_number: u32, now: UnixTime) -> Duration {
        match &mut self.lock().source {
            Source::Own(_) => Duration::ZERO,
            Source::Store(leased) => leased.store_failed(use_number, now),
        }
    }

    /// Returns the number of calls that wait for a permit.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let scheduler = self.lock();
        scheduler.urgent.waiting() + scheduler.again.waiting() + scheduler.bulk.waiting()
    }

    pub(crate) fn observe(&self, feedback: &RateLimitFeedback, now: UnixTime) {
        self.lock().source.observe(feedback, now);
    }

    fn lock(&self) -> MutexGuard<'_, Scheduler> {
        // A panic cannot leave the numbers in a state that is worse than any other.
        self.0.scheduler.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scheduler {
    fn queue(&mut self, kind: QueueKind) -> &mut WaitQueue {
        match kind {
            QueueKind::Urgent => &mut self.urgent,
            QueueKind::Again => &mut self.again,
            QueueKind::Bulk => &mut self.bulk,
        }
    }

    /// Returns the number of requests that wait before a request. Without a ticket, the request is at the end of its queue.
    fn ahead(&mut self, kind: QueueKind, ticket: Option<u64>) -> u64 {
        let queue = self.queue(kind);
        let ahead = ticket.map_or(queue.waiting(), |ticket| queue.ahead(ticket));
        if kind == QueueKind::Bulk { ahead + self.again.waiting() } else { ahead }
    }

    fn acquire(&mut self, kind: QueueKind, ticket: Option<u64>, now: UnixTime) -> (Admission, Option<u64>) {
        for queue in [&mut self.urgent, &mut self.again, &mut self.bulk] {
            queue.sweep(now.as_millis());
        }
        let due = ticket.and_then(|ticket| self.queue(kind).due(ticket));
        // A request that was taken for given up has lost its place.
        let ticket = ticket.filter(|_| due.is_some());
        let ahead = self.ahead(kind, ticket);
        let lane = if kind == QueueKind::Urgent { Lane::Urgent } else { Lane::Bulk };
        // A request whose time has come takes the permit, even if others before it are late to ask. No new one passes
        // those that wait.
        let is_due = due.is_some_and(|due| due <= now.as_millis());
        let forecast = |source: &Source| source.forecast(if lane == Lane::Bulk { ahead } else { 0 }, now);
        let is_first = is_due || ahead == 0;
        let behind = (!is_first).then(|| forecast(&self.source)).filter(|permit| *permit != Permit::Now);
        let wait = match behind.unwrap_or_else(|| self.source.acquire(lane, now)) {
            Permit::Now => {
                if let Some(ticket) = ticket {
                    self.queue(kind).leave(ticket);
                }
                return (Admission::Now, None);
            }
            Permit::NotBefore(time) => return (Admission::NotBefore(time), ticket),
            Permit::Wait(wait) => wait,
        };
        let forecast = match lane {
            Lane::Bulk => match behind.unwrap_or_else(|| forecast(&self.source)) {
                Permit::Wait(forecast) => forecast.max(wait),
                _ => wait,
            },
            Lane::Urgent => wait.saturating_add(self.source.view().interval().saturating_mul(ahead as u32)),
        };
        let pause = self.pause(forecast, ahead);
        // Before the first response the limit is a guess, and no reason to end a call with a deadline.
        let forecast = if self.source.view().is_informed() { forecast } else { pause };
        let due = now.after(pause).as_millis();
        let queue = self.queue(kind);
        let ticket = match ticket {
            Some(ticket) => {
                queue.put_off(ticket, due);
                ticket
            }
            None => queue.join(due),
        };
        (Admission::Later { pause, forecast }, Some(ticket))
    }

    /// Returns the time after which a request asks again.
    fn pause(&self, forecast: Duration, ahead: u64) -> Duration {
        let millis = u64::try_from(forecast.as_millis()).unwrap_or(u64::MAX).max(1);
        if matches!(self.source, Source::Store(_)) && ahead < NEAR {
            // The next lease may contain the permit, and its permits are valid for a short time.
            return Duration::from_millis(millis.min(PAUSE_IF_NEAR));
        }
        Duration::from_millis(if !self.source.view().is_informed() {
            millis.min(PAUSE_IF_UNKNOWN)
        } else if millis <= WHOLE_PAUSE {
            millis
        } else {
            (millis / 2).min(LONGEST_PAUSE)
        })
    }
}

/// The place of one call in the queues. Dropping it gives the place up.
pub(crate) struct Place {
    limiter: SharedRateLimiter,
    lane: Lane,
    kind: QueueKind,
    ticket: Option<u64>,
    wait: PermitWait,
}

impl Debug for Place {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Place").field("lane", &self.lane).finish_non_exhaustive()
    }
}

impl Place {
    pub(crate) fn new(limiter: SharedRateLimiter, lane: Lane) -> Self {
        Self { limiter, lane, kind: QueueKind::Bulk, ticket: None, wait: PermitWait::default() }
    }

    /// Asks for the permit of a request that is sent for the first time, or again.
    pub(crate) fn acquire(&mut self, is_again: bool, now: UnixTime) -> Admission {
        if self.ticket.is_none() {
            self.kind = match (self.lane, is_again) {
                (Lane::Urgent, _) => QueueKind::Urgent,
                (Lane::Bulk, true) => QueueKind::Again,
                (Lane::Bulk, false) => QueueKind::Bulk,
            };
        }
        let (admission, ticket) = self.limiter.lock().acquire(self.kind, self.ticket, now);
        self.ticket = ticket;
        match admission {
            Admission::Now => self.wait = PermitWait::default(),
            Admission::Later { pause, .. } => self.wait.goes_on(pause, now),
            Admission::NotBefore(time) => self.wait.goes_on(now.until(time), now),
        }
        admission
    }

    /// Returns the time for which the store has failed, if its last use failed.
    pub(crate) fn store_failing_for(&self, now: UnixTime) -> Option<Duration> {
        match &self.limiter.lock().source {
            Source::Own(_) => None,
            Source::Store(leased) => leased.failing_for(now),
        }
    }

    /// Returns the minimum time of the wait for the permit, if it should be logged now.
    pub(crate) fn long_wait(&mut self) -> Option<Duration> {
        self.wait.report(|now| self.limiter.lock().next_report.is_due(now))
    }

    /// Gives up the place in the queue.
    pub(crate) fn leave(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.limiter.lock().queue(self.kind).leave(ticket);
        }
    }

    pub(crate) fn observe(&self, feedback: &RateLimitFeedback, now: UnixTime) {
        self.limiter.observe(feedback, now);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}
