//! Python strings of a document. Texts that a page repeats (tags, groups, statuses, names of members) are created once.

use std::cell::{Cell, RefCell};

use pyo3::prelude::*;
use pyo3::types::PyString;

/// The number of remembered texts. A later text replaces an earlier one in the same place.
const PLACES: usize = 128;

/// The length of the longest remembered text. Longer texts rarely occur twice. A UUID has 36 characters.
const LONGEST: usize = 40;

/// The places for remembered texts. Empty until the first text.
type Places<'py> = Vec<Option<(InternKey, Bound<'py, PyString>)>>;

/// Creates Python strings from texts of a document.
pub(crate) struct StringInterner<'py> {
    py: Python<'py>,
    known: Option<RefCell<Places<'py>>>,
    /// True while a list inside an item is read.
    inside: Cell<bool>,
}

impl<'py> StringInterner<'py> {
    /// Creates strings for a document that is not expected to repeat texts.
    pub(crate) const fn plain(py: Python<'py>) -> Self {
        Self { py, known: None, inside: Cell::new(false) }
    }

    /// Creates strings for a list.
    pub(crate) const fn remembering(py: Python<'py>) -> Self {
        Self { py, known: Some(RefCell::new(Vec::new())), inside: Cell::new(false) }
    }

    pub(crate) const fn py(&self) -> Python<'py> {
        self.py
    }

    /// Runs `read` for a list inside an item.
    pub(crate) fn inside<T>(&self, read: impl FnOnce() -> T) -> T {
        let before = self.inside.replace(true);
        let read = read();
        self.inside.set(before);
        read
    }

    /// Returns the text of a field. A field of an item itself holds an id, a name or a number, which do not repeat, so
    /// it is not looked up.
    pub(crate) fn of_field(&self, text: &str) -> Bound<'py, PyString> {
        if self.inside.get() { self.of(text) } else { PyString::new(self.py, text) }
    }

    /// Returns a text: the same object for the same text, if it is remembered.
    pub(crate) fn of(&self, text: &str) -> Bound<'py, PyString> {
        let Some(known) = self.known.as_ref().filter(|_| text.len() <= LONGEST) else {
            return PyString::new(self.py, text);
        };
        let mut known = known.borrow_mut();
        if known.is_empty() {
            known.resize_with(PLACES, || None);
        }
        let ends = InternKey::of(text.as_bytes());
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

/// The first and the last eight bytes of a text, and its length. Numbered texts differ in one of them.
#[derive(Clone, Copy, PartialEq)]
struct InternKey {
    first: u64,
    last: u64,
    length: usize,
}

impl InternKey {
    fn of(text: &[u8]) -> Self {
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (0, text.iter().fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))),
        };
        Self { first, last, length: text.len() }
    }

    /// Returns `true` if the ends are the whole text.
    const fn are_all(self) -> bool {
        self.length <= 16
    }

    fn place(self) -> usize {
        let mixed = self.first ^ self.last.rotate_left(29) ^ self.length as u64;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 57) as usize % PLACES
    }
}
