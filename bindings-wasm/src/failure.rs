//! Values that calls throw: a `TypeError`, or the facts from which JavaScript makes an error of the right class.

use alloc::format;

use hudhud::host_support::{ERROR_MEMBERS, write_error};
use hudhud::{Error, Json, TransportFault};
use js_sys::TypeError;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use wasm_bindgen::JsValue;

use crate::value::value;

/// Converts an error of core to its facts, with core's message, which is safe to log.
pub(crate) fn thrown(error: &Error) -> JsValue {
    value(&Thrown(error))
}

struct Thrown<'a>(&'a Error);

impl Serialize for Thrown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(error) = self;
        let mut members = serializer.serialize_struct("Thrown", 3)?;
        members.serialize_field("text", &format!("{error}"))?;
        members.serialize_field("fault", &error.transport_fault().map(TransportFault::as_str))?;
        members.serialize_field("facts", &Facts(error))?;
        members.end()
    }
}

struct Facts<'a>(&'a Error);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(error) = self;
        let mut members = serializer.serialize_struct("Facts", ERROR_MEMBERS)?;
        // The vendor's names are not assigned as members: see `value`. The details are JSON text, because they may be large
        // and deeply nested.
        let details = Json::write(error.details()).unwrap_or_default();
        write_error(error, &mut members, &Pairs(error), &details.as_str())?;
        members.end()
    }
}

/// The errors of each field, as pairs of the name and its errors.
struct Pairs<'a>(&'a Error);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.field_errors().iter())
    }
}

/// Makes a `TypeError`, for a misuse that type checking would find.
pub(crate) fn misuse(what: &str) -> JsValue {
    TypeError::new(what).into()
}
