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

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::value::Error as NoError;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use crate::bindings::uniffi::{DEEPEST, JsonValue};
use crate::codec::error::DecodeError;
use crate::codec::output::envelope::Wrapped;
use crate::codec::output::leaf::Holes;
use crate::codec::output::page::{NO_PAGE, PageBuilder, PageCounters, PageSeed, ParsedPage};
use crate::codec::output::visitor::{BorrowedKey, expecting_any, number_in};
use crate::codec::output::{Decode, Output};
use crate::exchange::api_response::ApiResponse;
use crate::http::metadata::Meta;
use crate::schema::{HasSchema, OpenEnum, Schema, Type};
use crate::types::json::Json;
use crate::types::time::UnixTime;
use crate::zagely::webhook::{EventName, ReceivedMessage, Verified, WebhookError};

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

/// The writer of a tape while JSON is read.
struct Writer<'t, 's> {
    tape: &'t mut Tape,
    /// The text that is read.
    source: &'s str,
    /// The position of `source` in the body, or after it.
    at: usize,
    /// The members next to `data`, if the response was wrapped. They belong to the outermost struct.
    beside: Vec<(Cow<'s, str>, &'s RawValue)>,
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

    fn text(&mut self, text: &str) -> u32 {
        let place = self.place(text);
        self.tape.put(&place)
    }

    fn known(&mut self, open: &OpenEnum, text: &str) -> u32 {
        open.position(text).map_or_else(|| self.text(text).wrapping_neg(), |position| cell(position + 1))
    }

    /// Writes a JSON value without a declared type.
    fn json(&mut self, raw: &str, depth: usize) -> u32 {
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
                        // The text holds half a pair of surrogates: it is valid JSON, but is not text in Rust.
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
                // The value was parsed before, so it is JSON, but a name in it may hold half a pair of surrogates.
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
    fn member(&mut self, name: &str, value: &RawValue, depth: usize) -> [u32; 3] {
        let value = self.json(value.get(), depth);
        let [at, length] = self.place(name);
        [at, length, value]
    }

    /// Puts a member aside until its object is complete.
    fn put_aside(&mut self, name: &str, value: &RawValue, depth: usize) {
        let member = self.member(name, value, depth);
        self.tape.open.extend(member);
    }

    /// Writes the items of a list, without items of another type.
    fn list<A: SeqAccess<'s>>(&mut self, kind: &'static Type, mut seq: A) -> Result<u32, A::Error> {
        let since = self.tape.open.len();
        while let Some(slot) = seq.next_element_seed(TypedValue { kind, writer: &mut *self })? {
            self.tape.open.extend(Some(slot).filter(|slot| *slot != 0));
        }
        Ok(self.tape.close(since, 1))
    }

    fn model<A: MapAccess<'s>>(&mut self, schema: &'static Schema, map: &mut A) -> Result<u32, A::Error> {
        let fields = schema.fields;
        // Taken before the fields are read, because a struct in a field is not the outermost one.
        let beside = core::mem::take(&mut self.beside);
        let at = self.tape.reserve(fields.len() + 1);
        let since = self.tape.open.len();
        // Fields mostly arrive in the order of their declaration.
        let mut likely = 0;
        while let Some(BorrowedKey(key)) = map.next_key()? {
            let is_it = |at: &usize| fields.get(*at).is_some_and(|field| field.name == key);
            let found = Some(likely).filter(is_it).or_else(|| (0..fields.len()).find(is_it));
            if let Some(found) = found {
                let slot =
                    map.next_value_seed(TypedValue { kind: &fields[found].kind, writer: &mut *self })?;
                self.tape.cells[at + found] = slot;
                likely = found + 1;
            } else {
                self.put_aside(&key, map.next_value()?, 0);
            }
        }
        for (name, value) in beside {
            self.put_aside(&name, value, 0);
        }
        self.tape.cells[at + fields.len()] = self.tape.rest(since);
        Ok(cell(at))
    }
}

/// Seed that reads a value of a type.
struct TypedValue<'w, 't, 's> {
    kind: &'static Type,
    writer: &'w mut Writer<'t, 's>,
}

