//! The rules on which the outbox's decisions rest. Tests replace them to plant bugs.

use crate::plantable::plantable;

/// The rules. Times are in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The time after the first attempt in which the vendor knows the key of a message.
    pub(crate) key_lifetime: u64,
    /// The part of this time that is not used, because a request takes time to arrive and clocks differ.
    pub(crate) margin: u64,
    /// The longest time for a call. A rate limiter would otherwise let it wait until the next day for a quota.
    pub(crate) longest_call: u64,
    /// The time until a message of unknown fate is repeated. The first request may still be on its way.
    pub(crate) settles_after: u64,
    /// True if a message of unknown fate is repeated without a key.
    pub(crate) repeats_without_key: bool,
    /// True if a record says that a message will be sent, before it is sent.
    pub(crate) records_claims: bool,
    /// True if a doubt remains when a repetition certainly had no effect.
    pub(crate) keeps_doubts: bool,
    /// True if the age of a key counts from the first attempt of unknown fate, not from the last one.
    pub(crate) counts_from_first: bool,
    /// True if a key is the same for each attempt of a message.
    pub(crate) keeps_keys: bool,
    /// True if times are not trusted after the clock went back.
    pub(crate) watches_clock: bool,
    /// True if the checksums of records are compared.
    pub(crate) checks_sums: bool,
    /// True if the rest of a journal is searched for records after a damaged one.
    pub(crate) searches_rest: bool,
    /// True if a message that is reported as unknown is recorded as such.
    pub(crate) records_unknown: bool,
    /// The first pause after a failure that concerns all messages. Each further pause is twice as long.
    pub(crate) first_pause: u64,
    /// The longest pause, unless the vendor asks for a longer one.
    pub(crate) longest_pause: u64,
    /// The number of pauses without a success after which the outbox stops.
    pub(crate) most_pauses: u32,
}

const RULES: Rules = Rules {
    key_lifetime: 24 * 60 * 60 * 1_000,
    margin: 5 * 60 * 1_000,
    longest_call: 10 * 60 * 1_000,
    settles_after: 10_000,
    repeats_without_key: false,
    records_claims: true,
    keeps_doubts: true,
    counts_from_first: true,
    keeps_keys: true,
    watches_clock: true,
    checks_sums: true,
    searches_rest: true,
    records_unknown: true,
    first_pause: 250,
    longest_pause: 60_000,
    most_pauses: 12,
};

plantable!(rules: Rules = RULES);
