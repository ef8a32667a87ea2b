//! Values of declared types, read from JSON onto a tape by their schema.

use std::borrow::Cow;

use hudhud::host_support::{BorrowedKey, Decode, PageBuilder, SparseList, decode_text, number_in};
use hudhud::schema::{Schema, Type};
use serde::de::value::Error as NoError;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::cell;
use super::writer::Writer;

/// Seed that reads a value of a type.
pub(super) struct TypedValue<'w, 't, 's> {
    pub(super) kind: &'static Type,
    pub(super) writer: &'w mut Writer<'t, 's>,
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
                decode_text(deserializer, |text| writer.text(text))?
            }
            Type::Enum(open) => decode_text(deserializer, |text| writer.known(open, text))?,
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
                let mut sparse = SparseList::new(map);
                let list = self.writer.list(kind, &mut sparse)?;
                Ok(if sparse.finish()? { list } else { 0 })
            }
            _ => number_in(map)?.map_or(Ok(0), |number| self.visit_str(&number)),
        }
    }
}

/// Builder that writes the items of a page.
pub(super) struct Items<'w, 't, 's> {
    pub(super) kind: &'static Type,
    pub(super) writer: &'w mut Writer<'t, 's>,
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

impl<'s> Writer<'_, 's> {
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
        let beside = std::mem::take(&mut self.beside);
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
