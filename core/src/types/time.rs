//! Time as data: the host's clock, the vendor's timestamps, and the dates of HTTP.

use alloc::string::String;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

use crate::text::date::{Civil, days};

/// A time from the host's clock: milliseconds since 1970-01-01T00:00:00Z.
///
/// This crate reads no clock. Every value is a valid time. Arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// Creates a time from milliseconds since the epoch, such as `Date.now()`.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Creates a time from seconds since the epoch, such as `time()`.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the whole seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// Returns this time plus a duration.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Returns the duration until `later`, or zero if `later` is earlier.
    #[must_use]
    pub const fn until(self, later: Self) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0))
    }
}

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for UnixTime {
    /// Converts a time. A time before 1970 becomes 1970.
    fn from(time: std::time::SystemTime) -> Self {
        let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::default().after(since)
    }
}

/// The vendor's date and time: RFC 3339 text, kept as it arrived.
///
/// ```
/// use hudhud::Timestamp;
/// let sent = Timestamp::from("2026-04-21T10:30:00Z");
/// assert_eq!(sent.unix().map(|time| time.as_secs()), Some(1_776_767_400));
/// assert_eq!(Timestamp::from("soon").unix(), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(String);

impl Timestamp {
    /// Returns the text as the vendor wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Converts the text to a time. Returns `None` if it is not an RFC 3339 date and time from 1970 or later.
    #[must_use]
    pub fn unix(&self) -> Option<UnixTime> {
        let Civil { date: (year, month, day), clock: (hour, minute, second), micros, offset_s } =
            self.civil()?;
        let days = i64::try_from(days(year.into(), month.into(), day.into())?).ok()?;
        let clock = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
        let seconds = u64::try_from(days * 86_400 + clock - i64::from(offset_s)).ok()?;
        Some(UnixTime(seconds * 1000 + u64::from(micros) / 1000))
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Debug for Timestamp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // A valid time is shown. Any other text may be private.
        let shown =
            if self.0.len() <= 35 && self.unix().is_some() { &self.0 } else { crate::redact::REDACTED };
        Debug::fmt(if self.0.is_empty() { "" } else { shown }, formatter)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Timestamp {
    /// Returns the parts of the date and time, if the text is valid.
    pub(crate) fn civil(&self) -> Option<Civil> {
        Civil::read(&self.0)
    }
}

crate::redact::debug_is_safe!(Timestamp);

#[cfg(test)]
mod tests {
    use super::{Timestamp, UnixTime};
    use crate::http::date::{full_year, http_date};
    use crate::text::date::is_date;
    use core::time::Duration;

    #[test]
    fn timestamps_are_read_in_every_legal_form() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-04-21T10:30:00Z", 1_776_767_400_000),
            ("2026-04-21T12:30:00.5+02:00", 1_776_767_400_500),
            ("2026-04-21 08:30:00.1239-02:00", 1_776_767_400_123),
            ("2000-02-29T23:59:60Z", 951_868_799_000),
        ] {
            assert_eq!(Timestamp::from(text).unix(), Some(UnixTime::from_millis(millis)), "{text}");
        }
        for text in ["", "2026-02-29T00:00:00Z", "2026-04-21", "2026-04-21T10:30:00", "2026-04-21T10:30:00.Z"]
        {
            assert_eq!(Timestamp::from(text).unix(), None, "{text}");
        }
    }

    #[test]
    fn the_date_of_http_is_read_and_nothing_near_it() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun Nov 06 08:49:37 1994",
        ] {
            assert_eq!(http_date(text, None), Some(UnixTime::from_secs(784_111_777)), "{text}");
        }
        for text in [
            "",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Day, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sunday, 06 Nov 94 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37",
            "Sun Nov 6 08:49:37 1994",
            "Sun Nov   6 08:49:37 1994",
            "Sun Nov  6 08:49:37 94",
            "Sun Nov  6 08:49:37 1994 GMT",
            "Sunday Nov  6 08:49:37 1994",
            "Sun Nov  0 08:49:37 1994",
        ] {
            assert_eq!(http_date(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_near_now() {
        for (year, now, full) in [
            (94, 1994, 1994),
            (26, 2026, 2026),
            (76, 2026, 2076),
            (77, 2026, 1977),
            (1, 2099, 2101),
            (49, 2099, 2149),
            (50, 2099, 2050),
        ] {
            let now = UnixTime::from_secs((now - 1970) * 31_556_952 + 86_400);
            assert_eq!(full_year(year, Some(now)), full, "{year}");
        }
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        assert!(is_date("2024-02-29") && is_date("1969-12-31"));
        for text in [
            "2026-02-29",
            "21/04/2026",
            "2026-4-1",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "２０２６-01-01",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn moments_saturate() {
        let end = UnixTime::from_secs(u64::MAX);
        assert_eq!(end.after(Duration::MAX), end);
        assert_eq!(end.until(UnixTime::default()), Duration::ZERO);
    }
}
