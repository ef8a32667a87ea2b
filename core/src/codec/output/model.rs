//! Decoding of declared structs.

use alloc::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::codec::output::leaf::Untyped;
use crate::codec::output::visitor::{expecting_any, ignore_other_types};
use crate::types::json::Object;

/// Access to the fields of a struct, implemented by `#[model]`.
pub trait Model {
    /// The vendor's names of its fields.
    const FIELDS: &'static [&'static str];

    /// Decodes the next value of the map into the field at this position in [`Model::FIELDS`].
    ///
    /// # Errors
    /// Only if the JSON itself is broken.
    fn fill<'de, A: MapAccess<'de>>(&mut self, field: usize, map: &mut A) -> Result<(), A::Error>;

    /// Returns the members that have no field.
    fn extra(&mut self) -> &mut Object;
}

/// A model that is filled in place.
impl<M: Model> Model for &mut M {
    const FIELDS: &'static [&'static str] = M::FIELDS;

    fn fill<'de, A: MapAccess<'de>>(&mut self, field: usize, map: &mut A) -> Result<(), A::Error> {
        M::fill(self, field, map)
    }

    fn extra(&mut self) -> &mut Object {
        M::extra(self)
    }
}

/// Seed that reads the name of a member and returns the position of its field.
///
/// A response often has its fields in the declared order, so the seed first guesses the field at `next`. It passes the
/// guess to the reader as the name of a unit struct, for readers that can use it.
struct FieldIndexSeed<'a, 'de> {
    fields: &'static [&'static str],
    next: usize,
    /// The name, if no field has it; the returned position is then meaningless. The return value stays one number,
    /// which needs no memory to return.
    other: &'a mut Option<Cow<'de, str>>,
}

impl<'de> FieldIndexSeed<'_, 'de> {
    fn place(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| *field == name)
    }
}

impl<'de> DeserializeSeed<'de> for FieldIndexSeed<'_, 'de> {
    type Value = usize;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_unit_struct(self.fields.get(self.next).copied().unwrap_or_default(), self)
    }
}

impl<'de> Visitor<'de> for FieldIndexSeed<'_, 'de> {
    type Value = usize;
    expecting_any!();

    #[inline]
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.next)
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(self.place(name).unwrap_or_else(|| {
            *self.other = Some(Cow::Borrowed(name));
            self.next
        }))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.place(name).unwrap_or_else(|| {
            *self.other = Some(Cow::Owned(name.into()));
            self.next
        }))
    }
}

/// Reads the next member of a map. Not generic over the model, to keep the program small.
#[cfg_attr(feature = "compact-json", inline(never))]
fn next_member<'de, A: MapAccess<'de>>(
    map: &mut A,
    fields: &'static [&'static str],
    next: usize,
    other: &mut Option<Cow<'de, str>>,
) -> Result<Option<usize>, A::Error> {
    map.next_key_seed(FieldIndexSeed { fields, next, other })
}

/// Decodes a model; `new` creates the empty one.
///
/// # Errors
/// Only if the JSON itself is broken.
pub fn decode_model<'de, M: Model, D: Deserializer<'de>>(
    deserializer: D,
    new: impl FnOnce() -> M,
) -> Result<Option<M>, D::Error> {
    struct Members<F>(F);

    impl<'de, M: Model, F: FnOnce() -> M> Visitor<'de> for Members<F> {
        type Value = Option<M>;
        expecting_any!();
        ignore_other_types!(bool number text null);

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut model, mut next, mut other) = (self.0(), 0, None);
            while let Some(field) = next_member(&mut map, M::FIELDS, next, &mut other)? {
                match other.take() {
                    Some(name) => {
                        let Untyped(value) = map.next_value()?;
                        model.extra().push(name.into_owned(), value);
                    }
                    None => {
                        model.fill(field, &mut map)?;
                        next = field + 1;
                    }
                }
            }
            Ok(Some(model))
        }

        // PHP writes an empty map as `[]`.
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut empty = true;
            while seq.next_element::<IgnoredAny>()?.is_some() {
                empty = false;
            }
            Ok(empty.then(self.0))
        }
    }

    deserializer.deserialize_any(Members(new))
}

/// Decodes a model that must be there, for `serde::Deserialize`.
///
/// # Errors
/// If the JSON is broken or is not an object.
pub(crate) fn require_model<'de, M: Model + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<M, D::Error> {
    decode_model(deserializer, M::default)?.ok_or_else(|| D::Error::custom("not an object"))
}
