//! Decoding of responses by their schema, for calls by name. The output is written as JSON again.
//!
//! One decoder serves all types. A decoder for each type would be most of the code of a small program.
//!
//! `leaf.rs` and `page.rs` decide how tolerantly values are read. `core/tests/by_schema.rs` checks that this decoder
//! and the typed one give the same result.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::mem::take;
use core::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::codec::error::DecodeError;
use crate::codec::input::json::json;
use crate::codec::json_reader::read;
use crate::codec::output::envelope::Wrapped;
use crate::codec::output::leaf::{SparseList, Untyped, without_endless};
use crate::codec::output::page::{NO_PAGE, PageBuilder, PageCounters, PageSeed, ParsedPage};
use crate::codec::output::visitor::{BorrowedKey, expecting_any, ignore_other_types};
use crate::codec::output::{CustomDecoding, Decode, is_blank};
use crate::schema::{Field, Type};
use crate::types::json::{Json, Object};

/// Decodes a response by its schema and writes it as JSON again.
///
/// # Errors
/// Returns the errors of [`Output::read`](crate::Output::read).
pub(crate) fn as_json(
    kind: &'static Type,
    custom: Option<&CustomDecoding>,
    status: u16,
    body: &[u8],
) -> Result<Json, DecodeError> {
    match custom {
        Some(custom) => decode_custom(kind, custom, status, body),
        None => by_kind(kind, body),
    }
}

/// Decodes a struct whose decoding its schema does not describe completely.
fn decode_custom(
    kind: &'static Type,
    custom: &CustomDecoding,
    status: u16,
    body: &[u8],
) -> Result<Json, DecodeError> {
    let read = match by_kind(kind, (custom.instead)(body).as_deref().unwrap_or(body)) {
        // If the type accepts a status other than 2xx, the status alone is a complete output.
        Err(_) if status >= 300 => by_kind(kind, &[])?,
        read => read?,
    };
    let mut members: Object = read.read().unwrap_or_default();
    match (custom.completed)(status, &members) {
        Some((name, text)) if members.get(name).is_some_and(Json::is_null) => members.insert(name, text),
        _ => return Ok(read),
    }
    Ok(Json::write(&members).unwrap_or_default())
}

fn by_kind(kind: &'static Type, body: &[u8]) -> Result<Json, DecodeError> {
    let written = if is_blank(body) {
        let mut out = Vec::new();
        match kind {
            Type::Model(schema) => empty(schema.fields, &mut out),
            Type::Page(_) => out.extend_from_slice(b"{\"data\":[]}"),
            Type::Json => out.extend_from_slice(b"null"),
            _ => out.extend_from_slice(b"[]"),
        }
        out
    } else {
        crate::codec::output::reading(body, |text| whole(kind, text))?
    };
    Ok(String::from_utf8(written).map(Json::from_valid).unwrap_or_default())
}

fn whole(kind: &'static Type, text: &str) -> Result<Vec<u8>, DecodeError> {
    match kind {
        Type::Model(schema) => {
            let unwrapped = crate::codec::output::envelope::unwrap(schema.fields, text)?;
            let (text, beside) = match unwrapped {
                Some(Wrapped { data, beside }) => (data.get(), beside),
                None => (text, Vec::new()),
            };
            let mut writer = Writer::new(text.len(), beside);
            read(text, TypedValue { kind, signed: false, writer: &mut writer })?;
            if writer.out.is_empty() {
                Err(DecodeError::Shape { expected: "a JSON object" })
            } else {
                Ok(writer.out)
            }
        }
        Type::Page(item) | Type::List(item) => {
            let found = read(text, PageSeed(&mut Items(item, text.len())))?
                .ok_or(DecodeError::Shape { expected: NO_PAGE })?;
            Ok(if matches!(kind, Type::Page(_)) { page(found) } else { list_or_empty(found.data) })
        }
        // The output of a call that the catalog lacks. Numbers of any size are kept.
        Type::Json => Ok(read(text, PhantomData::<&RawValue>)?.get().into()),
        // Calls return nothing else.
        _ => Err(DecodeError::Shape { expected: NO_PAGE }),
    }
}

/// Writes a struct whose fields are all missing.
fn empty(fields: &[Field], out: &mut Vec<u8>) {
    out.push(b'{');
    for field in fields {
        field_name(out, field.name);
        out.extend_from_slice(nothing(&field.kind));
    }
    out.push(b'}');
}

