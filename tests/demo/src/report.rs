//! What was done, what came of it, and how long it took.

use std::error::Error;
use std::fmt::{self, Debug, Display, Formatter};
use std::time::Instant;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};

/// What came of a step, and what later steps need of it.
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

    /// Takes a step; without what it gives there is no going on.
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

/// Says what differs if two things are not the same.
pub(crate) fn same<T: Debug + PartialEq>(what: &str, is: T, should_be: T) -> Result<(), Box<dyn Error>> {
    if is == should_be {
        return Ok(());
    }
    Err(format!("{what} is {is:?} and should be {should_be:?}").into())
}