impl<'s> TypedValue<'_, '_, 's> {
    /// Reads a leaf that arrived as another type, in the same way as the typed decoder.
    fn leaf<'d>(self, value: impl IntoDeserializer<'d, NoError> + Copy) -> u32 {
        let Self { kind, writer } = self;
        let value = || value.into_deserializer();
        match kind {
            Type::Integer => {
                // The decoder returns `None`, and no error, for a value that does not fit.
                if let Some(number) = u64::decode(value()).ok().flatten() {
                    return writer.tape.halves(0, number);
                }
                let number = i64::decode(value()).ok().flatten();
                number.map_or(0, |number| writer.tape.halves(1, number.cast_unsigned()))
            }
            Type::Number => {
                let number = f64::decode(value()).ok().flatten();
                // The same form as an integer's, without the sign.
                number.map_or(0, |number| writer.tape.halves(0, number.to_bits()))
            }
            Type::Boolean => bool::decode(value()).ok().flatten().map_or(0, |flag| 1 + u32::from(flag)),
            _ => 0,
        }
    }
}

impl<'s> DeserializeSeed<'s> for TypedValue<'_, '_, 's> {
    type Value = u32;

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<u32, D::Error> {
        let Self { kind, writer } = self;
        let text = match kind {
            Type::Json => {
                let raw = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
                return Ok(writer.json(raw.get(), 0));
            }
            Type::Text | Type::Id | Type::Date | Type::Timestamp => {
                crate::codec::output::visitor::decode_text(deserializer, |text| writer.text(text))?
            }
            Type::Enum(open) => {
                crate::codec::output::visitor::decode_text(deserializer, |text| writer.known(open, text))?
            }
            _ => return deserializer.deserialize_any(Self { kind, writer }),
        };
        Ok(text.unwrap_or_default())
    }
}

