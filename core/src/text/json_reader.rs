//! A reader of JSON for programs that must be small (the feature `compact-json`).
//!
//! Everything that does not depend on the type that is read is compiled once: [`Reader::token`] reads a string, a number
//! or a bracket, and the code for each type only takes the result. serde_json's reader is compiled anew for each type,
//! which is most of the code of a small program.
//!
//! It accepts exactly what serde_json accepts. Tests compare both.
#![cfg_attr(
    not(feature = "compact-json"),
    allow(dead_code, reason = "other programs use the faster reader of `codec`")
)]

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use crate::text::json_number::float;
use crate::text::json_run::end_of_run;

/// Name of the newtype struct that asks this crate's readers for a string as text, and for a number as its digits.
pub(crate) const TEXT: &str = "$hudhud::Text";

/// Name of the newtype struct that asks a reader for the raw text of a value, as in serde_json.
pub(crate) const RAW: &str = "$serde_json::private::RawValue";

/// The greatest depth, as in serde_json.
const DEPTH: u8 = 127;

/// Reads a whole text with a seed.
///
/// # Errors
/// The position of the first error, if the text is not one JSON value, or the seed refuses it.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, usize> {
    let mut reader = Reader { text, at: 0, depth: DEPTH };
    match seed.deserialize(&mut reader) {
        Ok(value) if reader.next().is_none() => Ok(value),
        _ => Err(reader.at),
    }
}

/// Returns the line and the column of the byte at a position, counted from 1, or zeros for a text that is empty.
pub(crate) fn position(text: &[u8], at: usize) -> (usize, usize) {
    if text.trim_ascii().is_empty() {
        return (0, 0);
    }
    let lines = text.get(..at).unwrap_or(text).split(|byte| *byte == b'\n');
    let column = lines.clone().next_back().map_or(0, <[u8]>::len);
    (lines.count(), column + 1)
}

/// Returns the text of a JSON string, with its quotes. Returns `None` if it is not a JSON string.
pub(crate) fn string(text: &str) -> Option<Cow<'_, str>> {
    let mut reader = Reader { text, at: 0, depth: DEPTH };
    let found = reader.string().ok()?;
    (reader.at == text.len()).then_some(found)
}

/// Wraps a text that is known to be valid JSON. It is not read again.
pub(crate) fn raw_value(valid: String) -> Box<RawValue> {
    struct Valid(String);

    impl<'de> Deserializer<'de> for Valid {
        type Error = Fault;

        fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.visit_map(MapDeserializer::new(core::iter::once((RAW, self.0))))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    Deserialize::deserialize(Valid(valid)).unwrap_or_default()
}

/// The error of the reader. Its place is the position of the reader.
#[derive(Debug)]
pub(crate) struct Fault;

impl Display for Fault {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("not JSON")
    }
}

impl core::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }

    // The message of this error is never shown. Without it the program is smaller.
    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        Self
    }
}

/// A value, or the bracket that opens it.
enum Token<'de> {
    Null,
    Flag(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(Cow<'de, str>),
    List,
    Map,
}

/// A position in a text.
struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// The number of levels of lists and objects that may still be opened.
    depth: u8,
}

impl<'de> Reader<'de> {
    #[inline(always)]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space and returns the next byte.
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.next() != Some(byte) {
            return Err(Fault);
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a value, or the opening bracket of a list or an object.
    #[inline(never)]
    fn token(&mut self) -> Result<Token<'de>, Fault> {
        Ok(match self.next() {
            Some(b'"') => Token::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => {
                let number = self.number()?;
                if let Ok(number) = number.parse() {
                    Token::Unsigned(number)
                } else if let Some(number) = number.parse().ok().filter(|_| number != "-0") {
                    Token::Signed(number)
                } else {
                    Token::Float(float(number).ok_or(Fault)?)
                }
            }
            Some(bracket @ (b'[' | b'{')) => {
                self.at += 1;
                self.depth = self.depth.checked_sub(1).ok_or(Fault)?;
                if bracket == b'[' { Token::List } else { Token::Map }
            }
            _ => self.word()?,
        })
    }

