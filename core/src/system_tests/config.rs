//! The size of a world, and what it is made of.

use crate::inbox::Mode;

/// The size of a world. Times are in milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) name: &'static str,
    /// True for Zagely, which knows idempotency keys, and false for Wazaj.
    pub(super) keyed: bool,
    /// The processes that send, each with an outbox.
    pub(super) senders: usize,
    /// The messages of each outbox.
    pub(super) messages: u32,
    /// The messages in flight of each sender.
    pub(super) in_flight: usize,
    /// The processes that handle deliveries.
    pub(super) receivers: usize,
    /// The events of the vendor.
    pub(super) events: usize,
    /// The time in which the events begin.
    pub(super) spread: u64,
    pub(super) mode: Mode,
    /// The vendor's limits per minute and per day.
    pub(super) limit: u64,
    pub(super) daily: u64,
    /// The largest difference of two clocks.
    pub(super) skew: u64,
    /// True if the limiters know the limits at the start.
    pub(super) limits_are_known: bool,
    pub(super) host: Host,
}

/// The faults that a host's code can have. None of them is the machines' own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Host {
    /// Its stores do not compare before they replace.
    pub(super) store_overwrites: bool,
    /// The store of its limiter loses all that was written.
    pub(super) store_forgets: bool,
    /// Its HTTP library sends a request again on its own.
    pub(super) library_repeats: bool,
    /// It reports a request without a response as one that was not sent.
    pub(super) denies_requests: bool,
    /// Its disk has the claims of the outbox some time after the requests left.
    pub(super) writes_lazily: bool,
    /// It responds to a delivery before the event is handled.
    pub(super) responds_early: bool,
    /// It sends without the limiter's permit.
    pub(super) ignores_limiter: bool,
}

impl Config {
    pub(super) const SMALL: Self = Self {
        name: "small",
        keyed: true,
        senders: 0,
        messages: 0,
        in_flight: 1,
        receivers: 0,
        events: 0,
        spread: 0,
        mode: Mode::Leased,
        limit: 120,
        daily: 10_000,
        skew: 0,
        limits_are_known: true,
        host: Host {
            store_overwrites: false,
            store_forgets: false,
            library_repeats: false,
            denies_requests: false,
            writes_lazily: false,
            responds_early: false,
            ignores_limiter: false,
        },
    };
}
