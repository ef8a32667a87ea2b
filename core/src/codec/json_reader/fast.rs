//! A fast reader for plain JSON: short strings without escapes, integers, little white space.
//!
//! Responses are mostly plain. Their many short strings take most of the time of decoding, so strings are scanned
//! sixteen bytes at a time.
//!
//! It accepts exactly what serde_json accepts. Rare parts (escapes, fractions, raw values) are cut out and passed to
//! serde_json, so that both cannot disagree about them.

use Next::{First, Further};
use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Error;

use crate::codec::error::DecodeError;
use crate::text::json_reader::TEXT;
use crate::text::json_run::end_of_run;

/// The greatest depth, as in serde_json.
const DEPTH: u8 = 127;

/// Reads a whole text with a seed.
///
/// # Errors
/// [`DecodeError::NotJson`] if the text is not one JSON value, or the seed refuses it.
pub fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, DecodeError> {
    let mut reader = Reader { text, at: 0, depth: DEPTH };
    seed.deserialize(&mut reader)
        .and_then(|value| if reader.token().is_none() { Ok(value) } else { fault() })
        .map_err(|_| DecodeError::at(text.as_bytes(), reader.at))
}

/// Returns an error. It needs no text: callers take the position from the reader.
#[cold]
fn fault<T>() -> Result<T, Error> {
    Err(Error::custom("not JSON"))
}

/// Reads a value with `seed`. If that fails, returns the text of the value instead; the only check of that text is that
/// its quotes and brackets are balanced. Only a deserializer of this file can do that.
///
/// # Errors
/// If there is no value.
pub fn read_value_or_text<'de, D, S>(deserializer: D, seed: S) -> Result<Result<S::Value, &'de str>, D::Error>
where
    D: Deserializer<'de>,
    S: DeserializeSeed<'de>,
{
    struct Either<S>(S);

    impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Either<S> {
        type Value = Result<S::Value, &'de str>;
        crate::codec::output::visitor::expecting_any!();

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            match seq.next_element_seed(self.0)? {
                Some(value) => Ok(Ok(value)),
                None => Ok(Err(seq.next_element()?.unwrap_or_default())),
            }
        }
    }

    deserializer.deserialize_newtype_struct(ValueOrText::NAME, Either(seed))
}

/// A value for two attempts: first with a seed, then as text. The second attempt follows only if the first failed.
struct ValueOrText<'a, 'de> {
    reader: &'a mut Reader<'de>,
    failed: bool,
}

impl ValueOrText<'_, '_> {
    const NAME: &'static str = "$hudhud::ValueOrText";
}

impl<'de> SeqAccess<'de> for ValueOrText<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let (start, depth) = (self.reader.at, self.reader.depth);
        if self.failed {
            self.reader.skip()?;
            return seed
                .deserialize(BorrowedStrDeserializer::new(&self.reader.text[start..self.reader.at]))
                .map(Some);
        }
        let value = seed.deserialize(&mut *self.reader).ok();
        if value.is_none() {
            (self.reader.at, self.reader.depth, self.failed) = (start, depth, true);
        }
        Ok(value)
    }
}

/// A position in a text.
struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// The number of levels of lists and objects that may still be opened.
    depth: u8,
}

impl<'de> Reader<'de> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space and returns the next byte.
    #[inline]
    fn token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Error> {
        if self.token() != Some(byte) {
            return fault();
        }
        self.at += 1;
        Ok(())
    }

    fn word<T>(&mut self, word: &str, value: T) -> Result<T, Error> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return fault();
        }
        self.at += word.len();
        Ok(value)
    }

    /// Reads a string, starting at its opening quote. Returns the text between the quotes, or `None` if it contains
    /// escapes. The position is then after the closing quote.
    #[inline]
    fn string(&mut self) -> Result<Option<&'de str>, Error> {
        let start = self.at + 1;
        let end = end_of_run(self.text.as_bytes(), start);
        match self.text.as_bytes().get(end) {
            Some(b'"') => {
                self.at = end + 1;
                // Both ends are next to a quote, so they are character boundaries.
                Ok(self.text.get(start..end))
            }
            Some(b'\\') => self.escaped(end),
            _ => {
                self.at = end;
                fault()
            }
        }
    }

    /// Continues with a string that contains an escape, and moves to after its closing quote.
    #[cold]
    fn escaped(&mut self, mut end: usize) -> Result<Option<&'de str>, Error> {
        let bytes = self.text.as_bytes();
        while bytes.get(end) == Some(&b'\\') {
            // Two bytes skip an escaped quote or backslash. The rest of a longer escape reads like other text.
            end = end_of_run(bytes, (end + 2).min(bytes.len()));
        }
        if bytes.get(end) != Some(&b'"') {
            self.at = end;
            return fault();
        }
        self.at = end + 1;
        Ok(None)
    }

    /// Reads a number: unsigned integers here, all others with serde_json.
    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - start;
        let is_whole = !matches!(self.peek(), Some(b'.' | b'e' | b'E' | b'+' | b'-'));
        // 18 digits fit into a u64. A number of several digits does not begin with zero.
        if is_whole && (1..=18).contains(&digits) && (digits == 1 || self.text.as_bytes()[start] != b'0') {
            return visitor.visit_u64(number);
        }
        while let Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        by_serde_json(&self.text[start..self.at], |json| json.deserialize_any(visitor))
    }

    /// Passes a number as the bytes it is written with.
    fn digits<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        let number = &self.text[start..self.at];
        by_serde_json(number, |json| IgnoredAny::deserialize(json))?;
        visitor.visit_borrowed_bytes(number.as_bytes())
    }

    /// Opens a list or an object.
    fn enter(&mut self) -> Result<(), Error> {
        self.at += 1;
        match self.depth.checked_sub(1) {
            Some(depth) => self.depth = depth,
            None => return fault(),
        }
        Ok(())
    }

    /// Skips the value at this position without checking its syntax.
    fn skip(&mut self) -> Result<(), Error> {
        let mut open = 0_usize;
        loop {
            match self.token() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    open += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if open > 0 => {
                    open -= 1;
                    self.at += 1;
                }
                Some(b',' | b':') if open > 0 => self.at += 1,
                Some(b'0'..=b'9' | b'-' | b'.' | b'+' | b'a'..=b'z' | b'E') => {
                    while let Some(b'0'..=b'9' | b'-' | b'.' | b'+' | b'a'..=b'z' | b'E') = self.peek() {
                        self.at += 1;
                    }
                }
                _ => return fault(),
            }
            if open == 0 {
                return Ok(());
            }
        }
    }
}

