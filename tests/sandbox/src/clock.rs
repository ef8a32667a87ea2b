//! The sandbox's time. It starts with the wall clock's, may run faster (`--time-scale`) and may be moved forward
//! (`POST /_sandbox/advance`), so that a day's quota or a two-hour back-off can be waited for in a test.
//! Everything a vendor would date is dated by it; only what a real machine on the other side must agree with
//! (a delivery's signed timestamp) is taken from the wall clock.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

/// A point in time, to the millisecond. Written as the vendor writes it: `2026-04-21T10:00:00Z`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Moment(i64);

impl Moment {
    /// The latest moment a calendar date can still be told for.
    const LAST: i64 = 253_402_000_000_000;

    pub(crate) fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, Self::LAST))
    }

    /// The wall clock's time, whatever the sandbox's own clock says.
    pub(crate) fn wall() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::from_millis(i64::try_from(since.as_millis()).unwrap_or(Self::LAST))
    }

    /// An ISO 8601 date-time; without an offset it is UTC, as Laravel reads it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Self::from_millis(stamp.as_millisecond()));
        }
        let civil = text.parse::<DateTime>().ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(Self::from_millis(zoned.timestamp().as_millisecond()))
    }

    /// Midnight, UTC, at which `date` begins.
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

    /// How long from this moment to `later`; nothing when that has passed.
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

impl From<&Zoned> for Moment {
    fn from(zoned: &Zoned) -> Self {
        Self::from_millis(zoned.timestamp().as_millisecond())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.zoned().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// Tells the sandbox's time.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    origin: Moment,
    scale: f64,
    advanced_millis: AtomicI64,
}

impl Clock {
    pub(crate) fn new(origin: Moment, scale: f64) -> Self {
        Self { started: Instant::now(), origin, scale, advanced_millis: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> Moment {
        let run = self.started.elapsed().mul_f64(self.scale);
        let advanced = self.advanced_millis.load(Ordering::Relaxed);
        Moment::from_millis(self.origin.plus(run).millis().saturating_add(advanced))
    }

    /// Moves time forward at once.
    pub(crate) fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(Moment::LAST).min(Moment::LAST);
        self.advanced_millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// How long a person waits while `duration` of the sandbox's time passes.
    pub(crate) fn real(&self, duration: Duration) -> Duration {
        duration.div_f64(self.scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_the_vendor_writes_it() {
        let moment = Moment::parse("2026-04-21T10:00:00Z").unwrap();
        assert_eq!(moment.to_string(), "2026-04-21T10:00:00Z");
        assert_eq!(Moment::parse("2026-04-21T12:00:00+02:00"), Some(moment));
        assert_eq!(Moment::parse("2026-04-21T10:00:00"), Some(moment));
        assert_eq!(Moment::parse("soon"), None);
    }

    #[test]
    fn knows_when_a_day_and_a_month_end() {
        let moment = Moment::parse("2026-12-31T23:59:59Z").unwrap();
        assert_eq!(moment.next_day().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(moment.next_month().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(moment.until(moment.next_day()), Duration::from_secs(1));
    }

    #[test]
    fn runs_faster_and_jumps() {
        let clock = Clock::new(Moment::from_millis(0), 1000.0);
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now().seconds() >= 3600);
        assert_eq!(clock.real(Duration::from_secs(10)), Duration::from_millis(10));
    }
}