impl<'s> Visitor<'s> for TypedValue<'_, '_, 's> {
    type Value = u32;
    expecting_any!();

    fn visit_str<E>(self, text: &str) -> Result<u32, E> {
        Ok(self.leaf(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<u32, E> {
        Ok(self.leaf(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<u32, E> {
        Ok(self.leaf(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<u32, E> {
        Ok(self.leaf(number))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<u32, E> {
        Ok(self.leaf(flag))
    }

    fn visit_unit<E>(self) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_seq<A: SeqAccess<'s>>(self, mut seq: A) -> Result<u32, A::Error> {
        if let Type::List(kind) = self.kind {
            return self.writer.list(kind, seq);
        }
        let mut is_empty = true;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            is_empty = false;
        }
        // PHP writes an empty map as `[]`.
        Ok(match self.kind {
            Type::Model(schema) if is_empty => cell(self.writer.tape.reserve(schema.fields.len() + 1)),
            _ => 0,
        })
    }

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<u32, A::Error> {
        match self.kind {
            Type::Model(schema) => self.writer.model(schema, &mut map),
            Type::Object => {
                let since = self.writer.tape.open.len();
                while let Some(BorrowedKey(key)) = map.next_key()? {
                    self.writer.put_aside(&key, map.next_value()?, 0);
                }
                Ok(self.writer.tape.close(since, 3))
            }
            Type::List(kind) => {
                let mut holes = Holes::new(map);
                let list = self.writer.list(kind, &mut holes)?;
                Ok(if holes.finish()? { list } else { 0 })
            }
            _ => number_in(map)?.map_or(Ok(0), |number| self.visit_str(&number)),
        }
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

/// Builder that writes the items of a page.
struct Items<'w, 't, 's> {
    kind: &'static Type,
    writer: &'w mut Writer<'t, 's>,
}

impl<'s> PageBuilder<'s> for Items<'_, '_, 's> {
    /// The slot of the list.
    type Items = u32;
    /// Names and slots, as in an object.
    type Rest = Vec<u32>;

    fn items<A: SeqAccess<'s>>(&mut self, seq: A) -> Result<u32, A::Error> {
        self.writer.list(self.kind, seq)
    }

    fn member(&mut self, rest: &mut Vec<u32>, name: Cow<'s, str>, value: &'s RawValue) {
        rest.extend(self.writer.member(&name, value, 0));
    }
}

/// Decodes the output in a body.
pub(crate) fn read<A: Output>(status: u16, body: &[u8]) -> Result<TapeOutput, DecodeError> {
    let kind = const { &A::TYPE };
    if i32::try_from(body.len()).is_err() {
        return Err(DecodeError::Shape { expected: "within the limit of 2 GiB" });
    }
    if A::ODD.is_none() {
        return by_schema(kind, body);
    }
    // This type has its own decoder. Its value is written as JSON again, and read from there.
    let json = Json::write(&A::read(status, body)?).unwrap_or_default();
    let mut tape = Tape::new(body.len(), HEAD);
    tape.more.extend_from_slice(json.as_str().as_bytes());
    let output = whole(kind, json.as_str(), &mut tape, body.len(), Vec::new())?;
    Ok((tape, output))
}

fn by_schema(kind: &'static Type, body: &[u8]) -> Result<TapeOutput, DecodeError> {
    let text = crate::codec::output::text(body)?;
    let at = matches!(text, Cow::Borrowed(_)).then(|| body.len() - text.len());
    taped(kind, &text, at, body.len()).or_else(|fault| match crate::text::json_repair::numbers(&text, true) {
        Cow::Owned(mended) => taped(kind, &mended, None, body.len()),
        Cow::Borrowed(_) => Err(fault),
    })
}

/// Returns the position of a text: in the body, or after it if the text was repaired.
fn placed(tape: &mut Tape, text: &str, at: Option<usize>) -> usize {
    at.unwrap_or_else(|| {
        tape.more.extend_from_slice(text.as_bytes());
        tape.body
    })
}

/// Returns `true` for a body without a value. Its byte order mark was already removed.
fn says_nothing(body: &str) -> bool {
    matches!(body.trim_ascii(), "" | "null")
}

fn taped(
    kind: &'static Type,
    body: &str,
    at: Option<usize>,
    length: usize,
) -> Result<TapeOutput, DecodeError> {
    let mut tape = Tape::new(length, HEAD);
    let at = placed(&mut tape, body, at);
    let output = match kind {
        Type::Page(_) if says_nothing(body) => cell(tape.reserve(PAGE)),
        Type::List(_) if says_nothing(body) => 0,
        Type::Page(items) | Type::List(items) => {
            let mut reader = serde_json::Deserializer::from_str(body);
            let mut writer = Writer { tape: &mut tape, source: body, at, beside: Vec::new() };
            let found = PageSeed(&mut Items { kind: items, writer: &mut writer }).deserialize(&mut reader)?;
            reader.end()?;
            let found = found.ok_or(DecodeError::Shape { expected: NO_PAGE })?;
            if matches!(kind, Type::List(_)) { found.data } else { page(found, &mut tape) }
        }
        Type::Model(schema) if says_nothing(body) => cell(tape.reserve(schema.fields.len() + 1)),
        Type::Model(schema) => match crate::codec::output::envelope::unwrap(schema.fields, body)? {
            Some(Wrapped { data, beside }) => {
                let at = at + data.get().as_ptr().addr() - body.as_ptr().addr();
                whole(kind, data.get(), &mut tape, at, beside)?
            }
            None => whole(kind, body, &mut tape, at, Vec::new())?,
        },
        _ => 0,
    };
    Ok((tape, output))
}

/// Reads one struct, and the members next to it.
fn whole<'s>(
    kind: &'static Type,
    source: &'s str,
    tape: &mut Tape,
    at: usize,
    beside: Vec<(Cow<'s, str>, &'s RawValue)>,
) -> Result<u32, DecodeError> {
    let mut reader = serde_json::Deserializer::from_str(source);
    let model =
        TypedValue { kind, writer: &mut Writer { tape, source, at, beside } }.deserialize(&mut reader)?;
    reader.end()?;
    if model == 0 { Err(DecodeError::Shape { expected: "a JSON object" }) } else { Ok(model) }
}

/// Writes the slots of a page, in the order of its fields.
fn page(found: ParsedPage<u32, Vec<u32>>, tape: &mut Tape) -> u32 {
    let PageCounters { current_page, last_page, per_page, total, next_page_url, .. } = found.numbers;
    let numbers = [current_page, last_page, per_page, total].map(|number| tape.number(number));
    let url = tape.optional_text(next_page_url.as_deref());
    let [current_page, last_page, per_page, total] = numbers;
    let since = tape.open.len();
    tape.open.extend(found.rest);
    let rest = tape.rest(since);
    tape.put(&[found.data, current_page, last_page, per_page, total, url, rest])
}
const PAGE: usize = 7;

/// The number of cells at the beginning of a reply.
const HEAD: usize = 12;

/// Writes a reply: the output and the metadata.
pub(crate) fn reply(reply: ApiResponse<TapeOutput>) -> Vec<u32> {
    let Meta { status, rate_limit, retry_after, idempotent_replay, idempotency_key, .. } = reply.meta;
    let (mut tape, output) = reply.output;
    let limits = [
        rate_limit.limit,
        rate_limit.remaining,
        rate_limit.reset,
        rate_limit.daily_limit,
        rate_limit.daily_remaining,
    ];
    let [limit, remaining, reset, daily_limit, daily_remaining] = limits.map(|limit| tape.number(limit));
    let retry_after = retry_after.map(|wait| wait.min(crate::bindings::uniffi::records::LONGEST));
    let seconds = tape.number(retry_after.map(|wait| wait.as_secs()));
    let key = tape.optional_text(idempotency_key.as_ref().map(crate::IdempotencyKey::as_str));
    let nanos = retry_after.map_or(0, |wait| wait.subsec_nanos());
    let said =
        [output, u32::from(status), limit, remaining, reset, daily_limit, daily_remaining, seconds, nanos];
    tape.cells[1..=9].copy_from_slice(&said);
    tape.cells[10] = u32::from(idempotent_replay);
    tape.cells[11] = key;
    tape.finish()
}

/// Returns the bytes of cells.
pub(crate) fn bytes(cells: &[u32]) -> Vec<u8> {
    cells.iter().flat_map(|cell| cell.to_ne_bytes()).collect()
}

/// Writes the error of a refused delivery.
pub(crate) fn refused(error: &WebhookError, body: usize) -> Vec<u32> {
    let mut tape = Tape::new(body, 5);
    let hint = tape.text(error.hint());
    tape.cells[2..5].copy_from_slice(&[error.reason() as u32, u32::from(error.http_status()), hint]);
    tape.finish()
}

/// Writes a verified delivery. Returns `None` if its body is not an event.
// Inlined, so that the bridge's crate, which is optimized for speed, compiles it.
#[inline]
pub(crate) fn verified(verified: &Verified<()>, body: &[u8]) -> Option<Vec<u32>> {
    let text = crate::codec::output::text(body).ok()?;
    let at = matches!(text, Cow::Borrowed(_)).then(|| body.len() - text.len());
    let read =
        event(&text, at, body.len()).or_else(|| match crate::text::json_repair::numbers(&text, true) {
            Cow::Owned(mended) => event(&mended, None, body.len()),
            Cow::Borrowed(_) => None,
        });
    let (mut tape, event) = read?;
    let delivery_id = event[4];
    tape.cells[1] = 1;
    tape.cells[2..9].copy_from_slice(&event);
    tape.cells[9] = cell(verified.secret_index());
    tape.cells[10] = tape.number(Some(verified.signed_at().as_secs()));
    tape.cells[11] = if delivery_id == 0 { tape.text(verified.replay_key()) } else { delivery_id };
    tape.cells[12] = tape.number(verified.deduplicate_until().map(UnixTime::as_secs));
    Some(tape.finish())
}

/// Reads the envelope in a body onto a new tape.
#[inline]
fn event(text: &str, at: Option<usize>, length: usize) -> Option<(Tape, [u32; 7])> {
    // The second attempt is for a body that names several events, and for a body that is not an event.
    envelope(text, at, length, true).or_else(|| envelope(text, at, length, false))
}

#[inline]
fn envelope(text: &str, at: Option<usize>, length: usize, data_at_once: bool) -> Option<(Tape, [u32; 7])> {
    let mut tape = Tape::new(length, 13);
    let at = placed(&mut tape, text, at);
    let mut writer = Writer { tape: &mut tape, source: text, at, beside: Vec::new() };
    let mut reader = serde_json::Deserializer::from_str(text);
    let event = reader.deserialize_map(Envelope { writer: &mut writer, data_at_once }).ok()?;
    reader.end().ok()?;
    Some((tape, event))
}

/// Visitor of an event's envelope. It returns the kind (0 for an unknown event), the data, the name, the workspace, the
/// delivery, the time, and the other members. If a member occurs several times, the last one counts.
struct Envelope<'w, 't, 's> {
    writer: &'w mut Writer<'t, 's>,
    /// True if data is decoded by its type as soon as it arrives. It cannot be decoded again if another name follows.
    data_at_once: bool,
}

impl<'s> Visitor<'s> for Envelope<'_, '_, 's> {
    type Value = [u32; 7];
    expecting_any!();

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<[u32; 7], A::Error> {
        const ID: &Type = &Type::Id;
        const MESSAGE: &Type = &ReceivedMessage::TYPE;
        let is_message = |name: &str| matches!(EventName::from(name), EventName::MessageReceived);
        // Only text is a name or an id. A number counts as missing.
        let text = |value: &'s RawValue| {
            let quoted = value.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            quoted.and_then(|inside| match inside.contains('\\') {
                true => serde_json::from_str(value.get()).ok().map(Cow::Owned),
                false => Some(Cow::Borrowed(inside)),
            })
        };
        let Self { writer, data_at_once } = self;
        let (mut name, mut message, mut data) = (Cow::Borrowed(""), None, None::<&'s RawValue>);
        let (mut tenant, mut delivery, mut occurred) = (0, 0, 0);
        let since = writer.tape.open.len();
        while let Some(BorrowedKey(key)) = map.next_key()? {
            match &*key {
                "event" => {
                    name = text(map.next_value()?).unwrap_or_default();
                    if message.is_some() && !is_message(&name) {
                        return Err(A::Error::custom("another name after the data"));
                    }
                }
                "tenant_id" => tenant = map.next_value_seed(TypedValue { kind: ID, writer: &mut *writer })?,
                "delivery_id" => {
                    let id = text(map.next_value()?).filter(|id| !id.is_empty());
                    delivery = id.map_or(0, |id| writer.text(&id));
                }
                "occurred_at" => {
                    occurred = map.next_value_seed(TypedValue { kind: ID, writer: &mut *writer })?
                }
                // The name is first in every delivery, so that data can be decoded by its type in one pass.
                "data" if data_at_once && is_message(&name) => {
                    message = Some(map.next_value_seed(TypedValue { kind: MESSAGE, writer: &mut *writer })?);
                }
                "data" => {
                    data = Some(map.next_value()?);
                    message = None;
                }
                _ => writer.put_aside(&key, map.next_value()?, 0),
            }
        }
        if name.is_empty() {
            return Err(A::Error::missing_field("event"));
        }
        let rest = writer.tape.rest(since);
        let mut number = match const { &EventName::TYPE } {
            Type::Enum(open) => open.position(&name).map_or(0, |position| cell(position + 1)),
            _ => 0,
        };
        if message.is_none() && is_message(&name) {
            let late = data.take().map(RawValue::get).unwrap_or_default();
            let seed = TypedValue { kind: MESSAGE, writer: &mut *writer };
            message =
                Some(seed.deserialize(&mut serde_json::Deserializer::from_str(late)).unwrap_or_default());
        }
        let data = match (message, MESSAGE) {
            (Some(message), Type::Model(schema)) => {
                number = 1;
                if message == 0 { cell(writer.tape.reserve(schema.fields.len() + 1)) } else { message }
            }
            _ => data.map_or(0, |data| writer.json(data.get(), 0)),
        };
        let name = writer.text(&name);
        Ok([number, data, name, tenant, delivery, occurred, rest])
    }
}
