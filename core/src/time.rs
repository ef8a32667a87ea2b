//! Time as data: the moment a host says it is, the vendor's timestamps, and the dates of HTTP.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Debug, Formatter};
use core::time::Duration;

/// A moment as the host tells it: milliseconds since 1970-01-01T00:00:00Z.
///
/// The core reads no clock. Every value is a legal moment; arithmetic saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// From milliseconds since the epoch, as `Date.now()` counts.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch, as `time()` counts.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// This moment and a while.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long until `later`; nothing if that is past.
    #[must_use]
    pub const fn until(self, later: Self) -> Duration {
        Duration::from_millis(later.0.saturating_sub(self.0))
    }

    /// The system's clock.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

#[cfg(feature = "std")]
impl From<std::time::SystemTime> for UnixTime {
    /// A moment before 1970 is 1970.
    fn from(time: std::time::SystemTime) -> Self {
        let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self::default().after(since)
    }
}

/// The vendor's date and time: RFC 3339 text, kept as it came.
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
    /// The text as the vendor wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment meant, or `None` if the text is no RFC 3339 date and time from 1970 on.
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
        // As it came if it is a moment; another text in its place may be anything.
        let shown = if self.0.len() <= 35 && self.unix().is_some() { &self.0 } else { crate::redact::HIDDEN };
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

/// The parts of an RFC 3339 date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Civil {
    /// Year, month, day.
    pub(crate) date: (u16, u8, u8),
    /// Hour, minute, second; a leap second is the one before it.
    pub(crate) clock: (u8, u8, u8),
    pub(crate) micros: u32,
    /// Seconds east of UTC.
    pub(crate) offset_s: i32,
}

impl Timestamp {
    /// The parts of the text, if it is one.
    pub(crate) fn civil(&self) -> Option<Civil> {
        Civil::read(&self.0)
    }
}

impl Civil {
    /// The parts of a text, if it is an RFC 3339 date and time: `2026-04-21T10:30:00.123+02:00`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let date @ [_, _, _, _, b'-', _, _, b'-', _, _] = text.get(..10)? else { return None };
        let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
        if !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) || year == 0 {
            return None;
        }
        let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = *text.get(10..19)? else {
            return None;
        };
        let (hour, minute, second) = (small(&[h1, h2])?, small(&[m1, m2])?, small(&[s1, s2])?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut micros = 0;
        if let Some(fraction) = rest.strip_prefix(b".") {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, after) =
                fraction.split_at_checked(digits).filter(|(digits, _)| !digits.is_empty())?;
            let scale = [100_000, 10_000, 1000, 100, 10, 1];
            micros = digits.iter().zip(scale).map(|(digit, scale)| u32::from(digit - b'0') * scale).sum();
            rest = after;
        }
        let offset_s = match *rest {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
                let (hours, minutes) = (small(&[h1, h2])?, small(&[m1, m2])?);
                if hours > 23 || minutes > 59 {
                    return None;
                }
                let east = i32::from(hours) * 3600 + i32::from(minutes) * 60;
                if sign == b'+' { east } else { -east }
            }
            _ => return None,
        };
        let date = (u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        Some(Self { date, clock: (hour, minute, second.min(59)), micros, offset_s })
    }
}

/// `10:30:00` as seconds of the day. A leap second counts as the one before it.
fn clock(text: &[u8]) -> Option<u64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *text else { return None };
    let (hours, minutes, seconds) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    (hours < 24 && minutes < 60 && seconds <= 60).then(|| hours * 3600 + minutes * 60 + seconds.min(59))
}

/// Whether a text is a day of the calendar, as `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return false };
    let (year, month, day) = (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]));
    matches!((year, month, day), (Some(year), Some(month), Some(day))
        if (1..=12).contains(&month) && (1..=length(year, month)).contains(&day))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) {
        return None;
    }
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let before: u64 = (1..month).map(|month| length(year, month)).sum();
    Some((year - 1970) * 365 + leaps(year - 1) - leaps(1969) + before + day - 1)
}

/// The days of a month.
const fn length(year: u64, month: u64) -> u64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn small(digits: &[u8]) -> Option<u8> {
    number(digits)?.try_into().ok()
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Months of HTTP's dates.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Days of the week in HTTP's older dates; the other forms have their first three letters.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Reads a date of HTTP (RFC 9110, section 5.6.7), in its current form, `Sun, 06 Nov 1994 08:49:37 GMT`, or in one of the
/// older ones: `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. `now` decides
/// the century of a year of two digits.
pub(crate) fn http_date(text: &str, now: Option<UnixTime>) -> Option<UnixTime> {
    let is_short = |name: &str| WEEKDAYS.iter().any(|day| &day[..3] == name);
    let parts: Vec<&str> = text.split(' ').collect();
    let (day, month, year, time) = match *parts {
        [weekday, day, month, year, time, "GMT"] => {
            let weekday = weekday.strip_suffix(',')?;
            if !is_short(weekday) || day.len() != 2 || year.len() != 4 {
                return None;
            }
            (number(day.as_bytes())?, month, number(year.as_bytes())?, time)
        }
        [weekday, date, time, "GMT"] => {
            let weekday = weekday.strip_suffix(',')?;
            let [day, month, year] = *date.split('-').collect::<Vec<_>>() else { return None };
            if !WEEKDAYS.contains(&weekday) || day.len() != 2 || year.len() != 2 {
                return None;
            }
            (number(day.as_bytes())?, month, full_year(number(year.as_bytes())?, now), time)
        }
        [weekday, month, "", day, time, year] if day.len() == 1 && is_short(weekday) && year.len() == 4 => {
            (number(day.as_bytes())?, month, number(year.as_bytes())?, time)
        }
        [weekday, month, day, time, year] if day.len() == 2 && is_short(weekday) && year.len() == 4 => {
            (number(day.as_bytes())?, month, number(year.as_bytes())?, time)
        }
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| *name == month)? as u64 + 1;
    let day = days(year, month, day)?;
    Some(UnixTime::from_secs(day * 86_400 + clock(time.as_bytes())?))
}

/// Completes a year of two digits: to the one within fifty years of now.
fn full_year(year: u64, now: Option<UnixTime>) -> u64 {
    // Without a clock the year is one since 1970.
    let Some(now) = now else { return if year < 70 { 2000 + year } else { 1900 + year } };
    let here = 1970 + now.as_secs() / 31_556_952;
    let year = here - here % 100 + year;
    if year > here + 50 {
        year - 100
    } else if year + 50 <= here {
        year + 100
    } else {
        year
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, UnixTime, full_year, http_date, is_date};
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
