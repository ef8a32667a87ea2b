//! The writer of a tape, and JSON without a declared type.

use std::borrow::Cow;

use hudhud::host_support::BorrowedKey;
use hudhud::schema::OpenEnum;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json_value::{DEEPEST, JsonValue};

use super::{Tape, cell};

/// The writer of a tape while JSON is read.
pub(super) struct Writer<'t, 's> {
    pub(super) tape: &'t mut Tape,
    /// The text that is read.
    pub(super) source: &'s str,
    /// The position of `source` in the body, or after it.
    pub(super) at: usize,
    /// The members next to `data`, if the response was wrapped. They belong to the outermost struct.
    pub(super) beside: Vec<(Cow<'s, str>, &'s RawValue)>,
}

impl<'s> Writer<'_, 's> {
    /// Returns the position and the length of a text: in `source` if it is part of it, otherwise of a copy.
    fn place(&mut self, text: &str) -> [u32; 2] {
        let from = text.as_ptr().addr().wrapping_sub(self.source.as_ptr().addr());
        let at = if from.checked_add(text.len()).is_some_and(|end| end <= self.source.len()) {
            self.at + from
        } else {
            let at = self.tape.body + self.tape.more.len();
            self.tape.more.extend_from_slice(text.as_bytes());
            at
        };
        [cell(at), cell(text.len())]
    }

    pub(super) fn text(&mut self, text: &str) -> u32 {
        let place = self.place(text);
        self.tape.put(&place)
    }

    pub(super) fn known(&mut self, open: &OpenEnum, text: &str) -> u32 {
        open.position(text).map_or_else(|| self.text(text).wrapping_neg(), |position| cell(position + 1))
    }

    /// Writes a JSON value without a declared type.
    pub(super) fn json(&mut self, raw: &str, depth: usize) -> u32 {
        let digits = |writer: &mut Self| {
            let [at, length] = writer.place(raw);
            writer.tape.put(&[5, at, length])
        };
        match raw.as_bytes().first() {
            Some(b'"') => {
                let inside = &raw[1..raw.len() - 1];
                let [at, length] = match inside.contains('\\') {
                    true => match serde_json::from_str::<String>(raw) {
                        Ok(text) => self.place(&text),
                        // The text holds a lone surrogate: it is valid JSON, but is not text in Rust.
                        Err(_) => return digits(self),
                    },
                    false => self.place(inside),
                };
                self.tape.put(&[6, at, length])
            }
            Some(b'{' | b'[') if depth == DEEPEST => digits(self),
            Some(b'{' | b'[') => {
                let since = self.tape.open.len();
                let mut reader = serde_json::Deserializer::from_str(raw);
                // The value was parsed before, so it is JSON, but a name in it may hold a lone surrogate.
                reader.deserialize_any(Untyped { writer: &mut *self, depth }).unwrap_or_else(|_| {
                    self.tape.open.truncate(since);
                    digits(self)
                })
            }
            Some(b't') => self.tape.put(&[2]),
            Some(b'f') => self.tape.put(&[1]),
            Some(b'n') | None => 0,
            _ => match JsonValue::number(raw) {
                JsonValue::Null => 0,
                JsonValue::Int(number) => self.tape.halves(3, number.cast_unsigned()),
                JsonValue::Double(number) => self.tape.halves(4, number.to_bits()),
                _ => digits(self),
            },
        }
    }

    /// Writes a member of an object, and returns its name and slot.
    pub(super) fn member(&mut self, name: &str, value: &RawValue, depth: usize) -> [u32; 3] {
        let value = self.json(value.get(), depth);
        let [at, length] = self.place(name);
        [at, length, value]
    }

    /// Puts a member aside until its object is complete.
    pub(super) fn put_aside(&mut self, name: &str, value: &RawValue, depth: usize) {
        let member = self.member(name, value, depth);
        self.tape.open.extend(member);
    }
}

/// Seed that reads an array or an object without a declared type.
struct Untyped<'w, 't, 's> {
    writer: &'w mut Writer<'t, 's>,
    depth: usize,
}

impl<'d> Visitor<'d> for Untyped<'_, '_, '_> {
    type Value = u32;
    expecting_any!();

    fn visit_seq<A: SeqAccess<'d>>(self, mut seq: A) -> Result<u32, A::Error> {
        let since = self.writer.tape.open.len();
        while let Some(raw) = seq.next_element::<&RawValue>()? {
            let slot = self.writer.json(raw.get(), self.depth + 1);
            self.writer.tape.open.push(slot);
        }
        let list = self.writer.tape.close(since, 1);
        Ok(self.writer.tape.put(&[7, list]))
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<u32, A::Error> {
        let since = self.writer.tape.open.len();
        while let Some(BorrowedKey(key)) = map.next_key()? {
            self.writer.put_aside(&key, map.next_value()?, self.depth + 1);
        }
        let members = self.writer.tape.close(since, 3);
        Ok(self.writer.tape.put(&[8, members]))
    }
}
