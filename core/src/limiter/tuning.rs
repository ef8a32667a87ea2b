//! The numbers on which the limiter's decisions rest. Tests replace them to plant bugs.

use crate::plantable::plantable;

/// The numbers of the rules. Times are in milliseconds, shares in thousandths of the limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tuning {
    /// The length of a window of the vendor, plus the spread of the requests' travel times.
    pub(crate) window: u64,
    /// The share that may leave ahead of the even pace at any time.
    pub(crate) tolerance: u64,
    /// The part of the tolerance that bulk may use, in thousandths. The rest is for urgent requests.
    pub(crate) bulk_part: u64,
    /// The share that may leave at once after a pause.
    pub(crate) burst: u64,
    /// The share of the limit at which a burst of bulk ends. It counts the requests of the last minute or two.
    pub(crate) burst_ends: u64,
    /// The number of urgent requests that may pass a waiting bulk request.
    pub(crate) passes: u8,
    /// The longest time by which the first permit of a lease may lie ahead.
    pub(crate) horizon: u64,
    /// The time in which the permits of a lease are due.
    pub(crate) lease: u64,
    /// True if an urgent request that may not leave at once books a permit after those that are leased.
    pub(crate) books_urgent: bool,
    /// The time for which a permit of a lease is valid.
    pub(crate) late: u64,
    /// The largest step back of the clock that is ignored.
    pub(crate) clock_step: u64,
    /// The same for clocks of several machines.
    pub(crate) shared_clock_step: u64,
    /// The time after a change of the limit in which another change is ignored. Processes with leases report late.
    pub(crate) settled_after: u64,
    /// True if the leased permits keep their times when the limit rises.
    pub(crate) keeps_leases: bool,
    /// The part of an excess that is paid back after the limit fell, in thousandths.
    pub(crate) paid_back: u64,
    /// The number that each permit takes from what is left of the day.
    pub(crate) day_counts: u64,
    /// The longest wait that a response without a quota error may cause.
    pub(crate) longest_hold: u64,
    /// The part of `Retry-After` that is respected, in thousandths.
    pub(crate) retry_after: u64,
    /// True if the permits of any lease can be given back to the pace, not only those of the last lease.
    pub(crate) reclaims_any_lease: bool,
    /// The time after which an assumed limit doubles.
    pub(crate) doubles_after: u64,
    /// The limit per minute before the first response.
    pub(crate) start_limit: u64,
}

const TUNING: Tuning = Tuning {
    window: 60_500,
    tolerance: 12,
    bulk_part: 250,
    burst: 80,
    burst_ends: 500,
    passes: 4,
    horizon: 10_000,
    lease: 1_000,
    books_urgent: true,
    late: 250,
    clock_step: 250,
    shared_clock_step: 1_000,
    settled_after: 15_000,
    keeps_leases: true,
    paid_back: 1_000,
    day_counts: 1,
    longest_hold: 3_600_000,
    retry_after: 1_000,
    reclaims_any_lease: false,
    doubles_after: 60_000,
    start_limit: 30,
};

plantable!(tuning: Tuning = TUNING);
