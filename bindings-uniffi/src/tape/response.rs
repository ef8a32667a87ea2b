//! Responses on a tape: an output, and the metadata around it.

use std::borrow::Cow;
use std::marker::PhantomData;

use hudhud::endpoint::EndpointSpec;
use hudhud::host_support::{
    NO_PAGE, PageCounters, PageSeed, ParsedPage, Wrapped, read as core_read, text_of_body, unwrap,
    without_endless_numbers,
};
use hudhud::schema::Type;
use hudhud::{ApiResponse, DecodeError, IdempotencyKey, Json, Meta, Output};
use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::value::RawValue;

use crate::records::LONGEST;

use super::typed::{Items, TypedValue};
use super::writer::Writer;
use super::{Tape, TapeOutput, cell, placed};

/// The number of slots of a page.
const PAGE: usize = 7;

/// The number of cells at the beginning of a tape. They lead to the output and the metadata.
const HEAD: usize = 12;

/// Decodes the output in a body.
pub(crate) fn read<A: Output>(status: u16, body: &[u8]) -> Result<TapeOutput, DecodeError> {
    let kind = const { &A::TYPE };
    within_limit(body)?;
    if A::CUSTOM_DECODING.is_none() {
        return by_schema(kind, body);
    }
    // This type has its own decoder. Its value is written as JSON again, and read from there.
    let json = Json::write(&A::read(status, body)?).unwrap_or_default();
    let mut tape = Tape::new(body.len(), HEAD);
    tape.more.extend_from_slice(json.as_str().as_bytes());
    let output = whole(kind, json.as_str(), &mut tape, body.len(), Vec::new())?;
    Ok((tape, output))
}

/// Decodes the body of a call that the catalog lacks to JSON.
pub(crate) fn read_any(_: &'static EndpointSpec, _: u16, body: &[u8]) -> Result<TapeOutput, DecodeError> {
    within_limit(body)?;
    let text = text_of_body(body)?;
    let at = matches!(text, Cow::Borrowed(_)).then(|| body.len() - text.len());
    let mut tape = Tape::new(body.len(), HEAD);
    if is_blank_body(&text) {
        return Ok((tape, 0));
    }
    let raw: &RawValue =
        serde_json::from_str(&text).map_err(|fault| with_core_position(fault.into(), &text))?;
    let at = placed(&mut tape, &text, at);
    let output = Writer { tape: &mut tape, source: &text, at, beside: Vec::new() }.json(raw.get(), 0);
    Ok((tape, output))
}

/// Refuses a body that is too large for the positions on a tape.
fn within_limit(body: &[u8]) -> Result<(), DecodeError> {
    match i32::try_from(body.len()) {
        Ok(_) => Ok(()),
        Err(_) => Err(DecodeError::Shape { expected: "within the limit of 2 GiB" }),
    }
}

fn by_schema(kind: &'static Type, body: &[u8]) -> Result<TapeOutput, DecodeError> {
    let text = text_of_body(body)?;
    let at = matches!(text, Cow::Borrowed(_)).then(|| body.len() - text.len());
    // Decided before the repair, which turns a number that is too large into `null`.
    let is_blank = is_blank_body(&text);
    let taped = |text: &str, at| {
        taped(kind, text, at, body.len(), is_blank).map_err(|fault| with_core_position(fault, text))
    };
    taped(&text, at).or_else(|fault| match without_endless_numbers(&text, true) {
        Cow::Owned(repaired) => taped(&repaired, None),
        Cow::Borrowed(_) => Err(fault),
    })
}

/// Replaces the place of invalid JSON by the one that core's reader finds. serde_json counts in another way.
fn with_core_position(fault: DecodeError, text: &str) -> DecodeError {
    match fault {
        DecodeError::NotJson { .. } => core_read(text, PhantomData::<IgnoredAny>).err().unwrap_or(fault),
        fault => fault,
    }
}

/// Returns `true` for a body without a value. Its byte order mark was already removed.
fn is_blank_body(body: &str) -> bool {
    matches!(body.trim_ascii(), "" | "null")
}

fn taped(
    kind: &'static Type,
    body: &str,
    at: Option<usize>,
    length: usize,
    is_blank: bool,
) -> Result<TapeOutput, DecodeError> {
    let mut tape = Tape::new(length, HEAD);
    let at = placed(&mut tape, body, at);
    let output = match kind {
        Type::Page(_) if is_blank => cell(tape.reserve(PAGE)),
        Type::List(_) if is_blank => 0,
        Type::Page(items) | Type::List(items) => {
            let mut reader = serde_json::Deserializer::from_str(body);
            let mut writer = Writer { tape: &mut tape, source: body, at, beside: Vec::new() };
            let found = PageSeed(&mut Items { kind: items, writer: &mut writer }).deserialize(&mut reader)?;
            reader.end()?;
            let found = found.ok_or(DecodeError::Shape { expected: NO_PAGE })?;
            if matches!(kind, Type::List(_)) { found.data } else { page(found, &mut tape) }
        }
        Type::Model(schema) if is_blank => cell(tape.reserve(schema.fields.len() + 1)),
        Type::Model(schema) => match unwrap(schema.fields, body)? {
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

/// Writes the output and the metadata.
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
    let retry_after = retry_after.map(|wait| wait.min(LONGEST));
    let seconds = tape.number(retry_after.map(|wait| wait.as_secs()));
    let key = tape.optional_text(idempotency_key.as_ref().map(IdempotencyKey::as_str));
    let nanos = retry_after.map_or(0, |wait| wait.subsec_nanos());
    let head =
        [output, u32::from(status), limit, remaining, reset, daily_limit, daily_remaining, seconds, nanos];
    tape.cells[1..=9].copy_from_slice(&head);
    tape.cells[10] = u32::from(idempotent_replay);
    tape.cells[11] = key;
    tape.finish()
}
