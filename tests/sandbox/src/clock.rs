//! The sandbox's clock. It starts at the wall clock's time, may run faster (`--time-scale`) and can be moved forward
//! (`POST /_sandbox/advance`). A test can therefore wait for a new day's quota or a two-hour back-off. The clock
//! supplies every date of the vendors' data. The signed timestamp of a delivery is the exception: it comes from the
//! wall clock, because the receiver compares it with its own clock.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// A point in time in milliseconds. It is formatted as the vendor formats it: `2026-04-21T10:00:00Z`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SimTime(i64);

impl SimTime {
    /// The latest moment that has a calendar date.
    const LAST: i64 = 253_402_000_000_000;

    pub(crate) fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::LAST))
    }

    /// Returns the wall clock's time, which may differ from the sandbox's time.
    pub(crate) fn wall() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_millis(i64::try_from(since.as_millis()).unwrap_or(Self::LAST))
    }

    /// Parses an ISO 8601 date-time. Without an offset it is UTC, as in Laravel.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Self::from_millis(stamp.as_millisecond()));
        }
        let civil = text.parse::<DateTime>().ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(Self::from_millis(zoned.timestamp().as_millisecond()))
    }

    /// Returns the midnight in UTC at which `date` begins.
    pub(crate) fn start_of(date: Date) -> Self {
        date.to_zoned(TimeZone::UTC).map_or(Self(Self::LAST), |day| Self::from(&day))
    }

    pub(crate) fn millis(self) -> i64 {
        self.0
    }

    pub(crate) fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// Returns the time from this moment to `later`, or zero if `later` has passed.
    pub(crate) fn until(self, later: Self) -> Duration {
        Duration::from_millis(u64::try_from(later.0 - self.0).unwrap_or(0))
    }

    fn zoned(self) -> Zoned {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC)
    }

    pub(crate) fn date(self) -> Date {
        self.zoned().date()
    }

    pub(crate) fn hour(self) -> i8 {
        self.zoned().hour()
    }

    pub(crate) fn next_day(self) -> Self {
        self.date().tomorrow().map_or(Self(Self::LAST), Self::start_of)
    }

    pub(crate) fn first_of_month(self) -> Date {
        self.date().first_of_month()
    }

    pub(crate) fn next_month(self) -> Self {
        self.date().last_of_month().tomorrow().map_or(Self(Self::LAST), Self::start_of)
    }
}

impl From<&Zoned> for SimTime {
    fn from(zoned: &Zoned) -> Self {
        Self::from_millis(zoned.timestamp().as_millisecond())
    }
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.zoned().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// The clock of a sandbox.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    origin: SimTime,
    scale: f64,
    advanced_millis: AtomicI64,
}

impl Clock {
    pub(crate) fn new(origin: SimTime, scale: f64) -> Self {
        Self { started: Instant::now(), origin, scale, advanced_millis: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> SimTime {
        let run = self.started.elapsed().mul_f64(self.scale);
        let advanced = self.advanced_millis.load(Ordering::Relaxed);
        SimTime::from_millis(self.origin.plus(run).millis().saturating_add(advanced))
    }

    /// Moves the time forward at once.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(SimTime::LAST).min(SimTime::LAST);
        self.advanced_millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// Returns the real time that passes during `duration` of the sandbox's time.
    pub(crate) fn real(&self, duration: Duration) -> Duration {
        duration.div_f64(self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_parsed_and_formatted_as_the_vendor_does() {
        let moment = SimTime::parse("2026-04-21T10:00:00Z").unwrap();
        assert_eq!(moment.to_string(), "2026-04-21T10:00:00Z");
        assert_eq!(SimTime::parse("2026-04-21T12:00:00+02:00"), Some(moment));
        assert_eq!(SimTime::parse("2026-04-21T10:00:00"), Some(moment));
        assert_eq!(SimTime::parse("soon"), None);
    }

    #[test]
    fn the_next_day_and_month_begin_at_midnight() {
        let moment = SimTime::parse("2026-12-31T23:59:59Z").unwrap();
        assert_eq!(moment.next_day().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(moment.next_month().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(moment.until(moment.next_day()), Duration::from_secs(1));
    }

    #[test]
    fn the_clock_runs_faster_and_can_be_advanced() {
        let clock = Clock::new(SimTime::from_millis(0), 1000.0);
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now().seconds() >= 3600);
        assert_eq!(clock.real(Duration::from_secs(10)), Duration::from_millis(10));
    }
}
