//! The table of what was measured.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::LIMIT;

/// An entry with its times.
pub(crate) struct Row {
    pub(crate) name: String,
    /// The parts of the smallest input.
    pub(crate) parts: usize,
    /// For the smallest input, twice and four times as large a one.
    pub(crate) times: [Duration; 3],
}

impl Row {
    /// The slope of the least squares fit of log time over log size. Of three sizes, each twice the one before, the
    /// middle one has no part in it.
    pub(crate) fn exponent(&self) -> f64 {
        let [small, _, large] = self.times.map(|time| time.as_secs_f64());
        (large / small).log2() / 2.0
    }
}

/// The head of the table.
pub(crate) const HEAD: &str =
    "entry, parts of the smallest input, time for it, for 2 and for 4 times as many, exponent of the growth";

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

/// The end of the table.
pub(crate) fn summary(host: &str, rows: &[Row]) -> String {
    let failed = rows.iter().filter(|row| row.exponent() > LIMIT).count();
    let worst = rows.iter().max_by(|one, other| one.exponent().total_cmp(&other.exponent()));
    let worst = worst.map(|row| format!("; the greatest is {:.2}: {}", row.exponent(), row.name));
    format!(
        "{host}: {} entries, {failed} with an exponent above {LIMIT}{}",
        rows.len(),
        worst.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::Row;
    use std::time::Duration;

    #[test]
    fn the_exponent_is_that_of_the_growth() {
        for (times, exponent) in [([100, 200, 400], 1.0), ([100, 400, 1600], 2.0), ([100, 100, 100], 0.0)] {
            let row = Row { name: String::new(), parts: 1, times: times.map(Duration::from_micros) };
            assert!((row.exponent() - exponent).abs() < 1e-9, "{times:?}");
        }
    }
}
