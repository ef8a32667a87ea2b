//! The vendor: counts requests by the minute and the day, stores responses by key for 24 hours, and delivers events.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::http::request::Request;
use crate::http::response::Response;
use crate::types::json::Object;

const MINUTE: u64 = 60_000;
pub(super) const DAY: u64 = 86_400_000;

/// The vendor's memory. Times are in milliseconds.
#[derive(Hash)]
pub(super) struct Vendor {
    limit: u64,
    daily: u64,
    /// The time of the first accepted request with each key.
    keys: BTreeMap<String, u64>,
    /// The messages of each recipient.
    pub(super) received: BTreeMap<String, u32>,
    /// The times of the requests in the last minute.
    window: VecDeque<u64>,
    day: u64,
    today: u64,
    /// The time of a request that was refused because of the limit per minute.
    pub(super) refused: Option<u64>,
}

impl Vendor {
    pub(super) fn new(limit: u64, daily: u64) -> Self {
        Self {
            limit,
            daily,
            keys: BTreeMap::new(),
            received: BTreeMap::new(),
            window: VecDeque::new(),
            day: 0,
            today: 0,
            refused: None,
        }
    }

    /// Receives a request.
    pub(super) fn receive(&mut self, request: &Request, is_unavailable: bool, now: u64) -> Response {
        if now / DAY != self.day {
            (self.day, self.today) = (now / DAY, 0);
        }
        while self.window.front().is_some_and(|first| first + MINUTE <= now) {
            self.window.pop_front();
        }
        if is_unavailable {
            return self.response(503, &[], r#"{"message":"Service unavailable"}"#);
        }
        if self.today >= self.daily {
            let wait = ((self.day + 1) * DAY - now).div_ceil(1_000).to_string();
            let body = r#"{"success":false,"error":"daily_quota_exceeded","message":"Daily quota exceeded"}"#;
            return self.response(429, &[("Retry-After", &wait)], body);
        }
        if self.window.len() as u64 >= self.limit {
            self.refused = Some(now);
            let first = self.window.front().copied().unwrap_or(now);
            let wait = (first + MINUTE - now).div_ceil(1_000).to_string();
            return self.response(429, &[("Retry-After", &wait)], r#"{"message":"Too Many Attempts."}"#);
        }
        self.window.push_back(now);
        self.today += 1;
        let key = request.header("Idempotency-Key").map(String::from);
        let is_known = key.as_ref().and_then(|key| self.keys.get(key)).is_some_and(|first| now < first + DAY);
        if !is_known {
            self.keys.extend(key.map(|key| (key, now)));
            *self.received.entry(recipient(request)).or_default() += 1;
        }
        let replayed: &[(&str, &str)] = if is_known { &[("Idempotent-Replayed", "true")] } else { &[] };
        self.response(201, replayed, r#"{"status":"queued","message_id":"m-1","success":true}"#)
    }

    fn response(&self, status: u16, headers: &[(&str, &str)], body: &str) -> Response {
        let left = self.daily.saturating_sub(self.today);
        let limits = [
            ("X-RateLimit-Limit", self.limit),
            ("X-RateLimit-Daily-Limit", self.daily),
            ("X-RateLimit-Daily-Remaining", left),
        ];
        let limits = limits.into_iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let others = headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string()));
        let kind = ("Content-Type".to_string(), "application/json".to_string());
        let all: Vec<(String, String)> = limits.chain(others).chain([kind]).collect();
        Response::new(status, all, body.as_bytes())
    }
}

/// Returns the recipient of a message.
fn recipient(request: &Request) -> String {
    let body = request.body.as_deref().unwrap_or_default();
    let fields = crate::codec::output::in_bytes::<Object>(body).unwrap_or_default();
    fields.get("to").map_or_else(|| format!("{} bytes", body.len()), |to| to.as_str().to_string())
}

/// Returns the recipient as it is in a body.
pub(super) fn quoted(to: &str) -> String {
    format!("\"{to}\"")
}
