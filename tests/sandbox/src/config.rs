//! The options of a sandbox and their defaults.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The options of a sandbox. [`Config::default`] suits tests.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on. An address other than loopback also needs [`Config::expose`].
    pub bind: IpAddr,
    /// Confirms that other machines may reach the address.
    pub expose: bool,
    /// The port; 0 for a free one.
    pub port: u16,
    /// The seed of keys, ids and shares of faults; a random one if `None`.
    pub seed: Option<u64>,
    /// The factor by which the sandbox's time runs faster than the wall clock.
    pub time_scale: f64,
    /// The start of the sandbox's time, as an ISO 8601 date-time; the wall clock's time if `None`.
    pub start_at: Option<String>,
    /// The file that keeps the state over restarts.
    pub state: Option<PathBuf>,
    /// The HTTP methods that update calls accept.
    pub update_verb: UpdateVerb,
    /// The credentials that the unversioned routes accept.
    pub app_auth: AppAuth,
    /// The limits of keys without their own limits.
    pub limits: Limits,
    /// The maximum number of messages, of deliveries and of idempotent responses that are kept.
    pub keep: usize,
    /// The maximum number of contacts, of groups, of templates, of campaigns, of automations, of sessions and of
    /// webhooks.
    pub capacity: usize,
    /// The time after which an imaginary phone scans a new session's QR code. With `None`, only
    /// `POST /_sandbox/sessions/{session}/scan` scans it.
    pub scan_after: Option<Duration>,
    /// Adds the data that the samples on the vendors' pages use (their placeholder keys, a group and a contact), and
    /// starts on the day of the samples. The samples then work unchanged.
    pub samples: bool,
    /// Alternative readings of the contract.
    pub quirks: Vec<Quirk>,
    /// The destination of the log, in addition to the page.
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

/// The three limits of a key; `None` means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Requests per minute.
    pub per_minute: Option<u64>,
    /// Requests per day, UTC.
    pub daily: Option<u64>,
    /// Requests per month, UTC.
    pub monthly: Option<u64>,
}

impl Default for Limits {
    /// Returns the limits of the only key on the vendor's page. The page does not state the tenant's defaults.
    fn default() -> Self {
        Self { per_minute: Some(120), daily: Some(10_000), monthly: Some(250_000) }
    }
}

impl Limits {
    /// No limits.
    pub const NONE: Self = Self { per_minute: None, daily: None, monthly: None };
}

/// The methods that updates accept. The vendor's page does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UpdateVerb {
    /// Only PUT.
    Put,
    /// Only PATCH.
    Patch,
    /// Either, as Laravel's `apiResource` registers them.
    Both,
}

/// The credentials that the unversioned routes accept. The vendor's page does not state them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AppAuth {
    /// A key pair or the app token.
    Either,
    /// Only the app token. A request with a key pair gets 401.
    Token,
    /// Only a key pair.
    Keys,
}

/// A reading of the contract that is as plausible as the default one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Quirk {
    /// Single resources are wrapped in `{"data": …}` everywhere, as in `/me`.
    WrapData,
    /// Empty maps are written as `[]`, as PHP does.
    EmptyMapsAsLists,
    /// Numbers in analytics and statistics are text, like unformatted SQL aggregates.
    NumbersAsText,
    /// Lists are `{"data": […], "meta": {…}, "links": {…}}`, like Laravel's resource collections.
    MetaLists,
    /// The query parameter `page` is ignored: every response contains the first page.
    IgnorePage,
    /// Errors of the unversioned routes use the envelope of v1.
    AppEnvelope,
    /// A delivery is signed once. Its retries repeat the timestamp and the signature.
    SignOnce,
    /// A delivery is posted at most five times instead of six.
    FivePosts,
    /// Deletions respond with 204 and no body.
    NoContent,
    /// Sends respond with 202 instead of 201.
    SendAccepted,
}

/// The destination of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Only the page.
    Silent,
    /// One line per call on standard output.
    Stdout,
}