/// Returns the JSON for a field without a value.
fn nothing(kind: &Type) -> &'static [u8] {
    match kind {
        Type::List(_) => b"[]",
        Type::Object => b"{}",
        _ => b"null",
    }
}

/// Starts a member of an object.
fn name(out: &mut Vec<u8>, name: &str) {
    separate(out, b'{');
    json(name, out);
    out.push(b':');
}

/// Starts a member with the name of a field, which is plain ASCII and needs no escapes.
fn field_name(out: &mut Vec<u8>, name: &str) {
    separate(out, b'{');
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Writes a comma, unless the list or object was just opened. No value ends with an opening bracket.
fn separate(out: &mut Vec<u8>, open: u8) {
    if out.last() != Some(&open) {
        out.push(b',');
    }
}

fn list_or_empty(list: Vec<u8>) -> Vec<u8> {
    if list.is_empty() { b"[]".to_vec() } else { list }
}

/// Writes a page in the form in which [`Page`](crate::Page) is serialised.
fn page(found: ParsedPage<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let ParsedPage { data, numbers, rest } = found;
    let PageCounters { current_page, last_page, per_page, total, next_page_url, .. } = numbers;
    let mut out = Vec::with_capacity(data.len() + rest.len() + 256);
    out.extend_from_slice(b"{\"data\":");
    out.extend_from_slice(if data.is_empty() { b"[]" } else { &data });
    let numbers =
        [("current_page", current_page), ("last_page", last_page), ("per_page", per_page), ("total", total)];
    for (at, number) in numbers {
        if let Some(number) = number {
            name(&mut out, at);
            out.extend_from_slice(number.to_string().as_bytes());
        }
    }
    if let Some(url) = next_page_url {
        name(&mut out, "next_page_url");
        json(url.as_str(), &mut out);
    }
    out.extend(rest);
    out.push(b'}');
    out
}

/// Builder that writes the items of a page as JSON. Contains their type and the length of the body.
struct Items(&'static Type, usize);

impl<'de> PageBuilder<'de> for Items {
    type Items = Vec<u8>;
    type Rest = Vec<u8>;

    fn items<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<Vec<u8>, A::Error> {
        let mut writer = Writer::new(self.1, Vec::new());
        writer.list(self.0, seq)?;
        Ok(writer.out)
    }

    fn member(&mut self, rest: &mut Vec<u8>, name: Cow<'de, str>, value: &'de RawValue) {
        member(rest, &name, &without_endless(Json::from_raw(value)));
    }
}

/// Appends a member that has no field.
fn member(rest: &mut Vec<u8>, at: &str, value: &Json) {
    name(rest, at);
    rest.extend_from_slice(value.as_str().as_bytes());
}

/// The JSON written so far.
struct Writer<'s> {
    out: Vec<u8>,
    /// The members next to `data`, if the response was wrapped. They belong to the outermost struct.
    beside: Vec<(Cow<'s, str>, &'s RawValue)>,
    /// The places of the fields of the structs that are being read, the innermost last.
    places: Vec<Range<usize>>,
    /// A copy of the fields in the order of their arrival, while they are written in the order of their declaration.
    arrived: Vec<u8>,
}

impl<'s> Writer<'s> {
    /// Creates a writer for a body of this length.
    fn new(length: usize, beside: Vec<(Cow<'s, str>, &'s RawValue)>) -> Self {
        Self { out: Vec::with_capacity(length), beside, places: Vec::new(), arrived: Vec::new() }
    }

    /// Writes the items of a list, without items of another type.
    fn list<A: SeqAccess<'s>>(&mut self, kind: &'static Type, mut seq: A) -> Result<(), A::Error> {
        self.out.push(b'[');
        loop {
            let before = self.out.len();
            separate(&mut self.out, b'[');
            let from = self.out.len();
            let seed = TypedValue { kind, signed: false, writer: &mut *self };
            let next = seq.next_element_seed(seed)?;
            if self.out.len() == from {
                self.out.truncate(before);
            }
            if next.is_none() {
                break;
            }
        }
        self.out.push(b']');
        Ok(())
    }

    /// Writes the fields in the order of their declaration, then the other members in the vendor's order.
    fn model<A: MapAccess<'s>>(&mut self, fields: &'static [Field], mut map: A) -> Result<(), A::Error> {
        // Taken before the fields are read, because a struct in a field is not the outermost one.
        let beside = take(&mut self.beside);
        let start = self.out.len();
        let first = self.places.len();
        self.places.resize(first + fields.len(), 0..0);
        let mut rest = Vec::new();
        while let Some(BorrowedKey(key)) = map.next_key()? {
            if let Some(found) = fields.iter().position(|field| field.name == key) {
                let Field { kind, signed, .. } = &fields[found];
                let from = self.out.len();
                map.next_value_seed(TypedValue { kind, signed: *signed, writer: &mut *self })?;
                if let Some(place) = self.places.get_mut(first + found) {
                    *place = from - start..self.out.len() - start;
                }
            } else {
                let Untyped(value) = map.next_value()?;
                member(&mut rest, &key, &value);
            }
        }
        for (key, value) in beside {
            member(&mut rest, &key, &without_endless(Json::from_raw(value)));
        }
        let Self { out, places, arrived, .. } = self;
        arrived.clear();
        arrived.extend_from_slice(&out[start..]);
        out.truncate(start);
        out.push(b'{');
        for (field, place) in fields.iter().zip(places.drain(first..)) {
            field_name(out, field.name);
            let value = &arrived[place];
            out.extend_from_slice(if value.is_empty() { nothing(&field.kind) } else { value });
        }
        self.out.extend(rest);
        self.out.push(b'}');
        Ok(())
    }

    fn object<A: MapAccess<'s>>(&mut self, mut map: A) -> Result<(), A::Error> {
        self.out.push(b'{');
        while let Some(BorrowedKey(key)) = map.next_key()? {
            let Untyped(value) = map.next_value()?;
            member(&mut self.out, &key, &value);
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// Seed that reads a value of a type and writes it. It writes nothing for `null` and for a value of another type.
struct TypedValue<'w, 's> {
    kind: &'static Type,
    /// True if an integer may be negative. Its greatest value is then that of `i64`.
    signed: bool,
    writer: &'w mut Writer<'s>,
}

impl<'s> DeserializeSeed<'s> for TypedValue<'_, 's> {
    type Value = ();

    fn deserialize<D: Deserializer<'s>>(self, deserializer: D) -> Result<(), D::Error> {
        let out = &mut self.writer.out;
        match self.kind {
            Type::Json => {
                if let Some(value) = Json::decode(deserializer)? {
                    out.extend_from_slice(value.as_str().as_bytes());
                }
            }
            Type::Integer if self.signed => {
                if let Some(number) = i64::decode(deserializer)? {
                    json(&number, out);
                }
            }
            Type::Integer => {
                if let Some(number) = u64::decode(deserializer)? {
                    json(&number, out);
                }
            }
            Type::Number => {
                if let Some(number) = f64::decode(deserializer)? {
                    json(&number, out);
                }
            }
            Type::Boolean => {
                if let Some(flag) = bool::decode(deserializer)? {
                    json(&flag, out);
                }
            }
            Type::List(_) | Type::Model(_) | Type::Object => {
                deserializer.deserialize_any(self)?;
            }
            kind => {
                if let Some(text) = String::decode(deserializer)? {
                    let known = match kind {
                        Type::Enum(open) => open.position(&text).map(|position| open.values[position].0),
                        _ => None,
                    };
                    json(known.unwrap_or(&text), out);
                }
            }
        }
        Ok(())
    }
}

impl<'de> Visitor<'de> for TypedValue<'_, 'de> {
    type Value = Option<()>;
    expecting_any!();
    ignore_other_types!(bool number text null);

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        if let Type::List(kind) = self.kind {
            return self.writer.list(kind, seq).map(Some);
        }
        let mut is_empty = true;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            is_empty = false;
        }
        // PHP writes an empty map as `[]`.
        if let Type::Model(schema) = self.kind
            && is_empty
        {
            empty(schema.fields, &mut self.writer.out);
        }
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        match self.kind {
            Type::List(kind) => {
                let start = self.writer.out.len();
                let mut sparse = SparseList::new(map);
                self.writer.list(kind, &mut sparse)?;
                if !sparse.finish()? {
                    self.writer.out.truncate(start);
                }
            }
            Type::Model(schema) => self.writer.model(schema.fields, map)?,
            _ => self.writer.object(map)?,
        }
        Ok(Some(()))
    }
}
