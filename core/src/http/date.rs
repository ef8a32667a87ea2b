//! Dates of HTTP headers.

use alloc::vec::Vec;

use crate::text::date::{clock, days, number};
use crate::types::time::UnixTime;

/// The names of months in HTTP dates.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The names of weekdays in HTTP's older date format. The other formats use their first three letters.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Parses an HTTP date (RFC 9110, section 5.6.7) in its current form, `Sun, 06 Nov 1994 08:49:37 GMT`, or in one of the
/// older forms: `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. `now` decides the century of a year of
/// two digits.
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

/// Completes a year of two digits to the year within fifty years of now.
pub(crate) fn full_year(year: u64, now: Option<UnixTime>) -> u64 {
    // Without a clock, the year is 1970 or later.
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
