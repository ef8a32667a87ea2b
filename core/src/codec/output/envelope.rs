//! Decoding of a response that may be wrapped in `{"data": …}`.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::codec::error::DecodeError;
use crate::codec::json_reader::read;
use crate::codec::output::leaf::without_endless;
use crate::codec::output::model::{Model, decode_model};
use crate::codec::output::visitor::{BorrowedKey, expecting_any, ignore_other_types};
use crate::codec::output::{is_blank, reading};
use crate::schema::{Field, HasSchema, Type};
use crate::types::json::Json;

/// Reads a body that is an object, bare or inside `{"data": {…}}`.
///
/// # Errors
/// [`DecodeError`] if the body is anything else. An empty body is accepted: all fields are then missing.
pub(crate) fn read_model<M: Model + Default + HasSchema>(body: &[u8]) -> Result<M, DecodeError> {
    if is_blank(body) {
        return Ok(M::default());
    }
    let fields = match const { M::TYPE } {
        Type::Model(schema) => schema.fields,
        _ => &[],
    };
    reading(body, |body| {
        let Some(Wrapped { data, beside }) = unwrap(fields, body)? else { return read_whole(body) };
        let mut model: M = read_whole(data.get())?;
        // Members next to `data` are kept too.
        for (name, value) in beside {
            model.extra().push(name.into_owned(), without_endless(Json::from_raw(value)));
        }
        Ok(model)
    })
}

fn read_whole<M: Model + Default>(text: &str) -> Result<M, DecodeError> {
    struct ModelSeed<M>(PhantomData<M>);

    impl<'de, M: Model + Default> DeserializeSeed<'de> for ModelSeed<M> {
        type Value = Option<M>;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<M>, D::Error> {
            decode_model(deserializer, M::default)
        }
    }

    read(text, ModelSeed(PhantomData))?.ok_or(DecodeError::Shape { expected: "a JSON object" })
}

/// An object under `data` in another object.
#[derive(Debug)]
pub struct Wrapped<'de> {
    /// The inner object.
    pub data: &'de RawValue,
    /// The other members of the outer object, except those that have a field.
    pub beside: Vec<(Cow<'de, str>, &'de RawValue)>,
}

/// Looks for `{"data": {…}}` that is not a page. Most bodies are not wrapped: a search for the text `"data"` shows it,
/// and the body is parsed only once.
///
/// # Errors
/// [`DecodeError::NotJson`] if the body is not JSON.
pub fn unwrap<'de>(fields: &[Field], body: &'de str) -> Result<Option<Wrapped<'de>>, DecodeError> {
    struct Members;

    impl<'de> Visitor<'de> for Members {
        type Value = Option<Wrapped<'de>>;
        expecting_any!();
        ignore_other_types!(bool number text null list);

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut data, mut is_page, mut beside) = (None, false, Vec::new());
            while let Some(BorrowedKey(key)) = map.next_key()? {
                let value: &RawValue = map.next_value()?;
                is_page |= key == "current_page";
                if key == "data" {
                    data = Some(value);
                } else {
                    beside.push((key, value));
                }
            }
            let data = data.filter(|data| !is_page && data.get().starts_with('{'));
            Ok(data.map(|data| Wrapped { data, beside }))
        }
    }

    struct EnvelopeSeed;

    impl<'de> DeserializeSeed<'de> for EnvelopeSeed {
        type Value = Option<Wrapped<'de>>;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(Members)
        }
    }

    let has = |name: &str| fields.iter().any(|field| field.name == name);
    // A struct that has a field `data` is not wrapped. A backslash may belong to an escape in the name `data`. Vendors
    // do not write that, but it is the same name.
    if has("data") || !body.contains("\"data\"") && !body.contains('\\') {
        return Ok(None);
    }
    Ok(read(body, EnvelopeSeed)?.map(|mut wrapped| {
        wrapped.beside.retain(|(name, _)| !has(name));
        wrapped
    }))
}