/// Returns `true` if a text begins with a name. Most names have up to sixteen bytes, for which a call of `memcmp` costs
/// more than these comparisons.
#[inline]
fn begins(text: &[u8], name: &[u8]) -> bool {
    let Some(text) = text.get(..name.len()) else { return false };
    // If the name is shorter than both parts together, they overlap.
    match (name.first_chunk::<8>(), name.first_chunk::<4>()) {
        (Some(first), _) if name.len() <= 16 => {
            text.first_chunk() == Some(first) && text.last_chunk::<8>() == name.last_chunk()
        }
        (None, Some(first)) => {
            text.first_chunk() == Some(first) && text.last_chunk::<4>() == name.last_chunk()
        }
        _ => text == name,
    }
}

/// Passes a part of the text to serde_json, which must read all of it.
#[cold]
fn by_serde_json<'de, T>(
    text: &'de str,
    read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'de>>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = read(&mut json)?;
    json.end()?;
    Ok(value)
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token() {
            Some(b'"') => {
                let start = self.at;
                match self.string()? {
                    Some(text) => visitor.visit_borrowed_str(text),
                    None => by_serde_json(&self.text[start..self.at], |json| json.deserialize_str(visitor)),
                }
            }
            Some(b'n') => self.word("null", ()).and_then(|()| visitor.visit_unit()),
            Some(b't') => self.word("true", true).and_then(|flag| visitor.visit_bool(flag)),
            Some(b'f') => self.word("false", false).and_then(|flag| visitor.visit_bool(flag)),
            Some(b'0'..=b'9' | b'-') => self.number(visitor),
            Some(b'[') => {
                self.enter()?;
                let mut open = Some(First);
                let value = visitor.visit_seq(ContainerAccess { reader: self, open: &mut open })?;
                self.depth += 1;
                if open.is_some() { fault() } else { Ok(value) }
            }
            Some(b'{') => {
                self.enter()?;
                let mut open = Some(First);
                let value = visitor.visit_map(ContainerAccess { reader: self, open: &mut open })?;
                self.depth += 1;
                if open.is_some() { fault() } else { Ok(value) }
            }
            _ => fault(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token() {
            Some(b'n') => self.word("null", ()).and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    /// Reads a raw value, or another newtype struct that serde_json treats specially.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.token();
        if name == TEXT {
            return match self.peek() {
                Some(b'0'..=b'9' | b'-') => self.digits(visitor),
                _ => self.deserialize_any(visitor),
            };
        }
        if name == ValueOrText::NAME {
            return visitor.visit_seq(ValueOrText { reader: self, failed: false });
        }
        let start = self.at;
        self.skip()?;
        let text = &self.text[start..self.at];
        by_serde_json(text, |json| json.deserialize_newtype_struct(name, visitor))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The members of a list or an object while it is read.
struct ContainerAccess<'a, 'de> {
    reader: &'a mut Reader<'de>,
    open: &'a mut Option<Next>,
}

/// The position of the next member. The first one has no comma before it.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    First,
    Further,
}

impl ContainerAccess<'_, '_> {
    /// Moves to the next member. After the last one, moves to after the closing bracket and returns `false`.
    #[inline]
    fn has_next(&mut self, end: u8) -> Result<bool, Error> {
        let Some(next) = *self.open else { return Ok(false) };
        match self.reader.token() {
            Some(byte) if byte == end => {
                self.reader.at += 1;
                *self.open = None;
                return Ok(false);
            }
            Some(b',') if next == Further => self.reader.at += 1,
            Some(_) if next == First => {}
            _ => return fault(),
        }
        *self.open = Some(Further);
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for ContainerAccess<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if !self.has_next(b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for ContainerAccess<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if !self.has_next(b'}')? {
            return Ok(None);
        }
        if self.reader.token() != Some(b'"') {
            return fault();
        }
        seed.deserialize(KeyDeserializer(self.reader)).map(Some)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The name of a member.
struct KeyDeserializer<'a, 'de>(&'a mut Reader<'de>);

impl<'de> Deserializer<'de> for KeyDeserializer<'_, 'de> {
    type Error = Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let start = self.0.at;
        match self.0.string()? {
            Some(name) => visitor.visit_borrowed_str(name),
            None => by_serde_json(&self.0.text[start..self.0.at], |json| json.deserialize_str(visitor)),
        }
    }

    /// Reads a name with a guess. If the guess is right, it visits a unit instead of the name.
    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        guess: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let rest = &self.0.text.as_bytes()[self.0.at + 1..];
        if !guess.is_empty() && rest.get(guess.len()) == Some(&b'"') && begins(rest, guess.as_bytes()) {
            self.0.at += guess.len() + 2;
            return visitor.visit_unit();
        }
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests;
