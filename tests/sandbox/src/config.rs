//! What can be chosen about a sandbox, with what it is when nothing is said.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How a sandbox is to be; [`Config::default`] is what tests want.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on. Anything but loopback also needs [`Config::expose`].
    pub bind: IpAddr,
    /// Says in so many words that an address other machines can reach is meant.
    pub expose: bool,
    /// The port, 0 for a free one.
    pub port: u16,
    /// What keys, ids and shares of faults are drawn from; a fresh one when not given.
    pub seed: Option<u64>,
    /// How much faster than the wall clock the sandbox's time runs.
    pub time_scale: f64,
    /// When the sandbox's time begins, as an ISO 8601 date-time; the wall clock's time when not given.
    pub start_at: Option<String>,
    /// The file that state is kept in over restarts.
    pub state: Option<PathBuf>,
    /// Which of PUT and PATCH updates answer to.
    pub update_verb: UpdateVerb,
    /// Which credentials the unversioned routes take.
    pub app_auth: AppAuth,
    /// The limits of keys that have none of their own.
    pub limits: Limits,
    /// How many messages, deliveries and idempotent answers are kept, of each.
    pub keep: usize,
    /// How many contacts, groups, templates, campaigns, automations, sessions and webhooks there may be, of each.
    pub capacity: usize,
    /// How long after its creation a session is scanned by an imaginary phone; `None` leaves that to
    /// `POST /_sandbox/sessions/{session}/scan`.
    pub scan_after: Option<Duration>,
    /// Adds what the vendors' pages' samples refer to: their placeholder keys, a group and a contact; and begins
    /// on the day they were written, so that they work unchanged.
    pub samples: bool,
    /// Readings of the contract other than the default ones.
    pub quirks: Vec<Quirk>,
    /// Where calls are told of, beside the page.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            expose: false,
            port: 0,
            seed: None,
            time_scale: 1.0,
            start_at: None,
            state: None,
            update_verb: UpdateVerb::Both,
            app_auth: AppAuth::Either,
            limits: Limits::default(),
            keep: 20_000,
            capacity: 100_000,
            scan_after: Some(Duration::from_secs(5)),
            samples: false,
            quirks: Vec::new(),
            log: Log::Silent,
        }
    }
}

impl Config {
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }
}

/// The three limits of a key; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Requests in a minute.
    pub per_minute: Option<u64>,
    /// Requests in a day, UTC.
    pub daily: Option<u64>,
    /// Requests in a month, UTC.
    pub monthly: Option<u64>,
}

impl Default for Limits {
    /// The numbers of the one key that the vendor's page shows; the tenant's defaults are not printed there.
    fn default() -> Self {
        Self { per_minute: Some(120), daily: Some(10_000), monthly: Some(250_000) }
    }
}

impl Limits {
    /// No limit at all.
    pub const NONE: Self = Self { per_minute: None, daily: None, monthly: None };
}

/// Which method updates answer to; the vendor's page lost it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UpdateVerb {
    /// Only PUT.
    Put,
    /// Only PATCH.
    Patch,
    /// Either, as Laravel's `apiResource` registers them.
    Both,
}

/// Which credentials the unversioned routes take; the vendor's page does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AppAuth {
    /// A key pair or the app token.
    Either,
    /// Only the app token: a key pair is answered with 401.
    Token,
    /// Only a key pair.
    Keys,
}

/// A reading of the contract that is as possible as the default one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Quirk {
    /// Single resources come in `{"data": …}` everywhere, as in `/me`.
    WrapData,
    /// Empty maps are written as `[]`, as PHP does.
    EmptyMapsAsLists,
    /// Numbers of analytics and statistics come as text, as unformatted SQL aggregates do.
    NumbersAsText,
    /// Lists come as `{"data": […], "meta": {…}, "links": {…}}`, as Laravel's resource collections do.
    MetaLists,
    /// The query parameter `page` is ignored: every page is the first.
    IgnorePage,
    /// Errors of the unversioned routes come in the envelope of v1.
    AppEnvelope,
    /// A delivery is signed once and its retries repeat that timestamp and signature.
    SignOnce,
    /// A delivery is posted five times in all instead of once and five times again.
    FivePosts,
    /// Deleting answers 204 without a body.
    NoContent,
    /// Sending answers 202 instead of 201.
    SendAccepted,
}

/// Where calls are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Nowhere but on the page.
    Silent,
    /// A line each on standard output.
    Stdout,
}
