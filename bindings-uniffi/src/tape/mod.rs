//! The tape: decoded JSON for hosts that read it without UniFFI. The name is simdjson's term.
//!
//! A tape consists of cells of 32 bits. Text is not copied: two cells state its position and length in the body, which
//! the host has. Only text that is not in the body verbatim, such as text with escapes, follows the cells.
//!
//! Outputs are decoded by their schema, so one decoder serves all types. The host's reader is generated: for each type
//! it knows the meaning of the slots.
//!
//! | value | in its slot |
//! |---|---|
//! | no value | 0 |
//! | text | the index of two cells: position, length |
//! | an integer | the index of three cells: 1 if negative or 0, then two halves |
//! | a number | the index of three cells: 0, then the halves of a float |
//! | true or false | 2 or 1 |
//! | a known value of an open enum | its number, from 1 |
//! | another value of an open enum | the negated index of the cells of its text |
//! | a list | the index of a cell with the length, followed by one slot for each item |
//! | an object | the index of a cell with the length, followed by each name (position, length) and slot of JSON |
//! | a struct | the index of its first slot; it has one slot for each field and one for the other members |
//! | JSON | the index of a cell with its kind, followed by cells of that kind |
//!
//! The first cell states the end of the cells, where the text begins that is not in the body.

/// Implements `expecting` for visitors that accept any value. The text is never shown.
macro_rules! expecting_any {
    () => {
        fn expecting(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            formatter.write_str("any JSON value")
        }
    };
}

mod delivery;
mod response;
mod typed;
mod writer;

pub(crate) use self::delivery::{refused, verified};
pub(crate) use self::response::{read, read_any, reply};

/// A tape, and the slot of the output.
pub(crate) type TapeOutput = (Tape, u32);

/// A tape, from which the host creates its values.
#[derive(Debug)]
pub(crate) struct Tape {
    cells: Vec<u32>,
    /// Text that is not in the body verbatim.
    more: Vec<u8>,
    /// The length of the body. Positions after it are in `more`.
    body: usize,
    /// Names and values of members that are still being read.
    open: Vec<u32>,
}

/// Converts a length, an offset or a position to a cell. Bodies of more than two gigabytes were refused earlier.
fn cell(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Tape {
    /// Creates a tape with cells at its beginning that are filled in later.
    fn new(body: usize, head: usize) -> Self {
        let mut cells = Vec::with_capacity(head + body / 16 + 64);
        cells.resize(head, 0);
        Self { cells, more: Vec::new(), body, open: Vec::new() }
    }

    /// Returns the tape as it crosses: the cells, then the text that is not in the body.
    fn finish(mut self) -> Vec<u32> {
        self.cells[0] = cell(self.cells.len());
        self.cells.extend(self.more.chunks(4).map(|bytes| {
            let mut word = [0; 4];
            word[..bytes.len()].copy_from_slice(bytes);
            u32::from_ne_bytes(word)
        }));
        self.cells
    }

    /// Adds text that is not in the body.
    fn text(&mut self, text: &str) -> u32 {
        let at = self.body + self.more.len();
        self.more.extend_from_slice(text.as_bytes());
        self.put(&[cell(at), cell(text.len())])
    }

    fn optional_text(&mut self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.text(text))
    }

    fn number(&mut self, number: Option<u64>) -> u32 {
        number.map_or(0, |number| self.halves(0, number))
    }

    #[allow(clippy::cast_possible_truncation, reason = "halves")]
    fn halves(&mut self, head: u32, whole: u64) -> u32 {
        self.put(&[head, (whole >> 32) as u32, whole as u32])
    }

    fn put(&mut self, cells: &[u32]) -> u32 {
        let at = self.cells.len();
        self.cells.extend_from_slice(cells);
        cell(at)
    }

    /// Adds cells that are filled in later.
    fn reserve(&mut self, count: usize) -> usize {
        let at = self.cells.len();
        self.cells.resize(at + count, 0);
        at
    }

    /// Writes the members that were put aside since `since`: those of a struct that have no field.
    fn rest(&mut self, since: usize) -> u32 {
        if self.open.len() == since { 0 } else { self.close(since, 3) }
    }

    /// Writes the items that were put aside since `since`, each of which takes `each` cells.
    fn close(&mut self, since: usize, each: usize) -> u32 {
        let at = self.put(&[cell((self.open.len() - since) / each)]);
        self.cells.extend(self.open.drain(since..));
        at
    }
}

/// Returns the position of a text: in the body, or after it if the text was repaired.
fn placed(tape: &mut Tape, text: &str, at: Option<usize>) -> usize {
    at.unwrap_or_else(|| {
        tape.more.extend_from_slice(text.as_bytes());
        tape.body
    })
}

/// Returns the bytes of cells.
pub(crate) fn bytes(cells: &[u32]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect()
}
