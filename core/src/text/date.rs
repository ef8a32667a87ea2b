//! Calendar days and RFC 3339 dates.

use core::fmt::Debug;

/// The parts of an RFC 3339 date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year, month, day.
    pub date: (u16, u8, u8),
    /// Hour, minute, second. A leap second is stored as the second before it.
    pub clock: (u8, u8, u8),
    /// Microseconds of the second.
    pub micros: u32,
    /// Seconds east of UTC.
    pub offset_s: i32,
}

impl Civil {
    /// Parses an RFC 3339 date and time, such as `2026-04-21T10:30:00.123+02:00`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
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

/// Converts `10:30:00` to seconds of the day. A leap second counts as the second before it.
pub(crate) fn clock(text: &[u8]) -> Option<u64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *text else { return None };
    let (hours, minutes, seconds) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    (hours < 24 && minutes < 60 && seconds <= 60).then(|| hours * 3600 + minutes * 60 + seconds.min(59))
}

/// Returns `true` if a text is a day of the calendar, as `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return false };
    let (year, month, day) = (number(&[y1, y2, y3, y4]), number(&[m1, m2]), number(&[d1, d2]));
    matches!((year, month, day), (Some(year), Some(month), Some(day))
        if (1..=12).contains(&month) && (1..=length(year, month)).contains(&day))
}

/// Returns the number of days from 1970-01-01 to a day of the Gregorian calendar.
pub(crate) fn days(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || !(1..=12).contains(&month) || !(1..=length(year, month)).contains(&day) {
        return None;
    }
    let leaps = |year: u64| year / 4 - year / 100 + year / 400;
    let before: u64 = (1..month).map(|month| length(year, month)).sum();
    Some((year - 1970) * 365 + leaps(year - 1) - leaps(1969) + before + day - 1)
}

/// Returns the number of days of a month.
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

pub(crate) fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}
