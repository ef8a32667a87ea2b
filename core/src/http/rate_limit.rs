//! The rate limits that the vendor reports with every authenticated response.

use core::time::Duration;

use serde::ser::SerializeStruct;

use crate::http::date::http_date;
use crate::http::response::Response;
use crate::text::members::optional;
use crate::types::time::UnixTime;

/// The limits of the key that was used, as far as the response stated them.
///
/// Source: Zagely, "Rate limits" (`remaining` and `reset` inferred from the vendor's framework).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The number of requests allowed per minute (`X-RateLimit-Limit`).
    pub limit: Option<u64>,
    /// The number of requests left in this minute (`X-RateLimit-Remaining`, inferred).
    pub remaining: Option<u64>,
    /// The end of this minute in Unix seconds (`X-RateLimit-Reset`, inferred).
    pub reset: Option<u64>,
    /// The number of requests allowed per day (`X-RateLimit-Daily-Limit`).
    pub daily_limit: Option<u64>,
    /// The number of requests left today (`X-RateLimit-Daily-Remaining`).
    pub daily_remaining: Option<u64>,
}

impl RateLimit {
    pub(crate) fn read(response: &Response) -> Self {
        let number = |name| response.header(name)?.trim().parse().ok();
        Self {
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            reset: number("x-ratelimit-reset"),
            daily_limit: number("x-ratelimit-daily-limit"),
            daily_remaining: number("x-ratelimit-daily-remaining"),
        }
    }
}

/// Serialises under the names of the JSON form. Absent limits are left out.
impl serde::Serialize for RateLimit {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { limit, remaining, reset, daily_limit, daily_remaining } = *self;
        let named = [
            ("limit", limit),
            ("remaining", remaining),
            ("reset", reset),
            ("daily_limit", daily_limit),
            ("daily_remaining", daily_remaining),
        ];
        let mut members = serializer.serialize_struct("RateLimit", named.len())?;
        for (name, value) in named {
            optional(&mut members, name, value)?;
        }
        members.end()
    }
}

/// Reads `Retry-After`: whole seconds, or a date. A date is compared with the response's own `Date`, so that a wrong
/// local clock does no harm. Without a `Date` it is compared with `now`.
pub(crate) fn retry_after(response: &Response, now: Option<UnixTime>) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number with too many digits is a very long wait, which the limit on waits then refuses.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX / 1000)));
    }
    let sent = response.header("date").and_then(|date| http_date(date.trim(), now));
    let from = sent.or(now)?;
    Some(from.until(http_date(text, Some(from))?))
}

#[cfg(test)]
mod tests {
    use super::retry_after;
    use crate::http::response::Response;
    use crate::types::time::UnixTime;
    use alloc::vec::Vec;
    use core::time::Duration;

    fn read(headers: &[(&str, &str)], now: Option<u64>) -> Option<Duration> {
        retry_after(&Response::new(429, headers.iter().copied(), Vec::new()), now.map(UnixTime::from_secs))
    }

    #[test]
    fn seconds_and_dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(read(&[("Retry-After", " 7 ")], None), Some(Duration::from_secs(7)));
        assert_eq!(read(&[("retry-after", date)], Some(784_111_770)), Some(Duration::from_secs(7)));
        assert_eq!(read(&[("retry-after", date)], Some(784_111_999)), Some(Duration::ZERO));
        assert_eq!(read(&[("retry-after", date)], None), None);
        for older in ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(read(&[("retry-after", older)], Some(784_111_770)), Some(Duration::from_secs(7)));
        }
        let sent = ("Date", "Sun, 06 Nov 1994 08:49:30 GMT");
        assert_eq!(read(&[("retry-after", date), sent], Some(1)), Some(Duration::from_secs(7)));
    }

    #[test]
    fn nothing_else_is_a_wait() {
        for text in ["", "-1", "1.5", "soon", "+3"] {
            assert_eq!(read(&[("retry-after", text)], Some(1)), None, "{text}");
        }
        assert!(
            read(&[("retry-after", "99999999999999999999999")], None).unwrap() > Duration::from_secs(1 << 40)
        );
    }
}
