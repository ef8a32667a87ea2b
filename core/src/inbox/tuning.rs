//! The numbers on which the inbox's decisions rest. Tests replace them to plant bugs.

use crate::plantable::plantable;

/// The numbers of the rules. Times are in milliseconds, shares in thousandths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tuning {
    /// The waits after the failures of an event, half of the vendor's own waits between two deliveries. The last one repeats.
    pub(crate) retry_after: [u64; 4],
    /// The part of a lease that other holders respect.
    pub(crate) lease_part: u64,
    /// True if a lease or a wait can end.
    pub(crate) ends: bool,
    /// True if a lease or a wait that begins more than its own length in the future counts as over.
    pub(crate) distrusts_clocks: bool,
    /// True if an entry contains the random bytes of its holder.
    pub(crate) names_holder: bool,
    /// The step of the fencing token.
    pub(crate) token_step: u64,
    /// True if claims count as attempts.
    pub(crate) counts_attempts: bool,
    /// The part of the time to a delivery's `deduplicate_until` for which its entry is kept.
    pub(crate) retention_part: u64,
    /// The time for which an entry is kept in addition: a delivery that meets a lease does not change the entry.
    pub(crate) retention_extra: u64,
    /// True if a later delivery of the same event prolongs the time for which its entry is kept.
    pub(crate) prolongs: bool,
    /// True if the entries of deliveries without a tolerance are kept for an unlimited time.
    pub(crate) keeps_forever: bool,
    /// True if a handled event stays handled.
    pub(crate) remembers: bool,
}

const TUNING: Tuning = Tuning {
    retry_after: [5_000, 30_000, 150_000, 900_000],
    lease_part: 1_000,
    ends: true,
    distrusts_clocks: true,
    names_holder: true,
    token_step: 1,
    counts_attempts: true,
    retention_part: 1_000,
    retention_extra: 3_600_000,
    prolongs: true,
    keeps_forever: true,
    remembers: true,
};

plantable!(tuning: Tuning = TUNING);