    fn word(&mut self) -> Result<Token<'de>, Fault> {
        let words = [("null", Token::Null), ("true", Token::Flag(true)), ("false", Token::Flag(false))];
        for (word, token) in words {
            if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
                self.at += word.len();
                return Ok(token);
            }
        }
        Err(Fault)
    }

    /// Moves to after a string, starting at its opening quote. Returns the text between the quotes, and `true` if it
    /// contains escapes.
    fn quoted(&mut self) -> Result<(&'de str, bool), Fault> {
        let bytes = self.text.as_bytes();
        self.at += 1;
        let (start, mut has_escapes) = (self.at, false);
        loop {
            self.at = end_of_run(bytes, self.at);
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escapes = true;
                    let length = match bytes.get(self.at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if hexadecimal(self.text, self.at + 2).is_some() => 6,
                        _ => return Err(Fault),
                    };
                    self.at += length;
                }
                _ => return Err(Fault),
            }
        }
        self.at += 1;
        // Both ends are next to a quote, so they are character boundaries.
        Ok((self.text.get(start..self.at - 1).ok_or(Fault)?, has_escapes))
    }

    fn string(&mut self) -> Result<Cow<'de, str>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(Fault);
        }
        let (text, has_escapes) = self.quoted()?;
        if has_escapes { unescaped(text).map(Cow::Owned).ok_or(Fault) } else { Ok(Cow::Borrowed(text)) }
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(Fault) } else { Ok(()) }
    }

    /// Moves to after a number and returns its text.
    fn number(&mut self) -> Result<&'de str, Fault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.at;
        self.digits()?;
        if self.text.as_bytes().get(first) == Some(&b'0') && self.at > first + 1 {
            self.at = first + 1;
            return Err(Fault);
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.text.get(start..self.at).ok_or(Fault)
    }

    /// Moves to after a value of any depth and returns its text.
    #[inline(never)]
    fn raw(&mut self) -> Result<&'de str, Fault> {
        self.next();
        let start = self.at;
        let mut open = Vec::new();
        loop {
            match self.next() {
                Some(b'"') => {
                    self.quoted()?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                Some(bracket @ (b'[' | b'{')) => {
                    self.at += 1;
                    let end = bracket + 2;
                    open.push(end);
                    if self.next() != Some(end) {
                        self.member_name(end)?;
                        continue;
                    }
                }
                _ => {
                    self.word()?;
                }
            }
            // A value has ended, and perhaps the lists and objects around it.
            loop {
                let Some(end) = open.last().copied() else {
                    return self.text.get(start..self.at).ok_or(Fault);
                };
                match self.next() {
                    Some(b',') => {
                        self.at += 1;
                        self.member_name(end)?;
                        break;
                    }
                    Some(byte) if byte == end => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return Err(Fault),
                }
            }
        }
    }

    /// Moves to the value of the next member. In a list it has no name.
    fn member_name(&mut self, end: u8) -> Result<(), Fault> {
        if end == b'}' {
            if self.next() != Some(b'"') {
                return Err(Fault);
            }
            self.quoted()?;
            self.expect(b':')?;
        }
        Ok(())
    }

    /// Moves to after the closing bracket of a list or an object.
    fn close(&mut self, end: u8) -> Result<(), Fault> {
        self.expect(end)?;
        self.depth += 1;
        Ok(())
    }
}

/// Returns the four hexadecimal digits at a position as a number.
fn hexadecimal(text: &str, at: usize) -> Option<u16> {
    text.as_bytes().get(at..at + 4)?.iter().try_fold(0_u16, |unit, digit| {
        Some(unit << 4 | u16::try_from(char::from(*digit).to_digit(16)?).ok()?)
    })
}

/// Replaces the escapes in a string. Returns `None` for a lone surrogate.
#[inline(never)]
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(plain) = rest.find('\\') {
        out.push_str(&rest[..plain]);
        let letter = *rest.as_bytes().get(plain + 1)?;
        let mut end = plain + 2;
        out.push(match letter {
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = u32::from(hexadecimal(rest, end)?);
                end += 4;
                if let 0xd800..0xdc00 = unit {
                    let low =
                        u32::from(hexadecimal(rest, end + 2).filter(|_| rest[end..].starts_with("\\u"))?);
                    end += 6;
                    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + low)?
                } else {
                    char::from_u32(unit)?
                }
            }
            other => char::from(other),
        });
        rest = rest.get(end..)?;
    }
    out.push_str(rest);
    Some(out)
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.token()? {
            Token::Null => visitor.visit_unit(),
            Token::Flag(flag) => visitor.visit_bool(flag),
            Token::Unsigned(number) => visitor.visit_u64(number),
            Token::Signed(number) => visitor.visit_i64(number),
            Token::Float(number) => visitor.visit_f64(number),
            Token::Text(text) => Text(text).deserialize_any(visitor),
            Token::List => {
                let value = visitor.visit_seq(Members { reader: self, has_begun: false })?;
                self.close(b']').map(|()| value)
            }
            Token::Map => {
                let value = visitor.visit_map(Members { reader: self, has_begun: false })?;
                self.close(b'}').map(|()| value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.next() {
            Some(b'n') => self.word().and_then(|_| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == RAW {
            let raw = BorrowedStrDeserializer::new(self.raw()?);
            visitor.visit_map(MapDeserializer::new(core::iter::once((RAW, raw))))
        } else if name != TEXT {
            visitor.visit_newtype_struct(self)
        } else if let Some(b'-' | b'0'..=b'9') = self.next() {
            visitor.visit_borrowed_bytes(self.number()?.as_bytes())
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.raw()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct enum identifier
    }
}

/// The members of a list or an object while it is read.
struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    has_begun: bool,
}

impl Members<'_, '_> {
    /// Moves to the next member. Returns `false` at the closing bracket.
    #[inline(never)]
    fn has_next(&mut self, end: u8) -> Result<bool, Fault> {
        match self.reader.next() {
            Some(byte) if byte == end => return Ok(false),
            Some(b',') if self.has_begun => self.reader.at += 1,
            Some(_) if !self.has_begun => self.has_begun = true,
            _ => return Err(Fault),
        }
        Ok(true)
    }

    #[inline(never)]
    fn next_name(&mut self) -> Result<bool, Fault> {
        if !self.has_next(b'}')? {
            return Ok(false);
        }
        if self.reader.next() == Some(b'"') { Ok(true) } else { Err(Fault) }
    }
}

impl<'de> SeqAccess<'de> for Members<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if !self.has_next(b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        if !self.next_name()? {
            return Ok(None);
        }
        seed.deserialize(Text(self.reader.string()?)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The text of a string.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(&text),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
