//! The three limits of a key, each with its own error code, and the headers that report them.

use std::time::Duration;

use crate::clock::SimTime;
use crate::state::key::ApiKey;

/// The length of a burst window. It starts with the first request, as in Laravel's limiter.
const WINDOW: Duration = Duration::from_secs(60);

/// A limit that a request exceeded.
#[derive(Debug, Clone)]
pub(crate) struct Exceeded {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) limit: u64,
    /// The time at which the next request may be admitted.
    pub(crate) ends: SimTime,
}

/// Counts a request for its key, or returns the limit that it exceeds. Refused requests are not counted.
pub(crate) fn admit(key: &mut ApiKey, now: SimTime) -> Result<(), Exceeded> {
    let usage = &mut key.usage;
    if now >= usage.minute_ends {
        usage.minute_ends = now.plus(WINDOW);
        usage.this_minute = 0;
    }
    if usage.day != now.date() {
        usage.day = now.date();
        usage.today = 0;
    }
    if usage.month != now.first_of_month() {
        usage.month = now.first_of_month();
        usage.this_month = 0;
    }
    let exceeded = |limit: Option<u64>, used: u64| limit.filter(|&limit| used >= limit);
    if let Some(limit) = exceeded(key.limits.monthly, usage.this_month) {
        let message = "Monthly request quota exceeded.";
        return Err(Exceeded { code: "monthly_quota_exceeded", message, limit, ends: now.next_month() });
    }
    if let Some(limit) = exceeded(key.limits.daily, usage.today) {
        let message = "Daily request quota exceeded.";
        return Err(Exceeded { code: "daily_quota_exceeded", message, limit, ends: now.next_day() });
    }
    if let Some(limit) = exceeded(key.limits.per_minute, usage.this_minute) {
        let message = "Rate limit exceeded.";
        return Err(Exceeded { code: "rate_limit_exceeded", message, limit, ends: usage.minute_ends });
    }
    usage.this_minute += 1;
    usage.today += 1;
    usage.this_month += 1;
    key.last_used_at = Some(now);
    Ok(())
}

/// Returns the headers of every authenticated response. A limit that the key does not have has no header.
pub(crate) fn headers(key: &ApiKey) -> Vec<(&'static str, String)> {
    let mut headers = Vec::with_capacity(3);
    if let Some(limit) = key.limits.per_minute {
        headers.push(("x-ratelimit-limit", limit.to_string()));
    }
    if let Some(limit) = key.limits.daily {
        headers.push(("x-ratelimit-daily-limit", limit.to_string()));
        headers.push(("x-ratelimit-daily-remaining", limit.saturating_sub(key.usage.today).to_string()));
    }
    headers
}
