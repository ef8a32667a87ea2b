//! The texts of a document as Python's: what a page says again and again (tags, groups, statuses, the names of
//! members) is made once.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use pyo3::prelude::*;
use pyo3::types::PyString;

/// How many texts are remembered. Of two that would stand in the same place the later one does.
const PLACES: usize = 128;

/// Longer ones do not come twice; a UUID has 36.
const LONGEST: usize = 40;

/// The places: none before the first text comes.
type Places<'py> = Vec<Option<(Ends, Bound<'py, PyString>)>>;

/// Makes Python's text of a document's.
#[allow(missing_debug_implementations)]
pub struct Texts<'py> {
    py: Python<'py>,
    known: Option<RefCell<Places<'py>>>,
    /// Whether what is read stands in a list inside an item.
    inside: Cell<bool>,
}

impl<'py> Texts<'py> {
    /// For a document that is not expected to repeat itself.
    pub(crate) const fn plain(py: Python<'py>) -> Self {
        Self { py, known: None, inside: Cell::new(false) }
    }

    /// For a list.
    pub(crate) const fn remembering(py: Python<'py>) -> Self {
        Self { py, known: Some(RefCell::new(Vec::new())), inside: Cell::new(false) }
    }

    pub(crate) const fn py(&self) -> Python<'py> {
        self.py
    }

    /// Reads a list inside an item.
    pub(crate) fn inside<T>(&self, read: impl FnOnce() -> T) -> T {
        let before = self.inside.replace(true);
        let read = read();
        self.inside.set(before);
        read
    }

    /// The text of a field. An item's own are its id, its name, its number: they are not looked for among the others.
    pub(crate) fn of_field(&self, text: &str) -> Bound<'py, PyString> {
        if self.inside.get() { self.of(text) } else { PyString::new(self.py, text) }
    }

    /// A text: the same object for the same text, as far as it is remembered.
    pub(crate) fn of(&self, text: &str) -> Bound<'py, PyString> {
        let Some(known) = self.known.as_ref().filter(|_| text.len() <= LONGEST) else {
            return PyString::new(self.py, text);
        };
        let mut known = known.borrow_mut();
        if known.is_empty() {
            known.resize_with(PLACES, || None);
        }
        let ends = Ends::of(text.as_bytes());
        let place = &mut known[ends.place()];
        match place {
            Some((same, known))
                if *same == ends && (ends.are_all() || known.to_str().is_ok_and(|known| known == text)) =>
            {
                known.clone()
            }
            other => other.insert((ends, PyString::new(self.py, text))).1.clone(),
        }
    }
}

/// The first and the last eight bytes of a text, by which numbered ones differ, and its length.
#[derive(Clone, Copy, PartialEq)]
struct Ends {
    first: u64,
    last: u64,
    length: usize,
}

impl Ends {
    fn of(text: &[u8]) -> Self {
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (0, text.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))),
        };
        Self { first, last, length: text.len() }
    }

    /// Whether there is nothing between them: then they are the text.
    const fn are_all(self) -> bool {
        self.length <= 16
    }

    fn place(self) -> usize {
        let mixed = self.first ^ self.last.rotate_left(29) ^ self.length as u64;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 57) as usize % PLACES
    }
}
