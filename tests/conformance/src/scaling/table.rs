//! The table of the measurements.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// The largest accepted exponent.
pub(crate) const LIMIT: f64 = 1.1;

/// An entry with its times.
pub(crate) struct Row {
    pub(crate) name: String,
    /// The number of parts of the smallest input.
    pub(crate) parts: usize,
    /// The times for the smallest input, for twice and for four times as large ones.
    pub(crate) times: [Duration; 3],
}

impl Row {
    /// Returns the slope of the least squares fit of log time over log size. With three sizes, each twice the one
    /// before, the middle one has no influence on it.
    pub(crate) fn exponent(&self) -> f64 {
        let [small, _, large] = self.times.map(|time| time.as_secs_f64());
        (large / small).log2() / 2.0
    }
}

/// The header of the table.
pub(crate) const HEAD: &str =
    "entry, parts of the smallest input, times for 1, 2 and 4 times as many parts, exponent of the growth";

impl Display for Row {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let [small, middle, large] = self.times.map(|time| time.as_secs_f64() * 1e3);
        let (Self { name, parts, .. }, exponent) = (self, self.exponent());
        let verdict = if exponent > LIMIT { "  TOO FAST" } else { "" };
        write!(
            formatter,
            "{name:<72} {parts:>5} {small:>9.3} {middle:>9.3} {large:>9.3} ms {exponent:>6.2}{verdict}"
        )
    }
}

/// Returns the last line of the table. `unsupported` is the number of entries that were not measured.
pub(crate) fn summary(host: &str, rows: &[Row], unsupported: usize) -> String {
    let failed = rows.iter().filter(|row| row.exponent() > LIMIT).count();
    let worst = rows.iter().max_by(|one, other| one.exponent().total_cmp(&other.exponent()));
    let worst = worst.map(|row| format!("; the largest is {:.2}: {}", row.exponent(), row.name));
    format!(
        "{host}: {} entries, {unsupported} not representable, {failed} with an exponent above {LIMIT}{}",
        rows.len(),
        worst.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::Row;
    use std::time::Duration;

    #[test]
    fn the_exponent_is_the_slope_of_log_time_over_log_size() {
        for (times, exponent) in [([100, 200, 400], 1.0), ([100, 400, 1600], 2.0), ([100, 100, 100], 0.0)] {
            let row = Row { name: String::new(), parts: 1, times: times.map(Duration::from_micros) };
            assert!((row.exponent() - exponent).abs() < 1e-9, "{times:?}");
        }
    }
}
