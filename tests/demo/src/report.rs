//! The table of the steps with their results and durations.

use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};
use std::time::Instant;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

/// The result of a step, and the value that later steps need.
pub(crate) type Outcome<T> = Result<(String, T), Box<dyn Error>>;

/// The table.
pub(crate) struct Report(Table);

impl Report {
    pub(crate) fn new() -> Self {
        let mut table = Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(118)
            .set_header(["", "What", "Result", "Time"]);
        Self(table)
    }

    /// Runs a step and adds its row. Returns `None` if the step failed.
    pub(crate) fn step<T>(&mut self, what: &str, work: impl FnOnce() -> Outcome<T>) -> Option<T> {
        let begun = Instant::now();
        let outcome = work();
        let time = format!("{:.2} s", begun.elapsed().as_secs_f64());
        let (mark, result, value) = match outcome {
            Ok((result, value)) => ("✓", result, Some(value)),
            Err(error) => ("✗", error.to_string(), None),
        };
        let time = Cell::new(time).set_alignment(CellAlignment::Right);
        self.0.add_row([Cell::new(mark), Cell::new(what), Cell::new(result), time]);
        value
    }
}

impl Display for Report {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, formatter)
    }
}

/// Fails with both values if they differ.
pub(crate) fn same<T: Debug + PartialEq>(what: &str, is: T, should_be: T) -> Result<(), Box<dyn Error>> {
    if is == should_be {
        return Ok(());
    }
    Err(format!("{what}: expected {should_be:?}, found {is:?}").into())
}
